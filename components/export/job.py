"""Exports in the background of the desk: one after another, each into files on its disk.

What is written lies in a folder of this process below the desk's own and goes with it; what a
desk that was killed left behind is removed when the next one starts.
"""

from __future__ import annotations

import logging
import shutil
import threading
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal

from components import store
from components.errors import Conflict, DeskError, ExportError
from components.export.exhibition import Exhibition, Format, Relayed, name_file
from components.export.ownfolder import OwnFolder
from components.export.sink import FileSink, ZipSink
from components.model.clock import read_clock
from components.model.exhibit import Exhibit

if TYPE_CHECKING:
    from components.store.database import Database
    from components.store.lists import Wish

LOG = logging.getLogger("mask_desk")

State = Literal["waiting", "running", "done", "failed", "cancelled"]
PART_BYTES: Final = 200_000_000
"""A ZIP goes on in another part beyond this: a page hands out files by way of the desk's memory."""
MOST_KEPT: Final = 6
"""Exports of one person whose files are kept; of more the oldest go."""


@dataclass(frozen=True, slots=True)
class Order:
    """What somebody wants to be handed on.

    Attributes:
        project_id: of the project.
        format: what as.
        wish: which pictures.
        by: who wants it: nobody else is handed it.
        has_pictures, licence: as in `Exhibition`.
    """

    project_id: str
    format: Format
    wish: Wish
    by: str
    has_pictures: bool = True
    licence: str = ""


@dataclass(frozen=True, slots=True)
class Part:
    """One file of an export.

    Attributes:
        name: what to call it where it is saved.
        path: where it is on the desk's disk.
        size_bytes: its size.
    """

    name: str
    path: Path
    size_bytes: int


@dataclass(frozen=True, slots=True)
class Job:
    """An export as it stands now.

    Attributes:
        id: 32 hex digits.
        order: what was wanted.
        project_name: of the project; "" before it began.
        state: "waiting" until those before it are over.
        done, total: pictures gone through, and all; 0 before it began.
        left_out: pictures without a mask, which are not in it.
        parts: its files, once it is done.
        message: why it failed, in plain words; "" otherwise.
        begun_at, ended_at: UTC milliseconds; 0 while not yet.
    """

    id: str
    order: Order
    project_name: str = ""
    state: State = "waiting"
    done: int = 0
    total: int = 0
    left_out: int = 0
    parts: tuple[Part, ...] = ()
    message: str = ""
    begun_at: int = 0
    ended_at: int = 0

    @property
    def is_over(self) -> bool:
        """Whether nothing more happens to it."""
        return self.state in ("done", "failed", "cancelled")

    @property
    def size_bytes(self) -> int:
        """Of all its files."""
        return sum(part.size_bytes for part in self.parts)


