"""What each confidence would show: curves of classes, and where they vanish."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import numpy as np
from numpy.typing import NDArray

from components.display.charts.chart import Chart
from components.display.charts.look import (
    ACCENT,
    LEGEND,
    OUTLINE,
    QUARTERS,
    count,
    count_axis,
    frame,
    make_plain,
    mark_confidence,
    say_left_out,
    say_percent,
)
from components.model.insights import CONFIDENCES, Curves, Pick
from components.model.thresholds import sum_kept

_MOST_LINES: Final = 12
_PERCENTS: Final = list(range(CONFIDENCES))


def trace_curves(curves: Curves) -> dict[str, NDArray[np.float64]]:
    """Share of all pixels by class name at 0–100 %: float64 (101,), the largest at 1 % first.

    A background takes what others lose; where there are several, they are one.
    """
    total = max(curves.pixels, 1)
    kept = {
        name: sum_kept(bins) for name, bins in curves.bins.items() if name not in curves.backgrounds
    }
    shares = {
        name: pixels / total
        for name, pixels in sorted(kept.items(), key=lambda one: (-int(one[1][1]), one[0]))
    }
    if curves.backgrounds and curves.pixels:
        rest = 1.0 - sum(shares.values(), np.zeros(CONFIDENCES))
        shares[" / ".join(sorted(curves.backgrounds))] = np.maximum(rest, 0.0)
    return shares


def chart_curves(curves: Curves, colours: Mapping[str, str], confidence: int) -> Chart:
    """Lines: how much of all pictures each class would cover at every confidence.

    Args:
        curves: as the store counted them, of at least one picture.
        colours: "#rrggbb" by class name.
        confidence: the project's, percent 0–100.
    """
    from plotly.graph_objects import Figure, Scatter

    shares = trace_curves(curves)
    names = [name for name in shares if name not in curves.backgrounds and " / " not in name]
    names = names or list(shares)
    drawn = names[:_MOST_LINES]
    figure = Figure()
    for name in drawn:
        percent = [float(share) * 100 for share in shares[name]]
        # Light colours are told from a light ground by what lies beneath.
        figure.add_trace(
            Scatter(
                x=_PERCENTS, y=percent, mode="lines", line={"color": OUTLINE, "width": 4},
                hoverinfo="skip", showlegend=False,
            )
        )  # fmt: skip
        figure.add_trace(
            Scatter(
                x=_PERCENTS,
                y=percent,
                mode="lines",
                name=make_plain(name),
                line={"color": colours.get(name, OUTLINE), "width": 2.2},
                customdata=[[make_plain(name, 48)]] * CONFIDENCES,
                hovertemplate="%{customdata[0]} at %{x} %: %{y:.1f} %<extra></extra>",
            )
        )
    frame(
        figure,
        height=380,
        x={
            "range": [0, 100],
            "showgrid": True,
            **QUARTERS,
        },
        y={"rangemode": "tozero", "ticksuffix": " %", "nticks": 6},
        showlegend=True,
        legend={**LEGEND, "itemwidth": 30},
        margin={"l": 8, "r": 16, "t": 64, "b": 28},
        hovermode="closest",
    )
    mark_confidence(figure, confidence)
    rows = tuple(
        (name, percent, float(shares[name][percent]) * 100)
        for name in shares
        for percent in _PERCENTS
    )
    says = ""
    if drawn:
        low, high = max(confidence - 10, 0), min(confidence + 10, 100)
        # What one step of the slider to either side would change is what one asks this chart.
        moved = {name: float(shares[name][low] - shares[name][high]) for name in names}
        most = max(moved, key=lambda name: (moved[name], name))
        says = (
            f"At the project’s {confidence} %, {drawn[0]} covers "
            f"{say_percent(float(shares[drawn[0]][confidence]))} of all pixels. From {low} to "
            f"{high} %, {most} changes most: from {say_percent(float(shares[most][low]))} to "
            f"{say_percent(float(shares[most][high]))}."
        )
    says += f" Counted over {count(curves.with_confidence, 'picture')}"
    if curves.without_confidence:
        says += f"; {curves.without_confidence:,} have no confidence mask to cut"
    return Chart(
        figure, ("Class", "Confidence %", "Share of all pixels %"), rows,
        f"{says}.{say_left_out(len(drawn), len(names))}".strip(),
    )  # fmt: skip


def chart_flips(curves: Curves, confidence: int) -> Chart:
    """Bars: at which confidence classes vanish from pictures; a click opens these pictures.

    Args:
        curves: as the store counted them.
        confidence: the project's, percent 0–100.
    """
    from plotly.graph_objects import Bar, Figure

    flips = [int(number) for number in curves.flips]
    figure = Figure(
        Bar(
            x=_PERCENTS,
            y=flips,
            width=0.9,
            marker={"color": ACCENT, "line": {"width": 0}},
            customdata=[
                [f"between {percent - 1} and {percent} %", percent if flips[percent] else -1]
                for percent in _PERCENTS
            ],
            hovertemplate="%{y:,} vanish %{customdata[0]}<extra></extra>",
        )
    )
    frame(
        figure,
        height=250,
        x={"range": [-1, 101], **QUARTERS},
        y=count_axis(max(flips, default=0), 4),
        bargap=0.1,
    )
    mark_confidence(figure, confidence)
    total = sum(flips)
    says = ""
    if total:
        low, high = max(confidence - 5, 1), min(confidence + 5, 100)
        near = sum(flips[low + 1 : high + 1])
        most = max(range(CONFIDENCES), key=lambda percent: (flips[percent], -percent))
        says = (
            f"{count(total, 'flip')}: so often a class is in a picture at one confidence and gone "
            f"1 % further. {near:,} of them lie between {low} and {high} %, around the project’s "
            f"{confidence} %; the most, {flips[most]:,}, at {most} %."
        )
    names = sorted(curves.flips_by_class)
    rows = tuple(
        (percent, flips[percent], *(int(curves.flips_by_class[name][percent]) for name in names))
        for percent in _PERCENTS
    )
    opens = tuple(Pick("vanishing", confidence=percent) for percent in _PERCENTS)
    return Chart(figure, ("Confidence %", "All classes", *names), rows, says, opens)
