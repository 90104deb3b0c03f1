"""How each model takes the confidence: what was found out, and how often finding out was tried."""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict
from dataclasses import dataclass, field, replace

from components.model.behaving import Kind

MOST_TRIES = 3
"""Pictures that may prove nothing, and checks that may fail, before the desk stops asking."""

_MODELS = 1000
_PICTURES = 200


@dataclass(frozen=True, slots=True)
class Behaviour:
    """How a model takes the confidence.

    Attributes:
        kind: "unknown": not found out yet, so each value is one call. "live": the answer at 1, cut
            at a threshold, is the server's own answer there, so one call a picture is enough.
            "ignored": every value gives the same mask, so one call a picture is enough. "called":
            each value is one call.
        gives_confidences: whether its answers say how sure it is of each pixel; None before any.
        is_given_up: whether finding out failed so often that it is not tried again.
    """

    kind: Kind = "unknown"
    gives_confidences: bool | None = None
    is_given_up: bool = False


@dataclass
class Record:
    """What is known of one model of one connection; shared by all sessions.

    Attributes:
        checking: held by the one session that is finding out.
    """

    checking: threading.Lock = field(default_factory=threading.Lock, repr=False)
    _behaviour: Behaviour = field(default_factory=Behaviour)
    _is_final: bool = False
    _is_suspected: bool = False
    _failures: int = 0
    _proved_nothing: set[str] = field(default_factory=set)
    _masks: OrderedDict[str, tuple[int, bytes]] = field(default_factory=OrderedDict)
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    @property
    def behaviour(self) -> Behaviour:
        """What is known now."""
        return self._behaviour

    def note_mask(self, picture: str, confidence: int, mask_png: bytes, *, is_sure: bool) -> None:
        """Take in an answer that was asked for at a confidence of its own.

        Two values that give one picture the same mask raise the suspicion that none matters.

        Args:
            picture: the picture's identity.
            confidence: what was asked for.
            mask_png: what came.
            is_sure: whether the answer says how sure the model is of each pixel.
        """
        digest = hashlib.blake2b(mask_png, digest_size=16).digest()
        with self._lock:
            if self._behaviour.kind == "unknown":
                self._behaviour = replace(
                    self._behaviour,
                    kind="unknown" if is_sure else "called",
                    gives_confidences=is_sure,
                )
            before = self._masks.get(picture)
            if before is not None and before[0] != confidence and before[1] == digest:
                self._is_suspected = True
            self._masks[picture] = (confidence, digest)
            while len(self._masks) > _PICTURES:
                self._masks.popitem(last=False)

    def is_check_due(self, picture: str) -> bool:
        """Whether asking more about this picture may tell how the model takes the confidence."""
        with self._lock:
            open_question = self._behaviour.kind == "unknown" or (
                self._behaviour.kind == "called" and self._is_suspected and not self._is_final
            )
            return (
                open_question
                and self._failures < MOST_TRIES
                and picture not in self._proved_nothing
                and len(self._proved_nothing) < MOST_TRIES
            )

    def note_failure(self) -> None:
        """A check did not come to its end."""
        with self._lock:
            self._failures += 1
            if self._failures >= MOST_TRIES and self._behaviour.kind == "unknown":
                self._behaviour = replace(self._behaviour, is_given_up=True)

    def note_nothing_proven(self, picture: str) -> None:
        """A check came to its end, but on this picture no threshold makes a difference."""
        with self._lock:
            self._proved_nothing.add(picture)
            if len(self._proved_nothing) >= MOST_TRIES and self._behaviour.kind == "unknown":
                # Enough was asked: no suspicion is worth more calls.
                self._is_final = True
                self._settle("called", self._behaviour.gives_confidences)

    def conclude(self, kind: Kind) -> None:
        """A check found out; no suspicion can arise again."""
        with self._lock:
            self._is_final = True
            self._settle(kind, self._behaviour.gives_confidences)

    def note_missing_confidences(self) -> None:
        """An answer came without confidences, so nothing can be cut: each value is one call."""
        with self._lock:
            self._settle("called", gives_confidences=False)

    def _settle(self, kind: Kind, gives_confidences: bool | None) -> None:
        self._behaviour = Behaviour(kind, gives_confidences)
        self._failures = 0
        self._proved_nothing.clear()


class Behaviours:
    """The records of the models asked last, by connection and model."""

    def __init__(self) -> None:
        self._records: OrderedDict[tuple[str, str], Record] = OrderedDict()
        self._lock = threading.Lock()

    def find(self, fingerprint: str, model: str) -> Record:
        """The record of a connection's model; an empty one where nothing is known."""
        with self._lock:
            record = self._records.pop((fingerprint, model), None) or Record()
            self._records[fingerprint, model] = record
            while len(self._records) > _MODELS:
                self._records.popitem(last=False)
            return record
