"""From charts to pictures: what a click on a mark opens."""

from __future__ import annotations

from pathlib import Path

import pytest

from components import desk
from components.display.charts.curves import chart_flips
from components.model.insights import Pick, Slice
from components.store.lists import Wish
from components.ui.insights_card import View
from components.ui.insights_words import name_pick
from tests.adding import LEAD
from tests.measured import list_all, make_project
from tests.pages.desk_app import texts
from tests.pages.test_review import open_page

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
