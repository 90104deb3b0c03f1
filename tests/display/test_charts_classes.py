"""Shares, presence and classes together: against pandas on the single pictures."""

from __future__ import annotations

from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd
import pytest

from components.display.charts import OUTLINE, colour_classes
from components.display.charts.classes import chart_presence, chart_shares, chart_together
from components.display.charts.look import MOST_ROWS
from components.model.classes import list_classes
from components.model.insights import Outlier, Pick, Presence, ShareBox, Together

CLASS_MAP = {0: "background", 1: "road", 2: "tree", 3: "a<br>b & c"}
COLOURS = colour_classes([CLASS_MAP], CLASS_MAP.values())


def make_shares() -> Any:
    """One row a picture and class that is in it."""
    lot = np.random.default_rng(11)
    rows = [
        (f"{item}.jpg", name, float(lot.beta(2, 12 + 9 * at)))
        for item in range(80)
        for at, name in enumerate(CLASS_MAP.values())
        if lot.random() < 0.9 - 0.2 * at
    ]
    rows.append(("<b>odd</b>.jpg", "tree", 0.97))
    return pd.DataFrame(rows, columns=["item", "name", "share"])


def make_boxes(table: Any) -> list[ShareBox]:
    boxes = []
    for name, group in table.groupby("name"):
        q1, median, q3 = (group.share.quantile(at) for at in (0.25, 0.5, 0.75))
        inner = group[group.share.between(q1 - 1.5 * (q3 - q1), q3 + 1.5 * (q3 - q1))]
        outer = group.drop(inner.index)
        boxes.append(
            ShareBox(
                str(name), len(group), inner.share.min(), q1, median, q3, inner.share.max(),
                group.share.mean(), len(outer),
                tuple(
                    Outlier(f"id of {row.item}", row.item, row.share) for row in outer.itertuples()
                ),
            )
        )  # fmt: skip
    return boxes


def test_boxes_are_the_pictures_quartiles_and_points_open_pictures() -> None:
    table = make_shares()
    chart = chart_shares(make_boxes(table), COLOURS)
    described = table.groupby("name").share.describe()
    order = sorted(described.index, key=lambda name: (-described["50%"][name], name))
    assert [row[0] for row in chart.rows] == order
    boxes = [trace for trace in chart.figure.data if trace.type == "box"]
    for place, (box, row, name) in enumerate(zip(boxes, chart.rows, order, strict=True)):
        expected = described.loc[name]
        assert list(box.y) == [place]
        for got, want in (
            (box.q1, "25%"),
            (box.median, "50%"),
            (box.q3, "75%"),
            (box.mean, "mean"),
        ):
            np.testing.assert_allclose(got[0], expected[want] * 100)
        assert row[1] == expected["count"]
        assert row[4] == pytest.approx(expected["50%"] * 100)
        assert box.line.color == OUTLINE
    points = [trace for trace in chart.figure.data if trace.type == "scatter"][1:]
    drawn = {
        (chart.opens[data[1]], round(float(x), 9))
        for trace in points
        for x, data in zip(trace.x, trace.customdata, strict=True)
    }
    far = set()
    for _, group in table.groupby("name"):
        q1, q3 = np.percentile(group.share, [25, 75])
        for row in group.itertuples():
            if not q1 - 1.5 * (q3 - q1) <= row.share <= q3 + 1.5 * (q3 - q1):
                far.add((f"id of {row.item}", round(row.share * 100, 9)))
    assert drawn == far
    assert any("odd" in item for item, _ in far)
    assert f"{len(far)} shares lie far from the box of their class" in chart.says
    top = described.loc[order[0]]
    assert f"{order[0]} covers most: {top['50%'] * 100:.1f} %" in chart.says
    assert f"{top['25%'] * 100:.1f} % to {top['75%'] * 100:.1f} % in half" in chart.says


