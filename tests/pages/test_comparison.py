"""Insights, Compare: what a person chooses, is told, and is led to."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from components import desk, session
from components.model.comparison import Side
from components.model.review import Decision, Item, Project
from components.settings import Settings
from components.store import items
from tests.adding import LEAD, add_files
from tests.comparing import FIRST, MODELS, SECOND, answer, compare, cut_by_hand, make_compared
from tests.pages.desk_app import open_app, texts
from tests.pictures import make_answer, make_jpeg
from tests.replay import Replay, replay, respond
from tests.store.material import NOW, make_picture
from tests.store.material import make_answer as make_plain_answer

THIRD = "my-data/5"


@pytest.fixture(autouse=True)
def own_data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A database of the test's own."""
    monkeypatch.setenv("MASK_DESK_FOLDER", str(tmp_path / "data"))


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Replay]:
    with replay(answer) as found:
        monkeypatch.setenv("MASK_DESK_ADDRESS", found.address)
        monkeypatch.setenv("MASK_DESK_MODELS", ",".join(MODELS))
        yield found


def open_compare(project: Project) -> AppTest:
    app = open_app()
    app.session_state[session.NAME] = LEAD.name
    app.query_params[session.PROJECT] = project.id
    app.query_params[session.INSIGHTS_TAB] = "Compare"
    app.switch_page("pages/insights.py")
    return app.run()


def test_a_second_answer_is_asked_for_where_there_is_only_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # No confidences: what came holds for one confidence alone.
    with replay(respond("200 OK", make_answer())) as server:
        monkeypatch.setenv("MASK_DESK_ADDRESS", server.address)
        monkeypatch.setenv("MASK_DESK_MODELS", "my-data/3")
        connection = desk.open_desk().connect(
            Settings(address=server.address, models=("my-data/3",))
        )
        project = desk.create_project(LEAD, name="One", model="my-data/3", confidence=50)
        app = open_compare(project)
        assert "Add pictures and ask about them first" in texts(app)
        add_files(connection, project, [("a.jpg", make_jpeg())])
        app.run()
        assert not app.exception
        assert "Nothing to compare with yet" in texts(app)
        assert "Ask another model" in texts(app)
        assert not app.slider


def test_two_models_are_compared_at_a_click(server: Replay) -> None:
    made = make_compared(server, with_truth=5)
    app = open_compare(made.project)
    assert not app.exception
    assert "Both are known for all 6 pictures of this project." in texts(app)
    assert [one.value for one in app.selectbox if "model" in one.label] == [FIRST, SECOND]
    app.button(key="compare_begin").click().run()
    for _ in range(100):
        if "of all pixels another class" in texts(app):
            break
        app.run()
    said = texts(app)
    shown = [cut_by_hand(model, 50) for model in (FIRST, SECOND)]
    changed = float((shown[0] != shown[1]).mean()) * 100
    assert f"B gives {changed:.1f} % of all pixels another class than A." in said
    assert "All 6 pictures changed somewhere." in said
    assert f"<dd>{changed:.1f} %</dd>" in said
    assert "A is better for" in said
    # What was approved, and nothing else, is offered.
    assert "No picture compared here is approved yet." in said
    assert app.button(key="compare_review").disabled


def test_what_is_offered_first_shares_pictures(server: Replay) -> None:
    """Samples of several models are answered by one of them each."""
    assert server.address  # one that is asked nothing
    database = desk.open_desk().database
    project = desk.create_project(LEAD, name="Samples", model=FIRST, confidence=50)
    made = []
    for at in range(3):
        picture, name = make_picture(f"{at}"), f"{at}.jpg"
        item, _ = items.add_item(
            database, project.id, picture, b"", name=name, by=LEAD.name, now=NOW
        )
        made.append(item)

    def keep(item: Item, model: str) -> None:
        given = make_plain_answer(f"{item.id} {model}".encode(), model=model)
        items.store_answer(database, item.image_sha256, given, cut_to=50, now=NOW)

    for item, model in zip(made, (FIRST, FIRST, SECOND), strict=True):
        keep(item, model)

    def read_choice() -> list[tuple[Any, Any]]:
        app = open_compare(project)
        assert not app.exception
        assert "No picture has answers of both" not in texts(app)
        assert app.button(key="compare_begin")
        models = [one.value for one in app.selectbox if "model" in one.label]
        return list(zip(models, [slider.value for slider in app.slider], strict=True))

    assert read_choice() == [(FIRST, 50), (FIRST, 75)]
    desk.change_project(LEAD, project.id, confidence=80)
    assert read_choice() == [(FIRST, 80), (FIRST, 95)]
    desk.change_project(LEAD, project.id, confidence=97)
    assert read_choice() == [(FIRST, 97), (FIRST, 72)]
    # Of the others, the one that is known of most of A's pictures.
    for item, model in ((made[1], SECOND), (made[0], THIRD), (made[1], THIRD)):
        keep(item, model)
    assert read_choice() == [(FIRST, 97), (THIRD, 97)]


