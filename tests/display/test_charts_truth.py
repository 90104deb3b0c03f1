"""Truth: figures of scikit-learn on the same pixels, and what is said of them."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import numpy as np
import pytest

from components.display.charts import colour_classes
from components.display.charts.truth import (
    chart_classes,
    chart_confusion,
    find_boundary_iou,
    score,
)
from components.model.insights import Pick, TruthTotals

sklearn: Any = import_module("sklearn.metrics")
NAMES = ("background", "car", "road", "tree<br>", "unseen")
COLOURS = colour_classes([], NAMES)


def draw_pixels() -> tuple[Any, Any]:
    """True and answered class of each pixel; the last class is in neither."""
    lot = np.random.default_rng(8)
    truth = lot.choice(4, 60_000, p=[0.6, 0.05, 0.25, 0.1])
    noise = lot.random(60_000) < 0.2
    return truth, np.where(noise, lot.choice(4, 60_000), truth)


TRUTH, ANSWER = draw_pixels()
TOTALS = TruthTotals(
    NAMES,
    sklearn.confusion_matrix(TRUTH, ANSWER, labels=range(5)).astype(np.int64),
    {"car": (30, 60), "road": (90, 100), "unseen": (0, 0)},
    items=12,
)


def test_figures_are_those_of_scikit_learn() -> None:
    chart = chart_classes(TOTALS, COLOURS)
    labels = list(range(4))
    ious = sklearn.jaccard_score(TRUTH, ANSWER, labels=labels, average=None)
    precision, recall, f1, support = sklearn.precision_recall_fscore_support(
        TRUTH, ANSWER, labels=labels
    )
    rows = {row[0]: row[1:] for row in chart.rows}
    for at, name in enumerate(NAMES[:4]):
        expected = (ious[at], precision[at], recall[at], f1[at])
        assert rows[name][:4] == pytest.approx(expected, abs=1e-9)
        assert rows[name][5] == support[at]
        assert rows[name][6] == int((at == ANSWER).sum())
    assert rows["unseen"][:5] == (None,) * 5
    assert rows["car"][4] == 0.5
    assert rows["tree<br>"][4] is None
    found = score(TOTALS)
    assert found.mean_iou == pytest.approx(float(np.mean(ious)), abs=1e-9)
    assert found.pixel_accuracy == pytest.approx(sklearn.accuracy_score(TRUTH, ANSWER), abs=1e-9)
    weights = np.bincount(TRUTH, minlength=4) / TRUTH.size
    assert found.weighted_iou == pytest.approx(float(weights @ ious), abs=1e-9)
    order = sorted(range(4), key=lambda at: -ious[at])
    bar, marks = chart.figure.data
    assert list(bar.x) == pytest.approx([100 * ious[at] for at in order])
    assert [chart.opens[data[1]] for data in bar.customdata] == [
        Pick("together", class_name=NAMES[at], other=NAMES[at]) for at in order
    ]
    assert [None if x is None else round(x) for x in marks.x] == [
        {"car": 50, "road": 90}.get(NAMES[at]) for at in order
    ]
    best, worst = NAMES[order[0]], NAMES[order[-1]]
    assert chart.says.startswith(
        f"Over 12 pictures with a truth mask: mean IoU {100 * np.mean(ious):.1f} % over 4 classes. "
        f"Best found is {best} ({100 * ious[order[0]]:.1f} %), worst {worst} "
        f"({100 * ious[order[-1]]:.1f} %)."
    )


def test_boundary_iou_is_none_where_there_is_no_border() -> None:
    assert find_boundary_iou(TOTALS, "road") == 0.9
    assert find_boundary_iou(TOTALS, "unseen") is None
    assert find_boundary_iou(TOTALS, "nowhere") is None


def test_the_matrix_in_pixels_and_in_shares_of_what_is_true() -> None:
    pixels = chart_confusion(TOTALS, "counts")
    shares = chart_confusion(TOTALS, "normalised")
    expected = sklearn.confusion_matrix(TRUTH, ANSWER, labels=range(4))
    normal = sklearn.confusion_matrix(TRUTH, ANSWER, labels=range(4), normalize="true")
    names = list(pixels.columns[1:])
    assert "unseen" not in names
    at = [NAMES.index(name) for name in names]
    assert [list(row[1:]) for row in pixels.rows] == expected[np.ix_(at, at)].tolist()
    for row, want in zip(shares.rows, 100 * normal[np.ix_(at, at)], strict=True):
        assert row[1:] == pytest.approx(want)
    np.testing.assert_allclose(shares.figure.data[0].z, normal[np.ix_(at, at)])
    wrong = expected - np.diag(np.diag(expected))
    row, column = np.unravel_index(wrong.argmax(), wrong.shape)
    right = f"{100 * np.trace(expected) / expected.sum():.1f} %"
    assert pixels.says.startswith(f"{right} of 60,000 pixels have the right class.")
    assert (
        f"{NAMES[row]} answered as {NAMES[column]}, {wrong.max():,} pixels "
        f"({100 * wrong.max() / wrong.sum():.1f} % of all mistakes)"
    ) in pixels.says


def test_a_click_beside_the_diagonal_opens_the_mistaken_pictures() -> None:
    chart = chart_confusion(TOTALS, "counts")
    names = chart.columns[1:]
    marks = chart.figure.data[1]
    for x, y, data in zip(marks.x, marks.y, marks.customdata, strict=True):
        if x == y:
            assert data[1] == -1
        else:
            pick = Pick("confused", class_name=names[int(y)], other=names[int(x)])
            assert chart.opens[data[1]] == pick
    assert "<br>" not in "".join(chart.figure.layout.xaxis.ticktext)


def test_a_class_that_is_never_true_has_no_shares() -> None:
    totals = TruthTotals(("a", "b"), np.array([[3, 1], [0, 0]]), {}, items=1)
    chart = chart_confusion(totals, "normalised")
    assert chart.rows[1] == ("b", None, None)
    assert chart.figure.data[0].text[1][0] == "–"
    assert "75.0 % of 4 pixels have the right class." in chart.says
