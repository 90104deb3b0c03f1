"""From charts to pictures: what a click on a mark opens."""

from __future__ import annotations

from pathlib import Path

import pytest

from components import desk
from components.display.charts.curves import chart_flips
from components.model.insights import Pick, Slice
from components.store.lists import Wish
from components.ui.insights_words import name_pick
from tests.adding import LEAD
from tests.measured import make_project

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
