"""Approved masks on their way back to Roboflow: what would be sent, and the sending."""

from __future__ import annotations

import re
import threading
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Final

from components.errors import DeskError, ExportError
from components.export.daemons import work_through
from components.export.pictures import find_suffix
from components.export.roboflow import Declined, Roboflow, Stopped
from components.export.roboflow_annotation import ENDING, write_annotation
from components.export.roboflow_ledger import KEPT_THERE, Entry, Ledger, Unkept, sign_mask
from components.model.exhibit import AnswerFacts, Exhibit

WORKERS: Final = 4
_MOST_PROBLEMS: Final = 200

NO_MASK: Final = "no mask to send, since the model has not answered"
SENT: Final = "sent before, with the same mask"
KEPT: Final = "annotated there before, which stays unless replacing is chosen"
CHANGED: Final = "sent before with another mask, which stays unless replacing is chosen"


@dataclass(frozen=True, slots=True)
class Plan:
    """What an upload would send. Nothing has been sent for it.

    Attributes:
        images: pictures that would be sent.
        masks: masks that would be sent, of these pictures or of such as are there already.
        image_bytes: of the pictures, together.
        left_out: how many are left out, by the reason, the most frequent first.
        names: of the first pictures with something to send.
        doubt: what speaks against sending them there, in plain words; "" for nothing known.
    """

    images: int
    masks: int
    image_bytes: int
    left_out: Mapping[str, int]
    names: tuple[str, ...]
    doubt: str = ""


@dataclass(frozen=True, slots=True)
class Sending:
    """How far an upload is, and what came of it.

    Attributes:
        total: masks that were to be sent; None until that is known.
        images: pictures sent.
        masks: masks sent.
        were_there: pictures that were in the project before.
        kept: pictures that had annotations there, which stay.
        problems: sentences about pictures that were not taken, at most 200.
        failed: how many were not taken.
        stopped: why nothing more was sent; "" where everything was tried.
    """

    total: int | None = None
    images: int = 0
    masks: int = 0
    were_there: int = 0
    kept: int = 0
    failed: int = 0
    problems: tuple[str, ...] = ()
    stopped: str = ""

    @property
    def done(self) -> int:
        """Masks that were sent, were there already or were not taken."""
        return self.masks + self.kept + self.failed


@dataclass(frozen=True, slots=True)
class Manner:
    """How it is sent.

    Attributes:
        batch: the batch and the annotation job it is shown in.
        split: "train", "valid" or "test".
        overwrite: whether masks that are there are replaced.
    """

    batch: str
    split: str = "train"
    overwrite: bool = False


@dataclass
class _Tally:
    images: int = 0
    masks: int = 0
    were_there: int = 0
    kept: int = 0
    failed: int = 0
    problems: list[str] = field(default_factory=list)
    is_over: bool = False


def plan_upload(exhibits: Iterable[Exhibit], ledger: Ledger, *, overwrite: bool = False) -> Plan:
    """What would be sent; masks are not read for it.

    Args:
        exhibits: the pictures wished for.
        ledger: what was sent before.
        overwrite: whether masks that are there are replaced.

    Raises:
        StoreError: the pictures cannot be listed.
    """
    images = masks = size = 0
    left_out: Counter[str] = Counter()
    names: list[str] = []
    seen: set[str] = set()
    for exhibit in exhibits:
        reason = _find_reason(exhibit, ledger, overwrite=overwrite)
        if reason:
            left_out[reason] += 1
            continue
        masks += 1
        sha256 = exhibit.image.sha256
        if ledger.find(sha256) is None and sha256 not in seen:
            images += 1
            size += exhibit.image.size_bytes
            seen.add(sha256)
        if len(names) < 5:
            names.append(exhibit.item.name)
    return Plan(images, masks, size, dict(left_out.most_common()), tuple(names))


