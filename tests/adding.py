"""Files brought into a project by the desk's verbs, as the page Add does it, and waited for."""

from __future__ import annotations

import io
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from components import desk
from components.model.review import Item, Person, Project
from components.model.run import TASK_STATES, Run, Task

LEAD = Person("Lea", "lead")
_LONGEST_SECONDS = 60.0


@dataclass(frozen=True)
class Brought:
    """What became of one file.

    Attributes:
        name: its own.
        item: in the project; None where it is in none.
        was_there: whether the project had it already.
        problem: what went wrong; "" where nothing did.
    """

    name: str
    item: Item | None
    was_there: bool
    problem: str


def wait_for(is_so: Callable[[], bool], what: str) -> None:
    """Look every now and then.

    Raises:
        AssertionError: it is not so after a minute.
    """
    ends = time.monotonic() + _LONGEST_SECONDS
    while not is_so():
        assert time.monotonic() < ends, f"not {what} within {_LONGEST_SECONDS:g} s"
        time.sleep(0.02)


def wait_read(run: Run) -> Run:
    """Until all of it is read."""
    wait_for(lambda: not desk.look_at_run(LEAD, run.id).run.is_reading, "read")
    return desk.look_at_run(LEAD, run.id).run


def wait_over(run: Run) -> Run:
    """Until it is over or paused."""
    wait_for(lambda: desk.look_at_run(LEAD, run.id).run.state not in ("preview", "running"), "over")
    return desk.look_at_run(LEAD, run.id).run


def list_all(run: Run) -> list[Task]:
    """All its pictures, in their order."""
    return desk.list_tasks(LEAD, run.id, TASK_STATES, limit=10_000)


def add_files(
    connection: desk.Connection, project: Project, files: Iterable[tuple[str, bytes]]
) -> Sequence[Brought]:
    """Bring files in, and wait until the model was asked about all."""
    given = [(name, io.BytesIO(data)) for name, data in files]
    run = desk.begin_files(LEAD, connection, project, given, source=f"{len(given)} files")
    return finish(connection, wait_read(run))


def ask_again(connection: desk.Connection, project: Project) -> Sequence[Brought]:
    """Ask about the pictures without an answer, and wait."""
    run = desk.begin_again(
        LEAD, connection, project, model=project.model, confidence=project.confidence,
        only_unanswered=True,
    )  # fmt: skip
    return finish(connection, run)


def finish(connection: desk.Connection, run: Run) -> Sequence[Brought]:
    """Start a run and wait for it."""
    desk.start_run(LEAD, connection, run.id)
    wait_over(run)
    return [
        Brought(
            task.name,
            desk.find_item(LEAD, task.item_id) if task.item_id else None,
            task.state in ("known", "twin"),
            task.problem,
        )
        for task in list_all(run)
    ]
