"""How a model takes the confidence: found out once, and no call more than that takes."""

from __future__ import annotations

import numpy as np
import pytest

from components import desk
from components.model.png import decode_gray
from tests.confidence_models import (
    EMPTY,
    IDS,
    MODEL,
    areas,
    connect,
    cut_by,
    flat,
    kind,
    look,
    picture,
    with_confidences,
)
from tests.replay import WIRE, recordings, replay

pytestmark = pytest.mark.usefixtures("fresh_desk")


def test_the_newer_engine_is_found_to_be_live_and_asked_once_a_picture() -> None:
    with replay(recordings("new")) as server:
        connection = connect(server)
        view, is_news = look(connection, 50)
        assert view.cut_to is None
        assert is_news
        assert kind(connection) == "live"
        assert server.confidences == [50, 1]
        answered = decode_gray(view.answer.prediction.mask_png, what="mask")
        wanted = {id_: n for id_, n in enumerate(np.bincount(answered.ravel()).tolist()) if n}
        view, is_news = look(connection, 50)
        assert view.was_kept
        assert not is_news
        assert view.cut_to == 0
        assert view.answer.confidence == view.request.confidence == 1
        assert view.confidence == 50
        assert areas(view) == wanted == {0: 1536, 1: 1536, 2: 512, 3: 512}
        for value in range(101):
            assert desk.is_kept(connection, picture(), MODEL, value)
            moved, is_news = look(connection, value)
            assert moved.was_kept
            assert not is_news
            assert moved.answer == view.answer
        assert areas(look(connection, 99)[0]) == {0: 4096}
        assert len(server.requests) == 2
        for number in (1, 2, 3):
            assert not desk.is_kept(connection, picture(number), MODEL, 70)
            for value in (70, 20, 90):
                look(connection, value, number)
        assert server.confidences[2:] == [1, 1, 1]


def test_each_recorded_threshold_of_the_newer_engine_is_cut_from_its_answer_at_1() -> None:
    with replay(recordings("new")) as server:
        connection = connect(server)
        look(connection, 50)
        for value in (0, 1, 40, 50, 99, 100):
            recorded = (WIRE / "new" / f"conf_{value}.resp").read_bytes()
            with replay(recorded) as other:
                asked = desk.predict(connect(other), picture(), MODEL, value)
            assert asked.cut_to is None
            assert areas(look(connection, value)[0]) == areas(asked)


def test_the_older_engine_is_found_to_ignore_the_confidence_and_asked_once_a_picture() -> None:
    with replay(recordings("legacy")) as server:
        connection = connect(server)
        view, is_news = look(connection, 50)
        assert is_news
        assert kind(connection) == "ignored"
        assert server.confidences == [50, 1, 99]
        for value in range(101):
            moved, is_news = look(connection, value)
            assert moved.was_kept
            assert not is_news
            assert moved.cut_to is None
            assert moved.confidence == value
            assert moved.answer == view.answer
        for value in (40, 99, 1):
            look(connection, value, number=1)
        assert server.confidences == [50, 1, 99, 40]


def test_without_confidences_each_value_is_a_call_and_nothing_more_is_asked() -> None:
    with replay(flat(cut_by)) as server:
        connection = connect(server)
        assert desk.find_behaviour(connection, MODEL) == desk.Behaviour()
        _, is_news = look(connection, 50)
        assert not is_news
        assert desk.find_behaviour(connection, MODEL) == desk.Behaviour("called", False)
        for value in (10, 90, 50, 10):
            look(connection, value)
        assert server.confidences == [50, 10, 90]


def test_two_values_with_one_mask_raise_a_suspicion_that_is_looked_into_once() -> None:
    with replay(flat(lambda _: IDS)) as server:
        connection = connect(server)
        look(connection, 50)
        view, is_news = look(connection, 51)
        assert is_news
        assert kind(connection) == "ignored"
        assert server.confidences == [50, 51, 1, 99]
        for value in (51, 3, 77):
            moved, _ = look(connection, value)
            assert moved.answer == view.answer
        look(connection, 60, number=1)
        look(connection, 70, number=1)
        assert server.confidences == [50, 51, 1, 99, 60]


def test_a_suspicion_that_proves_wrong_does_not_arise_again() -> None:
    with replay(flat(cut_by)) as server:
        connection = connect(server)
        look(connection, 50)
        _, is_news = look(connection, 51)
        assert not is_news
        assert kind(connection) == "called"
        assert server.confidences == [50, 51, 1, 99]
        look(connection, 52)
        look(connection, 1)
        look(connection, 30, number=1)
        look(connection, 31, number=1)
        assert server.confidences[4:] == [52, 30, 31]


def test_a_picture_of_one_class_alone_does_not_prove_that_the_confidence_is_ignored() -> None:
    with replay(flat(lambda _: EMPTY)) as server:
        connection = connect(server)
        for number in range(5):
            look(connection, 50, number)
            look(connection, 60, number)
        assert kind(connection) == "called"
        # Three pictures were looked into, each at 1 and at 99; then no more.
        assert server.confidences.count(1) == server.confidences.count(99) == 3
        assert len(server.requests) == 16


@pytest.mark.parametrize("first", [0, 1, 99, 100])
def test_a_model_is_found_out_from_any_value(first: int) -> None:
    with replay(recordings("new")) as server:
        connection = connect(server)
        look(connection, first)
        assert kind(connection) == "live"
        assert server.confidences == {0: [0, 1, 99], 1: [1, 99]}.get(first, [first, 1])


def test_a_value_that_cuts_nothing_is_followed_by_one_that_does() -> None:
    with replay(with_confidences(cut_by)) as server:
        connection = connect(server)
        look(connection, 5)
        assert kind(connection) == "live"
        assert server.confidences == [5, 1, 99]


def test_a_server_that_cuts_by_another_rule_is_asked_for_each_value() -> None:
    def odd(confidence: int) -> np.ndarray:
        return IDS if confidence < 60 else EMPTY

    with replay(with_confidences(odd)) as server:
        connection = connect(server)
        _, is_news = look(connection, 50)
        assert is_news
        assert desk.find_behaviour(connection, MODEL) == desk.Behaviour("called", True)
        assert server.confidences == [50, 1, 99]
        view, _ = look(connection, 70)
        assert view.cut_to is None
        assert areas(view) == {0: 4096}
        look(connection, 71)
        assert server.confidences == [50, 1, 99, 70, 71]
