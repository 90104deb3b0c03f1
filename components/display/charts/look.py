"""How charts look: one palette with the viewer, the same frame, text that is text."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from components.model.classes import list_classes, make_readable
from components.model.palette_table import COLOURS

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

OUTLINE: Final = "#7d8796"
"""Around marks in a class's colour: at least 3:1 on the light and on the dark ground."""

ACCENT: Final = "#5b7cc4"
"""What belongs to no class."""

MOVE_COLOURS: Final = {
    "approved": "#2e9e6b",
    "needs_fix": "#c0841a",
    "rejected": "#d64545",
    "skipped": "#7d8796",
    "answered": "#3f8fc0",
    "undone": "#8b6fd0",
}
"""Verdicts, each at least 3:1 on the light and on the dark ground."""

MOST_ROWS: Final = 30
"""Classes that a figure draws; tables have all."""

ROW_HEIGHT: Final = 34
_NAME_LENGTH: Final = 22


def make_plain(text: str, length: int = _NAME_LENGTH) -> str:
    """Text for a label: plotly reads a subset of HTML there."""
    readable = make_readable(text)
    short = readable if len(readable) <= length else readable[: length - 1] + "…"
    return short.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def count_axis(most: int, marks: int) -> dict[str, Any]:
    """An axis of whole numbers from 0 on; plotly would mark small ones by halves: "0 0 1 1".

    Args:
        most: the largest number.
        marks: how many stand along it, at most.
    """
    axis = {"rangemode": "tozero", "tickformat": ",d", "nticks": marks}
    return axis | ({"dtick": 1} if most < marks else {})


def colour_classes(
    class_maps: Sequence[Mapping[int, str]],
    names: Iterable[str],
    chosen: Mapping[str, str] | None = None,
) -> dict[str, str]:
    """The viewer's colour of each class, "#rrggbb" by name; no two classes have the same one.

    The viewer colours a picture by the class map of its own answer, so two models may give
    different classes one colour. The class of the earlier class map keeps it; the other one takes
    the next colour of the palette that none has.

    Args:
        class_maps: names by class id, as models gave them; the most used first.
        names: of the classes to colour; those of no class map get a colour of their own.
        chosen: colours that a person chose, by name.
    """
    wished: dict[str, tuple[str, bool]] = {}
    unnamed: dict[str, str] = {}
    for class_map in class_maps:
        for info in list_classes(class_map):
            if info.class_id in class_map or info.is_background:
                wished.setdefault(info.name, (info.colour, info.is_background))
            else:
                unnamed.setdefault(info.name, info.colour)
    wanted = list(names)
    for name in map(make_readable, wanted):
        wished.setdefault(name, (unnamed.get(name, ""), False))
    given: dict[str, str] = {}
    taken: set[str] = set()
    for name, (colour, is_background) in wished.items():
        # Backgrounds are alike wherever they come from.
        if is_background or (colour and colour not in taken):
            given[name] = colour
            taken.add(colour)
    spare = [colour for colour in COLOURS if colour not in taken]
    given.update(zip((name for name in wished if name not in given), spare, strict=False))
    every = {name: given.get(make_readable(name), OUTLINE) for name in (*given, *wanted)}
    return {**every, **(chosen or {})}


def tint(colour: str, alpha: float) -> str:
    """A colour that lets the ground through: "rgba(…)"."""
    red, green, blue = (int(colour[at : at + 2], 16) for at in (1, 3, 5))
    return f"rgba({red},{green},{blue},{alpha:g})"


def scale_tints(colour: str = ACCENT, top: float = 0.6) -> list[list[Any]]:
    """A colour scale from the ground itself to the colour; text of the theme is read on all of it.

    Where the ground shines through, one scale does for light and dark.
    """
    return [[0.0, tint(colour, 0.0)], [0.001, tint(colour, 0.07)], [1.0, tint(colour, top)]]


def frame(
    figure: Figure,
    *,
    height: int,
    x: Mapping[str, Any] | None = None,
    y: Mapping[str, Any] | None = None,
    **layout: Any,
) -> Figure:
    """The same margins, quiet axes and no zooming, which would keep a phone from scrolling."""
    quiet: dict[str, Any] = {"fixedrange": True, "automargin": True, "title": None}
    figure.update_layout(
        height=height,
        # The camera stands above the marks, at the right.
        margin={"l": 8, "r": 16, "t": 34, "b": 28},
        xaxis={**quiet, "showgrid": False, "zeroline": False, **(x or {})},
        yaxis={**quiet, "showgrid": True, "zeroline": False, **(y or {})},
        dragmode=False,
        showlegend=False,
        hoverlabel={"align": "left"},
    )
    figure.update_layout(**layout)
    return figure


def list_rows(names: Iterable[str], *, length: int = _NAME_LENGTH) -> dict[str, Any]:
    """An axis with one row a name, the first on top; names may be alike when shortened."""
    labels = [make_plain(name, length) for name in names]
    return {
        "tickmode": "array",
        "tickvals": list(range(len(labels))),
        "ticktext": labels,
        "range": [len(labels) - 0.5, -0.5],
        "showgrid": False,
    }


QUARTERS: Final[dict[str, Any]] = {
    "tickmode": "array",
    "tickvals": [0, 25, 50, 75, 100],
    "ticktext": ["0 %", "25 %", "50 %", "75 %", "100 %"],
}
"""Ticks of an axis of percents, from nothing to all."""

LEGEND: Final[dict[str, Any]] = {
    "orientation": "h",
    "yanchor": "bottom",
    "y": 1.02,
    "xanchor": "left",
    "x": 0,
    "title": None,
    "itemclick": False,
    "itemdoubleclick": False,
}


def say_percent(share: float | None) -> str:
    """A share 0–1 as percent with one decimal; "–" where there is none."""
    return "–" if share is None else f"{share * 100:.1f} %"


def say_left_out(shown: int, total: int) -> str:
    """That a figure does not draw all classes; "" where it does."""
    if shown >= total:
        return ""
    return f" Drawn are {shown} of {total} classes; the table has all."


def count(number: int, what: str) -> str:
    """ "1 picture", "2,000 pictures"."""
    return f"{number:,} {what}" if number == 1 else f"{number:,} {what}s"


def mark_confidence(figure: Figure, confidence: int) -> None:
    """A dotted line where the project stands, on an axis of percents."""
    figure.add_vline(x=confidence, line={"color": OUTLINE, "width": 1.5, "dash": "dot"})
