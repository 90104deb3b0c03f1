"""A table of numbers in colour, whose cells can be pointed at and clicked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

from components.display.charts.look import ACCENT, frame, list_rows, make_plain, scale_tints

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

_CELL: Final = 34
_LARGEST_TEXT: Final = 16
"""From so many columns on, cells have no room for their number; pointing at one tells it."""


def draw_grid(
    rows: Sequence[str],
    columns: Sequence[str],
    values: Sequence[Sequence[float]],
    *,
    texts: Sequence[Sequence[str]],
    hovers: Sequence[Sequence[str]],
    keys: Sequence[Sequence[Any]] | None = None,
    top: float | None = None,
    x_title: str = "",
    y_title: str = "",
    colour: str = ACCENT,
) -> Figure:
    """Draw it.

    Args:
        rows: names of rows, from the top.
        columns: names of columns, from the left.
        values: what decides the colour, a list a row.
        texts: what stands in the cells.
        hovers: what is told of a cell pointed at; markup of names already made plain.
        keys: what a click on a cell gives as `customdata`; None where cells are not clicked.
        top: the value of the fullest colour; None for the largest there is.
        x_title, y_title: what columns and rows are.
        colour: "#rrggbb" of the fullest cell.
    """
    from plotly.graph_objects import Figure, Heatmap, Scatter

    largest = max((value for row in values for value in row), default=0) if top is None else top
    has_room = len(columns) <= _LARGEST_TEXT
    places = [(row, column) for row in range(len(rows)) for column in range(len(columns))]
    figure = Figure(
        [
            Heatmap(
                z=[list(row) for row in values],
                x=list(range(len(columns))),
                y=list(range(len(rows))),
                text=[list(row) for row in texts],
                texttemplate="%{text}" if has_room else "",
                colorscale=scale_tints(colour),
                zmin=0,
                zmax=max(largest, 1e-9),
                xgap=2,
                ygap=2,
                showscale=False,
                hoverinfo="skip",
            ),
            # Cells of a heat map are not told of a click; unseen marks at their middles are.
            Scatter(
                x=[column for _, column in places],
                y=[row for row, _ in places],
                mode="markers",
                marker={"symbol": "square", "size": 24, "color": colour, "opacity": 0},
                selected={"marker": {"opacity": 0}},
                unselected={"marker": {"opacity": 0}},
                customdata=[
                    [hovers[row][column], None if keys is None else keys[row][column]]
                    for row, column in places
                ],
                hovertemplate="%{customdata[0]}<extra></extra>",
            ),
        ]
    )
    slanted = len(columns) > 6 or sum(min(len(name), 16) for name in columns) > 26
    frame(
        figure,
        height=max(180, 60 + _CELL * max(len(rows), 1) + (70 if slanted else 0)),
        x={
            "tickmode": "array",
            "tickvals": list(range(len(columns))),
            "ticktext": [make_plain(name, 16) for name in columns],
            "range": [-0.5, len(columns) - 0.5],
            "side": "top",
            "tickangle": -40 if slanted else 0,
            "title": x_title or None,
            "showgrid": False,
        },
        y={**list_rows(rows), "title": y_title or None},
        margin={"l": 8, "r": 44, "t": 8, "b": 8},
        hovermode="closest",
        hoverdistance=60,
    )
    return figure
