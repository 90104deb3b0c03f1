"""Small pictures, runs over them, and what has to be true of a run at its end."""

from __future__ import annotations

import time
import uuid
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from sqlalchemy import select

from components import store
from components.batch import Runner, Server, open_server
from components.batch.reading import read_run
from components.batch.work import Work
from components.intake import Limits
from components.model.clock import read_clock
from components.model.review import Project
from components.model.run import TASK_STATES, Run, RunCounts, Task
from components.settings import Settings
from components.store import Database
from components.store.schema import answers, items
from tests.moody import Moody, read_subject
from tests.pictures import make_jpeg

NAME: Final = "http://asked.example"
"""What the server is called in runs; its real address is another one each time."""
MODEL: Final = "some-model/1"
PATIENCE_SECONDS: Final = 600.0
"""Only so that what never comes is said; a machine in use may take minutes."""


def make_pictures(folder: Path, count: int, *, first: int = 0) -> Path:
    """Write small JPEGs into a folder, no two alike."""
    folder.mkdir(parents=True, exist_ok=True)
    for seed in range(first, first + count):
        (folder / f"{seed:04}.jpg").write_bytes(make_jpeg((32, 24), seed))
    return folder


def know_server(
    moody: Moody | str, *, workers: int = 16, timeout_seconds: float = 60.0, name: str = NAME
) -> Server:
    """The server as a desk knows it.

    Args:
        moody: itself, or an address.
        workers: calls at once.
        timeout_seconds: for one answer. Where the server answers, no test may end a call by it, as
            a machine in use is slow; where it hangs, that is how long it takes.
        name: what it is called in runs.
    """
    address = moody if isinstance(moody, str) else moody.address
    settings = Settings(address=address, models=(MODEL,), timeout_seconds=timeout_seconds)
    return open_server(name, settings, workers)


def make_project(db: Database) -> Project:
    """A project of its own."""
    return store.projects.create_project(
        db, name=uuid.uuid4().hex, model=MODEL, confidence=50, by="Lead", now=read_clock()
    )


def begin_run(
    db: Database,
    source: Path,
    *,
    project: Project | None = None,
    model: str = MODEL,
    confidence: int = 50,
    ask_at: int | None = 50,
    workers: int = 16,
    starts: bool = True,
) -> Run:
    """A run over a folder or a file, whose pictures are still to be read."""
    return store.runs.create_run(
        db,
        (project or make_project(db)).id,
        model=model,
        confidence=confidence,
        server=NAME,
        ask_at=ask_at,
        workers=workers,
        kind="folder",
        source=source.name,
        path=str(source),
        by="Lead",
        now=read_clock(),
        starts=starts,
    )


def read_whole(db: Database, run: Run) -> None:
    """Read all pictures of a run."""
    read_run(db, run, "a reader", limits=Limits(), allow_hosts=(), is_stopped=lambda: False)


def work_off(db: Database, run: Run, server: Server, *, giving_up_seconds: float = 900.0) -> Run:
    """Ask about all that was read, in this thread, until the run is over or paused."""
    work = Work(db, run, server, uuid.uuid4().hex, giving_up_seconds=giving_up_seconds)
    work.go(lambda: False)
    return store.runs.find_run(db, run.id)


@contextmanager
def running(db: Database, *servers: Server) -> Iterator[Runner]:
    """A desk that works on whatever there is."""
    runner = Runner(lambda: db, lambda: {server.name: server for server in servers})
    runner.start()
    try:
        yield runner
    finally:
        runner.stop()


def wait_for(
    is_so: Callable[[], bool], what: str, seconds: float = PATIENCE_SECONDS, step: float = 0.05
) -> None:
    """Look again and again.

    Raises:
        AssertionError: it never was so.
    """
    ends = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < ends, f"Not within {seconds:g} s: {what}"
        time.sleep(step)


def wait_until_over(db: Database, run: Run, *states: str) -> Run:
    """Wait until the run is in one of these states, done by default."""
    wanted = states or ("done",)
    wait_for(
        lambda: store.runs.find_run(db, run.id).state in wanted,
        f"the run is {' or '.join(wanted)}",
        step=0.2,
    )
    return store.runs.find_run(db, run.id)


def wait_for_calls(moody: Moody, number: int) -> None:
    """Wait until the server was asked so often."""
    wait_for(lambda: moody.total >= number, f"{number} calls", step=0.01)


def wait_until_quiet(moody: Moody, seconds: float = 1.0) -> int:
    """Wait until the server was asked nothing for so long; how often it was asked before."""
    seen = moody.total, time.monotonic()

    def is_quiet() -> bool:
        nonlocal seen
        if moody.total != seen[0]:
            seen = moody.total, time.monotonic()
        return time.monotonic() - seen[1] >= seconds

    wait_for(is_quiet, "nobody asks any more")
    return seen[0]


def count(db: Database, run: Run) -> RunCounts:
    """How far the run is."""
    return store.runs.count_run(db, run.id, now=read_clock())


def list_all(db: Database, run: Run) -> Sequence[Task]:
    """All its pictures."""
    return store.tasks.list_tasks(db, run.id, TASK_STATES, limit=100_000)


def check_run(db: Database, run: Run, expected: int) -> RunCounts:
    """Every picture has exactly one answer, its own, or one plain reason; none is there twice.

    Raises:
        AssertionError: it is not so.
    """
    tasks = list_all(db, run)
    assert len(tasks) == expected
    pictures = [task.image_sha256 for task in tasks]
    assert len(set(pictures)) == expected
    assert {task.state for task in tasks} <= {"done", "failed"}
    with db.read() as connection:
        stored = Counter(
            connection.scalars(
                select(answers.c.image_sha256).where(
                    answers.c.model == run.model, answers.c.image_sha256.in_(pictures)
                )
            )
        )
        placed = connection.execute(
            select(items.c.id, items.c.image_sha256, items.c.answer_id, items.c.problem).where(
                items.c.project_id == run.project_id
            )
        ).all()
    assert len(placed) == len({row.image_sha256 for row in placed})
    by_picture = {row.image_sha256: row for row in placed}
    for task in tasks:
        assert task.image_sha256 is not None
        item = by_picture[task.image_sha256]
        assert item.id == task.item_id
        if task.state == "failed":
            assert task.image_sha256 not in stored
            assert item.answer_id is None
            assert item.problem == task.problem
            assert task.problem[0].isupper()
            assert task.problem.endswith((".", "”"))
            continue
        assert stored[task.image_sha256] == 1
        assert task.answer_id is not None
        assert item.answer_id == task.answer_id
        answer = store.items.load_answer(db, task.answer_id).answer
        assert read_subject(answer.prediction.mask_png) == task.image_sha256
    return count(db, run)
