"""Each fault alone has the consequence that is right for it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pytest

from components import store
from components.batch.work import ALL_REFUSED
from components.model.run import LEFT, Run, RunCounts
from components.store import Database, open_database
from tests.batch.material import (
    begin_run,
    check_run,
    count,
    know_server,
    list_all,
    make_pictures,
    read_whole,
    wait_for,
    work_off,
)
from tests.moody import FAULTS, WAITS, Mood, Moody, always, open_moody

COUNT: Final = 12
SLACK = 3
HANGING: Final = ("hang", "drip")
"""Calls that end by the client's own time limit."""
PASSING: Final[tuple[Mood, ...]] = (*FAULTS, *WAITS, "408")
HARMLESS: Final[tuple[Mood, ...]] = ("stretched", "stray", "late stray")
HOPELESS: Final[tuple[Mood, ...]] = ("500", "garbage", "truncated", "no png", "boxes")
AWAY: Final = ("503", "hang", "gone", "nameless", "sealed")
STOPPING: Final[dict[Mood, str]] = {
    "401": "does not know this key",
    "402": "no credits left",
    "403": "may not use this model",
    "404": "no such model",
    "423": "is paused",
}


@dataclass
class Outcome:
    """What became of a run, and what its server saw."""

    run: Run
    counts: RunCounts
    moody: Moody
    problems: list[str]


Try = Callable[[Database, Run, Moody], Run]


def meet_once(mood: Mood) -> Callable[[int, str], Mood]:
    """Every third picture meets it, the first time it is asked about.

    Every third call would do it too, but then one picture could meet it three times by chance.
    """
    first: dict[str, int] = {}

    def tell(number: int, sha256: str) -> Mood:
        is_new = first.setdefault(sha256, number) == number
        return mood if is_new and len(first) % 3 == 0 else "fine"

    return tell


def meet_with_one_picture(mood: Mood) -> Callable[[int, str], Mood]:
    """Whichever picture comes first meets it always."""
    first: list[str] = []

    def tell(_number: int, sha256: str) -> Mood:
        first.append(sha256)
        return mood if sha256 == first[0] else "fine"

    return tell


def go(db: Database, run: Run, moody: Moody, *, timeout_seconds: float = 60.0) -> Run:
    run = work_off(db, run, know_server(moody, timeout_seconds=timeout_seconds))
    check_run(db, run, COUNT)
    return run


def go_impatiently(db: Database, run: Run, moody: Moody) -> Run:
    return go(db, run, moody, timeout_seconds=4.0)


def stop_and_go_on(mood: Mood) -> Try:
    """Answers to four, then refusals; then fine again, and somebody resumes."""

    def go_twice(db: Database, run: Run, moody: Moody) -> Run:
        moody.tell = lambda number, _: mood if number >= 4 else "fine"
        paused = work_off(db, run, know_server(moody))
        assert paused.state == "paused"
        assert STOPPING[mood] in paused.reason
        counts = count(db, run)
        assert counts.count("done") == 4
        assert counts.count(*LEFT) == COUNT - 4
        assert moody.total <= 4 + run.workers
        moody.tell = always("fine")
        resumed = store.runs.resume_run(db, run.id)
        assert not resumed.reason
        run = work_off(db, resumed, know_server(moody))
        check_run(db, run, COUNT)
        return run

    return go_twice


def be_gone(db: Database, run: Run, moody: Moody) -> Run:
    """For four seconds from the beginning."""
    moody.go_away()
    timer = threading.Timer(4, moody.come_back)
    timer.start()
    run = go(db, run, moody)
    timer.join()
    return run


def start_cold(db: Database, run: Run, moody: Moody) -> Run:
    """Not ready for four seconds."""
    began = time.monotonic()
    moody.tell = lambda *_: "503" if time.monotonic() - began < 4 else "fine"
    return go(db, run, moody)


