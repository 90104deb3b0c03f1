"""What every chart is: a figure, its numbers as a table, and a sentence about them."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from components.model.insights import Pick

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

_FORMULA_SIGNS: Final = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, slots=True)
class Chart:
    """One chart.

    Attributes:
        figure: to draw; text and axis colours are left to the page's theme.
        columns: heads of the table.
        rows: all numbers, also those that the figure has no room for.
        says: what it shows, in numbers; plain text.
        opens: what a click on the figure opens: pictures, or one picture by its id. The second of
            a mark's `customdata` is the place in here, or -1 where a click opens nothing.
    """

    figure: Figure = field(repr=False)
    columns: tuple[str, ...]
    rows: tuple[tuple[object, ...], ...]
    says: str
    opens: tuple[Pick | str, ...] = ()


def write_csv(columns: Sequence[str], rows: Sequence[Sequence[object]]) -> bytes:
    """A table as CSV that spreadsheets open as it is meant: UTF-8 with its mark, CRLF.

    Text that a spreadsheet would take for a formula gets an apostrophe before it.
    """
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow([_guard(column) for column in columns])
    writer.writerows([_guard(cell) for cell in row] for row in rows)
    return out.getvalue().encode("utf-8-sig", "replace")


def _guard(cell: object) -> object:
    if isinstance(cell, str) and cell.startswith(_FORMULA_SIGNS):
        return f"'{cell}"
    return "" if cell is None else cell
