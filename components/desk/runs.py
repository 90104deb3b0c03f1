"""Runs of a project: many pictures read, looked over, sent through the model, all in background."""

from __future__ import annotations

import io
import shutil
import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import streamlit as st

from components import store
from components.batch import BUILT_IN
from components.desk.access import require
from components.desk.clock import read_clock
from components.desk.connection import Connection, Desk, open_desk
from components.desk.incoming import keep_files
from components.desk.keeping import make_id
from components.desk.predictions import find_behaviour
from components.errors import Conflict, StoreError
from components.model.behaving import LOWEST
from components.model.review import Person, Project
from components.model.run import Run, RunCounts, RunKind, Task, TaskState

WORKERS: Final = 8
"""Calls at once, at most; the server's behaviour decides how many it really are."""
_LATEST: Final = 8
_SEEN: Final = frozenset({".zip", ".csv", ".tsv", ".txt"})
_MOST_OFFERED: Final = 500
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


@dataclass(frozen=True, slots=True)
class Offered:
    """Something on the server's disk that pictures can be added from.

    Attributes:
        path: absolute.
        label: what to call it on a page.
    """

    path: str
    label: str


def begin_files(
    who: Person | None,
    connection: Connection,
    project: Project,
    files: Iterable[tuple[str, Any]],
    *,
    source: str,
) -> Run:
    """Take uploaded files and read them in the background: pictures, ZIP files, lists, masks.

    Args:
        who: who adds them.
        connection: whose model is asked once the run is started.
        project: where they go.
        files: names, with folders in front where they came in folders, and open file objects.
        source: what they are, in words, like "312 files".

    Raises:
        AccessError: not a lead.
        StoreError: they cannot be kept, or the database cannot be written.
    """
    person = require(who, "lead")
    desk, run_id = open_desk(), make_id()
    folder = desk.store_settings.folder / "incoming" / run_id
    keep_files(folder, files)
    try:
        return _begin(
            person, connection, project, "files", source, path=folder, is_own=True, run_id=run_id
        )
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise


def begin_addresses(who: Person | None, connection: Connection, project: Project, text: str) -> Run:
    """Fetch pictures from addresses, one a line, in the background; as `begin_files`.

    Raises:
        AccessError: not a lead.
        Conflict: there is none.
        StoreError: they cannot be kept, or the database cannot be written.
    """
    person = require(who, "lead")
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if not lines:
        raise Conflict("An address a line was expected, and none came. Paste some.")
    desk, run_id = open_desk(), make_id()
    folder = desk.store_settings.folder / "incoming" / run_id
    keep_files(folder, [("addresses.txt", io.BytesIO("\n".join(lines).encode("utf-8", "replace")))])
    source = f"{len(lines):,} addresses" if len(lines) > 1 else lines[0]
    try:
        return _begin(
            person, connection, project, "addresses", source, path=folder, is_own=True,
            run_id=run_id,
        )  # fmt: skip
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise


def list_datasets(who: Person | None) -> list[Offered]:
    """What lies in the folders that the settings name: they, their folders, archives and lists.

    Raises:
        AccessError: not a lead.
    """
    require(who, "lead")
    found: list[Offered] = []
    for root in open_desk().store_settings.datasets:
        try:
            inside = sorted(root.iterdir(), key=lambda path: path.name.casefold())
        except OSError:
            continue
        if any(path.is_file() for path in inside):
            found.append(Offered(str(root), root.name))
        found += [
            Offered(str(path), f"{root.name}/{path.name}")
            for path in inside
            if not path.name.startswith(".") and (path.is_dir() or path.suffix.casefold() in _SEEN)
        ]
    return found[:_MOST_OFFERED]


def begin_dataset(who: Person | None, connection: Connection, project: Project, path: str) -> Run:
    """Read a folder, archive or list on the server's disk in the background; as `begin_files`.

    Raises:
        AccessError: not a lead.
        Conflict: it is not in a folder that the settings name.
        StoreError: the database cannot be written.
    """
    person = require(who, "lead")
    wanted = Path(path).resolve()
    roots = [root.resolve() for root in open_desk().store_settings.datasets]
    if not any(wanted.is_relative_to(root) for root in roots) or not wanted.exists():
        raise Conflict(
            "A folder was expected that the desk's settings name as one for pictures. Choose one "
            "from the list, or have it added to datasets in the secrets."
        )
    return _begin(person, connection, project, "folder", wanted.name, path=wanted)


def begin_again(
    who: Person | None,
    connection: Connection,
    project: Project,
    *,
    model: str,
    confidence: int,
    only_unanswered: bool,
) -> Run:
    """A run over the pictures that the project has: those without an answer, or all.

    A picture keeps the answer it is reviewed by; what another model or confidence says is kept
    beside it.

    Raises:
        AccessError: not a lead.
        StoreError: the database cannot be written.
    """
    person = require(who, "lead")
    source = "Pictures without a mask" if only_unanswered else "All pictures once more"
    run = _begin(person, connection, project, "again", source, model=model, confidence=confidence)
    database = open_desk().database
    store.staging.stage_again(database, run.id, only_unanswered=only_unanswered, now=read_clock())
    return store.runs.find_run(database, run.id)


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


def _begin(
    person: Person,
    connection: Connection,
    project: Project,
    kind: RunKind,
    source: str,
    *,
    path: Path | None = None,
    is_own: bool = False,
    model: str = "",
    confidence: int | None = None,
    run_id: str = "",
) -> Run:
    desk = open_desk()
    model = model or project.model
    confidence = project.confidence if confidence is None else confidence
    behaviour = find_behaviour(connection, model)
    ask_at = {"live": LOWEST, "called": confidence, "ignored": confidence}.get(behaviour.kind)
    run = store.runs.create_run(
        desk.database,
        project.id,
        model=model,
        confidence=confidence,
        server=_name_server(connection),
        ask_at=ask_at,
        workers=WORKERS,
        kind=kind,
        source=source,
        path="" if path is None else str(path),
        is_own_path=is_own,
        by=person.name,
        now=read_clock(),
        run_id=run_id,
    )
    desk.runner.wake()
    return run


def _name_server(connection: Connection) -> str:
    return BUILT_IN if connection.kind == "built-in" else connection.settings.address


def _connect(desk: Desk, connection: Connection, run: Run) -> None:
    """Let the runs of this process ask as this connection does."""
    if _name_server(connection) == run.server:
        desk.add_server(run.server, connection)
    elif run.server not in desk.list_servers():
        raise Conflict(
            f"This batch asks {run.server or 'the built-in server'}, and this desk is connected to "
            "another one now. Connect to it on the page Connection, then try again."
        )


def _forget(desk: Desk, run: Run) -> None:
    try:
        store.staging.discard_tasks(desk.database, run.id)
    except StoreError:
        return  # what was read takes up room, and does no harm
    if run.is_own_path:
        shutil.rmtree(run.path, ignore_errors=True)