class Jobs:
    """All exports of this process."""

    def __init__(
        self,
        open_database: Callable[[], Database],
        folder: Path,
        part_bytes: int = PART_BYTES,
    ) -> None:
        """Begin with none.

        Args:
            open_database: gives the database.
            folder: a folder of this process is made in it when the first export begins.
            part_bytes: how large a ZIP may grow.
        """
        self._open_database = open_database
        self._folder = OwnFolder(folder)
        self._part_bytes = part_bytes
        self._jobs: dict[str, Job] = {}
        self._lock = threading.Lock()
        self._cancelled: set[str] = set()
        self._ended = threading.Event()
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="export job")

    def begin(self, order: Order) -> Job:
        """Put an export in line.

        Raises:
            ExportError: the desk is ending, or there is no room for its files.
        """
        if self._ended.is_set():
            raise ExportError("This desk is being stopped. Start the export once it is back.")
        self._folder.make()
        self._forget_oldest(order.by)
        job = Job(uuid.uuid4().hex, order)
        with self._lock:
            self._jobs[job.id] = job
        self._pool.submit(self._run, job.id)
        return job

    def look(self, job_id: str, by: str) -> Job:
        """An export as it stands.

        Raises:
            Conflict: there is none, not any more, or it is somebody else's.
        """
        with self._lock:
            job = self._jobs.get(job_id)
        if job is None or job.order.by != by:
            raise Conflict("That export is not on this desk any more. Start it once more.")
        return job

    def list_jobs(self, by: str, project_id: str) -> list[Job]:
        """Exports of a project that this person made, the newest first."""
        with self._lock:
            jobs = list(self._jobs.values())
        return [
            job
            for job in reversed(jobs)
            if (job.order.by, job.order.project_id) == (by, project_id)
        ]

    def cancel(self, job_id: str, by: str) -> Job:
        """End an export; what was written of it goes.

        Raises:
            Conflict: as `look`.
        """
        job = self.look(job_id, by)
        self._cancelled.add(job.id)
        if job.state == "waiting":
            self._change(job.id, state="cancelled", ended_at=read_clock())
        return self.look(job_id, by)

    def remove(self, job_id: str, by: str) -> None:
        """Forget an export and remove its files; one that still goes on is ended.

        Raises:
            Conflict: as `look`.
        """
        self._forget(self.look(job_id, by))

    def stop(self) -> None:
        """End all that goes on and remove every file."""
        self._ended.set()
        self._pool.shutdown(wait=True, cancel_futures=True)
        self._folder.remove()

    def _run(self, job_id: str) -> None:
        if job_id in self._cancelled:
            return  # while it waited
        self._change(job_id, state="running", begun_at=read_clock())
        try:
            parts = self._write(job_id)
            self._change(job_id, state="done", parts=parts)
        except _Cancelled:
            self._change(job_id, state="cancelled")
        except DeskError as error:
            LOG.warning("An export failed: %s", error.detail or error.message)
            self._change(job_id, state="failed", message=error.message)
        except Exception:  # a page waits for this job, and nobody else would tell it
            LOG.exception("An export failed")
            message = "The export failed for a reason that whoever runs this desk finds in its log."
            self._change(job_id, state="failed", message=message)
        finally:
            job = self._change(job_id, ended_at=read_clock())
            if job is None or job.state != "done":
                shutil.rmtree(self._folder.path / job_id, ignore_errors=True)

    def _write(self, job_id: str) -> tuple[Part, ...]:
        order = self._jobs[job_id].order
        exhibits = store.exhibits.open_exhibits(self._open_database(), order.project_id, order.wish)
        format_ = order.format
        self._change(
            job_id,
            project_name=exhibits.project.name,
            total=len(exhibits) * format_.passes,
            left_out=exhibits.without_answer if format_.needs_masks else 0,
        )
        folder = self._folder.path / job_id
        folder.mkdir(parents=True, exist_ok=True)
        name = name_file(exhibits.project, format_)
        watched = _Watched(exhibits, lambda: self._advance(job_id))
        exhibition = Exhibition(watched, order.has_pictures, order.licence)
        if format_.is_single:
            single = FileSink(folder / name)
            format_.write(exhibition, single)
            single.close()
            written = [folder / name]
        else:
            sink = ZipSink(folder / name, self._part_bytes)
            try:
                format_.write(exhibition, sink)
            finally:
                sink.close()
            written = sink.list_parts()
        return tuple(Part(path.name, path, path.stat().st_size) for path in written)

    def _advance(self, job_id: str) -> None:
        if self._ended.is_set() or job_id in self._cancelled:
            raise _Cancelled
        with self._lock:
            job = self._jobs.get(job_id)
            if job is None:
                raise _Cancelled
            self._jobs[job_id] = replace(job, done=min(job.done + 1, job.total))

    def _change(self, job_id: str, **changed: object) -> Job | None:
        with self._lock:
            job = self._jobs.get(job_id)
            if job is not None:
                job = self._jobs[job_id] = replace(job, **changed)  # type: ignore[arg-type]
            return job

    def _forget_oldest(self, by: str) -> None:
        with self._lock:
            over = [job for job in self._jobs.values() if job.is_over and job.order.by == by]
        for job in over[: max(0, len(over) - MOST_KEPT + 1)]:
            self._forget(job)

    def _forget(self, job: Job) -> None:
        self._cancelled.add(job.id)
        with self._lock:
            self._jobs.pop(job.id, None)
        if job.is_over:
            shutil.rmtree(self._folder.path / job.id, ignore_errors=True)


class _Cancelled(Exception):
    """The export is not wanted any more."""


@dataclass(frozen=True, slots=True)
class _Watched(Relayed):
    """Pictures that tell when each is gone through, and end where they are not wanted any more."""

    tell: Callable[[], None] = field(repr=False)

    def __iter__(self) -> Iterator[Exhibit]:
        for exhibit in self.whole:
            yield exhibit
            self.tell()
