"""The pictures of a run once it is known what becomes of them: answered, or failed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Connection, RowMapping, select, update

from components.model.areas import Area
from components.model.measures import Measures
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
from components.store.tasks import LONGEST_PROBLEM, is_task
from components.store.truths import put_truth

_TAKEN_OUT: Final = "It was taken out of the project meanwhile, so it was left alone."


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
        measures: what else was counted of it; None where that is to be done later.
    """

    answer: Answer | None
    answer_id: str
    cut_to: int | None
    areas: Sequence[Area]
    mean_confidence: float | None
    class_map: dict[int, str]
    calls: int
    measures: Measures | None = None


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
        plain = clean_text(problem)[:LONGEST_PROBLEM]
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
                update(tasks).where(is_task(task)).values(attempts=tasks.c.attempts + found.calls)
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
                measures=found.measures,
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


def is_taken_out(db: Database, task: Task) -> bool:
    """Whether a run over a project's own pictures would ask about one that was taken out."""
    statement = (
        select(items.c.shelf)
        .join(tasks, tasks.c.item_id == items.c.id)
        .join(runs, runs.c.id == tasks.c.run_id)
        .where(is_task(task), runs.c.kind == "again")
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
    statement = select(tasks).where(is_task(task)).with_for_update(key_share=True)
    return connection.execute(statement).mappings().one()


def _end_task(
    connection: Connection, task: Task, state: TaskState, now: int, calls: int, **values: Any
) -> None:
    connection.execute(
        update(tasks)
        .where(is_task(task))
        .values(
            state=state,
            claimed_by="",
            at=now,
            attempts=tasks.c.attempts + calls,
            **values,
        )
    )
