"""The area table and the area chart."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from components.model.areas import Area

if TYPE_CHECKING:
    import pandas as pd
    from plotly.graph_objects import Figure


def tabulate_areas(areas: Sequence[Area]) -> pd.DataFrame:
    """One row a class: Class (text), Pixels (int64), Share (percent, float64), in given order."""
    # Slow to import; the picture is on screen before it is needed.
    import pandas as pd

    return pd.DataFrame(
        {
            "Class": pd.Series([area.info.name for area in areas], dtype=object),
            "Pixels": pd.Series([area.pixels for area in areas], dtype="int64"),
            "Share": pd.Series([area.share * 100 for area in areas], dtype="float64"),
        }
    )


def draw_areas(areas: Sequence[Area]) -> Figure:
    """Horizontal bars, one a class in its own colour, the largest on top, share in percent.

    Text and axis colours are left to the page's theme.
    """
    # Plotly is slow to import and nothing above the fold needs it.
    from plotly.graph_objects import Bar, Figure

    names = [_plain(area.info.name, 24) for area in areas]
    shares = [area.share * 100 for area in areas]
    figure = Figure(
        Bar(
            x=shares,
            y=[str(area.info.class_id) for area in areas],
            orientation="h",
            marker={"color": [area.info.colour for area in areas], "cornerradius": 4},
            text=[format_share(area.share) for area in areas],
            textposition="outside",
            cliponaxis=False,
            customdata=[[_plain(area.info.name, 80), f"{area.pixels:,}"] for area in areas],
            hovertemplate="%{customdata[0]}: %{text} · %{customdata[1]} pixels<extra></extra>",
        )
    )
    figure.update_layout(
        height=56 + 34 * max(len(areas), 1),
        margin={"l": 8, "r": 56, "t": 8, "b": 28},
        bargap=0.35,
        xaxis={
            "title": None,
            "ticksuffix": " %",
            "rangemode": "tozero",
            "fixedrange": True,
            "nticks": 6,
            "showgrid": True,
        },
        yaxis={
            "type": "category",
            "autorange": "reversed",
            "tickmode": "array",
            "tickvals": [str(area.info.class_id) for area in areas],
            "ticktext": names,
            "fixedrange": True,
            "automargin": True,
            "showgrid": False,
        },
        showlegend=False,
        dragmode=False,
    )
    return figure


def format_share(share: float) -> str:
    """A share 0–1 as percent with one decimal; what is there but rounds to nothing is "< 0.1 %"."""
    if 0 < share < 0.0005:
        return "< 0.1 %"
    # Halves up, as browsers round in the legend; Python's format rounds them to even.
    return f"{math.floor(share * 1000 + 0.5) / 10:.1f} %"


def _plain(name: str, length: int) -> str:
    # Plotly reads a subset of HTML in labels; a class name is text.
    short = name if len(name) <= length else name[: length - 1] + "…"
    return short.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
