"""The confidence on the Inspect page: address, slider, notes, facts, and what it costs."""

from __future__ import annotations

import logging

import numpy as np
import pytest

from components import session
from tests.pages.desk_app import count_pixels, let_go_at, open_app, read_header, texts
from tests.pictures import make_answer
from tests.replay import Replay, read_confidence, recordings, replay, respond


@pytest.fixture
def deployed(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """Where a test says which server the desk is set up with."""
    monkeypatch.setenv("MASK_DESK_MODELS", "colour-seg/1")
    monkeypatch.setenv("MASK_DESK_API_KEY", "very-secret")
    return monkeypatch


def use(deployed: pytest.MonkeyPatch, server: Replay) -> None:
    deployed.setenv("MASK_DESK_ADDRESS", server.address)


@pytest.mark.parametrize(
    ("text", "percent", "after"),
    [
        ("40", 40, "40"), ("0", 0, "0"), ("100", 100, "100"), ("50", 50, None), ("999", 100, "100"),
        ("-5", 0, "0"), ("abc", 50, None), ("", 50, None), ("40.5", 50, None), (None, 50, None),
        ("9" * 5000, 50, None),
    ],
)  # fmt: skip
def test_the_address_opens_at_its_confidence(
    text: str | None, percent: int, after: str | None, deployed: pytest.MonkeyPatch
) -> None:
    query = {} if text is None else {"confidence": text}
    with replay(recordings("new")) as server:
        use(deployed, server)
        app = open_app(**query)
    assert not app.exception
    assert app.session_state[session.CONFIDENCE] == percent
    assert read_header(app)["threshold"] == percent
    assert f"{percent} of 100" in texts(app)
    assert app.query_params.get("confidence") == after


def test_the_address_opens_at_its_model() -> None:
    app = open_app(confidence="40", model="demo-object/1")
    assert app.selectbox(key=session.MODEL).value == "demo-object/1"
    assert set(count_pixels(app)) == {"object", "background"}


def test_a_higher_confidence_marks_less_and_asks_nothing() -> None:
    app = open_app(confidence="10")
    assert read_header(app)["cut"] == {"to": 0}
    low, answer = count_pixels(app), read_header(app)["answer"]
    let_go_at(app, 95)
    assert count_pixels(app)["background"] > low["background"]
    assert read_header(app)["answer"] == answer
    assert read_header(app)["threshold"] == 95
    assert app.query_params["confidence"] == "95"
    said = texts(app)
    assert "1 of 100: that answer holds every higher value" in said
    assert "asked before, and not again for this value" in said
    assert "confidence=95" in app.code[0].value
    let_go_at(app, 10)
    assert count_pixels(app) == low
    assert read_header(app)["note"] == ""


def test_other_parameters_of_the_address_are_left_alone() -> None:
    app = open_app(confidence="40", layout="swipe", hide="tree,sky", view="1,2,3", picture="x")
    let_go_at(app, 70)
    wanted = {"layout": "swipe", "hide": "tree,sky", "view": "1,2,3", "confidence": "70"}
    assert app.query_params == wanted
    let_go_at(app, 50)
    assert app.query_params == {name: wanted[name] for name in ("layout", "hide", "view")}


def test_the_confidence_comes_back_with_the_page() -> None:
    app = open_app()
    let_go_at(app, 35)
    app.switch_page("pages/connection.py").run()
    app.query_params.clear()
    app.switch_page("pages/inspect.py").run()
    assert read_header(app)["threshold"] == 35
    assert app.query_params["confidence"] == "35"


def test_a_link_names_picture_model_and_confidence_and_nothing_secret(
    deployed: pytest.MonkeyPatch,
) -> None:
    with replay(recordings("new")) as server:
        use(deployed, server)
        app = open_app(confidence="40", picture="sample:coffee")
        header = read_header(app)
    assert header["link"] == {
        "picture": "sample:coffee",
        "model": "colour-seg/1",
        "confidence": "40",
    }
    assert "very-secret" not in str(header)
    assert server.address not in str(header)
    assert "very-secret" not in texts(app)


def test_colours_of_ones_own_are_those_of_the_chart_and_not_of_the_packet() -> None:
    app = open_app()
    packet = read_header(app)
    app.session_state[session.COLOURS] = {"sky": "#123456", "nothing like it": "#ffffff"}
    app.run()
    assert "#123456" in app.get("plotly_chart")[0].proto.spec
    assert read_header(app) == packet


def test_the_newer_engine_is_asked_twice_for_a_first_picture_and_once_for_each_other(
    deployed: pytest.MonkeyPatch,
) -> None:
    with replay(recordings("new")) as server:
        use(deployed, server)
        app = open_app(picture="sample:coffee")
        assert read_header(app)["cut"] == {"to": 0}
        areas = count_pixels(app)
        for value in (3, 64, 80, 50):
            let_go_at(app, value)
            assert read_header(app)["note"] == ""
        assert count_pixels(app) == areas
        app.session_state[session.PICTURE] = "sample:cat"
        for value in (50, 20, 90):
            let_go_at(app, value)
    assert server.confidences == [50, 1, 1]


def test_the_older_engine_is_said_to_ignore_the_confidence(deployed: pytest.MonkeyPatch) -> None:
    with replay(recordings("legacy")) as server:
        use(deployed, server)
        app = open_app(picture="sample:coffee")
        note = "This model ignores the confidence: it marks the same at every value."
        assert read_header(app)["note"] == note
        for value in (3, 64):
            let_go_at(app, value)
        assert read_header(app)["cut"] is None
        assert "64 of 100" in texts(app)
        assert "50 of 100: this model gives the same at every value" in texts(app)
    assert server.confidences == [50, 1, 99]


def test_a_server_without_confidences_is_said_to_be_called_for_each_value(
    deployed: pytest.MonkeyPatch,
) -> None:
    def answer(request: bytes) -> bytes:
        marked = np.zeros((10, 10), np.uint8)
        marked[: (100 - read_confidence(request)) // 10 + 1] = 1
        return respond("200 OK", make_answer(marked))

    with replay(answer) as server:
        use(deployed, server)
        app = open_app(picture="sample:coffee")
        for value in (10, 90):
            let_go_at(app, value)
            header = read_header(app)
            assert header["cut"] is None
            assert header["note"].startswith("The server does not say how sure it is")
            assert "each value you let go of is one call" in header["note"]
            assert "Asked at" not in texts(app)
    assert server.confidences == [50, 10, 90]


def test_a_check_that_fails_is_no_error_to_a_reviewer(
    deployed: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def answer(request: bytes) -> bytes:
        if read_confidence(request) == 50:
            return recordings("new")(request)
        return respond("402 No", b'{"message": "no credits"}')

    with replay(answer) as server, caplog.at_level(logging.WARNING, "mask_desk"):
        use(deployed, server)
        app = open_app(picture="sample:coffee")
        for _ in range(5):
            assert "No mask for this picture" not in texts(app)
            assert "no credits" not in texts(app)
            assert read_header(app)["cut"] is None
            app.run()
        note = "Each value you let go of is one call to the server."
        assert read_header(app)["note"] == note
    assert server.confidences == [50, 1, 1, 1]
    assert "no credits" in caplog.text


def test_a_picture_without_a_mask_has_its_threshold_and_nothing_to_cut(
    deployed: pytest.MonkeyPatch,
) -> None:
    with replay(respond("401 No", b"{}")) as server:
        use(deployed, server)
        app = open_app(confidence="33")
        header = read_header(app)
    assert header["mask"] is None
    assert (header["threshold"], header["cut"], header["note"]) == (33, None, "")
