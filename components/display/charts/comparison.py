"""Two answers side by side: what became of which class, and which is nearer the truth."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from components.display.charts.chart import Chart
from components.display.charts.comparison_words import (
    MOST_PAIRS,
    say_fine,
    say_gain,
    say_gains,
    say_interval,
    say_pairs,
    sort_gains,
)
from components.display.charts.look import (
    MOST_ROWS,
    OUTLINE,
    ROW_HEIGHT,
    count,
    frame,
    list_rows,
    make_plain,
    say_left_out,
)
from components.model.classes import BACKGROUND_COLOUR, is_background_name
from components.model.comparison_summary import ClassGain, Gains, Summary

_NAME_LENGTH: Final = 15


def chart_pairs(summary: Summary, colours: Mapping[str, str]) -> Chart:
    """Bars of what became of which class, the largest on top, in the colour of what it became.

    What became background is striped in the colour of what it was. The second of a bar's
    `customdata` is its place in `summary.pairs`.

    Args:
        summary: with at least one pair.
        colours: "#rrggbb" by class name.
    """
    from plotly.graph_objects import Bar, Figure

    drawn = summary.pairs[:MOST_PAIRS]
    top = max(pair.share for pair in drawn) * 100
    figure = Figure(
        Bar(
            x=[pair.share * 100 for pair in drawn],
            y=list(range(len(drawn))),
            orientation="h",
            marker={
                # What is marked no more is striped in its own colour, as between the panes.
                "color": [
                    find_colour(pair.a if is_background_name(pair.b) else pair.b, colours)
                    for pair in drawn
                ],
                "pattern": {
                    "shape": ["/" if is_background_name(pair.b) else "" for pair in drawn],
                    "fillmode": "overlay",
                    "fgcolor": OUTLINE,
                    "size": 7,
                    "solidity": 0.25,
                },
                "line": {"color": OUTLINE, "width": 1},
                "cornerradius": 4,
            },
            text=[say_fine(pair.share) for pair in drawn],
            textposition="outside",
            cliponaxis=False,
            customdata=[
                [
                    f"{make_plain(pair.a, 60)} became {make_plain(pair.b, 60)}: "
                    f"{pair.pixels:,} pixels in {count(pair.items, 'picture')}",
                    place,
                ]
                for place, pair in enumerate(drawn)
            ],
            hovertemplate="%{customdata[0]}<extra></extra>",
        )
    )
    labels = [
        f"{make_plain(pair.a, _NAME_LENGTH)} → {make_plain(pair.b, _NAME_LENGTH)}" for pair in drawn
    ]
    frame(
        figure,
        height=56 + ROW_HEIGHT * max(len(drawn), 1),
        x={"ticksuffix": " %", "range": [0, top * 1.25], "showgrid": True, "nticks": 5},
        y={**list_rows([""] * len(drawn)), "ticktext": labels},
        bargap=0.35,
    )
    rows = tuple(
        (pair.a, pair.b, pair.pixels, pair.share * 100, pair.items) for pair in summary.pairs
    )
    return Chart(
        figure,
        ("Class in A", "Class in B", "Pixels", "Share of all pixels %", "Pictures"),
        rows,
        say_pairs(summary),
    )


def chart_gains(gains: Gains, colours: Mapping[str, str]) -> Chart:
    """The difference of IoU by class with its interval, to the right where B is better.

    The second of a point's `customdata` is its place in `sort_gains(gains)`.

    Args:
        gains: of at least one class with a difference.
        colours: "#rrggbb" by class name.
    """
    from plotly.graph_objects import Figure, Scatter

    known = sort_gains(gains)
    drawn = known[:MOST_ROWS]
    points = [gain.difference.difference * 100 for gain in drawn if gain.difference]
    ends = [
        (gain.difference.high * 100, gain.difference.low * 100)
        if gain.difference and gain.is_telling
        else (point, point)
        for gain, point in zip(drawn, points, strict=True)
    ]
    reach = max([1.0, *(abs(end) for pair in ends for end in pair), *map(abs, points)]) * 1.12
    figure = Figure(
        Scatter(
            x=points,
            y=list(range(len(drawn))),
            mode="markers",
            marker={
                "size": 13,
                "color": [find_colour(gain.name, colours) for gain in drawn],
                "line": {"color": OUTLINE, "width": 1.5},
                # Hollow where nothing can be told, so that it is not colour alone that says so.
                "symbol": ["circle" if gain.better else "circle-open" for gain in drawn],
            },
            error_x={
                "type": "data",
                "symmetric": False,
                "array": [high - at for (high, _), at in zip(ends, points, strict=True)],
                "arrayminus": [at - low for (_, low), at in zip(ends, points, strict=True)],
                "color": OUTLINE,
                "thickness": 2,
                "width": 5,
            },
            customdata=[
                [f"{make_plain(gain.name, 60)}: {say_gain(gain)}", place]
                for place, gain in enumerate(drawn)
            ],
            hovertemplate="%{customdata[0]}<extra></extra>",
        )
    )
    for place, gain in enumerate(drawn):
        figure.add_annotation(
            text=say_interval(gain),
            xref="paper",
            x=1,
            xanchor="left",
            xshift=6,
            y=place,
            showarrow=False,
            align="left",
        )
    figure.add_vline(x=0, line={"color": OUTLINE, "width": 1.5, "dash": "dot"})
    frame(
        figure,
        height=110 + ROW_HEIGHT * max(len(drawn), 1),
        x={
            "range": [-reach, reach],
            "showgrid": True,
            "nticks": 7,
            "tickformat": "~g",
            "title": {"text": "← A better · points of IoU · B better →", "font": {"size": 12}},
        },
        y=list_rows([gain.name for gain in drawn]),
        margin={"l": 8, "r": 124, "t": 34, "b": 28},
    )
    rows = tuple(tabulate_gain(gain) for gain in gains.classes)
    return Chart(
        figure,
        GAIN_COLUMNS,
        rows,
        say_gains(gains) + say_left_out(len(drawn), len(known)),
    )


GAIN_COLUMNS: Final = (
    "Class",
    "IoU of A %",
    "IoU of B %",
    "Difference, points",
    "From",
    "To",
    "Better",
    "Pictures",
)


def tabulate_gain(gain: ClassGain) -> tuple[object, ...]:
    """One class's row under GAIN_COLUMNS; nothing where nothing can be said."""
    found = gain.difference
    if found is None:
        word = "too little to tell" if gain.true_pixels else "not in the truth"
        return (gain.name, None, None, None, None, None, word, gain.items)
    values: tuple[float | None, ...] = tuple(
        round(value * 100, 3)
        for value in (found.a, found.b, found.difference, found.low, found.high)
    )
    if not gain.is_telling:
        values = (*values[:3], None, None)
    word = {"a": "A", "b": "B", "": "cannot be told"}[gain.better]
    if not gain.is_telling:
        word = "too little to tell" if gain.true_pixels else "not in the truth"
    return (gain.name, *values, word, gain.items)


def find_colour(name: str, colours: Mapping[str, str]) -> str:
    """The colour of a class, the background's own for the background."""
    return BACKGROUND_COLOUR if is_background_name(name) else colours.get(name, OUTLINE)
