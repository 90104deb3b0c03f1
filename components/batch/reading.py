"""Reading the files of a run: each is decoded once, kept, and put in line."""

from __future__ import annotations

import logging
import os
import shutil
import threading
import time
from collections import deque
from collections.abc import Callable, Collection, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Final, TypeVar

from components import store
from components.batch.patience import keep_at_it
from components.batch.work import LEASE_SECONDS
from components.batch.yielding import give_way
from components.display.thumbnails import draw_thumbnail
from components.errors import (
    DeskError,
    InferenceError,
    IntakeError,
    MalformedAnswer,
)
from components.inference import parse_answer
from components.intake import Limits, take_bytes
from components.intake.sources import (
    Candidate,
    Refusal,
    check_truth,
    count_source,
    list_source,
    read_truth_classes,
)
from components.model.prediction import Answer
from components.model.run import Run
from components.store.database import Database
from components.store.staging import Staged

T = TypeVar("T")

LOG = logging.getLogger("mask_desk")

READERS: Final = 4
"""Decoding keeps a processor busy; fetching from an address mostly waits."""
BROUGHT: Final = "https://brought.along.invalid"
"""The address of answers that nobody was asked for; `.invalid` never exists (RFC 2606)."""

_DECODING: Final = threading.BoundedSemaphore(max(1, (os.cpu_count() or 2) - 1))
"""One processor is left to the desk's pages."""
_EVERYWHERE: Final = threading.BoundedSemaphore(READERS)
_BATCH: Final = 32
_BATCH_BYTES: Final = 16_000_000


def read_run(
    db: Database,
    run: Run,
    reader: str,
    *,
    limits: Limits,
    allow_hosts: Collection[str],
    is_stopped: Callable[[], bool],
    gives_way: bool = True,
    tell: Callable[[str], None] = lambda trouble: None,  # noqa: ARG005
) -> None:
    """Read on where the reading of a run stands, until all is read or it is stopped or paused.

    Args:
        db: where the run is.
        run: whose files are read.
        reader: who reads; no two processes have the same name.
        limits: what a picture may be, so that the server takes it.
        allow_hosts: private hosts that pictures may be fetched from.
        is_stopped: whether the process is to end.
        gives_way: whether there are pages to be answered beside it.
        tell: called with why nothing can be kept just now, in plain words, and with "" once it can.
    """

    def insist(do: Callable[[], T]) -> T:
        return keep_at_it(do, tell)

    done = insist(lambda: store.staging.claim_reading(db, run.id, reader, **_times(db)))
    if done is None:
        return
    path = Path(run.path)
    try:
        if not path.exists():
            raise IntakeError(
                "What was to be read is not there any more. What was read before is kept; add the "
                "rest once more."
            )
        insist(
            lambda: store.runs.note_source(
                db, run.id, expected=count_source(path), truth_classes=read_truth_classes(path)
            )
        )
        entries = islice(list_source(path, allow_hosts=allow_hosts), done, None)
        for files in _batch(_read_all(entries, run, limits, is_stopped, gives_way)):
            keep = partial(store.staging.stage, db, run.id, reader, files, after=done)
            if not insist(lambda keep=keep: keep(**_times(db))):  # type: ignore[misc]
                return
            done += len(files)
            if is_stopped():
                return
        if is_stopped():
            return
        _end(db, run, reader, "")
    except (DeskError, OSError) as error:
        reason = (
            error.message
            if isinstance(error, DeskError)
            else "The files could not all be read. What was read is kept; add the rest once more."
        )
        LOG.warning("Reading a batch: %s", getattr(error, "detail", "") or error)
        _end(db, run, reader, reason)


def _end(db: Database, run: Run, reader: str, reason: str) -> None:
    keep_at_it(
        lambda: store.staging.end_reading(db, run.id, reader, reason=reason),
        lambda trouble: None,  # noqa: ARG005
    )
    if run.is_own_path:
        shutil.rmtree(run.path, ignore_errors=True)


def _read_all(
    entries: Iterator[Candidate | Refusal],
    run: Run,
    limits: Limits,
    is_stopped: Callable[[], bool],
    gives_way: bool,
) -> Iterator[Staged]:
    """In their order, some ahead of whoever takes them."""
    decoding = _DECODING if gives_way else _EVERYWHERE
    with ThreadPoolExecutor(READERS, "reader", give_way if gives_way else None) as pool:
        ahead: deque[Future[Staged]] = deque()
        try:
            for entry in entries:
                ahead.append(pool.submit(_read, entry, run, limits, decoding))
                if len(ahead) > 2 * READERS:
                    yield ahead.popleft().result()
                if is_stopped():
                    return
            while ahead:
                yield ahead.popleft().result()
        finally:
            for future in ahead:
                future.cancel()


def _read(
    entry: Candidate | Refusal, run: Run, limits: Limits, decoding: threading.BoundedSemaphore
) -> Staged:
    if isinstance(entry, Refusal):
        return Staged(entry.name, problem=entry.message)
    size = 0
    try:
        data = entry.read()
        size = len(data)
        with decoding:
            image = take_bytes(data, name=entry.name, limits=limits, url=entry.url)
            thumbnail = draw_thumbnail(image)
        answer = None if entry.read_answer is None else _read_answer(entry.read_answer(), run)
    except (IntakeError, InferenceError) as error:
        return Staged(entry.name, entry.group, size, error.message)
    problem, truth = "", None
    if entry.read_truth is not None:
        try:
            truth = check_truth(entry.read_truth(), image.original_size_wh)
        except IntakeError as error:
            problem = error.message
    return Staged(entry.name, entry.group, size, problem, image, thumbnail, truth, answer)


def _read_answer(data: bytes, run: Run) -> Answer:
    try:
        prediction = parse_answer(data)
    except MalformedAnswer as error:
        raise MalformedAnswer(
            "The answer that lies beside this picture cannot be used, and the model is not asked "
            f"instead. {error.message}",
            error.detail,
        ) from error
    return Answer(prediction, BROUGHT, run.model, run.confidence, 0.0, 0, len(data), 1)


def _batch(files: Iterator[Staged]) -> Iterator[list[Staged]]:
    batch: list[Staged] = []
    size = 0
    began = time.monotonic()
    for one in files:
        batch.append(one)
        size += 0 if one.image is None else len(one.image.data)
        # The first ones are shown soon.
        if len(batch) >= _BATCH or size >= _BATCH_BYTES or time.monotonic() - began > 1:
            yield batch
            batch, size, began = [], 0, time.monotonic()
    if batch:
        yield batch


def _times(db: Database) -> dict[str, int]:
    now = db.read_clock()
    return {"now": now, "until": now + int(LEASE_SECONDS * 1000)}