def stay_away(kind: str) -> Try:
    """Until the run gives up."""

    def wait(db: Database, run: Run, moody: Moody) -> Run:
        address = {
            "nameless": "http://no-such-host.invalid",
            "sealed": moody.address.replace("http:", "https:"),
        }.get(kind, moody.address)
        moody.tell = always("hang" if kind == "hang" else "503")
        if kind == "gone":
            moody.go_away()
        server = know_server(address, timeout_seconds=0.3)
        return work_off(db, run, server, giving_up_seconds=2.0)

    return wait


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Future[Outcome]]]:
    """All at the same time, each with a server and a desk of its own: they mostly wait."""
    folder = tmp_path_factory.mktemp("faults")
    pictures = make_pictures(folder / "pictures", COUNT)

    def play(name: str, tell: Callable[[int, str], Mood], do: Try) -> Outcome:
        db = open_database(f"sqlite:///{folder}/{name.replace(' ', '-')}.sqlite3")
        try:
            with open_moody(tell) as moody:
                run = begin_run(db, pictures, workers=4)
                read_whole(db, run)
                run = do(db, run, moody)
                problems = [task.problem for task in list_all(db, run) if task.state == "failed"]
                return Outcome(run, count(db, run), moody, problems)
        finally:
            db.close()

    with ThreadPoolExecutor(50) as pool:
        yield {
            **{
                f"once {mood}": pool.submit(
                    play,
                    f"once {mood}",
                    meet_once(mood),
                    go_impatiently if mood in HANGING else go,
                )
                for mood in PASSING + HARMLESS
            },
            **{
                f"one {mood}": pool.submit(play, f"one {mood}", meet_with_one_picture(mood), go)
                for mood in HOPELESS
            },
            **{
                f"stop {mood}": pool.submit(
                    play, f"stop {mood}", always("fine"), stop_and_go_on(mood)
                )
                for mood in STOPPING
            },
            **{
                f"away {kind}": pool.submit(play, f"away {kind}", always("fine"), stay_away(kind))
                for kind in AWAY
            },
            "gone": pool.submit(play, "gone", always("fine"), be_gone),
            "cold": pool.submit(play, "cold", always("fine"), start_cold),
        }


@pytest.mark.parametrize("mood", PASSING)
def test_what_passes_is_asked_again(mood: Mood, outcomes: dict[str, Future[Outcome]]) -> None:
    outcome = outcomes[f"once {mood}"].result()
    assert outcome.run.state == "done"
    assert outcome.counts.count("done") == COUNT
    assert outcome.moody.given[mood] >= COUNT // 3
    # Where there is a time limit, a machine in use may end other calls by it, too.
    slack = SLACK if mood in HANGING else 0
    assert 0 <= outcome.moody.total - COUNT - outcome.moody.given[mood] <= slack
    assert abs(outcome.counts.calls - outcome.moody.total) <= slack


@pytest.mark.parametrize("mood", HARMLESS)
def test_what_is_only_odd_is_asked_once(mood: Mood, outcomes: dict[str, Future[Outcome]]) -> None:
    outcome = outcomes[f"once {mood}"].result()
    assert outcome.counts.count("done") == COUNT
    assert outcome.moody.given[mood] == COUNT // 3
    assert outcome.counts.calls == outcome.moody.total == COUNT


@pytest.mark.parametrize("mood", HOPELESS)
def test_one_hopeless_picture_fails_after_three_calls(
    mood: Mood, outcomes: dict[str, Future[Outcome]]
) -> None:
    outcome = outcomes[f"one {mood}"].result()
    assert outcome.run.state == "done"
    assert outcome.counts.count("done") == COUNT - 1
    assert outcome.counts.count("failed") == 1
    assert outcome.moody.total == COUNT - 1 + 3
    (problem,) = outcome.problems
    assert problem.endswith((".", "”"))
    assert "Choose" in problem or "Check" in problem or "tell whoever" in problem


