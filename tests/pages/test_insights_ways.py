"""From charts to pictures: what a click on a mark opens."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from components import desk, session
from components.display.charts.curves import chart_flips
from components.model.insights import Pick, Ranked, Slice
from components.model.review import Person
from components.store.lists import Wish
from components.ui.insights_card import View
from components.ui.insights_lists import say_range
from components.ui.insights_words import name_pick
from tests.adding import LEAD
from tests.measured import BEGIN, decide, list_all, make_project
from tests.pages.desk_app import texts
from tests.pages.reviewed import open_page, read_bar

EVERYTHING = Slice()


@pytest.fixture(autouse=True)
def own_data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A desk with a database of the test's own."""
    monkeypatch.setenv("MASK_DESK_FOLDER", str(tmp_path))


def test_each_bar_of_where_classes_vanish_opens_its_pictures() -> None:
    project = make_project(4, truths=False)
    curves = desk.load_curves(LEAD, project.id, EVERYTHING)
    chart = chart_flips(curves, project.confidence)
    (bars,) = chart.figure.data
    followed = 0
    for percent, number, (_, place) in zip(bars.x, bars.y, bars.customdata, strict=True):
        if not number:
            assert place == -1
            continue
        pick = chart.opens[place]
        assert isinstance(pick, Pick)
        kept = desk.select_pictures(LEAD, project.id, EVERYTHING, pick, title=name_pick(pick))
        assert 1 <= kept.items <= number
        assert kept.title == f"A class vanishes at {percent} %"
        rows = desk.list_items(LEAD, project.id, Wish(selection=kept.id)).rows
        assert len(rows) == kept.items
        followed += number
    assert followed == curves.flips.sum() > 0


def test_a_project_of_two_models_has_the_colours_of_the_viewer_and_none_twice() -> None:
    connection = desk.open_desk().connection
    project = desk.create_project(LEAD, name="Samples", model=connection.models[0].id)
    assert not [one.problem for one in desk.add_samples(LEAD, connection, project) if one.problem]
    project = desk.find_project(LEAD, project.id)
    class_maps = desk.list_class_maps(LEAD, project.id)
    assert len(class_maps) > 1
    names = desk.list_class_names(LEAD, project.id)
    colours = View(LEAD, project, EVERYTHING, "").colour(names)
    assert len({colours[name] for name in names}) == len(names)
    for item in list_all(project):
        view = desk.see_item(LEAD, connection, item, project.confidence).view
        if dict(view.answer.prediction.class_map) == class_maps[0]:
            shown = {area.info.name: area.info.colour for area in desk.measure_areas(view)}
            assert shown.items() <= colours.items()
    # A class map by id has no room for two models; the settings name the classes all the same.
    app = open_page("add", "Lea", project=project.id)
    assert f"Classes of its answers so far: {', '.join(names)}" in texts(app)


def test_class_charts_say_at_which_confidence_they_count() -> None:
    project = make_project(2, confidence=40)
    for tab, cards in (("Classes", 3), ("Truth", 2)):
        app = open_page("insights", "Lea", project=project.id)
        app.session_state[session.INSIGHTS_TAB] = tab
        app.run()
        assert texts(app).count("Counted at the project’s 40 %.") == cards


def test_a_second_look_tells_of_its_own_list_alone() -> None:
    project = make_project(5, truths=False)
    ana = Person("Ana", "lead")
    pictures = {item.id: item for item in list_all(project)}
    for item in pictures.values():
        decide(item, "Ana", "needs_fix", at=BEGIN, reasons=("missed",))
    selection = desk.draw_repeat(ana, project.id, 3)
    assert "counts as your verdict" in selection.detail
    wish = Wish(selection=selection.id)
    first, *_ = [row.item.id for row in desk.list_items(ana, project.id, wish).rows]

    def look() -> str:
        app = open_page("review", "Ana", project=project.id, list=selection.id)
        app.session_state[session.REVIEW_MODE] = "queue"
        said = texts(app.run())
        progress = read_bar(app)["progress"]
        told = " ".join(str(progress[name]) for name in ("done", "total", "said", "rest"))
        return f"{told}|{said}"

    said = look()
    assert said.startswith("0 3 looked at |")
    assert not re.search("to be fixed|of 5|decided<", said)
    decide(pictures[first], "Ben", "approved", at=selection.created_at + 5)
    assert desk.count_looked_at(ana, selection.id) == 0
    decide(pictures[first], "Ana", "approved", at=selection.created_at + 6)
    assert desk.count_looked_at(ana, selection.id) == 1
    assert look().startswith("1 3 looked at |")


def test_no_more_pictures_are_drawn_than_are_settled() -> None:
    project = make_project(3, truths=False, needed=2)
    first, second, _ = list_all(project)
    decide(first, "Lea", "approved", at=BEGIN)

    def people() -> AppTest:
        app = open_page("insights", "Lea", project=project.id)
        app.session_state[session.INSIGHTS_TAB] = "People"
        return app.run()

    app = people()
    assert "1 verdict so far, and no picture is settled by them: each needs 2 reviews." in texts(
        app
    )
    assert app.button(key="draw_repeat").disabled
    for item in (first, second):
        for name in ("Lea", "Ben"):
            decide(item, name, "approved", at=BEGIN + 1)
    app = people()
    assert app.number_input(key="repeat_number").value == 2
    button = app.button(key="draw_repeat")
    assert button.label == "Draw 2 decided pictures for a second blind look"
    assert "count" in button.help


def test_a_range_of_one_value_is_told_once() -> None:
    pair = [Ranked(name, f"{name}.jpg", "disagreed", 0.5) for name in ("a", "b")]
    told = say_range("disagreement", pair, "2 pictures")
    assert told == "2 pictures, each with the same: 50.0 % differ."
    other = replace(pair[1], value=0.25)
    told = say_range("disagreement", [pair[0], other], "2 pictures")
    assert told == "2 pictures, from 50.0 % differ (a.jpg) to 25.0 % differ."
