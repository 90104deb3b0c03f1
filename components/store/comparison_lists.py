"""What comparisons came to: per picture, in the order of change, and why some came to nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Connection, RowMapping, Select, func, select

from components.model.comparison import ItemChange, Pair
from components.model.image import SizeWH
from components.model.insights import Slice
from components.model.review import Item, Status
from components.store.comparison_rows import (
    UNREAD,
    load_comparison,
    unpack_errors,
    unpack_pairs,
)
from components.store.database import Database
from components.store.insights.slicing import Scope
from components.store.rows import clean_text, make_item
from components.store.schema import REMOVED, comparison_items, images, items

WHOLE: Final = Slice()
"""All pictures."""


@dataclass(frozen=True, slots=True)
class Changed:
    """A picture and how much of it changed.

    Attributes:
        item: the picture.
        changed: share of its pixels, 0–1.
        pairs: the changes, largest first.
        a_answer_id, b_answer_id: what it was counted from.
        size_wh: of the picture.
    """

    item: Item
    changed: float
    pairs: tuple[Pair, ...]
    a_answer_id: str
    b_answer_id: str
    size_wh: SizeWH


def load_changes(
    db: Database, comparison_id: str, wanted: Slice = WHOLE
) -> tuple[list[ItemChange], int]:
    """What was found of each picture of a slice, and how many could not be compared.

    Raises:
        Conflict: a slice that cannot be.
        StoreUnavailable: the database cannot be reached now.
    """
    changes, failed = [], 0
    with db.read() as connection:
        statement = (
            select(
                comparison_items.c.item_id,
                images.c.width * images.c.height,
                comparison_items.c.changed,
                comparison_items.c.pairs,
                comparison_items.c.truth_a,
                comparison_items.c.truth_b,
            )
            .join(items, items.c.id == comparison_items.c.item_id)
            .join(images, images.c.sha256 == items.c.image_sha256)
            .where(*_list_conditions(connection, comparison_id, wanted))
            .order_by(comparison_items.c.position)
        )
        for item_id, pixels, changed, pairs, a, b in connection.execute(statement):
            if changed is None:
                failed += 1
                continue
            truth = unpack_errors(a), unpack_errors(b)
            one = ItemChange(item_id, pixels, changed, unpack_pairs(pairs), *truth, UNREAD in a)
            changes.append(one)
    return changes, failed


def list_changed(
    db: Database,
    comparison_id: str,
    wanted: Slice = WHOLE,
    *,
    status: tuple[Status, ...] = (),
    above: float = -1.0,
    skip: int = 0,
    limit: int = 24,
) -> list[Changed]:
    """Pictures by how much of them changed, the most first.

    Args:
        db: where.
        comparison_id: which.
        wanted: only pictures of this slice.
        status: of them only those of these; empty: of any.
        above: only where more than this share changed, 0–1.
        skip: how many to leave out from the first.
        limit: how many at most.
    """
    with db.read() as connection:
        statement = (
            _select_changed(connection, comparison_id, wanted, status, above)
            .order_by(comparison_items.c.changed.desc(), comparison_items.c.position)
            .offset(skip)
            .limit(limit)
        )
        return [_make_changed(row) for row in connection.execute(statement).mappings()]


def find_changed(db: Database, comparison_id: str, item_id: str) -> Changed | None:
    """One picture of a comparison; None where it is not among them."""
    with db.read() as connection:
        statement = _select_changed(connection, comparison_id, WHOLE, (), -1.0)
        own = statement.where(items.c.id == clean_text(item_id))
        row = connection.execute(own).mappings().first()
    return None if row is None else _make_changed(row)


def count_changed(
    db: Database,
    comparison_id: str,
    wanted: Slice = WHOLE,
    *,
    status: tuple[Status, ...] = (),
    above: float = -1.0,
) -> int:
    """How many pictures `list_changed` has."""
    with db.read() as connection:
        listed = select(func.count()).join(items, items.c.id == comparison_items.c.item_id)
        conditions = _list_conditions(connection, comparison_id, wanted, status)
        is_changed = comparison_items.c.changed > above
        return connection.scalar(listed.where(is_changed, *conditions)) or 0


def list_problems(
    db: Database, comparison_id: str, wanted: Slice = WHOLE, *, limit: int = 50
) -> list[tuple[str, str]]:
    """Pictures of a slice that could not be compared, by name, and why."""
    with db.read() as connection:
        statement = (
            select(items.c.name, comparison_items.c.problem)
            .join(items, items.c.id == comparison_items.c.item_id)
            .where(
                comparison_items.c.changed.is_(None),
                *_list_conditions(connection, comparison_id, wanted),
            )
            .order_by(comparison_items.c.position)
            .limit(limit)
        )
        return [(name, problem) for name, problem in connection.execute(statement)]


def _list_conditions(
    connection: Connection, comparison_id: str, wanted: Slice, status: tuple[Status, ...] = ()
) -> list[Any]:
    """What a row, with that of its picture, has to meet to be in a slice of a comparison."""
    own = clean_text(comparison_id)
    conditions = [comparison_items.c.comparison_id == own]
    if status:
        conditions.append(items.c.status.in_(status))
    if wanted == WHOLE:
        return [*conditions, items.c.shelf != REMOVED]
    found = load_comparison(connection, own)
    return [*conditions, *Scope(connection, found.project_id, wanted).list_conditions()]


def _select_changed(
    connection: Connection,
    comparison_id: str,
    wanted: Slice,
    status: tuple[Status, ...],
    above: float,
) -> Select[Any]:
    return (
        select(
            items,
            comparison_items.c.changed,
            comparison_items.c.pairs,
            comparison_items.c.a_answer_id,
            comparison_items.c.b_answer_id,
            images.c.width,
            images.c.height,
        )
        .join(items, items.c.id == comparison_items.c.item_id)
        .join(images, images.c.sha256 == items.c.image_sha256)
        .where(comparison_items.c.changed > above)
        .where(*_list_conditions(connection, comparison_id, wanted, status))
    )


def _make_changed(row: RowMapping) -> Changed:
    return Changed(
        make_item(row),
        row["changed"],
        unpack_pairs(row["pairs"]),
        row["a_answer_id"],
        row["b_answer_id"],
        (row["width"], row["height"]),
    )
