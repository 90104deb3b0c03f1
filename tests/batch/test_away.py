"""A database that is away or full in the middle of a run: what was paid for is kept."""

from __future__ import annotations

import resource
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from components.batch import Runner
from components.batch.__main__ import DONE
from components.store import open_database
from tests.batch.command import LEARNING, WORKERS, find_runs, finish, open_desk, start
from tests.batch.material import (
    NAME,
    begin_run,
    check_run,
    count,
    know_server,
    wait_for,
    wait_for_calls,
    wait_until_over,
    wait_until_quiet,
)
from tests.moody import open_moody
from tests.postgres import Postgres, run_postgres
from tests.store.recount import check_consistency


@pytest.fixture
def own_postgres() -> Iterator[Postgres]:
    with run_postgres() as server:
        yield server


def test_postgresql_is_stopped_and_started_again(own_postgres: Postgres, fewer: Path) -> None:
    database = open_database(own_postgres.create_database())
    with open_moody(seconds=0.05) as moody:
        server = know_server(moody)
        run = begin_run(database, fewer)
        runner = Runner(lambda: database, lambda: {NAME: server})
        runner.start()
        try:
            for at in (60, 160):
                wait_for_calls(moody, at)
                own_postgres.stop()
                wait_for(lambda: runner.find_trouble(run.id) != "", "it is told")
                assert "cannot be reached" in runner.find_trouble(run.id)
                # Whoever has an answer in hand asks for no other one.
                assert wait_until_quiet(moody) < 300
                own_postgres.start()
                wait_for(lambda: runner.find_trouble(run.id) == "", "it is over")
            wait_until_over(database, run)
        finally:
            runner.stop()
        counts = check_run(database, run, 300)
        assert counts.count("done") == 300
        assert moody.total == 300
        assert counts.calls >= 300
    check_consistency(database)
    database.close()


def test_a_run_taken_up_while_postgresql_is_away_is_read_once(
    own_postgres: Postgres, fewer: Path
) -> None:
    database = open_database(own_postgres.create_database())
    with open_moody() as moody:
        server = know_server(moody)
        run = begin_run(database, fewer)
        runner = Runner(lambda: database, lambda: {NAME: server})
        runner.start()
        try:
            wait_for(lambda: count(database, run).total > 0, "some are read", step=0.01)
            own_postgres.stop()
            time.sleep(1)
            own_postgres.start()
            wait_until_over(database, run)
        finally:
            runner.stop()
        assert check_run(database, run, 300).count("done") == 300
        assert moody.total == 300
    database.close()


@pytest.mark.skipif(not hasattr(resource, "prlimit"), reason="only Linux limits another process")
def test_a_full_disk_is_told_and_nothing_is_asked_twice(tmp_path: Path, some: Path) -> None:
    with open_moody(seconds=0.05) as moody:
        child = start(tmp_path, moody, some)
        wait_for_calls(moody, 20)
        resource.prlimit(child.pid, resource.RLIMIT_FSIZE, (1, resource.RLIM_INFINITY))
        full_at = moody.total
        assert wait_until_quiet(moody) <= full_at + 2 * WORKERS
        assert child.poll() is None
        resource.prlimit(
            child.pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY)
        )
        status, said = finish(child)
        assert status == DONE, said
        assert "desk.sqlite3 cannot be reached or written" in said
        assert moody.total == 100 + LEARNING
    with open_desk(tmp_path) as database:
        (run,) = find_runs(database)
        assert check_run(database, run, 100).count("done") == 100
        check_consistency(database)
