"""How a model takes the confidence: found out once, and no call more than that takes."""

from __future__ import annotations

import base64
import dataclasses
import logging
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
import streamlit as st

from components import desk
from components.errors import Unreachable
from components.model.image import SourceImage
from components.model.png import decode_gray, encode_gray
from components.settings import Secret, Settings
from tests.pictures import make_answer, make_image
from tests.replay import WIRE, Replay, read_confidence, replay, respond

MODEL = "my-data/3"
IDS = np.array([[0, 1, 1], [1, 2, 2]], np.uint8)
SURE = np.array([[250, 60, 100], [180, 220, 250]], np.uint8)
EMPTY = np.zeros((2, 3), np.uint8)

Script = Callable[[bytes], bytes | None]


@pytest.fixture(autouse=True)
def fresh_desk() -> Iterator[None]:
    """A desk and caches of its own for each test."""
    st.cache_resource.clear()
    st.cache_data.clear()
    yield
    st.cache_resource.clear()
    st.cache_data.clear()


def connect(server: Replay, key: str = "") -> desk.Connection:
    settings = Settings(address=server.address, models=(MODEL,), api_key=Secret(key))
    return desk.open_desk().connect(settings)


def picture(number: int = 0) -> SourceImage:
    """A picture of 64 by 64 pixels, another one for each number."""
    return dataclasses.replace(make_image((64, 64)), sha256=f"{number:064x}")


def look(
    connection: desk.Connection, confidence: int, number: int = 0, model: str = MODEL
) -> tuple[desk.View, bool]:
    """What the page does in a run: shows, then learns."""
    view = desk.predict(connection, picture(number), model, confidence)
    return view, desk.learn_behaviour(connection, view)


def kind(connection: desk.Connection, model: str = MODEL) -> str:
    return desk.find_behaviour(connection, model).kind


def recordings(engine: str) -> Script:
    """A real engine's answers, recorded at 0, 1, 40, 50, 99 and 100."""
    return lambda request: (WIRE / engine / f"conf_{read_confidence(request)}.resp").read_bytes()


def flat(mask: Callable[[int], np.ndarray]) -> Script:
    """Answers without a confidence mask."""
    return lambda request: respond("200 OK", make_answer(mask(read_confidence(request))))


def with_confidences(mask: Callable[[int], np.ndarray], sure: np.ndarray = SURE) -> Script:
    """Answers with a confidence mask that is the same whatever is asked."""
    png = base64.b64encode(encode_gray(sure)).decode()
    class_map = {"0": "background", "1": "road", "2": "tree"}
    return lambda request: respond(
        "200 OK",
        make_answer(mask(read_confidence(request)), class_map=class_map, confidence_mask=png),
    )


def cut_by(confidence: int) -> np.ndarray:
    is_kept = np.greater_equal(SURE * 100.0, confidence * 255)
    return np.where(is_kept, IDS, 0).astype(np.uint8)


def areas(view: desk.View) -> dict[int, int]:
    return {area.info.class_id: area.pixels for area in desk.measure_areas(view)}


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


def test_pictures_on_which_no_value_makes_a_difference_are_tried_three_times() -> None:
    sure = np.full((2, 3), 255, np.uint8)
    with replay(with_confidences(lambda _: IDS, sure)) as server:
        connection = connect(server)
        news = [look(connection, 50, number)[1] for number in (0, 0, 1, 1)]
        assert news == [False] * 4
        assert kind(connection) == "unknown"
        assert server.confidences == [50, 1, 99] * 2
        assert look(connection, 50, 2)[1]
        assert kind(connection) == "called"
        look(connection, 50, 3)
        assert server.confidences == [*[50, 1, 99] * 3, 50]


