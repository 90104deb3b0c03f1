"""Who may ask about which picture, also after a database was away."""

from __future__ import annotations

from pathlib import Path

import pytest

from components import store
from components.intake import take_bytes
from components.model.run import Run
from components.store import Database
from components.store.staging import Staged, stage
from components.store.tasks import take_tasks
from tests.batch.material import begin_run, count, list_all, make_project
from tests.pictures import make_jpeg

pytestmark = pytest.mark.both_databases

NOW = 1_000_000
LATER = NOW + 20_000


@pytest.fixture
def run(database: Database, tmp_path: Path) -> Run:
    """Six pictures that wait."""
    made = begin_run(database, tmp_path, project=make_project(database))
    store.staging.claim_reading(database, made.id, "reader", now=NOW, until=LATER)
    assert stage(database, made.id, "reader", read(0, 6), after=0, now=NOW, until=LATER)
    return made


def read(first: int, last: int) -> list[Staged]:
    return [
        Staged(f"{seed}", image=take_bytes(make_jpeg(seed=seed), name=f"{seed}"))
        for seed in range(first, last)
    ]


def take(
    database: Database, run: Run, worker: str, limit: int, now: int, **more: object
) -> set[int]:
    taken = take_tasks(
        database,
        run.id,
        worker,
        limit,
        now=now,
        until=now + 20_000,
        **more,  # type: ignore[arg-type]
    )
    return {task.seq for task in taken}


def test_nobody_is_given_what_another_one_has(database: Database, run: Run) -> None:
    assert take(database, run, "a", 4, NOW) == {1, 2, 3, 4}
    assert take(database, run, "b", 4, NOW) == {5, 6}
    assert take(database, run, "c", 4, NOW) == set()


def test_claims_of_the_dead_run_out(database: Database, run: Run) -> None:
    take(database, run, "a", 4, NOW)
    store.tasks.renew_claims(database, "a", until=NOW + 30_000)
    assert take(database, run, "b", 9, NOW + 20_001) == {5, 6}
    assert take(database, run, "c", 9, NOW + 30_001) == {1, 2, 3, 4}
    assert {task.attempts for task in list_all(database, run) if task.seq < 5} == {1}


def test_after_an_outage_nobody_takes_over_until_all_could_renew(
    database: Database, run: Run
) -> None:
    take(database, run, "a", 4, NOW)
    assert take(database, run, "b", 9, NOW + 99_000, expired=0) == {5, 6}
    store.tasks.renew_claims(database, "a", until=NOW + 120_000)
    assert take(database, run, "b", 9, NOW + 100_000) == set()


def test_what_was_claimed_without_hearing_of_it_is_handed_out(database: Database, run: Run) -> None:
    take(database, run, "a", 2, NOW)
    take(database, run, "a", 2, NOW)  # of which the answer never came
    assert take(database, run, "a", 2, NOW, held={1, 2}) == {3, 4}
    assert take(database, run, "a", 9, NOW, held={1, 2, 3, 4}) == {5, 6}
    assert take(database, run, "b", 9, NOW, held=set()) == set()
    assert {task.attempts for task in list_all(database, run)} == {0}


def test_what_is_staged_twice_is_kept_once(database: Database, run: Run) -> None:
    assert stage(database, run.id, "reader", read(0, 6), after=0, now=NOW, until=LATER)
    assert count(database, run).total == 6
    assert stage(database, run.id, "reader", read(6, 8), after=6, now=NOW, until=LATER)
    assert [task.seq for task in list_all(database, run)] == list(range(1, 9))
    assert {task.state for task in list_all(database, run)} == {"waiting"}


def test_the_end_of_reading_leaves_the_reason_of_a_pause(database: Database, run: Run) -> None:
    store.runs.pause_run(database, run.id, reason="No credits left.")
    store.staging.end_reading(database, run.id, "reader")
    assert store.runs.find_run(database, run.id).reason == "No credits left."


def test_reading_that_broke_off_is_still_said_at_the_end(
    database: Database, tmp_path: Path
) -> None:
    empty = begin_run(database, tmp_path)
    store.staging.claim_reading(database, empty.id, "reader", now=NOW, until=LATER)
    store.staging.end_reading(database, empty.id, "reader", reason="The folder is gone.")
    assert store.runs.end_if_over(database, empty.id, now=NOW)
    assert store.runs.find_run(database, empty.id).reason == "The folder is gone."
