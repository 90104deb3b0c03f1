"""The pictures that a mark of a comparison's charts is about, to be looked at one after another."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, select

from components.model.classes import fold_name
from components.model.comparison import Errors
from components.model.insights import Slice
from components.model.selection import MOST_SELECTED
from components.store.comparison_lists import WHOLE
from components.store.comparison_rows import load_comparison, unpack_errors, unpack_pairs
from components.store.database import Database
from components.store.insights.slicing import Scope
from components.store.rows import clean_text
from components.store.schema import comparison_items

_NOTHING = (0, 0, 0)


def list_became(
    db: Database,
    comparison_id: str,
    a: str,
    b: str,
    wanted: Slice = WHOLE,
    *,
    limit: int = MOST_SELECTED,
) -> list[str]:
    """Ids of the pictures in which something of one class became another, most pixels first.

    Args:
        db: where.
        comparison_id: which.
        a, b: names of the class in A and in B, in any spelling of theirs.
        wanted: which of the pictures compared.
        limit: at most so many.

    Raises:
        Conflict: there is no such comparison, or a slice that cannot be.
        StoreUnavailable: the database cannot be reached now.
    """
    fold = lru_cache(None)(fold_name)
    names = fold(a), fold(b)

    def rank(pairs: str) -> tuple[float, ...] | None:
        pixels = sum(
            pair.pixels for pair in unpack_pairs(pairs) if (fold(pair.a), fold(pair.b)) == names
        )
        return (-pixels,) if pixels else None

    with db.read() as connection:
        columns = (comparison_items.c.pairs,)
        is_changed = comparison_items.c.changed > 0
        return _rank(connection, comparison_id, wanted, columns, is_changed, rank)[:limit]


def list_gained(
    db: Database,
    comparison_id: str,
    class_name: str,
    wanted: Slice = WHOLE,
    *,
    limit: int = MOST_SELECTED,
) -> list[str]:
    """Ids of the pictures with a class by how much the two IoUs of it differ, the most first.

    A class that is neither in the truth nor in one of the answers has no IoU there: such pictures
    come last, those first in which the other answer wrongly gives it most pixels.

    Args:
        db: where.
        comparison_id: which.
        class_name: of a class in the truth or in either answer, in any spelling of its name.
        wanted: which of the pictures compared.
        limit: at most so many.

    Raises:
        Conflict: there is no such comparison, or a slice that cannot be.
        StoreUnavailable: the database cannot be reached now.
    """
    fold = lru_cache(None)(fold_name)
    name = fold(class_name)

    def read(packed: str) -> Errors | None:
        found = unpack_errors(packed)
        if found is None:
            return None
        own = (three for other, three in found.errors.items() if fold(other) == name)
        return next(own, _NOTHING)

    def rank(truth_a: str, truth_b: str) -> tuple[float, ...] | None:
        sides = read(truth_a), read(truth_b)
        if sides[0] is None or sides[1] is None:
            return None
        unions = sum(sides[0]), sum(sides[1])
        if not all(unions):
            return (1, -max(unions)) if any(unions) else None
        return 0, -abs(sides[1][0] / unions[1] - sides[0][0] / unions[0])

    with db.read() as connection:
        columns = comparison_items.c.truth_a, comparison_items.c.truth_b
        has_truth = comparison_items.c.truth_a != ""
        return _rank(connection, comparison_id, wanted, columns, has_truth, rank)[:limit]


def _rank(
    connection: Connection,
    comparison_id: str,
    wanted: Slice,
    columns: tuple[Any, ...],
    condition: Any,
    rank: Callable[..., tuple[float, ...] | None],
) -> list[str]:
    """Ids of the slice's pictures that have a rank, the lowest first, then by position."""
    found = load_comparison(connection, clean_text(comparison_id))
    mask = Scope(connection, found.project_id, wanted).mask
    statement = (
        select(comparison_items.c.position, comparison_items.c.item_id, *columns)
        .where(comparison_items.c.comparison_id == found.id)
        .where(comparison_items.c.changed.is_not(None), condition)
        .order_by(comparison_items.c.position)
    )
    ranked = []
    for position, item_id, *values in connection.execute(statement):
        if position < len(mask) and mask[position]:
            place = rank(*values)
            if place is not None:
                ranked.append((place, position, item_id))
    return [item_id for *_, item_id in sorted(ranked)]
