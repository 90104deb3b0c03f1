"""What follows from a call that gave no answer: again, never, or not before somebody looks."""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import Final, Literal

from components.errors import (
    Busy,
    DeskError,
    MalformedAnswer,
    Refused,
    SettingsError,
    Unreachable,
)

PATIENCE: Final = 6
"""A picture fails once its failures come to this."""

STOPPING: Final = frozenset({401, 402, 403, 404, 405, 423})
"""Refusals that every other picture would meet as well: key, credits, rights, model, address."""

_PASSING: Final = frozenset({408, 425})
"""Statuses by which a server gives up on a slow or early request; proxies send 408 on connections
that were idle, also unasked."""

_BASE_SECONDS: Final = 0.5
_LONGEST_SECONDS: Final = 30.0


@dataclass(frozen=True, slots=True)
class Judgement:
    """What to do about a call in vain.

    Attributes:
        what: "again": the picture waits and is asked about once more. "fail": this picture has no
            answer. "stop": the run is paused, and the picture waits.
        failures: to be added to the picture's own.
        was_called: whether the server may have seen the call, so that it may be charged.
        is_crowded: whether the server has too many calls.
        is_away: whether it looks as if there was no server at all.
        retry_after: seconds the server asked to wait; None where it did not say.
    """

    what: Literal["again", "fail", "stop"]
    failures: int = 0
    was_called: bool = True
    is_crowded: bool = False
    is_away: bool = False
    retry_after: float | None = None


def judge(error: DeskError, failures: int) -> Judgement:
    """What to do after this error.

    Too many calls are nobody's fault. What passes by itself (a server that wakes up, a broken
    connection) costs one of the picture's failures; an answer that cannot be used, or a server that
    fails on the picture, costs two, since the next answer will likely be no better and every call
    may cost money.

    Args:
        error: of the call, or of making the picture ready for it.
        failures: of this picture before it.
    """
    if isinstance(error, Busy):
        if error.status == 429 or error.retry_after:
            return Judgement("again", 0, is_crowded=True, retry_after=error.retry_after)
        return _spend(failures, 1)
    if isinstance(error, Unreachable):
        judged = _spend(failures, 1)
        return Judgement(
            judged.what, judged.failures, was_called=error.was_sent, is_away=not error.was_sent
        )
    if isinstance(error, MalformedAnswer):
        return _spend(failures, 2)
    if isinstance(error, Refused):
        if error.status in STOPPING or 300 <= error.status < 400:
            return Judgement("stop")
        if error.status in _PASSING:
            return _spend(failures, 1)
        if error.status >= 500:
            return _spend(failures, 2)
    if isinstance(error, SettingsError):
        # Of the object storage, for one; every picture would meet it.
        return Judgement("stop", was_called=False)
    return Judgement("fail", was_called=isinstance(error, Refused))


def _spend(failures: int, cost: int) -> Judgement:
    return Judgement("fail" if failures + cost >= PATIENCE else "again", cost)


def draw_delay(failures: int) -> float:
    """Seconds until a picture is asked about again: doubling, and never all at the same time."""
    longest = min(_LONGEST_SECONDS, _BASE_SECONDS * 2**failures)
    return random.uniform(longest / 2, longest)  # noqa: S311  no secret
