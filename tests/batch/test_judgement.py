"""What follows from each kind of failure."""

from __future__ import annotations

import pytest

from components.batch.judgement import PATIENCE, draw_delay, judge
from components.errors import (
    Busy,
    DeskError,
    ImageTooLarge,
    MalformedAnswer,
    NotAnImage,
    SettingsError,
    Unreachable,
)
from components.inference.refusals import explain_refusal


def count_calls(error: DeskError) -> int | None:
    """Calls until a picture fails that meets this every time; None where it never does."""
    failures = 0
    for call in range(1, 100):
        judged = judge(error, failures)
        if judged.what == "fail":
            return call
        failures += judged.failures
    return None


@pytest.mark.parametrize("status", [401, 402, 403, 404, 405, 423, 301, 307])
def test_what_every_picture_would_meet_stops_the_run(status: int) -> None:
    assert judge(explain_refusal(status, "", None), 0).what == "stop"


def test_so_does_an_object_storage_that_is_not_there() -> None:
    judged = judge(SettingsError("The bucket is gone."), 0)
    assert judged.what == "stop"
    assert not judged.was_called


@pytest.mark.parametrize("status", [400, 406, 413, 415, 422])
def test_what_is_about_the_picture_fails_it_at_once(status: int) -> None:
    assert count_calls(explain_refusal(status, "", None)) == 1


@pytest.mark.parametrize("status", [500, 501, 505])
def test_a_server_that_fails_on_a_picture_is_asked_three_times(status: int) -> None:
    assert count_calls(explain_refusal(status, "", None)) == 3


def test_so_is_one_whose_answer_cannot_be_used() -> None:
    assert count_calls(MalformedAnswer("The answer is not JSON.")) == 3


@pytest.mark.parametrize("status", [408, 425, 502, 503, 504])
def test_what_passes_is_asked_six_times(status: int) -> None:
    assert count_calls(explain_refusal(status, "", None)) == PATIENCE == 6


@pytest.mark.parametrize("was_sent", [True, False])
def test_so_is_a_broken_connection(was_sent: bool) -> None:
    error = Unreachable("The answer broke off.", was_sent=was_sent)
    assert count_calls(error) == PATIENCE
    assert judge(error, 0).was_called == was_sent
    assert judge(error, 0).is_away == (not was_sent)


@pytest.mark.parametrize(("status", "wait"), [(429, None), (429, 7.0), (503, 7.0)])
def test_too_many_calls_are_never_the_picture_s_fault(status: int, wait: float | None) -> None:
    error = explain_refusal(status, "", wait)
    assert isinstance(error, Busy)
    assert count_calls(error) is None
    judged = judge(error, 5)
    assert judged.is_crowded
    assert judged.retry_after == wait


@pytest.mark.parametrize("error", [NotAnImage("It is none."), ImageTooLarge("It is too large.")])
def test_a_picture_that_cannot_be_sent_fails_without_a_call(error: DeskError) -> None:
    judged = judge(error, 0)
    assert judged.what == "fail"
    assert not judged.was_called


def test_delays_double_and_never_come_all_at_once() -> None:
    for failures, longest in ((0, 0.5), (1, 1.0), (4, 8.0), (6, 30.0), (50, 30.0)):
        drawn = [draw_delay(failures) for _ in range(200)]
        assert longest / 2 <= min(drawn)
        assert max(drawn) <= longest
        assert len(set(drawn)) > 100
