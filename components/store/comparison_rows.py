"""Comparisons between rows and the domain's values."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

from sqlalchemy import Connection, RowMapping, select

from components.errors import Conflict
from components.model.comparison import Comparison, ItemChange, Pair, Side, SideErrors
from components.store.rows import clean_text, pack
from components.store.schema import comparisons

LONGEST_PROBLEM: Final = 500
"""Signs in why a picture, or all of them, cannot be compared."""

OWN: Final = tuple(column for column in comparisons.c if column.name != "title")
"""What `make_comparison` reads; what it came to may be long."""

UNREAD: Final = '"errors":null'
"""What `pack_row` writes of a truth mask that could not be read."""


def make_comparison(row: RowMapping) -> Comparison:
    """A row of comparisons."""
    return Comparison(
        row["id"],
        row["project_id"],
        Side(row["a_model"], row["a_confidence"]),
        Side(row["b_model"], row["b_confidence"]),
        row["state"],
        row["problem"],
        row["created_by"],
        row["created_at"],
        row["ended_at"],
    )


def ask_anew(row: Mapping[str, Any]) -> dict[str, Any]:
    """A row of comparisons as it is before anything is counted: what was asked for, by whom."""
    return {**row, "title": "", "state": "running", "problem": "", "ended_at": None}


def load_comparison(connection: Connection, comparison_id: str) -> Comparison:
    """One comparison.

    Raises:
        Conflict: there is none of this id.
    """
    statement = select(*OWN).where(comparisons.c.id == comparison_id)
    row = connection.execute(statement).mappings().first()
    if row is None:
        raise Conflict("There is no such comparison on this desk. Reload the page.")
    return make_comparison(row)


def pack_row(change: ItemChange | str, *, truth_sha256: str, **ids: Any) -> dict[str, Any]:
    """A row of comparison_items.

    Args:
        change: what was found, or why nothing could be.
        truth_sha256: of the truth mask it was found with; "" where there is none.
        ids: of comparison, item and answers, and the item's position.
    """
    if isinstance(change, str):
        nothing = {"changed": None, "pairs": "[]", "truth_a": "", "truth_b": ""}
        return {**ids, **nothing, "problem": clean_text(change)[:LONGEST_PROBLEM]}
    return {
        **ids,
        "changed": change.changed,
        "pairs": pack([[pair.a, pair.b, pair.pixels] for pair in change.pairs]),
        "truth_a": _pack_errors(change, change.truth_a, truth_sha256),
        "truth_b": _pack_errors(change, change.truth_b, truth_sha256),
        "problem": "",
    }


def unpack_pairs(text: str) -> tuple[Pair, ...]:
    """What `pack_row` made of pairs."""
    return tuple(Pair(*fields) for fields in json.loads(text))


def unpack_errors(text: str) -> SideErrors | None:
    """What `pack_row` made of one side's errors; None also where the truth could not be read."""
    if not text or UNREAD in text:
        return None
    fields = json.loads(text)
    errors = {name: (three[0], three[1], three[2]) for name, three in fields["errors"].items()}
    return SideErrors(errors, fields["ignored"])


def _pack_errors(change: ItemChange, found: SideErrors | None, truth_sha256: str) -> str:
    if change.is_truth_unread:
        return pack({"mask": truth_sha256, "errors": None})
    if found is None:
        return ""
    return pack(
        {"mask": truth_sha256, "errors": dict(found.errors), "ignored": dict(found.ignored)}
    )
