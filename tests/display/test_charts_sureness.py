"""Confidence: hills, curves, flips and recommendations, from pixels one by one."""

from __future__ import annotations

import numpy as np
import pytest

from components.display.charts import colour_classes
from components.display.charts.curves import chart_curves, chart_flips, trace_curves
from components.display.charts.sureness import (
    chart_confidences,
    chart_recommendations,
    recommend,
)
from components.model.insights import ApprovedAt, Counts, Curves, Pick

NAMES = ("road", "tree", "<b>sign</b>")
COLOURS = colour_classes([{0: "background", 1: "road", 2: "tree"}], [*NAMES, "background"])


def draw_pictures() -> list[dict[str, list[int]]]:
    """By picture and class, of each pixel the last whole percent it is kept at (1–100)."""
    lot = np.random.default_rng(2)
    return [
        {
            name: np.clip(lot.normal(80 - 20 * at, 12, lot.integers(3, 90)), 1, 100)
            .astype(int)
            .tolist()
            for at, name in enumerate(NAMES)
            if lot.random() < 0.8
        }
        for _ in range(25)
    ]


PICTURES = draw_pictures()
PIXELS = 200 * len(PICTURES)


def count(values: list[int]) -> Counts:
    found = np.zeros(101, np.int64)
    for value in values:
        found[value] += 1
    return found


def make_curves(**changes: object) -> Curves:
    flips = {name: np.zeros(101, np.int64) for name in NAMES}
    for picture in PICTURES:
        for name, values in picture.items():
            for percent in range(2, 101):
                before = any(value >= percent - 1 for value in values)
                after = any(value >= percent for value in values)
                flips[name][percent] += before and not after
    bins = {
        name: count([value for picture in PICTURES for value in picture.get(name, [])])
        for name in NAMES
    }
    given = {
        "bins": {**bins, "background": np.zeros(101, np.int64)},
        "items": {name: sum(name in picture for picture in PICTURES) for name in NAMES},
        "flips": sum(flips.values()),
        "flips_by_class": flips,
        "pixels": PIXELS,
        "with_confidence": len(PICTURES),
        "without_confidence": 2,
        "backgrounds": frozenset({"background"}),
    }
    return Curves(**{**given, **changes})  # type: ignore[arg-type]


def share_at(name: str, percent: int) -> float:
    kept = sum(value >= max(percent, 1) for picture in PICTURES for value in picture.get(name, []))
    return kept / PIXELS


@pytest.mark.parametrize("percent", [0, 1, 37, 50, 99, 100])
def test_curves_are_what_single_pixels_come_to(percent: int) -> None:
    shares = trace_curves(make_curves())
    for name in NAMES:
        assert shares[name][percent] == pytest.approx(share_at(name, percent), abs=1e-12)
    rest = 1 - sum(share_at(name, percent) for name in NAMES)
    assert shares["background"][percent] == pytest.approx(rest, abs=1e-12)


def test_the_sentence_of_curves_is_true_and_the_table_has_all() -> None:
    chart = chart_curves(make_curves(), COLOURS, 60)
    largest = max(NAMES, key=lambda name: share_at(name, 1))
    assert f"{largest} covers {100 * share_at(largest, 60):.1f} % of all pixels" in chart.says
    moved = max(NAMES, key=lambda name: share_at(name, 50) - share_at(name, 70))
    assert (
        f"From 50 to 70 %, {moved} changes most: from {100 * share_at(moved, 50):.1f} % to "
        f"{100 * share_at(moved, 70):.1f} %."
    ) in chart.says
    assert "Counted over 25 pictures; 2 have no confidence mask to cut." in chart.says
    table = {(row[0], row[1]): row[2] for row in chart.rows}
    assert len(table) == 4 * 101
    assert table["tree", 42] == pytest.approx(100 * share_at("tree", 42))
    lines = {trace.name: trace for trace in chart.figure.data if trace.name}
    assert set(lines) == {"road", "tree", "&lt;b&gt;sign&lt;/b&gt;"}
    assert lines["tree"].line.color == COLOURS["tree"]
    assert lines["tree"].y[42] == pytest.approx(100 * share_at("tree", 42))


def test_without_a_background_nothing_is_made_up() -> None:
    curves = make_curves(
        bins={"road": count([50] * 10)}, backgrounds=frozenset(), pixels=40, without_confidence=0
    )
    assert set(trace_curves(curves)) == {"road"}
    chart = chart_curves(curves, COLOURS, 50)
    assert "road covers 25.0 % of all pixels" in chart.says
    assert chart.says.endswith("Counted over 25 pictures.")


