"""Checks of a model that prove nothing, fail, or come at once: no call more than they are worth."""

from __future__ import annotations

import base64
import logging
import struct
import threading
import zlib
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from components import desk
from components.errors import MalformedAnswer, Unreachable
from components.model.png import encode_gray
from tests.confidence_models import (
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
from tests.pictures import make_answer
from tests.replay import read_confidence, recordings, replay, respond

pytestmark = pytest.mark.usefixtures("fresh_desk")


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


def test_once_three_pictures_proved_nothing_no_suspicion_costs_more_calls() -> None:
    sure = np.full((2, 3), 255, np.uint8)
    with replay(with_confidences(lambda _: IDS, sure)) as server:
        connection = connect(server)
        for number in range(3):
            look(connection, 50, number)
        assert kind(connection) == "called"
        asked = len(server.confidences)
        for number in range(3, 8):
            look(connection, 50, number)
            look(connection, 70, number)
        assert server.confidences[asked:] == [50, 70] * 5


def test_an_answer_that_cannot_be_read_is_asked_for_anew_only_when_told_to() -> None:
    whole = encode_gray(IDS)
    # A chunk of too few pixels with a right checksum: found out when it is decoded.
    packed = zlib.compress(bytes(3))
    chunk = b"IDAT" + packed
    start = whole.index(b"IDAT") - 4
    end = whole.index(b"IEND") - 4
    short = (
        whole[:start]
        + struct.pack(">I", len(packed))
        + chunk
        + struct.pack(">I", zlib.crc32(chunk))
        + whole[end:]
    )
    damaged = make_answer(segmentation_mask=base64.b64encode(short).decode())
    bodies = iter([damaged, make_answer(IDS)])
    with replay(lambda _: respond("200 OK", next(bodies))) as server:
        connection = connect(server)
        view, _ = look(connection, 50)
        for _ in range(2):
            with pytest.raises(MalformedAnswer):
                desk.measure_areas(look(connection, 50)[0])
        assert len(server.requests) == 1
        desk.forget_answer(connection, view)
        assert not desk.is_kept(connection, picture(), MODEL, 50)
        assert sum(areas(look(connection, 50)[0]).values()) == 64 * 64
        assert len(server.requests) == 2