def test_confidences_of_one_model_are_chosen_and_found_again(server: Replay) -> None:
    made = make_compared(server, 2)
    compare(made.project, Side(FIRST, 50), Side(FIRST, 80))
    compare(made.project, Side(FIRST, 30), Side(SECOND, 60))
    app = open_compare(made.project)
    # What was compared last is opened first.
    assert [slider.value for slider in app.slider] == [30, 60]
    (before,) = [one for one in app.selectbox if one.label == "Compared before"]
    label = f"{FIRST}: 50 % and 80 %"
    assert label in before.options
    before.select(label).run()
    assert not app.exception
    assert [slider.value for slider in app.slider] == [50, 80]
    said = texts(app)
    assert "B only takes away: all that changed is background in B." in said
    assert "No picture compared here has a truth mask" in said
    # The same at both says so, and compares nothing.
    app.slider[1].set_value(50).run()
    assert "A and B are the same" in texts(app)
    app.slider[1].set_value(20).run()
    assert app.button(key="compare_begin")


def test_what_changed_among_the_approved_is_led_to(server: Replay) -> None:
    made = make_compared(server, 4)
    for item in made.items[:2]:
        assert item.answer_id is not None
        decision = Decision(
            id=uuid.uuid4().hex,
            item_id=item.id,
            move="approved",
            confidence=50,
            answer_id=item.answer_id,
        )
        desk.decide(LEAD, decision)
    compare(made.project, Side(FIRST, 50), Side(SECOND, 50))
    app = open_compare(made.project)
    assert "All of 2 approved pictures changed by more than 1 %." in texts(app)
    app.button(key="compare_review").click().run()
    assert not app.exception
    selection = desk.find_selection(LEAD, app.session_state[session.LIST])
    page, query = app.session_state[session.TARGET]
    assert (page, query[session.LIST]) == ("review", [selection.id])
    assert selection.items == 2
    assert selection.title == f"Changed between {FIRST} at 50 % and {SECOND} at 50 %"


def test_the_filter_of_the_page_holds_here_too(server: Replay) -> None:
    made = make_compared(server, 4, with_truth=4)
    item = made.items[1]
    assert item.answer_id is not None
    desk.decide(
        LEAD,
        Decision(
            id=uuid.uuid4().hex,
            item_id=item.id,
            move="approved",
            confidence=50,
            answer_id=item.answer_id,
        ),
    )
    compare(made.project, Side(FIRST, 50), Side(SECOND, 50))
    app = open_compare(made.project)
    assert "<dd>4 of 4</dd>" in texts(app)
    app.selectbox(key="insight_status").select("Approved").run()
    said = texts(app)
    assert not app.exception
    assert "What follows is about 1 picture: approved." in said
    assert "<dd>1 of 1</dd>" in said
    assert f"<strong>{item.name}</strong>" in said
    app.button(key="compare_review").click().run()
    selection = desk.find_selection(LEAD, app.session_state[session.LIST])
    assert (selection.items, selection.title.endswith(", approved")) == (1, True)
    # Its verdict is taken back: no longer of this filter, and the figures know.
    app = open_compare(made.project)
    app.selectbox(key="insight_status").select("Approved").run()
    desk.undo(LEAD, uuid.uuid4().hex, made.project.id)
    app.run()
    assert "No picture compared here is like that." in texts(app)
    app.selectbox(key="insight_status").select("Undecided").run()
    assert "<dd>4 of 4</dd>" in texts(app)


def test_a_lead_removes_a_comparison(server: Replay) -> None:
    made = make_compared(server, 2)
    compare(made.project, Side(FIRST, 50), Side(FIRST, 80))
    compare(made.project, Side(FIRST, 50), Side(SECOND, 50))
    app = open_compare(made.project)
    app.button(key="compare_remove_now").click().run()
    assert not app.exception
    (left,) = desk.list_comparisons(LEAD, made.project.id)
    assert left.b == Side(FIRST, 80)
    # The same two are still chosen, and can be compared again.
    assert app.button(key="compare_begin")
