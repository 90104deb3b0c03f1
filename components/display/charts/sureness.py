"""How sure the model was: by class, and what each confidence would show."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from components.display.charts.chart import Chart
from components.display.charts.look import (
    ACCENT,
    LEGEND,
    OUTLINE,
    QUARTERS,
    ROW_HEIGHT,
    count,
    frame,
    list_rows,
    make_plain,
    say_left_out,
    say_percent,
    tint,
)
from components.model.insights import CONFIDENCES, ApprovedAt, Counts, Curves, Pick
from components.model.thresholds import Recommendation, recommend_threshold, sum_kept

_STEP: Final = 5
_MOST_RIDGES: Final = 16
_MOST_LINES: Final = 12
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
    _mark(figure, confidence)
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
        y={"rangemode": "tozero", "tickformat": ",d", "nticks": 4},
        bargap=0.1,
    )
    _mark(figure, confidence)
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
                    f"{count(known[name].approvals, 'approved picture')}",
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
    _mark(figure, confidence)
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
            f"(from {first.approvals:,}; with {(first.level or 0) * 100:.0f} % certainty it lies "
            f"{_tell_range(first)}). "
        )
        says += (
            f"The project’s {confidence} % lies outside the interval of {_list_names(apart)}."
            if apart
            else f"The project’s {confidence} % lies within every interval."
        )
    few = len(found) - len(known)
    if few:
        says += (
            f" {few} {'class has' if few == 1 else 'classes have'} too few approved pictures to "
            "say."
        )
    rows = tuple(
        (name, one.threshold, one.low, one.high, one.approvals, one.reason)
        for name, one in found.items()
    )
    columns = ("Class", "Recommended %", "From %", "To %", "Approved pictures", "Why none")
    opens = tuple(Pick("together", class_name=name, other=name) for name in names)
    return Chart(figure, columns, rows, says.strip(), opens)


def _tell_range(found: Recommendation) -> str:
    return f"at {found.low} %" if found.low == found.high else f"in {found.low} to {found.high} %"


def _list_names(names: Sequence[str]) -> str:
    if len(names) > 4:
        return f"{', '.join(names[:3])} and {len(names) - 3} more"
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def _mark(figure: object, confidence: int) -> None:
    """Where the project stands."""
    figure.add_vline(  # type: ignore[attr-defined]
        x=confidence, line={"color": OUTLINE, "width": 1.5, "dash": "dot"}
    )
