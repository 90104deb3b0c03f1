"""Pictures gathered for a batch: uploads, addresses, folders of the server, the same once more."""

from __future__ import annotations

import io
import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from components import store
from components.batch import BUILT_IN
from components.desk.access import require
from components.desk.connection import Connection, open_desk
from components.desk.incoming import keep_files
from components.desk.keeping import make_id
from components.desk.predictions import find_behaviour
from components.errors import Conflict
from components.model.behaving import LOWEST
from components.model.clock import read_clock
from components.model.review import Person, Project
from components.model.run import Run, RunKind

WORKERS: Final = 8
"""Calls at once, at most; the server's behaviour decides how many it really are."""
_SEEN: Final = frozenset({".zip", ".csv", ".tsv", ".txt"})
_MOST_OFFERED: Final = 500


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
    store.again.stage_again(database, run.id, only_unanswered=only_unanswered, now=read_clock())
    return store.runs.find_run(database, run.id)


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
        server=name_server(connection),
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


def name_server(connection: Connection) -> str:
    return BUILT_IN if connection.kind == "built-in" else connection.settings.address
