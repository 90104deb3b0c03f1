"""When nobody answers, it is not the pictures' fault."""

from __future__ import annotations

from components.batch.outage import LONGEST_PAUSE_SECONDS, STREAK, Outage
from tests.batch.clocks import HandClock


def test_a_few_calls_in_vain_are_no_outage() -> None:
    outage = Outage(900, HandClock())
    for _ in range(3):
        for _ in range(STREAK - 1):
            assert outage.note_failure() == 0
        assert not outage.is_on
        outage.note_success()


def test_all_calls_in_vain_are_one_and_its_pauses_grow() -> None:
    clock = HandClock()
    outage = Outage(900, clock)
    pauses = []
    for _ in range(60):
        pause = outage.note_failure()
        if pause:
            pauses.append(pause)
            # The others that were out come back within the pause and make it no longer.
            assert [outage.note_failure() for _ in range(15)] == [0.0] * 15
            clock.go_on(pause)
    assert outage.is_on
    assert pauses[:4] == [1, 2, 4, 8]
    assert max(pauses) == LONGEST_PAUSE_SECONDS
    outage.note_success()
    assert not outage.is_on
    for _ in range(STREAK - 1):
        assert outage.note_failure() == 0
    assert outage.note_failure() == 1


def test_it_is_hopeless_after_a_while() -> None:
    clock = HandClock()
    outage = Outage(900, clock)
    for _ in range(STREAK):
        outage.note_failure()
    clock.go_on(899)
    assert not outage.is_hopeless
    clock.go_on(1)
    assert outage.is_hopeless
    outage.note_success()
    assert not outage.is_hopeless


def test_time_without_calls_in_between_is_none_of_it() -> None:
    clock = HandClock()
    outage = Outage(900, clock)
    outage.note_failure()
    outage.note_success()
    clock.go_on(5000)
    for _ in range(STREAK):
        outage.note_failure()
    assert outage.is_on
    assert not outage.is_hopeless
