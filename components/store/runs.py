"""Runs: begun, started, paused, taken up again, ended; their tasks are in `tasks` and `staging`."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final

from sqlalchemy import Connection, RowMapping, and_, exists, func, or_, select, update

from components.errors import Conflict
from components.model.run import LEFT, Run, RunCounts, RunKind, RunState, TaskState
from components.store.database import Database
from components.store.projects import note_event
from components.store.rows import (
    check_model,
    clean_text,
    load_project,
    pack_class_map,
    unpack_class_map,
)
from components.store.schema import runs, tasks
from components.store.truths import put_truth

MOST_WORKERS: Final = 64
LATELY_MS: Final = 60_000
_LONGEST_REASON: Final = 4000
_LONGEST_SOURCE: Final = 500


def create_run(
    db: Database,
    project_id: str,
    *,
    model: str,
    confidence: int,
    server: str,
    ask_at: int | None,
    workers: int,
    kind: RunKind,
    source: str,
    path: str,
    by: str,
    now: int,
    is_own_path: bool = False,
    starts: bool = False,
    run_id: str = "",
) -> Run:
    """A run whose pictures are still to be read from `path`; see `Run` for the arguments.

    Args:
        db: where.
        project_id: where its pictures go.
        model, confidence, server, ask_at, workers, kind, source, path, is_own_path: as in `Run`;
            nothing is to be read where `path` is empty.
        by: who.
        now: UTC milliseconds.
        starts: whether it asks at once, without a preview.
        run_id: 32 hex digits made elsewhere; one is made where none is given.

    Raises:
        Conflict: no such project, or a value that cannot be.
        StoreUnavailable: nothing can be written now.
    """
    if not 0 <= confidence <= 100:
        raise Conflict("A confidence is a whole percent from 0 to 100.")
    values = {
        "id": run_id or uuid.uuid4().hex,
        "model": check_model(model),
        "confidence": confidence,
        "server": clean_text(server),
        "ask_at": ask_at,
        "workers": min(max(workers, 1), MOST_WORKERS),
        "state": "running" if starts else "preview",
        "reason": "",
        "kind": kind,
        "source": clean_text(source)[:_LONGEST_SOURCE],
        "path": clean_text(path),
        "is_own_path": int(is_own_path),
        "is_reading": int(bool(path)),
        "reader": "",
        "reader_until": 0,
        "expected": None,
        "truth_classes": pack_class_map({}),
        "created_by": clean_text(by),
        "created_at": now,
        "started_at": now if starts else None,
        "ended_at": None,
    }
    with db.write() as connection:
        project = load_project(connection, clean_text(project_id))
        connection.execute(runs.insert().values(project_id=project.id, **values))
        run = load_run(connection, str(values["id"]))
        if starts:
            _note(connection, run, "run_started", by, now)
        return run


def find_run(db: Database, run_id: str) -> Run:
    """One run.

    Raises:
        Conflict: there is none of this id.
    """
    with db.read() as connection:
        return load_run(connection, clean_text(run_id))


def is_reading(db: Database, run_id: str) -> bool:
    """Whether there is a run of this id whose files are still to be read."""
    wanted = select(runs.c.id).where(runs.c.id == clean_text(run_id), runs.c.is_reading == 1)
    with db.read() as connection:
        return connection.scalar(wanted) is not None


def list_runs(db: Database, project_id: str, *, limit: int = 50) -> list[Run]:
    """Runs of a project, the newest first; those that are open, however old, and so many more."""
    own = select(runs).where(runs.c.project_id == clean_text(project_id))
    is_open = runs.c.state.in_(("preview", "running", "paused"))
    newest = (runs.c.created_at.desc(), runs.c.id)
    with db.read() as connection:
        found = [
            *connection.execute(own.where(is_open).order_by(*newest)).mappings(),
            *connection.execute(own.where(~is_open).order_by(*newest).limit(limit)).mappings(),
        ]
    return sorted(map(make_run, found), key=lambda run: (-run.created_at, run.id))


def list_busy(db: Database, servers: Collection[str]) -> list[Run]:
    """Runs that have something to be done by a desk that knows these servers, the oldest first."""
    reads = and_(runs.c.is_reading == 1, runs.c.state.in_(("preview", "running")))
    asks = and_(runs.c.state == "running", runs.c.server.in_(list(servers)))
    statement = select(runs).where(or_(reads, asks)).order_by(runs.c.created_at, runs.c.id)
    with db.read() as connection:
        return [make_run(row) for row in connection.execute(statement).mappings()]


def count_run(db: Database, run_id: str, *, now: int) -> RunCounts:
    """How far a run is."""
    own = tasks.c.run_id == clean_text(run_id)
    brought = and_(tasks.c.answer_id.is_not(None), tasks.c.state.in_(LEFT))
    by_state = select(
        tasks.c.state,
        func.count(),
        func.sum(tasks.c.size),
        func.sum(tasks.c.attempts),
        func.count(tasks.c.truth_sha256),
    )
    recent = and_(own, tasks.c.state == "done", tasks.c.at > now - LATELY_MS)
    with db.read() as connection:
        rows = connection.execute(by_state.where(own).group_by(tasks.c.state)).all()
        with_answer = (
            connection.scalar(select(func.count()).select_from(tasks).where(own, brought)) or 0
        )
        lately, first = connection.execute(
            select(func.count(), func.min(tasks.c.at)).where(recent)
        ).one()
    counts: dict[TaskState, int] = {row[0]: row[1] for row in rows}
    left = sum(counts.get(state, 0) for state in LEFT)
    return RunCounts(
        by_state=counts,
        size=sum(int(row[2] or 0) for row in rows),
        calls=sum(int(row[3] or 0) for row in rows),
        calls_left=left - with_answer,
        with_answer=with_answer,
        with_truth=sum(row[4] for row in rows),
        lately=lately,
        lately_seconds=0.0 if first is None else max(now - first, 1) / 1000,
    )


def start_run(db: Database, run_id: str, *, by: str, now: int) -> Run:
    """Let a run that was only read so far ask the model.

    Raises:
        Conflict: it was started or cancelled meanwhile.
    """
    with db.write() as connection:
        run = _move(connection, run_id, ("preview",), "running", started_at=now)
        known = connection.execute(
            select(
                tasks.c.item_id,
                tasks.c.truth_sha256,
                tasks.c.truth_width,
                tasks.c.truth_height,
            )
            .where(
                tasks.c.run_id == run.id,
                tasks.c.state == "known",
                tasks.c.truth_sha256.is_not(None),
            )
            # In the order of their keys, as others write: see `dialect.put`.
            .order_by(tasks.c.item_id)
        ).all()
        for item_id, sha256, *size_wh in known:
            put_truth(
                connection, item_id, sha256, tuple(size_wh), run.truth_classes, by=by, now=now
            )
        _note(connection, run, "run_started", by, now)
        return run


def pause_run(db: Database, run_id: str, *, reason: str = "") -> Run:
    """Ask nothing more for now; what was asked is still taken in.

    Args:
        db: where.
        run_id: which.
        reason: why the desk itself did it, in plain words; "" where a person did.

    Raises:
        Conflict: it is not running.
    """
    with db.write() as connection:
        return _move(
            connection, run_id, ("running",), "paused", reason=clean_text(reason)[:_LONGEST_REASON]
        )


def resume_run(db: Database, run_id: str) -> Run:
    """Go on with a run that was paused.

    Raises:
        Conflict: it is not paused.
    """
    with db.write() as connection:
        run = _move(connection, run_id, ("paused",), "running", reason="")
        # What waited for a server that did not answer is tried now.
        connection.execute(
            update(tasks)
            .where(tasks.c.run_id == run.id, tasks.c.state == "waiting", tasks.c.not_before > 0)
            .values(not_before=0)
        )
        return run


def cancel_run(db: Database, run_id: str, *, by: str, now: int) -> Run:
    """End a run; pictures that were answered stay in the project, the others are left out.

    Raises:
        Conflict: it has ended already.
    """
    with db.write() as connection:
        run = _move(
            connection,
            run_id,
            ("preview", "running", "paused"),
            "cancelled",
            reason="",
            is_reading=0,
            ended_at=now,
        )
        _note(connection, run, "run_cancelled", by, now)
        return run


def retry_run(db: Database, run_id: str) -> Run:
    """Ask once more about the pictures of a run that failed, and about these alone.

    Raises:
        Conflict: none failed, or the run was cancelled or has not begun.
    """
    with db.write() as connection:
        run = _move(
            connection,
            run_id,
            ("running", "paused", "done"),
            "running",
            reason="",
            ended_at=None,
        )
        failed = connection.execute(
            update(tasks)
            .where(tasks.c.run_id == run.id, tasks.c.state == "failed")
            .values(state="waiting", failures=0, not_before=0)
        )
        if not failed.rowcount:
            raise Conflict("Nothing of this batch failed, so there is nothing to try again.")
        return run


def end_if_over(db: Database, run_id: str, *, now: int) -> bool:
    """Close a run of which nothing is left; whether it is closed now."""
    left = exists().where(tasks.c.run_id == runs.c.id, tasks.c.state.in_(LEFT))
    statement = (
        update(runs)
        .where(
            runs.c.id == run_id,
            runs.c.state == "running",
            runs.c.is_reading == 0,
            ~left,
        )
        .values(state="done", ended_at=now)
    )
    with db.write() as connection:
        return bool(connection.execute(statement).rowcount)


def note_source(
    db: Database, run_id: str, *, expected: int | None, truth_classes: Mapping[int, str]
) -> None:
    """Write down what was found out about the files before they are read."""
    values = {"expected": expected, "truth_classes": pack_class_map(truth_classes)}
    with db.write() as connection:
        connection.execute(update(runs).where(runs.c.id == run_id).values(**values))


def note_ask_at(db: Database, run_id: str, ask_at: int) -> None:
    """Write down at which confidence the model is asked, once it is found out."""
    with db.write() as connection:
        connection.execute(update(runs).where(runs.c.id == run_id).values(ask_at=ask_at))


def load_run(connection: Connection, run_id: str, *, lock: bool = False) -> Run:
    """One run.

    Raises:
        Conflict: there is none of this id.
    """
    statement = select(runs).where(runs.c.id == run_id)
    if lock:
        statement = statement.with_for_update(key_share=True)
    row = connection.execute(statement).mappings().first()
    if row is None:
        raise Conflict("There is no such batch on this desk. Reload the page.")
    return make_run(row)


def make_run(row: RowMapping) -> Run:
    """A row of runs."""
    plain = (
        "id project_id model confidence server ask_at workers state reason kind source path "
        "expected created_by created_at started_at ended_at"
    )
    return Run(
        **{name: row[name] for name in plain.split()},
        is_own_path=bool(row["is_own_path"]),
        is_reading=bool(row["is_reading"]),
        truth_classes=unpack_class_map(row["truth_classes"]),
    )


def _move(
    connection: Connection, run_id: str, before: Sequence[RunState], state: RunState, **values: Any
) -> Run:
    run = load_run(connection, clean_text(run_id), lock=True)
    if run.state not in before:
        raise Conflict(
            f"This batch is {_IN_WORDS[run.state]} by now, so that cannot be done. "
            "Look at where it stands and choose again."
        )
    connection.execute(update(runs).where(runs.c.id == run.id).values(state=state, **values))
    return load_run(connection, run.id)


_IN_WORDS: Final[Mapping[RunState, str]] = {
    "preview": "not started",
    "running": "running",
    "paused": "paused",
    "done": "done",
    "cancelled": "cancelled",
}


def _note(connection: Connection, run: Run, kind: str, by: str, now: int) -> None:
    note_event(
        connection,
        run.project_id,
        kind,
        by=by,
        now=now,
        source=run.source,
        model=run.model,
        confidence=run.confidence,
    )
