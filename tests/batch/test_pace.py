"""How many calls at once: more while all goes well, fewer when the server has too many."""

from __future__ import annotations

import threading

import pytest

from components.batch.pace import FIRST, LONGEST_HOLD_SECONDS, Pace
from tests.batch.clocks import HandClock


def play_round(pace: Pace, clock: HandClock, seconds: float = 0.2) -> None:
    """As many calls at once as are allowed, all answered after so long."""
    out = 0
    while pace.enter(0):
        out += 1
    assert out == pace.room
    clock.go_on(seconds)
    for _ in range(out):
        pace.succeed(seconds)


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


def test_it_begins_low_doubles_each_round_and_stays_below_the_most(clock: HandClock) -> None:
    pace = Pace(50, clock)
    rooms = []
    for _ in range(5):
        rooms.append(pace.room)
        play_round(pace, clock)
    assert rooms[0] == FIRST
    assert rooms[1] >= 2 * FIRST - 2
    assert rooms[-1] == 50
    for _ in range(5):
        play_round(pace, clock)
    assert pace.room == 50


@pytest.mark.parametrize("most", [1, 3])
def test_few_workers_are_never_exceeded(most: int, clock: HandClock) -> None:
    pace = Pace(most, clock)
    for _ in range(4):
        play_round(pace, clock)
        assert pace.room == most


def test_what_was_not_used_is_no_reason_to_allow_more(clock: HandClock) -> None:
    pace = Pace(50, clock)
    for _ in range(100):
        assert pace.enter(0)
        clock.go_on(0.2)
        pace.succeed(0.2)
    assert pace.room == FIRST


def test_too_many_calls_shrink_it_once_a_round(clock: HandClock) -> None:
    pace = Pace(32, clock)
    for _ in range(6):
        play_round(pace, clock)
    for _ in range(20):
        assert pace.enter(0)
    for _ in range(10):
        pace.push_back(None)
    assert pace.room == 22
    clock.go_on(0.3)
    for _ in range(10):
        pace.push_back(None)
    assert pace.room == 15


def test_it_recovers_step_by_step(clock: HandClock) -> None:
    pace = Pace(32, clock)
    for _ in range(6):
        play_round(pace, clock)
    assert pace.enter(0)
    pace.push_back(None)
    assert pace.room == 22
    rooms = []
    for _ in range(14):
        play_round(pace, clock)
        rooms.append(pace.room)
    assert rooms[0] <= 24  # one a round, where it doubled at first
    assert rooms == sorted(rooms)
    assert rooms[-1] == 32


def test_it_never_shrinks_below_one(clock: HandClock) -> None:
    pace = Pace(8, clock)
    for _ in range(50):
        assert pace.enter(0)
        pace.push_back(None)
        clock.go_on(5)
    assert pace.room == 1
    assert pace.enter(0)
    assert not pace.enter(0)


def test_a_wait_the_server_asks_for_holds_for_all(clock: HandClock) -> None:
    pace = Pace(8, clock)
    assert pace.enter(0)
    assert pace.enter(0)
    pace.push_back(30.0)
    pace.succeed(0.2)
    assert pace.held_seconds == 30
    assert not pace.enter(0)
    clock.go_on(29.9)
    assert not pace.enter(0)
    clock.go_on(0.2)
    assert pace.enter(0)


def test_no_wait_is_longer_than_reason(clock: HandClock) -> None:
    pace = Pace(8, clock)
    assert pace.enter(0)
    pace.push_back(86_400.0)
    assert pace.held_seconds == LONGEST_HOLD_SECONDS


def test_a_shorter_wait_does_not_cut_a_longer_one(clock: HandClock) -> None:
    pace = Pace(8, clock)
    pace.hold(20)
    pace.hold(5)
    assert pace.held_seconds == 20
    pace.release()
    assert pace.enter(0)


def test_answers_that_take_much_longer_shrink_it(clock: HandClock) -> None:
    pace = Pace(32, clock)
    for _ in range(6):
        play_round(pace, clock)
    assert pace.room == 32
    for _ in range(4):
        play_round(pace, clock, 1.0)
    assert pace.room < 24


@pytest.mark.parametrize("most", [8, 32, 64])
def test_a_server_of_steady_time_is_used_to_the_full(most: int, clock: HandClock) -> None:
    pace = Pace(most, clock)
    for at in range(60):
        play_round(pace, clock, 0.2 if at % 3 else 0.3)
    assert pace.room == most


def test_a_server_that_became_slower_for_good_is_used_again(clock: HandClock) -> None:
    pace = Pace(16, clock)
    for _ in range(6):
        play_round(pace, clock)
    for _ in range(60):
        play_round(pace, clock, 2.0)
    assert pace.room == 16


def test_after_an_outage_one_call_tries_before_all_others(clock: HandClock) -> None:
    pace = Pace(8, clock)
    pace.hold(10)
    clock.go_on(11)
    assert pace.enter(0)
    assert not pace.enter(0)
    pace.leave()  # in vain
    assert pace.enter(0)
    assert not pace.enter(0)
    pace.succeed(0.2)
    assert all(pace.enter(0) for _ in range(8))


def test_whoever_waits_is_let_in_when_another_leaves() -> None:
    pace = Pace(1)
    assert pace.enter(0)
    entered = threading.Event()

    def come() -> None:
        assert pace.enter(30)
        entered.set()

    thread = threading.Thread(target=come)
    thread.start()
    assert not entered.wait(0.05)
    pace.leave()
    assert entered.wait(30)
    thread.join()


def test_whoever_is_held_is_let_in_by_release() -> None:
    pace = Pace(4)
    pace.hold(600)
    entered = threading.Event()

    def come() -> None:
        assert pace.enter(60)
        entered.set()

    thread = threading.Thread(target=come)
    thread.start()
    assert not entered.wait(0.05)
    pace.release()
    assert entered.wait(30)
    thread.join()