def test_a_check_that_fails_is_logged_and_tried_three_times(
    caplog: pytest.LogCaptureFixture,
) -> None:
    good = with_confidences(cut_by)

    def fails(request: bytes) -> bytes | None:
        return respond("404 No", b"{}") if read_confidence(request) == 1 else good(request)

    with replay(fails) as server, caplog.at_level(logging.WARNING, "mask_desk"):
        connection = connect(server, "very-secret")
        news = [look(connection, 50, number)[1] for number in (0, 0, 0, 0, 1)]
        # The third failure is news: from then on it is known that each value stays a call.
        assert news == [False, False, True, False, False]
        assert desk.find_behaviour(connection, MODEL) == desk.Behaviour("unknown", True, True)
        assert server.confidences == [50, 1, 1, 1, 50]
    assert [record.name for record in caplog.records].count("mask_desk") == 3
    assert "very-secret" not in caplog.text


def test_a_check_that_fails_once_comes_to_its_end_the_next_time() -> None:
    failing = [respond("404 No", b"{}")]
    good = with_confidences(cut_by)

    def fails_once(request: bytes) -> bytes | None:
        return failing.pop() if read_confidence(request) == 1 and failing else good(request)

    with replay(fails_once) as server:
        connection = connect(server)
        assert not look(connection, 50)[1]
        assert look(connection, 50)[1]
        assert kind(connection) == "live"
        assert server.confidences == [50, 1, 1]


def test_what_is_found_out_counts_for_one_connection_and_one_model_alone() -> None:
    with replay(recordings("new")) as server:
        one, two = connect(server, "one"), connect(server, "two")
        look(one, 50)
        assert kind(one) == "live"
        assert kind(two) == "unknown"
        assert kind(one, "other/1") == "unknown"
        assert kind(connect(server, "one")) == "live"


def test_a_live_model_that_stops_saying_how_sure_it_is_is_asked_for_each_value_again() -> None:
    def changed(request: bytes) -> bytes | None:
        return flat(cut_by)(request) if is_changed else with_confidences(cut_by)(request)

    is_changed = False
    with replay(changed) as server:
        connection = connect(server)
        look(connection, 50)
        assert kind(connection) == "live"
        is_changed = True
        view, _ = look(connection, 60, number=1)
        assert view.cut_to is None
        assert areas(view).get(1, 0) < areas(look(connection, 30, number=1)[0])[1]
        assert desk.find_behaviour(connection, MODEL) == desk.Behaviour("called", False)
        assert server.confidences == [50, 1, 1, 60, 30]


def test_two_sessions_at_once_find_out_once() -> None:
    both_have_looked = threading.Barrier(2)

    def session(_: int) -> None:
        view = desk.predict(connection, picture(), MODEL, 50)
        both_have_looked.wait(30)
        desk.learn_behaviour(connection, view)

    with replay(recordings("new")) as server:
        connection = connect(server)
        desk.predict(connection, picture(), MODEL, 50)
        with ThreadPoolExecutor(2) as sessions:
            list(sessions.map(session, range(2)))
        assert kind(connection) == "live"
        assert server.confidences == [50, 1]


def test_a_newer_wish_goes_before_the_check_which_then_starts_where_it_was() -> None:
    class Interrupted(BaseException):
        pass

    def interrupt() -> None:
        raise Interrupted

    with replay(recordings("new")) as server:
        connection = connect(server)
        view = desk.predict(connection, picture(), MODEL, 50)
        with pytest.raises(Interrupted):
            desk.learn_behaviour(connection, view, interrupt)
        assert server.confidences == [50]
        assert desk.learn_behaviour(connection, view)
        assert kind(connection) == "live"


def test_a_failure_of_what_was_asked_for_is_still_raised() -> None:
    with replay(None) as server:
        connection = connect(server)
        with pytest.raises(Unreachable):
            look(connection, 50)
        assert kind(connection) == "unknown"


def test_the_built_in_models_are_live() -> None:
    connection = desk.open_desk().connection
    image = desk.load_sample("harbour")
    for choice in connection.models:
        asked = desk.predict(connection, image, choice.id, 60)
        assert desk.learn_behaviour(connection, asked)
        assert kind(connection, choice.id) == "live"
        shown = desk.predict(connection, image, choice.id, 60)
        assert shown.answer.confidence == 1
        assert areas(shown) == areas(asked)
