"""The command: what it says, how it ends, and that no kill loses or repeats anything."""

from __future__ import annotations

import random
import signal
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from typing import Final

import pytest

from components.batch.__main__ import DONE, NOT_BEGUN, PAUSED, SOME_FAILED, STOPPED
from tests.batch.command import (
    LEARNING,
    WORKERS,
    end,
    find_runs,
    finish,
    open_desk,
    start,
)
from tests.batch.material import check_run, count, wait_for, wait_for_calls
from tests.moody import always, open_moody
from tests.postgres import Postgres
from tests.store.recount import check_consistency

KILLS: Final = 4


def be_killed(folder: Path, pictures: Path) -> None:
    """Killed again and again at any moment, then run to the end."""
    draw = random.Random()
    with open_moody("fine", seconds=0.1) as moody:
        for at in range(KILLS):
            child = start(folder, moody, pictures)
            # Anywhere from its first steps to deep within the run.
            ends = time.monotonic() + draw.uniform(0.5, 3 if at % 2 else 8)
            enough = moody.total + draw.randint(1, 50)
            while time.monotonic() < ends and (at % 2 or moody.total < enough):
                time.sleep(0.01)
            end(child)
        status, said = finish(start(folder, moody, pictures))
        assert status == DONE, said
        calls = moody.total
        *_, often, most = sorted(moody.calls.values())
    with open_desk(folder) as database:
        (run,) = find_runs(database)
        counts = check_run(database, run, 300)
        assert counts.count("done") == 300
        # A call under way when its desk was killed is made once more.
        assert calls <= 300 + KILLS * WORKERS + LEARNING * (1 + KILLS)
        assert often <= 1 + KILLS
        assert most <= (1 + LEARNING) * (1 + KILLS)
        assert counts.calls >= calls - KILLS * WORKERS
        check_consistency(database)


def share(folder: Path, pictures: Path, url: str) -> None:
    """Two desks over one database, of which one is killed."""
    with open_moody("fine", seconds=2.0) as moody, ExitStack() as ending:
        first = start(folder, moody, pictures, database=url)
        ending.callback(end, first)
        wait_for_calls(moody, 5)
        second = start(folder, moody, pictures, database=url)
        ending.callback(end, second)
        wait_for(lambda: moody.together > WORKERS, "both are asking")
        moody.seconds = 0.1
        calls = Counter(moody.calls)
        assert calls.total() == len(calls) + LEARNING
        wait_for_calls(moody, calls.total() + 40)
        end(first)
        status, said = finish(second)
        assert status == DONE, said
        assert moody.total <= 300 + WORKERS + LEARNING
        assert sorted(moody.calls.values())[-2] <= 2
    with open_desk(folder, url) as database:
        (run,) = find_runs(database)
        assert check_run(database, run, 300).count("done") == 300
        check_consistency(database)


@pytest.fixture(scope="module")
def scenes(
    tmp_path_factory: pytest.TempPathFactory, postgres: Postgres, fewer: Path
) -> Iterator[dict[str, Future[None]]]:
    """Both at the same time, while the other tests run: claims of the dead last 20 s."""
    with ThreadPoolExecutor() as pool:
        yield {
            "kill": pool.submit(be_killed, tmp_path_factory.mktemp("kill"), fewer),
            "share": pool.submit(
                share, tmp_path_factory.mktemp("share"), fewer, postgres.create_database()
            ),
        }


@pytest.mark.usefixtures("scenes")
def test_all_answered(tmp_path: Path, few: Path) -> None:
    with open_moody() as moody:
        status, said = finish(start(tmp_path, moody, few))
        assert status == DONE
        assert f"40 answered. Calls made: {40 + LEARNING}." in said
        # Once more, all is known.
        status, said = finish(start(tmp_path, moody, few))
        assert status == DONE
        assert "40 in the project already. Calls made: 0." in said
        assert moody.total == 40 + LEARNING
    with open_desk(tmp_path) as database:
        assert check_run(database, find_runs(database)[-1], 40).count("done") == 40


def test_some_failed(tmp_path: Path, few: Path) -> None:
    with open_moody(lambda number, _: "413" if number in (10, 20, 30) else "fine") as moody:
        status, said = finish(start(tmp_path, moody, few))
    assert status == SOME_FAILED
    assert f"37 answered, 3 without an answer. Calls made: {40 + LEARNING}." in said
    assert said.count("The picture is too large for this model server.") == 3


@pytest.mark.parametrize(
    ("source", "more", "words"),
    [
        ("no-such-folder", {}, "There is no"),
        ("", {"MASK_DESK_DATABASE": "mysql://x"}, "the address of a PostgreSQL database"),
        ("", {"MASK_DESK_MODELS": "nonsense"}, "A model is a dataset and a version"),
    ],
)
def test_nothing_could_be_begun(
    source: str, more: dict[str, str], words: str, tmp_path: Path, few: Path
) -> None:
    with open_moody() as moody:
        status, said = finish(start(tmp_path, moody, tmp_path / source if source else few, **more))
        assert moody.total == 0
    assert status == NOT_BEGUN
    assert words in said


def test_credits_are_gone_and_the_same_command_goes_on(tmp_path: Path, few: Path) -> None:
    with open_moody(lambda number, _: "402" if number >= 10 + LEARNING else "fine") as moody:
        status, said = finish(start(tmp_path, moody, few))
        assert status == PAUSED
        assert "no credits left" in said
        assert "10 answered, 30 still waiting" in said
        moody.tell = always("fine")
        status, said = finish(start(tmp_path, moody, few))
        assert status == DONE
        assert moody.total <= 40 + WORKERS + LEARNING
    with open_desk(tmp_path) as database:
        (run,) = find_runs(database)
        assert check_run(database, run, 40).count("done") == 40


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_stopped_it_keeps_what_comes_in_and_the_same_command_goes_on(
    number: signal.Signals, tmp_path: Path, few: Path
) -> None:
    with open_moody("fine", seconds=0.3) as moody:
        child = start(tmp_path, moody, few)
        wait_for_calls(moody, 12)
        child.send_signal(number)
        status, said = finish(child)
        assert status == STOPPED
        assert "still waiting" in said
        assert "The same command goes on where it stood." in said
        with open_desk(tmp_path) as database:
            (run,) = find_runs(database)
            assert run.state == "paused"
            counts = count(database, run)
            assert counts.count("asking") == 0
            assert counts.calls == moody.total
            assert counts.count("done") == moody.total - LEARNING < 40
        moody.seconds = 0
        status, said = finish(start(tmp_path, moody, few))
        assert status == DONE
        assert moody.total == 40 + LEARNING
    with open_desk(tmp_path) as database:
        (run,) = find_runs(database)
        assert check_run(database, run, 40).count("done") == 40


def test_without_an_address_the_built_in_server_answers(tmp_path: Path, few: Path) -> None:
    status, said = finish(start(tmp_path, None, few))
    assert status == DONE
    assert "40 answered" in said


def test_killed_at_any_moment_all_are_there_once(scenes: dict[str, Future[None]]) -> None:
    scenes["kill"].result()


def test_two_desks_share_a_run_and_one_is_killed(scenes: dict[str, Future[None]]) -> None:
    scenes["share"].result()
