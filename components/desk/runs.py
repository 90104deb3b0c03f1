"""Runs of a project: many pictures read, looked over, sent through the model, all in background."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import streamlit as st

from components import store
from components.desk.access import require
from components.desk.connection import Connection, Desk, open_desk
from components.desk.gathering import name_server
from components.errors import Conflict, StoreError
from components.model.clock import read_clock
from components.model.review import Person
from components.model.run import Run, RunCounts, Task, TaskState

_LATEST: Final = 8
_MOST_MASKS: Final = 1000
_PAGE: Final = 1000


@dataclass(frozen=True, slots=True)
class RunSight:
    """A run as it stands now.

    Attributes:
        run: itself.
        counts: how far it is.
        trouble: why it does not get on just now, in plain words; "" where it does.
        needs_connection: whether its server is one that this desk is not connected to.
        latest: what was answered last, the newest first.
    """

    run: Run
    counts: RunCounts
    trouble: str
    needs_connection: bool
    latest: Sequence[Task]


def list_runs(who: Person | None, project_id: str) -> list[Run]:
    """Runs of a project, the newest first.

    Raises:
        AccessError: not a lead.
        StoreError: the database cannot be asked.
    """
    require(who, "lead")
    return store.runs.list_runs(open_desk().database, project_id)


def look_at_run(who: Person | None, run_id: str) -> RunSight:
    """How a run stands now.

    Raises:
        AccessError: not a lead.
        StoreError: there is none, or the database cannot be asked.
    """
    require(who, "lead")
    desk = open_desk()
    run = store.runs.find_run(desk.database, run_id)
    counts = store.runs.count_run(desk.database, run_id, now=read_clock())
    latest = store.tasks.list_tasks(desk.database, run_id, ("done",), limit=_LATEST, newest=True)
    needs_connection = run.is_open and run.server not in desk.list_servers()
    return RunSight(run, counts, desk.runner.find_trouble(run_id), needs_connection, latest)


def list_tasks(
    who: Person | None,
    run_id: str,
    states: Sequence[TaskState],
    *,
    limit: int = 100,
    after: int = 0,
) -> list[Task]:
    """Pictures of a run that came to this, in their order, after the one with the number `after`.

    Raises:
        AccessError: not a lead.
        StoreError: the database cannot be asked.
    """
    require(who, "lead")
    return store.tasks.list_tasks(open_desk().database, run_id, states, limit=limit, after=after)


def list_unused_masks(who: Person | None, run_id: str) -> list[Task]:
    """Pictures of a run whose truth mask cannot be used, with the reason; for one that is read.

    Raises:
        AccessError: not a lead.
        StoreError: the database cannot be asked.
    """
    require(who, "lead")
    return _find_unused_masks(open_desk().database.label, run_id)


def start_run(who: Person | None, connection: Connection, run_id: str) -> Run:
    """Let a run that was looked over ask the model.

    Raises:
        AccessError: not a lead.
        Conflict: it was started or cancelled meanwhile, or asks a server of another connection.
        StoreError: the database cannot be written.
    """
    person = require(who, "lead")
    desk = open_desk()
    _connect(desk, connection, store.runs.find_run(desk.database, run_id))
    run = store.runs.start_run(desk.database, run_id, by=person.name, now=read_clock())
    desk.runner.wake()
    return run


def pause_run(who: Person | None, run_id: str) -> Run:
    """Ask nothing more for now; what was asked is still taken in.

    Raises:
        AccessError: not a lead.
        Conflict: it is not running.
        StoreError: the database cannot be written.
    """
    require(who, "lead")
    return store.runs.pause_run(open_desk().database, run_id)


def resume_run(who: Person | None, connection: Connection, run_id: str) -> Run:
    """Go on with a run that was paused, or that nobody is connected for.

    Raises:
        AccessError: not a lead.
        Conflict: it cannot go on, or asks a server of another connection.
        StoreError: the database cannot be written.
    """
    require(who, "lead")
    desk = open_desk()
    run = store.runs.find_run(desk.database, run_id)
    _connect(desk, connection, run)
    if run.state != "running":
        run = store.runs.resume_run(desk.database, run_id)
    desk.runner.wake()
    return run


def retry_run(who: Person | None, connection: Connection, run_id: str) -> Run:
    """Ask once more about the pictures of a run that failed, and about these alone.

    Raises:
        AccessError: not a lead.
        Conflict: none failed, or it asks a server of another connection.
        StoreError: the database cannot be written.
    """
    require(who, "lead")
    desk = open_desk()
    _connect(desk, connection, store.runs.find_run(desk.database, run_id))
    run = store.runs.retry_run(desk.database, run_id)
    desk.runner.wake()
    return run


def cancel_run(who: Person | None, run_id: str) -> Run:
    """End a run: pictures that were answered stay, what was only read is forgotten.

    Raises:
        AccessError: not a lead.
        Conflict: it has ended already.
        StoreError: the database cannot be written.
    """
    person = require(who, "lead")
    desk = open_desk()
    run = store.runs.cancel_run(desk.database, run_id, by=person.name, now=read_clock())
    threading.Thread(target=_forget, args=(desk, run), name="forget run", daemon=True).start()
    return run


@st.cache_data(show_spinner=False, max_entries=32)
def _find_unused_masks(
    label: str,  # noqa: ARG001  part of the cache's key
    run_id: str,
) -> list[Task]:
    # What is only read has a problem nowhere but in its mask.
    found: list[Task] = []
    after = 0
    while len(found) < _MOST_MASKS:
        page = store.tasks.list_tasks(
            open_desk().database, run_id, ("waiting", "known"), limit=_PAGE, after=after
        )
        found += [task for task in page if task.problem]
        if len(page) < _PAGE:
            break
        after = page[-1].seq
    return found[:_MOST_MASKS]


def _connect(desk: Desk, connection: Connection, run: Run) -> None:
    """Let the runs of this process ask as this connection does."""
    if name_server(connection) == run.server:
        desk.add_server(run.server, connection)
    elif run.server not in desk.list_servers():
        raise Conflict(
            f"This batch asks {run.server or 'the built-in server'}, and this desk is connected to "
            "another one now. Connect to it on the page Connection, then try again."
        )


def _forget(desk: Desk, run: Run) -> None:
    try:
        store.discarding.discard_tasks(desk.database, run.id)
    except StoreError:
        return  # what was read takes up room, and does no harm
    if run.is_own_path:
        shutil.rmtree(run.path, ignore_errors=True)
