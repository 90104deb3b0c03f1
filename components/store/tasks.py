"""The pictures of a run: handed out to be asked about, answered, given back, failed."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, RowMapping, and_, func, select, update

from components.model.areas import Area
from components.model.prediction import Answer
from components.model.review import Item, Project
from components.model.run import Run, Task, TaskState
from components.store import content
from components.store.classes import widen_class_map
from components.store.database import Database
from components.store.items import list_masks
from components.store.placing import hold_project, place_item, put_answer
from components.store.rows import clean_text, load_item
from components.store.runs import load_run
from components.store.schema import REMOVED, items, runs, tasks
from components.store.truths import put_truth

_LONGEST_PROBLEM = 4000
_TAKEN_OUT = "It was taken out of the project meanwhile, so it was left alone."


@dataclass(frozen=True, slots=True)
class Found:
    """An answer, ready to be kept.

    Attributes:
        answer: as it came; None where it is stored already, as the task's own.
        answer_id: of the stored one; "" where `answer` is to be stored.
        cut_to: as `store.items.keep_answer` takes it.
        areas: of the classes present, at the run's confidence.
        mean_confidence: 0–1; None where no confidence mask came.
        class_map: names by class id.
        calls: made for it since the task was taken.
    """

    answer: Answer | None
    answer_id: str
    cut_to: int | None
    areas: Sequence[Area]
    mean_confidence: float | None
    class_map: dict[int, str]
    calls: int


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
    # An expired claim is that of somebody who died; the call was most likely made.
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
        if load_run(connection, run_id).state != "running":
            return []
        for wanted, calls in ((unheard, 0), (abandoned, 1), (due, 0)):
            if wanted is unheard and held is None:
                continue
            rows = connection.execute(
                select(tasks)
                .where(wanted)
                .order_by(tasks.c.seq)
                .limit(limit - len(taken))
                .with_for_update(skip_locked=True)
            ).mappings()
            found = [make_task(row) for row in rows]
            if found:
                connection.execute(
                    update(tasks)
                    .where(own, tasks.c.seq.in_([task.seq for task in found]))
                    .values(
                        state="asking",
                        claimed_by=worker,
                        claimed_until=until,
                        attempts=tasks.c.attempts + calls,
                    )
                )
            taken += found
    return taken


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
        values["problem"] = clean_text(problem)[:_LONGEST_PROBLEM]
    with db.write() as connection:
        connection.execute(update(tasks).where(_is_claimed(task, worker)).values(**values))


def fail_task(
    db: Database, task: Task, worker: str, *, problem: str, calls: int, by: str, now: int
) -> None:
    """There is no answer about this picture; it is in the project all the same, with the reason."""
    with db.write() as connection:
        run = load_run(connection, task.run_id)
        project = hold_project(connection, run.project_id)
        row = _hold_task(connection, task)
        if row["state"] == "done" or row["claimed_by"] != worker:
            return
        item = _place(connection, project, run, row, by, now)
        if item is None:
            _end_task(connection, task, "failed", now, calls, problem=_TAKEN_OUT)
            return
        _put_truth(connection, run, row, item.id, by, now)
        plain = clean_text(problem)[:_LONGEST_PROBLEM]
        if item.answer_id is None:
            connection.execute(update(items).where(items.c.id == item.id).values(problem=plain))
        _end_task(connection, task, "failed", now, calls, problem=plain, item_id=item.id)


def finish_task(
    db: Database, task: Task, found: Found, *, by: str, now: int, seconds: float | None
) -> bool:
    """Keep an answer, and let its picture be in the project.

    The picture is reviewed by it where it has no answer yet; otherwise the answer is kept beside
    the one it has.

    Returns:
        Whether it was kept; False where another desk was quicker, whose answer stands.

    Raises:
        Conflict: the project is gone.
        StoreUnavailable: nothing can be written now.
    """
    if found.answer is not None:
        db.put_away(*list_masks(found.answer))
    with db.write() as connection:
        run = load_run(connection, task.run_id)
        project = hold_project(connection, run.project_id)
        row = _hold_task(connection, task)
        if row["state"] == "done":
            connection.execute(
                update(tasks).where(_is(task)).values(attempts=tasks.c.attempts + found.calls)
            )
            return False
        answer_id = found.answer_id
        if found.answer is not None:
            answer_id = content.store_answer(
                connection, row["image_sha256"], found.answer, found.cut_to, now
            )
        item = _place(connection, project, run, row, by, now)
        if item is None:
            _end_task(connection, task, "failed", now, found.calls, problem=_TAKEN_OUT)
            return True
        _put_truth(connection, run, row, item.id, by, now)
        if item.answer_id is None:
            item = load_item(connection, item.id, lock=True)
            widen_class_map(connection, item.id, found.class_map)
            item = put_answer(
                connection,
                item,
                project,
                answer_id,
                areas=found.areas,
                mean_confidence=found.mean_confidence,
            )
        _end_task(
            connection,
            task,
            "done",
            now,
            found.calls,
            problem="",
            item_id=item.id,
            answer_id=answer_id,
            seconds=seconds,
        )
        return True


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


def is_taken_out(db: Database, task: Task) -> bool:
    """Whether a run over a project's own pictures would ask about one that was taken out."""
    statement = (
        select(items.c.shelf)
        .join(tasks, tasks.c.item_id == items.c.id)
        .join(runs, runs.c.id == tasks.c.run_id)
        .where(_is(task), runs.c.kind == "again")
    )
    with db.read() as connection:
        return connection.scalar(statement) == REMOVED


def _place(
    connection: Connection, project: Project, run: Run, row: RowMapping, by: str, now: int
) -> Item | None:
    """The picture in the project; None where it was taken out of it, and is not to come back."""
    if run.kind == "again":
        shelf = connection.scalar(select(items.c.shelf).where(items.c.id == row["item_id"]))
        if shelf == REMOVED:
            return None
    item, _ = place_item(
        connection,
        project,
        row["image_sha256"],
        name=row["name"],
        by=by,
        now=now,
        grouping=row["grouping"],
        position=row["position"],
    )
    return item


def _put_truth(
    connection: Connection, run: Run, row: RowMapping, item_id: str, by: str, now: int
) -> None:
    if row["truth_sha256"] is not None:
        size_wh = row["truth_width"], row["truth_height"]
        put_truth(
            connection, item_id, row["truth_sha256"], size_wh, run.truth_classes, by=by, now=now
        )


def _hold_task(connection: Connection, task: Task) -> RowMapping:
    statement = select(tasks).where(_is(task)).with_for_update(key_share=True)
    return connection.execute(statement).mappings().one()


def _end_task(
    connection: Connection, task: Task, state: TaskState, now: int, calls: int, **values: Any
) -> None:
    connection.execute(
        update(tasks)
        .where(_is(task))
        .values(
            state=state,
            claimed_by="",
            at=now,
            attempts=tasks.c.attempts + calls,
            **values,
        )
    )


def _is(task: Task) -> Any:
    return and_(tasks.c.run_id == task.run_id, tasks.c.seq == task.seq)


def _is_claimed(task: Task, worker: str) -> Any:
    return and_(_is(task), tasks.c.state == "asking", tasks.c.claimed_by == worker)
