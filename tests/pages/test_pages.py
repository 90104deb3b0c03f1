"""Each page through Streamlit's own test runner, against the built-in server."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from components import session
from tests.pages.desk_app import open_app, texts
from tests.pictures import make_jpeg


def test_inspect_opens_with_a_sample_and_its_areas() -> None:
    app = open_app()
    assert not app.exception
    assert app.selectbox(key=session.MODEL).options == ["demo-scene/1", "demo-object/1"]
    table = app.dataframe[0].value
    assert list(table.columns) == ["Class", "Pixels", "Share"]
    assert table["Share"].sum() == pytest.approx(100)
    assert table["Class"].iloc[-1] == "background"
    assert "Built-in demonstration server" in texts(app)
    assert "demonstration" in texts(app)


def test_the_background_is_left_out_at_a_click() -> None:
    app = open_app()
    shares = app.dataframe[0].value.set_index("Class")["Share"]
    app.toggle(key=session.WITHOUT_BACKGROUND).set_value(True).run()
    left = app.dataframe[0].value.set_index("Class")["Share"]
    assert "background" not in left.index
    assert left.to_dict() == {name: shares[name] for name in left.index}


def test_uploads_are_taken_and_bad_ones_said_each() -> None:
    app = open_app()
    tall = io.BytesIO()
    Image.new("RGB", (40, 90), "red").save(tall, "PNG")
    app.file_uploader[0].set_value(
        [
            ("good.jpg", make_jpeg(), "image/jpeg"),
            ("text.jpg", b"this is no picture", "image/jpeg"),
            ("empty.png", b"", "image/png"),
            ("cut.jpg", make_jpeg((400, 300))[:900], "image/jpeg"),
            ("tall.png", tall.getvalue(), "image/png"),
        ]
    ).run()
    assert not app.exception
    assert [kept.name for kept in app.session_state[session.TRAY]] == ["good.jpg", "tall.png"]
    said = texts(app)
    for name in ("text.jpg", "empty.png", "cut.jpg"):
        assert name in said
    assert app.dataframe[0].value["Pixels"].sum() == 64 * 48
    app.button(key="dismiss").click().run()
    assert "text.jpg" not in texts(app)


def test_an_address_on_a_private_network_is_refused_in_plain_words() -> None:
    app = open_app()
    app.text_input[0].set_value("http://169.254.169.254/latest")
    app.button[0].click().run()
    assert "private network" in texts(app)
    assert app.dataframe[0].value["Share"].sum() == pytest.approx(100)


def test_a_server_that_is_not_there_leaves_the_picture_and_says_so(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("MASK_DESK_ADDRESS", "http://127.0.0.1:9")
    monkeypatch.setenv("MASK_DESK_MODELS", "my-data/3")
    monkeypatch.setenv("MASK_DESK_API_KEY", "very-secret")
    app = open_app()
    assert not app.exception
    assert "could not be reached" in texts(app)
    assert "very-secret" not in texts(app)
    assert not app.dataframe
    assert any(button.label == "Try again" for button in app.button)


@pytest.mark.parametrize("page", ["inspect", "connection"])
def test_settings_that_cannot_be_used_are_said_on_each_page(
    monkeypatch: pytest.MonkeyPatch, page: str
) -> None:
    monkeypatch.setenv("MASK_DESK_ADDRESS", "http://127.0.0.1:9")
    app = open_app()
    if page == "connection":
        app.switch_page("pages/connection.py").run()
    assert not app.exception
    assert "settings cannot be used" in texts(app)


def test_connection_names_the_server_and_tests_it() -> None:
    app = open_app()
    app.switch_page("pages/connection.py").run()
    assert "Built-in demonstration server" in texts(app)
    assert "http://127.0.0.1:" in texts(app)
    next(button for button in app.button if "Test" in button.label).click().run()
    said = texts(app)
    assert "The server answers." in said
    assert "The confidence slider works." in said
    assert 'class="bad"' not in said


def test_another_server_for_this_session_only() -> None:
    app = open_app()
    app.switch_page("pages/connection.py").run()
    app.text_input[0].set_value("my-data/3")
    app.text_input[1].set_value("a-key-of-mine")
    next(button for button in app.button if "Use this" in button.label).click().run()
    assert "Roboflow’s hosted service" in texts(app)
    assert "you, for this browser session only" in texts(app)
    assert "a-key-of-mine" not in texts(app)
    assert "Built-in" in texts(open_app())
    next(button for button in app.button if "Go back" in button.label).click().run()
    assert "whoever runs this desk" in texts(app)


@pytest.mark.parametrize(
    ("model", "key", "says"),
    [("nonsense", "", "dataset and a version"), ("a/1", "two words", "The key holds a space")],
)
def test_what_cannot_be_a_connection_is_said(model: str, key: str, says: str) -> None:
    app = open_app()
    app.switch_page("pages/connection.py").run()
    app.text_input[0].set_value(model)
    app.text_input[1].set_value(key)
    next(button for button in app.button if "Use this" in button.label).click().run()
    assert says in texts(app)
    assert session.CONNECTION not in app.session_state
