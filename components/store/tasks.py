"""The pictures of a run: listed, handed out to be asked about, given back."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any, Final

from sqlalchemy import RowMapping, and_, case, func, select, update

from components.model.run import Task, TaskState
from components.store.database import Database
from components.store.rows import clean_text
from components.store.runs import load_run
from components.store.schema import runs, tasks

LONGEST_PROBLEM: Final = 4000
"""Signs of a reason."""


def take_tasks(
    db: Database,
    run_id: str,
    worker: str,
    limit: int,
    *,
    now: int,
    until: int,
    expired: int | None = None,
    held: Collection[int] | None = None,
) -> list[Task]:
    """Claim pictures to ask about, in their order; nobody else is given them meanwhile.

    Args:
        db: where; several desks may share it.
        run_id: the run; nothing is handed out unless it is running.
        worker: who asks.
        limit: how many at most.
        now: UTC milliseconds.
        until: when the claim ends, unless `renew_claims` makes it longer.
        expired: claims that ended before are free to be taken over; None for `now`.
        held: the seq of all that the worker really has, where it may have been given some without
            hearing of it, since the connection broke; those are handed out once more.
    """
    own = tasks.c.run_id == run_id
    # An expired claim is that of somebody who died.
    abandoned = and_(
        own,
        tasks.c.state == "asking",
        tasks.c.claimed_until < (now if expired is None else expired),
    )
    unheard = and_(
        own,
        tasks.c.state == "asking",
        tasks.c.claimed_by == worker,
        tasks.c.seq.not_in(list(held or ())),
    )
    due = and_(own, tasks.c.state == "waiting", tasks.c.not_before <= now)
    taken: list[Task] = []
    with db.write() as connection:
        run = load_run(connection, run_id)
        if run.state != "running":
            return []
        for wanted in (unheard, abandoned, due):
            if wanted is unheard and held is None:
                continue
            rows = connection.execute(
                select(tasks)
                .where(wanted)
                .order_by(tasks.c.seq)
                .limit(limit - len(taken))
                .with_for_update(skip_locked=True)
            ).mappings().all()  # fmt: skip
            found = [make_task(row) for row in rows]
            called = _guess_called(rows, run.workers) if wanted is abandoned else []
            if found:
                connection.execute(
                    update(tasks)
                    .where(own, tasks.c.seq.in_([task.seq for task in found]))
                    .values(
                        state="asking",
                        claimed_by=worker,
                        claimed_until=until,
                        attempts=tasks.c.attempts + case((tasks.c.seq.in_(called), 1), else_=0),
                    )
                )
            taken += found
    return taken


def _guess_called(rows: Sequence[RowMapping], workers: int) -> list[int]:
    """Of pictures that somebody had who died, those that were most likely called for.

    Each had some more at hand than could be asked about at once, and asked in their order.
    """
    called: dict[str, list[int]] = {}
    for row in rows:
        called.setdefault(row["claimed_by"], []).append(row["seq"])
    return [seq for seqs in called.values() for seq in seqs[:workers]]


def renew_claims(db: Database, worker: str, *, until: int) -> None:
    """The claims of somebody who is still at it last until then, those of reading too."""
    with db.write() as connection:
        connection.execute(
            update(tasks)
            .where(
                tasks.c.run_id.in_(
                    select(runs.c.id).where(runs.c.state.in_(("running", "paused")))
                ),
                tasks.c.state == "asking",
                tasks.c.claimed_by == worker,
            )
            .values(claimed_until=until)
        )
        connection.execute(
            update(runs)
            .where(runs.c.reader == worker, runs.c.is_reading == 1)
            .values(reader_until=until)
        )


def give_back(
    db: Database,
    task: Task,
    worker: str,
    *,
    problem: str = "",
    not_before: int = 0,
    calls: int = 0,
    failures: int = 0,
) -> None:
    """Let a claimed picture wait again.

    Args:
        db: where.
        task: the picture.
        worker: who had claimed it; nothing is done where somebody else has it by now.
        problem: what went wrong, in plain words; "" leaves what stands there.
        not_before: when it may be asked about again, UTC milliseconds.
        calls: made for it.
        failures: to add to its own.
    """
    values: dict[str, Any] = {
        "state": "waiting",
        "claimed_by": "",
        "not_before": not_before,
        "attempts": tasks.c.attempts + calls,
        "failures": tasks.c.failures + failures,
    }
    if problem:
        values["problem"] = clean_text(problem)[:LONGEST_PROBLEM]
    with db.write() as connection:
        connection.execute(update(tasks).where(_is_claimed(task, worker)).values(**values))


def find_next_due(db: Database, run_id: str) -> int | None:
    """When the next picture that waits, or whose claim may run out, is due; None for none."""
    own = tasks.c.run_id == run_id
    with db.read() as connection:
        waiting = connection.scalar(
            select(func.min(tasks.c.not_before)).where(own, tasks.c.state == "waiting")
        )
        claimed = connection.scalar(
            select(func.min(tasks.c.claimed_until)).where(own, tasks.c.state == "asking")
        )
    known = [at for at in (waiting, claimed) if at is not None]
    return min(known) if known else None


def list_tasks(
    db: Database,
    run_id: str,
    states: Sequence[TaskState],
    *,
    limit: int,
    after: int = 0,
    newest: bool = False,
) -> list[Task]:
    """Pictures of a run in these states: in their order after `after`, or the latest to change."""
    order = (tasks.c.at.desc(), tasks.c.seq.desc()) if newest else (tasks.c.seq,)
    statement = (
        select(tasks)
        .where(
            tasks.c.run_id == clean_text(run_id),
            tasks.c.state.in_(list(states)),
            tasks.c.seq > after,
        )
        .order_by(*order)
        .limit(limit)
    )
    with db.read() as connection:
        return [make_task(row) for row in connection.execute(statement).mappings()]


def make_task(row: RowMapping) -> Task:
    """A row of tasks."""
    plain = "run_id seq name state image_sha256 size answer_id item_id problem attempts failures at"
    return Task(**{name: row[name] for name in plain.split()})


def is_task(task: Task) -> Any:
    """The condition that a row of tasks is this one."""
    return and_(tasks.c.run_id == task.run_id, tasks.c.seq == task.seq)


def _is_claimed(task: Task, worker: str) -> Any:
    return and_(is_task(task), tasks.c.state == "asking", tasks.c.claimed_by == worker)