@pytest.mark.parametrize("mood", STOPPING)
def test_a_refusal_of_key_credits_or_model_pauses_the_run(
    mood: Mood, outcomes: dict[str, Future[Outcome]]
) -> None:
    outcome = outcomes[f"stop {mood}"].result()
    assert outcome.run.state == "done"
    assert outcome.counts.count("done") == COUNT
    assert outcome.moody.total == COUNT + outcome.moody.given[mood]


@pytest.mark.parametrize("mood", ["400", "413"])
def test_pictures_that_are_refused_fail_at_once(mood: Mood, sqlite: Database, few: Path) -> None:
    with open_moody(lambda number, _: mood if number % 4 == 0 else "fine") as moody:
        run = begin_run(sqlite, few)
        read_whole(sqlite, run)
        work_off(sqlite, run, know_server(moody))
        counts = check_run(sqlite, run, 40)
    assert counts.count("failed") == moody.given[mood] == 10
    assert moody.total == 40


def test_a_server_that_refuses_everything_pauses_the_run(sqlite: Database, few: Path) -> None:
    with open_moody("400") as moody:
        run = begin_run(sqlite, few, workers=4)
        read_whole(sqlite, run)
        paused = work_off(sqlite, run, know_server(moody))
        assert paused.state == "paused"
        assert f"last {ALL_REFUSED} calls were refused" in paused.reason
        assert moody.total <= ALL_REFUSED + run.workers
        moody.tell = always("fine")
        store.runs.retry_run(sqlite, run.id)
        done = work_off(sqlite, run, know_server(moody))
        assert done.state == "done"
        assert check_run(sqlite, run, 40).count("done") == 40


def test_a_cold_start_is_waited_out(outcomes: dict[str, Future[Outcome]]) -> None:
    outcome = outcomes["cold"].result()
    assert outcome.counts.count("done") == COUNT
    assert 0 < outcome.moody.given["503"] <= COUNT + 10
    assert outcome.counts.calls == outcome.moody.total


def test_a_server_that_is_gone_for_a_while_fails_nothing(
    outcomes: dict[str, Future[Outcome]],
) -> None:
    outcome = outcomes["gone"].result()
    assert outcome.counts.count("done") == COUNT
    # What never reached the server is no call.
    assert outcome.counts.calls == outcome.moody.total == COUNT


@pytest.mark.parametrize("kind", AWAY)
def test_a_server_that_stays_away_pauses_the_run(
    kind: str, outcomes: dict[str, Future[Outcome]]
) -> None:
    outcome = outcomes[f"away {kind}"].result()
    assert outcome.run.state == "paused"
    assert "given no answer" in outcome.run.reason
    assert "The last problem was: The model server" in outcome.run.reason
    assert outcome.counts.count("waiting") == COUNT
    if kind not in ("503", "hang"):
        assert outcome.counts.calls == outcome.moody.total == 0


def test_a_wait_the_server_asks_for_is_kept(sqlite: Database, few: Path) -> None:
    with open_moody(lambda number, _: "429 after" if number == 5 else "fine") as moody:
        run = begin_run(sqlite, few, workers=1)
        read_whole(sqlite, run)
        work_off(sqlite, run, know_server(moody))
        assert check_run(sqlite, run, 40).count("done") == 40
        assert moody.times[6] - moody.times[5] >= 1.0


def test_a_storm_of_429_slows_down_and_fails_nothing(sqlite: Database, few: Path) -> None:
    busy: list[Moody] = []
    with open_moody(
        lambda *_: "429" if busy and busy[0].now > 3 else "fine", seconds=0.05
    ) as moody:
        busy.append(moody)
        run = begin_run(sqlite, few, workers=16)
        read_whole(sqlite, run)
        work_off(sqlite, run, know_server(moody))
        counts = check_run(sqlite, run, 40)
        assert counts.count("done") == 40
        wait_for(lambda: moody.now == 0, "all are answered")
        assert moody.given["429"] <= 40
