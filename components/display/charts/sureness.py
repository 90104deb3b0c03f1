"""How sure the model was of each class, and the confidence to cut it at."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from components.display.charts.chart import Chart
from components.display.charts.look import (
    OUTLINE,
    QUARTERS,
    ROW_HEIGHT,
    count,
    frame,
    list_rows,
    make_plain,
    mark_confidence,
    say_left_out,
    say_percent,
    tint,
)
from components.model.insights import CONFIDENCES, ApprovedAt, Counts, Pick
from components.model.thresholds import Recommendation, recommend_threshold

_STEP: Final = 5
_MOST_RIDGES: Final = 16
_PERCENTS: Final = list(range(CONFIDENCES))


def chart_confidences(bins: Mapping[str, Counts], colours: Mapping[str, str]) -> Chart:
    """How sure the model was of each class's pixels: one hill a class, each of the same area.

    Args:
        bins: int64 (101,) by class name: pixels by whole percent of confidence; not all empty.
        colours: "#rrggbb" by class name.
    """
    from plotly.graph_objects import Figure, Scatter

    filled = {name: counts for name, counts in bins.items() if counts.sum()}
    medians = {name: _find_median(counts) for name, counts in filled.items()}
    # The least sure on top: it is what one looks for.
    names = sorted(filled, key=lambda name: (medians[name], name))
    drawn = names[:_MOST_RIDGES]
    heights = {name: _sum_steps(filled[name]) for name in drawn}
    top = max((float(shares.max()) for shares in heights.values()), default=1.0)
    middles = [min(at + _STEP / 2, 100.0) for at in range(0, CONFIDENCES - 1, _STEP)]
    figure = Figure()
    for place, name in enumerate(drawn):
        shares = heights[name]
        rise = [place + 0.4 - 0.82 * float(share) / top for share in shares]
        ground = place + 0.4
        figure.add_trace(
            Scatter(
                x=[0, *middles, 100, 0],
                y=[ground, *rise, ground, ground],
                mode="lines",
                line={"color": OUTLINE, "width": 1.2, "shape": "linear"},
                fill="toself",
                fillcolor=tint(colours[name], 0.8),
                hoverinfo="skip",
            )
        )
        figure.add_trace(
            Scatter(
                x=middles,
                y=[place + 0.15] * len(middles),
                mode="markers",
                marker={"size": 14, "color": OUTLINE, "opacity": 0},
                customdata=[
                    [
                        f"{make_plain(name, 48)}: {say_percent(float(share))} of its pixels are "
                        f"{at} to {min(at + _STEP, 100)} % sure",
                        place,
                    ]
                    for share, at in zip(shares, range(0, 100, _STEP), strict=True)
                ],
                hovertemplate="%{customdata[0]}<extra></extra>",
            )
        )
    frame(
        figure,
        height=90 + (ROW_HEIGHT + 8) * max(len(drawn), 1),
        x={
            "range": [0, 100],
            "showgrid": True,
            **QUARTERS,
        },
        y={**list_rows(drawn), "range": [len(drawn) - 0.4, -0.55]},
        hovermode="closest",
    )
    says = ""
    if names:
        first, last = names[0], names[-1]
        below = filled[first][:50].sum() / filled[first].sum()
        says = (
            f"Half of {first}’s pixels are at most {medians[first]} % sure, the lowest of "
            f"{len(names)} classes; {say_percent(float(below))} of them are below 50 %."
        )
        if last != first:
            says += (
                f" The model is surest of {last}: half of its pixels are above {medians[last]} %."
            )
    rows = tuple(
        (name, percent, int(filled[name][percent])) for name in names for percent in _PERCENTS
    )
    return Chart(
        figure,
        ("Class", "Confidence %", "Pixels"),
        rows,
        says + say_left_out(len(drawn), len(names)),
        tuple(Pick("together", class_name=name, other=name) for name in drawn),
    )


def _find_median(counts: Counts) -> int:
    """The lowest whole percent that half of the pixels are at or below."""
    return int(np.searchsorted(np.cumsum(counts), (int(counts.sum()) + 1) // 2))


def _sum_steps(counts: Counts) -> NDArray[np.float64]:
    """Shares of the pixels by steps of 5 %; the last one has 100 % too."""
    steps = np.add.reduceat(counts[: CONFIDENCES - 1], range(0, CONFIDENCES - 1, _STEP))
    steps[-1] += counts[CONFIDENCES - 1]
    shares: NDArray[np.float64] = steps / counts.sum()
    return shares


def recommend(approved: Sequence[ApprovedAt]) -> dict[str, Recommendation]:
    """The recommended threshold of each class, by name."""
    by_class: dict[str, list[tuple[int, int]]] = {}
    for one in approved:
        by_class.setdefault(one.class_name, []).append((one.confidence, one.n))
    return {name: recommend_threshold(pairs) for name, pairs in sorted(by_class.items())}


def chart_recommendations(
    approved: Sequence[ApprovedAt], colours: Mapping[str, str], confidence: int
) -> Chart:
    """A point and its interval for each class: the confidence to cut at.

    Args:
        approved: as the store counted them; at least one class has enough.
        colours: "#rrggbb" by class name.
        confidence: the project's, percent 0–100.
    """
    from plotly.graph_objects import Figure, Scatter

    found = recommend(approved)
    known = {name: one for name, one in found.items() if one.threshold is not None}
    names = sorted(known, key=lambda name: (-known[name].approvals, name))
    thresholds = [known[name].threshold or 0 for name in names]
    lows = [known[name].low or 0 for name in names]
    highs = [known[name].high or 0 for name in names]
    places = list(range(len(names)))
    figure = Figure(
        Scatter(
            x=thresholds,
            y=places,
            mode="markers",
            error_x={
                "type": "data",
                "symmetric": False,
                "array": [high - at for high, at in zip(highs, thresholds, strict=True)],
                "arrayminus": [at - low for low, at in zip(lows, thresholds, strict=True)],
                "color": OUTLINE,
                "thickness": 2.5,
                "width": 5,
            },
            marker={
                "size": 13,
                "color": [colours[name] for name in names],
                "line": {"color": OUTLINE, "width": 1.4},
            },
            customdata=[
                [
                    f"{make_plain(name, 48)}: {at} %, {low} to {high} %<br>"
                    f"{count(known[name].approvals, 'approval')}",
                    place,
                ]
                for place, name, at, low, high in zip(
                    places, names, thresholds, lows, highs, strict=True
                )
            ],
            hovertemplate="%{customdata[0]}<extra></extra>",
        )
    )
    frame(
        figure,
        height=90 + ROW_HEIGHT * max(len(names), 1),
        x={
            "range": [-2, 102],
            "showgrid": True,
            **QUARTERS,
        },
        y=list_rows(names),
        hovermode="closest",
    )
    mark_confidence(figure, confidence)
    apart = [
        name
        for name, low, high in zip(names, lows, highs, strict=True)
        if not low <= confidence <= high
    ]
    says = ""
    if names:
        first = known[names[0]]
        says = (
            f"Pictures with {names[0]} were approved at {first.threshold} % in the middle case "
            f"(from {first.approvals:,} approvals; with {(first.level or 0) * 100:.0f} % certainty "
            f"it lies {_tell_range(first)}). "
        )
        says += (
            f"The project’s {confidence} % lies outside the interval of {_list_names(apart)}."
            if apart
            else f"The project’s {confidence} % lies within every interval."
        )
    few = len(found) - len(known)
    if few:
        says += f" {few} {'class has' if few == 1 else 'classes have'} too few approvals to say."
    rows = tuple(
        (name, one.threshold, one.low, one.high, one.approvals, one.reason)
        for name, one in found.items()
    )
    columns = ("Class", "Recommended %", "From %", "To %", "Approvals", "Why none")
    opens = tuple(Pick("together", class_name=name, other=name) for name in names)
    return Chart(figure, columns, rows, says.strip(), opens)


def _tell_range(found: Recommendation) -> str:
    return f"at {found.low} %" if found.low == found.high else f"in {found.low} to {found.high} %"


def _list_names(names: Sequence[str]) -> str:
    if len(names) > 4:
        return f"{', '.join(names[:3])} and {len(names) - 3} more"
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
