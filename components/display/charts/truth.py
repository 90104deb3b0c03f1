"""Answers against truth masks: classes, and what was taken for what."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

import numpy as np

from components.display.charts.chart import Chart
from components.display.charts.grid import draw_grid
from components.display.charts.look import (
    MOST_ROWS,
    OUTLINE,
    QUARTERS,
    ROW_HEIGHT,
    count,
    frame,
    list_rows,
    make_plain,
    say_left_out,
    say_percent,
)
from components.model.insights import Pick, TruthTotals
from components.model.scores import Scores, normalise_confusion, score_confusion

_MOST_CELLS = 24


def score(totals: TruthTotals) -> Scores:
    """All scores over the pictures with a truth mask."""
    return score_confusion(totals.confusion)


def find_boundary_iou(totals: TruthTotals, name: str) -> float | None:
    """Boundary IoU of a class; None where it has no border anywhere."""
    inter, union = totals.boundary.get(name, (0, 0))
    return inter / union if union else None


def chart_classes(totals: TruthTotals, colours: Mapping[str, str]) -> Chart:
    """Bars of IoU, one a class; the table has precision, recall, F1 and boundary IoU too.

    Args:
        totals: of at least one picture.
        colours: "#rrggbb" by class name.
    """
    from plotly.graph_objects import Bar, Figure, Scatter

    scores = score(totals)
    by_name = dict(zip(totals.names, scores.classes, strict=True))
    ordered = sorted(
        totals.names, key=lambda name: (by_name[name].iou is None, -(by_name[name].iou or 0), name)
    )
    drawn = [name for name in ordered if by_name[name].iou is not None][:MOST_ROWS]
    ious = [by_name[name].iou or 0.0 for name in drawn]
    borders = [find_boundary_iou(totals, name) for name in drawn]
    places = list(range(len(drawn)))
    figure = Figure(
        [
            Bar(
                x=[iou * 100 for iou in ious],
                y=places,
                orientation="h",
                name="IoU",
                marker={
                    "color": [colours[name] for name in drawn],
                    "line": {"color": OUTLINE, "width": 1},
                    "cornerradius": 4,
                },
                text=[
                    # Beside the diamond, not beneath it.
                    ("" if border is None or not -1 < 100 * (border - iou) < 9 else "\u2003\u2002")
                    + say_percent(iou)
                    for iou, border in zip(ious, borders, strict=True)
                ],
                textposition="outside",
                cliponaxis=False,
                customdata=[
                    [f"{make_plain(name, 48)}: IoU {say_percent(iou)}", place]
                    for place, (name, iou) in enumerate(zip(drawn, ious, strict=True))
                ],
                hovertemplate="%{customdata[0]}<extra></extra>",
            ),
            Scatter(
                x=[None if border is None else border * 100 for border in borders],
                y=places,
                mode="markers",
                name="boundary IoU",
                marker={
                    "symbol": "diamond",
                    "size": 11,
                    "color": "#ffffff",
                    "line": {"color": "#1c2027", "width": 1.6},
                },
                customdata=[
                    [f"{make_plain(name, 48)}: boundary IoU {say_percent(border)}", -1]
                    for name, border in zip(drawn, borders, strict=True)
                ],
                hovertemplate="%{customdata[0]}<extra></extra>",
            ),
        ]
    )
    frame(
        figure,
        height=82 + ROW_HEIGHT * max(len(drawn), 1),
        x={
            "range": [0, 112],
            "showgrid": True,
            **QUARTERS,
        },
        y=list_rows(drawn),
        bargap=0.35,
        # Room for the number beside a bar that is full, also on a phone.
        margin={"l": 8, "r": 60, "t": 34, "b": 28},
        hovermode="closest",
    )
    columns = (
        "Class", "IoU", "Precision", "Recall", "F1", "Boundary IoU", "True pixels",
        "Answered pixels",
    )  # fmt: skip
    rows = tuple(
        (
            name,
            one.iou,
            one.precision,
            one.recall,
            one.f1,
            find_boundary_iou(totals, name),
            one.truth_pixels,
            one.answer_pixels,
        )
        for name, one in ((name, by_name[name]) for name in ordered)
    )
    says = f"Over {count(totals.items, 'picture')} with a truth mask"
    scored = [name for name in ordered if by_name[name].iou is not None]
    if scored:
        says += (
            f": mean IoU {say_percent(scores.mean_iou)} over {len(scored)} "
            f"{'class' if len(scored) == 1 else 'classes'}. Best found is {scored[0]} "
            f"({say_percent(by_name[scored[0]].iou)})"
        )
        if len(scored) > 1:
            says += f", worst {scored[-1]} ({say_percent(by_name[scored[-1]].iou)})"
    says += ". The bar is IoU, the diamond boundary IoU."
    opens = tuple(Pick("together", class_name=name, other=name) for name in drawn)
    return Chart(figure, columns, rows, says + say_left_out(len(drawn), len(ordered)), opens)


def chart_confusion(totals: TruthTotals, kind: Literal["counts", "normalised"]) -> Chart:
    """The confusion matrix: rows are what is true, columns what was answered.

    Args:
        totals: of at least one picture.
        kind: pixels, or each row as shares of what is true.
    """
    sums = totals.confusion.sum(axis=1) + totals.confusion.sum(axis=0)
    order = sorted(range(len(totals.names)), key=lambda at: (-int(sums[at]), totals.names[at]))
    order = [at for at in order if sums[at]]
    names = [totals.names[at] for at in order]
    pixels = totals.confusion[np.ix_(order, order)]
    shares = normalise_confusion(pixels)
    size = min(len(names), _MOST_CELLS)

    def write(row: int, column: int) -> str:
        if kind == "counts":
            return _shorten(int(pixels[row, column]))
        share = shares[row, column]
        return "–" if np.isnan(share) else f"{share * 100:.1f}"

    def tell(row: int, column: int) -> str:
        share = shares[row, column]
        return (
            f"{make_plain(names[row], 40)} answered as {make_plain(names[column], 40)}:<br>"
            f"{int(pixels[row, column]):,} pixels, "
            f"{say_percent(None if np.isnan(share) else float(share))} of what is "
            f"{make_plain(names[row], 40)}"
        )

    values = np.sqrt(pixels) if kind == "counts" else np.nan_to_num(shares)
    figure = draw_grid(
        names[:size],
        names[:size],
        values[:size, :size].tolist(),
        texts=[[write(row, column) for column in range(size)] for row in range(size)],
        hovers=[[tell(row, column) for column in range(size)] for row in range(size)],
        keys=[
            [
                row * size + column if row != column and pixels[row, column] else -1
                for column in range(size)
            ]
            for row in range(size)
        ],
        top=None if kind == "counts" else 1.0,
        x_title="answered",
        y_title="true",
    )
    opens = tuple(
        Pick("confused", class_name=row, other=column)
        for row in names[:size]
        for column in names[:size]
    )
    cells: np.ndarray[tuple[int, ...], np.dtype[np.generic]] = (
        pixels if kind == "counts" else shares * 100
    )
    rows = tuple(
        (name, *(None if np.isnan(cell) else cell.item() for cell in cells[at]))
        for at, name in enumerate(names)
    )
    return Chart(
        figure, ("True class", *names), rows,
        _say_confusion(names, pixels) + say_left_out(size, len(names)), opens,
    )  # fmt: skip


def _say_confusion(
    names: list[str], pixels: np.ndarray[tuple[int, ...], np.dtype[np.int64]]
) -> str:
    total = int(pixels.sum())
    if not total:
        return ""
    right = int(pixels.diagonal().sum())
    says = f"{say_percent(right / total)} of {total:,} pixels have the right class."
    wrong = pixels.copy()
    np.fill_diagonal(wrong, 0)
    if not wrong.any():
        return says + " No class was taken for another."
    row, column = (int(at) for at in np.unravel_index(int(wrong.argmax()), wrong.shape))
    mistakes = int(wrong[row, column])
    return (
        f"{says} The most frequent mistake: {names[row]} answered as {names[column]}, "
        f"{mistakes:,} pixels ({say_percent(mistakes / int(wrong.sum()))} of all mistakes)."
    )


def _shorten(number: int) -> str:
    """1,234,567 as "1.2M": cells are narrow."""
    for size, sign in ((1_000_000_000, "G"), (1_000_000, "M"), (1_000, "k")):
        if number >= size:
            short = number / size
            return f"{short:.0f}{sign}" if short >= 99.5 else f"{short:.1f}{sign}"
    return f"{number}"