def send(
    exhibits: Iterable[Exhibit],
    client: Roboflow,
    ledger: Ledger,
    manner: Manner,
    *,
    stop: threading.Event,
    tell: Callable[[Sending], None],
    workers: int = WORKERS,
) -> Sending:
    """Send what is to be sent, a few at a time; nothing more than these is held in memory.

    Args:
        exhibits: the pictures wished for; gone through twice.
        client: sends to the project.
        ledger: what was sent before; what is sent is noted at once.
        manner: how it is sent.
        stop: once set, what is under way is ended and nothing more is begun.
        tell: told how far it is, by one thread at a time.
        workers: pictures under way at once.

    Returns:
        What came of it, also where it was stopped.

    Raises:
        StoreError: the pictures cannot be listed.
        ExportError: what is sent cannot be noted.
    """
    total = plan_upload(exhibits, ledger, overwrite=manner.overwrite).masks
    tally, lock = _Tally(), threading.Lock()

    def look(stopped: str = "") -> Sending:
        return Sending(
            total,
            tally.images,
            tally.masks,
            tally.were_there,
            tally.kept,
            tally.failed,
            tuple(tally.problems),
            stopped,
        )

    def send_one(exhibit: Exhibit) -> None:
        problem = ""
        try:
            _send_one(exhibit, client, ledger, manner, tally, lock)
        except Stopped:
            raise
        except Unkept:
            # Whatever else is sent would be forgotten too, and sent again the next time.
            stop.set()
            raise
        except Declined as error:
            problem = error.message
        except DeskError as error:
            # Its bytes are lost or damaged: that is no reason to keep the others from going.
            problem = f"{exhibit.item.name}: {error.message}"
        with lock:
            if problem:
                tally.failed += 1
                tally.problems += [problem][: max(_MOST_PROBLEMS - len(tally.problems), 0)]
            if not tally.is_over:
                tell(look())

    tell(look())
    wanted = _list_wanted(exhibits, ledger, overwrite=manner.overwrite)
    errors = work_through(wanted, send_one, workers=workers, stop=stop, name="roboflow")
    reason = _find_stop(errors)
    if stop.is_set() and not reason:
        reason = "The upload was stopped. What was sent stays sent."
    with lock:
        # What hangs still may end later, when nobody listens any more.
        tally.is_over = True
        return look(reason)


def _find_stop(errors: Sequence[BaseException]) -> str:
    """Why nothing more can be sent; "" where nothing says so.

    Raises:
        ExportError: what was sent could not be noted.
    """
    for error in errors:
        if not isinstance(error, Stopped):
            raise error
    return str(errors[0]) if errors else ""


def _list_wanted(
    exhibits: Iterable[Exhibit], ledger: Ledger, *, overwrite: bool
) -> Iterator[Exhibit]:
    """Each picture once: the same one twice would only be refused the second time."""
    seen: set[str] = set()
    for exhibit in exhibits:
        if _find_reason(exhibit, ledger, overwrite=overwrite) or exhibit.image.sha256 in seen:
            continue
        seen.add(exhibit.image.sha256)
        yield exhibit


def _find_reason(exhibit: Exhibit, ledger: Ledger, *, overwrite: bool) -> str:
    """Why there is nothing to send of a picture; "" where there is."""
    if exhibit.answer is None:
        return NO_MASK
    entry = ledger.find(exhibit.image.sha256)
    if entry is None or not entry.mask:
        return ""
    if entry.mask == _sign(exhibit, exhibit.answer):
        return SENT
    if entry.mask == KEPT_THERE and not overwrite:
        return KEPT
    return "" if overwrite else CHANGED


def _sign(exhibit: Exhibit, answer: AnswerFacts) -> str:
    return sign_mask(answer.mask_sha256, exhibit.confidence if exhibit.is_cut else None)


def _name_file(exhibit: Exhibit) -> str:
    """What a picture is called there: without folders, and with a suffix where it has none."""
    name = re.split(r"[/\\]", exhibit.item.name)[-1]
    return name if PurePosixPath(name).suffix else f"{name}{find_suffix(exhibit)}"


def _send_one(
    exhibit: Exhibit,
    client: Roboflow,
    ledger: Ledger,
    manner: Manner,
    tally: _Tally,
    lock: threading.Lock,
) -> None:
    answer = exhibit.answer
    if answer is None:
        raise ExportError("The model has not answered, so there is no mask to send.")
    sha256, name = exhibit.image.sha256, _name_file(exhibit)
    # Made before anything is sent: a damaged mask leaves no picture without one there.
    annotation = write_annotation(name, exhibit.stretch_class_ids(), answer.class_map)
    entry = ledger.find(sha256)
    if entry is None:
        uploaded = client.upload_image(
            name,
            exhibit.load_image(),
            exhibit.image.media_type,
            batch=manner.batch,
            split=manner.split,
        )
        entry = Entry(sha256, uploaded.image_id)
        with lock:
            tally.images += not uploaded.was_there
            tally.were_there += uploaded.was_there
        ledger.note(entry)
    is_new = client.save_annotation(
        entry.image_id,
        f"{PurePosixPath(name).stem}{ENDING}",
        annotation,
        job=manner.batch,
        overwrite=manner.overwrite,
    )
    with lock:
        tally.masks += is_new
        tally.kept += not is_new
    mask = _sign(exhibit, answer) if is_new else KEPT_THERE
    ledger.note(Entry(sha256, entry.image_id, mask))
