"""The desk's own part in runs: reads and asks in the background, whoever looks or does not."""

from __future__ import annotations

import logging
import os
import socket
import threading
import time
import uuid
from collections.abc import Callable, Collection, Mapping
from typing import TYPE_CHECKING, Final

from components import store
from components.batch.server import Server
from components.batch.yielding import give_way
from components.errors import DeskError
from components.intake import Limits
from components.model.run import Run

if TYPE_CHECKING:
    from components.batch.work import Work
    from components.store.database import Database

LOG = logging.getLogger("mask_desk")

_AT_ONCE: Final = 3
"""Batches that are read, and asked about, at the same time: one that waits for its server or for
slow addresses does not keep the others waiting."""
_MEASURED_AT_ONCE: Final = 10
_IDLE_SECONDS: Final = 2.0
_BUSY_SECONDS: Final = 0.3


def name_worker() -> str:
    """A name that no other process has, nor this one after a restart."""
    return f"{socket.gethostname()[:60]}:{os.getpid()}:{uuid.uuid4().hex[:12]}"


class Runner:
    """Looks for runs and works on them, a few at a time, in threads of its own."""

    def __init__(
        self,
        open_database: Callable[[], Database | None],
        find_servers: Callable[[], Mapping[str, Server]],
        *,
        allow_hosts: Collection[str] = (),
        only: str | None = None,
        gives_way: bool = True,
    ) -> None:
        """Begin; nothing happens before `start`.

        Args:
            open_database: gives the database; None where there is none yet.
            find_servers: gives the servers that may be asked, by name.
            allow_hosts: private hosts that pictures may be fetched from.
            only: the id of the one run that is worked on; None for all.
            gives_way: whether there are pages to be answered beside the runs.
        """
        self.worker: Final = name_worker()
        self._open_database = open_database
        self._find_servers = find_servers
        self._allow_hosts = tuple(allow_hosts)
        self._only = only
        self._gives_way = gives_way
        self._after_seconds = 0.0
        self._is_stopped = threading.Event()
        self._wake = threading.Event()
        self._looking: threading.Thread | None = None
        self._reading: dict[str, threading.Thread] = {}
        self._asking: dict[str, threading.Thread] = {}
        self._works: dict[str, Work] = {}
        self._reading_troubles: dict[str, str] = {}
        self._queued: frozenset[str] = frozenset()

    def start(self, after_seconds: float = 0.0) -> None:
        """Begin to look for runs, at once or in a while; `wake` makes it at once."""
        self._after_seconds = after_seconds
        self._looking = threading.Thread(target=self._look, name="runs", daemon=True)
        self._looking.start()

    def wake(self) -> None:
        """Look now: a run was begun or started."""
        self._wake.set()

    def stop(self, seconds: float = 30.0) -> None:
        """Ask nothing more, keep what is still coming in, and end."""
        self._is_stopped.set()
        self._wake.set()
        ends = time.monotonic() + seconds
        threads = [*self._reading.values(), *self._asking.values()]
        for thread in [self._looking, *threads]:
            if thread is not None:
                thread.join(max(0.0, ends - time.monotonic()))

    def find_trouble(self, run_id: str) -> str:
        """Why a run does not get on in this process just now; "" where it does."""
        work = self._works.get(run_id)
        trouble = work.trouble if work is not None else ""
        if run_id in self._queued:
            trouble = trouble or "Other batches go first; this one follows by itself."
        return trouble or self._reading_troubles.get(run_id, "")

    def _look(self) -> None:
        self._wake.wait(self._after_seconds)
        while not self._is_stopped.is_set():
            is_busy = False
            try:
                is_busy = self._look_once()
            except DeskError as error:
                LOG.warning("Runs cannot be looked for: %s", error.detail or error.message)
            except Exception:  # the desk's pages go on without it, but nobody would start it again
                LOG.exception("Looking for runs failed")
            self._wake.wait(_BUSY_SECONDS if is_busy else _IDLE_SECONDS)
            self._wake.clear()

    def _look_once(self) -> bool:
        database = self._open_database()
        if database is None:
            return False
        servers = self._find_servers()
        busy = [
            run for run in store.runs.list_busy(database, servers) if self._only in (None, run.id)
        ]
        queued = set()
        for run in busy:
            if run.is_reading and not _join(self._reading, run, self._read, database, run, servers):
                queued.add(run.id)
            if (
                run.state == "running"
                and run.server in servers
                and not _join(self._asking, run, self._ask, database, run, servers[run.server])
            ):
                queued.add(run.id)
        self._queued = frozenset(queued)
        return bool(busy)

    def _read(self, database: Database, run: Run, servers: Mapping[str, Server]) -> None:
        # What needs the database is imported once there is something to be done: see `store`.
        from components.batch.reading import read_run

        limits = Limits()
        if run.server in servers:
            limits = Limits(max_sent_bytes=servers[run.server].settings.max_image_bytes)
        try:
            read_run(
                database,
                run,
                self.worker,
                limits=limits,
                allow_hosts=self._allow_hosts,
                is_stopped=self._is_stopped.is_set,
                gives_way=self._gives_way,
                tell=lambda trouble: self._reading_troubles.update({run.id: trouble}),
            )
        except DeskError as error:
            LOG.warning("Reading a batch: %s", error.detail or error.message)
        finally:
            self._reading_troubles.pop(run.id, None)

    def _ask(self, database: Database, run: Run, server: Server) -> None:
        from components.batch.work import Work

        work = Work(database, run, server, self.worker, gives_way=self._gives_way)
        self._works[run.id] = work
        try:
            work.go(self._is_stopped.is_set)
        except DeskError as error:
            LOG.warning("A run stopped: %s", error.detail or error.message)
        finally:
            self._works.pop(run.id, None)
        try:
            self._measure(database, run)
        except DeskError as error:
            LOG.warning("Measuring after a batch: %s", error.detail or error.message)

    def _measure(self, database: Database, run: Run) -> None:
        """What came with truth masks is held against them once the run is over."""
        from components.batch.catching_up import measure_next

        if self._gives_way:
            give_way()
        while not self._is_stopped.is_set():
            # Whoever goes on with the run meanwhile need not wait for this.
            if store.runs.find_run(database, run.id).state != "done":
                return
            if not measure_next(database, run.project_id, _MEASURED_AT_ONCE):
                return


def _join(
    at_it: dict[str, threading.Thread], run: Run, do: Callable[..., None], *values: object
) -> bool:
    """Begin with a run unless it is begun with or too many are; whether it is worked on."""
    for run_id in [run_id for run_id, thread in at_it.items() if not thread.is_alive()]:
        del at_it[run_id]
    if run.id in at_it:
        return True
    if len(at_it) >= _AT_ONCE:
        return False
    at_it[run.id] = threading.Thread(target=do, args=values, name="run", daemon=True)
    at_it[run.id].start()
    return True