def test_names_of_pictures_and_classes_are_no_markup() -> None:
    chart = chart_shares(make_boxes(make_shares()), COLOURS)
    text = chart.figure.to_json().replace("\\u003c", "<").replace("\\u003e", ">")
    assert "<b>odd" not in text
    assert "a<br>b" not in text
    assert "a&lt;br&gt;b &amp; c" in chart.figure.layout.yaxis.ticktext


def test_presence_in_the_viewer_s_colours() -> None:
    table = make_shares()
    total = table.item.nunique()
    sizes = table.groupby("name").size()
    chart = chart_presence(
        [Presence(str(name), int(n)) for name, n in sizes.items()], total, COLOURS
    )
    order = sorted(sizes.index, key=lambda name: (-sizes[name], name))
    bar = chart.figure.data[0]
    assert list(bar.x) == [sizes[name] for name in order]
    viewer = {info.name: info.colour for info in list_classes(CLASS_MAP)}
    assert list(bar.marker.color) == [viewer[name] for name in order]
    assert [row[2] for row in chart.rows] == pytest.approx(list(100 * sizes[order] / total))
    share = f"{100 * sizes[order[0]] / total:.1f} %"
    assert f"{order[0]} is in {sizes[order[0]]} ({share})" in chart.says
    assert f"The rarest class is {order[-1]}, in {sizes[order[-1]]}." in chart.says
    picks = [chart.opens[data[1]] for data in bar.customdata]
    assert picks == [Pick("together", class_name=name, other=name) for name in order]


def test_no_class_is_left_out_of_the_table_for_want_of_room() -> None:
    counts = [Presence(f"class {at:03}", 200 - at) for at in range(100)]
    chart = chart_presence(counts, 200, colour_classes([], [one.class_name for one in counts]))
    assert len(chart.figure.data[0].x) == MOST_ROWS
    assert len(chart.rows) == 100
    assert "Drawn are 30 of 100 classes; the table has all." in chart.says


def test_classes_together_are_those_of_single_pictures() -> None:
    table = make_shares()
    there = pd.crosstab(table.item, table.name) > 0
    names = sorted(there.columns, key=lambda name: (-there[name].sum(), name))
    sets = {name: set(there.index[there[name]]) for name in names}
    items = np.array([[len(sets[a] & sets[b]) for b in names] for a in names], np.int64)
    chart = chart_together(Together(tuple(names), items))
    marks = chart.figure.data[1]
    for x, y, data in zip(marks.x, marks.y, marks.customdata, strict=True):
        a, b = names[int(y)], names[int(x)]
        assert chart.opens[data[1]] == Pick("together", class_name=a, other=b)
        assert f"{len(sets[a] & sets[b])} picture" in data[0]
        if a != b:
            assert f"{100 * len(sets[a] & sets[b]) / len(sets[a]):.1f} % of those" in data[0]
    assert [list(row[1:]) for row in chart.rows] == items.tolist()
    most = max(combinations(names, 2), key=lambda pair: len(sets[pair[0]] & sets[pair[1]]))
    assert (
        f"{most[0]} and {most[1]}, in {len(sets[most[0]] & sets[most[1]])} pictures" in chart.says
    )
    assert "Each pair of classes meets somewhere." in chart.says


def test_pairs_that_never_meet_are_counted_and_open_nothing() -> None:
    items = np.array([[5, 3, 0], [3, 4, 0], [0, 0, 2]], np.int64)
    chart = chart_together(Together(("a", "b", "c"), items))
    assert "Of 3 pairs of classes, 2 never meet." in chart.says
    marks = chart.figure.data[1]
    keys = {
        (int(y), int(x)): data[1]
        for x, y, data in zip(marks.x, marks.y, marks.customdata, strict=True)
    }
    assert [place for place, key in keys.items() if key == -1] == [(0, 2), (1, 2), (2, 0), (2, 1)]
    # A class with itself does not outshine the pairs.
    assert chart.figure.data[0].zmax == 3
