"""The area table and chart: the numbers, the order, the colours; names are text."""

from __future__ import annotations

import numpy as np

from components.display.tables import draw_areas, format_share, tabulate_areas
from components.model.areas import list_areas
from components.model.classes import list_classes


def make_areas() -> tuple:  # type: ignore[type-arg]
    counts = np.zeros(256, np.int64)
    counts[[0, 1, 2]] = [1000, 2500, 6500]
    return list_areas(counts, list_classes({0: "background", 1: "a<br>b & c", 2: "road"}))


def test_table() -> None:
    table = tabulate_areas(make_areas())
    assert list(table["Class"]) == ["road", "a<br>b & c", "background"]
    assert list(table["Pixels"]) == [6500, 2500, 1000]
    assert list(table["Share"]) == [65.0, 25.0, 10.0]


def test_an_empty_table_keeps_its_columns() -> None:
    assert list(tabulate_areas(()).columns) == ["Class", "Pixels", "Share"]


def test_chart_has_the_classes_colours_and_no_markup_from_names() -> None:
    areas = make_areas()
    figure = draw_areas(areas)
    bar = figure.data[0]
    assert list(bar.x) == [65.0, 25.0, 10.0]
    assert list(bar.marker.color) == [area.info.colour for area in areas]
    assert list(figure.layout.yaxis.ticktext) == ["road", "a&lt;br&gt;b &amp; c", "background"]
    assert "<br>" not in figure.to_json().replace("<extra></extra>", "")


def test_shares_are_percent_with_one_decimal() -> None:
    assert format_share(0.4125) == "41.3 %"
    assert format_share(1) == "100.0 %"
    assert format_share(0) == "0.0 %"
    assert format_share(0.0001) == "< 0.1 %"