def test_flips_and_the_pictures_of_each() -> None:
    curves = make_curves()
    chart = chart_flips(curves, 50)
    bar = chart.figure.data[0]
    total = sum(len(picture) for picture in PICTURES)
    kept_to_the_end = sum(100 in values for picture in PICTURES for values in picture.values())
    assert sum(bar.y) == total - kept_to_the_end
    ends = [max(values) + 1 for picture in PICTURES for values in picture.values()]
    for percent, number in zip(bar.x, bar.y, strict=True):
        assert number == ends.count(percent)
    near = sum(46 <= end <= 55 for end in ends)
    assert f"{near} of them lie between 45 and 55 %" in chart.says
    keys = {percent: data[1] for percent, data in zip(bar.x, bar.customdata, strict=True)}
    first = min(end for end in ends if end < 101)
    assert chart.opens[keys[first]] == Pick("vanishing", confidence=first)
    assert keys[1] == -1
    assert chart.rows[first][1] == ends.count(first)


def test_hills_hold_the_share_of_pixels_in_steps_of_five() -> None:
    bins = {name: counts for name, counts in make_curves().bins.items() if counts.sum()}
    chart = chart_confidences(bins, COLOURS)
    medians = {
        name: float(np.percentile(
            [value for picture in PICTURES for value in picture.get(name, [])], 50, method="lower"
        ))
        for name in NAMES
    }  # fmt: skip
    order = sorted(NAMES, key=lambda name: medians[name])
    texts = [trace for trace in chart.figure.data if trace.customdata is not None]
    for trace, name in zip(texts, order, strict=True):
        values = [value for picture in PICTURES for value in picture.get(name, [])]
        edges = [*range(0, 100, 5), 101]
        shares = np.histogram(values, edges)[0] / len(values)
        told = [data[0] for data in trace.customdata]
        assert all(f"{100 * s:.1f} %" in text for s, text in zip(shares, told, strict=True))
        assert {chart.opens[data[1]] for data in trace.customdata} == {
            Pick("together", class_name=name, other=name)
        }
    low = [value for picture in PICTURES for value in picture.get(order[0], [])]
    assert f"Half of {order[0]}’s pixels are at most {medians[order[0]]:.0f} % sure" in chart.says
    below = 100 * sum(value < 50 for value in low) / len(low)
    assert f"{below:.1f} % of them are below 50 %" in chart.says
    rows = {(row[0], row[1]): row[2] for row in chart.rows}
    assert rows[order[0], 60] == low.count(60)


def test_recommendations_are_medians_of_what_was_approved_at() -> None:
    at = {"road": [40, 40, 45, 50, 50, 55, 60, 70, 80], "tree": [50] * 30, "sign": [10, 20]}
    approved = [
        ApprovedAt(name, confidence, values.count(confidence))
        for name, values in at.items()
        for confidence in sorted(set(values))
    ]
    found = recommend(approved)
    assert found["road"].threshold == sorted(at["road"])[4]
    assert (found["tree"].low, found["tree"].threshold, found["tree"].high) == (50, 50, 50)
    assert found["sign"].threshold is None
    chart = chart_recommendations(approved, COLOURS | {"sign": "#000000"}, 50)
    points = chart.figure.data[0]
    assert list(points.x) == [50, 50]
    assert [chart.opens[data[1]] for data in points.customdata] == [
        Pick("together", class_name=name, other=name) for name in ("tree", "road")
    ]
    assert list(chart.figure.layout.yaxis.ticktext) == ["tree", "road"]
    # Nine values: the second from either end encloses the median at 96 %.
    assert points.error_x.arrayminus[1] == 50 - 40
    assert points.error_x.array[1] == 70 - 50
    assert (
        "Pictures with tree were approved at 50 % in the middle case (from 30 approvals;"
        in chart.says
    )
    assert "certainty it lies at 50 %)." in chart.says
    assert "The project’s 50 % lies within every interval." in chart.says
    assert "1 class has too few approvals to say." in chart.says
    away = chart_recommendations(approved, COLOURS | {"sign": "#000000"}, 75)
    assert "The project’s 75 % lies outside the interval of tree and road." in away.says
    assert {row[0]: row[4] for row in chart.rows} == {"road": 9, "tree": 30, "sign": 2}
