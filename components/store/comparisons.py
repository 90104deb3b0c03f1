"""Comparisons: asked for, counted picture by picture, kept."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, delete, select, update

from components.errors import Conflict
from components.model.comparison import Comparison, ItemChange, Side
from components.store import content
from components.store.comparison_rows import (
    LONGEST_PROBLEM,
    OWN,
    load_comparison,
    make_comparison,
    pack_row,
)
from components.store.comparison_sides import Pending
from components.store.comparison_totals import forget_summary
from components.store.database import Database
from components.store.dialect import put
from components.store.rows import check_model, clean_text, load_project, unpack_class_map
from components.store.schema import comparison_items, comparisons, truths
from components.store.truths import forget_counted


def begin_comparison(
    db: Database, project_id: str, a: Side, b: Side, *, by: str, now: int
) -> Comparison:
    """Ask for a comparison; the one there is already, where somebody asked for the same.

    Raises:
        Conflict: both sides are the same, a value that cannot be, or no such project.
        StoreUnavailable: nothing can be written now.
    """
    if a == b:
        raise Conflict("A and B are the same. Choose another model or another confidence for one.")
    if not all(0 <= side.confidence <= 100 for side in (a, b)):
        raise Conflict("A confidence is a whole percent from 0 to 100.")
    values = {
        "a_model": check_model(a.model),
        "a_confidence": a.confidence,
        "b_model": check_model(b.model),
        "b_confidence": b.confidence,
    }
    with db.write() as connection:
        project = load_project(connection, clean_text(project_id), lock=True)
        same = [comparisons.c[name] == value for name, value in values.items()]
        wanted = select(*OWN).where(comparisons.c.project_id == project.id, *same)
        row = connection.execute(wanted.limit(1)).mappings().first()
        if row is not None:
            return make_comparison(row)
        made = {
            **values,
            "id": uuid.uuid4().hex,
            "project_id": project.id,
            "title": "",
            "state": "running",
            "problem": "",
            "created_by": clean_text(by),
            "created_at": now,
            "ended_at": None,
        }
        connection.execute(comparisons.insert().values(**made))
        return make_comparison(connection.execute(wanted).mappings().one())


def find_comparison(db: Database, comparison_id: str) -> Comparison:
    """One comparison.

    Raises:
        Conflict: there is none of this id.
    """
    with db.read() as connection:
        return load_comparison(connection, clean_text(comparison_id))


def list_comparisons(db: Database, project_id: str, *, limit: int = 20) -> list[Comparison]:
    """What was compared in a project, the newest first."""
    statement = (
        select(*OWN)
        .where(comparisons.c.project_id == clean_text(project_id))
        .order_by(comparisons.c.created_at.desc(), comparisons.c.id)
        .limit(limit)
    )
    with db.read() as connection:
        return [make_comparison(row) for row in connection.execute(statement).mappings()]


def load_truth(db: Database, mask_sha256: str) -> bytes:
    """A truth mask.

    Raises:
        StoreError: it is lost.
        StoreUnavailable: it cannot be read now.
    """
    with db.read() as connection:
        return content.load_blob(db, connection, mask_sha256)


def keep_changes(
    db: Database, comparison_id: str, found: Sequence[tuple[Pending, ItemChange | str]]
) -> None:
    """Write down what was found of pictures, or why nothing could be.

    Raises:
        Conflict: there is no such comparison.
        StoreUnavailable: nothing can be written now.
    """
    rows = [
        pack_row(
            change,
            comparison_id=comparison_id,
            item_id=pending.item_id,
            position=pending.position,
            a_answer_id=pending.a_answer_id,
            b_answer_id=pending.b_answer_id,
            truth_sha256=pending.truth_sha256,
        )
        for pending, change in found
    ]
    with db.write() as connection:
        load_comparison(connection, comparison_id)
        put(connection, comparison_items, rows)
        forget_summary(connection, comparison_id)
        _forget_renamed(connection, [pending for pending, _ in found])


def _forget_renamed(connection: Connection, counted: Sequence[Pending]) -> None:
    """Let be counted again what got other names while it was counted."""
    maps = {one.item_id: one.truth_map for one in counted if one.truth_sha256}
    now = select(truths.c.item_id, truths.c.class_map).where(truths.c.item_id.in_(list(maps)))
    for item_id, packed in connection.execute(now).all():
        if unpack_class_map(packed) != maps[item_id]:
            forget_counted(connection, item_id)


def remove_comparison(db: Database, comparison_id: str) -> None:
    """Forget a comparison and what was counted for it; lists made of it stay.

    Raises:
        Conflict: there is no such comparison.
        StoreUnavailable: nothing can be written now.
    """
    own = clean_text(comparison_id)
    with db.write() as connection:
        load_comparison(connection, own)
        # Held, so that nobody else writes rows of it meanwhile.
        held = select(comparisons.c.id).where(comparisons.c.id == own).with_for_update()
        connection.execute(held)
        connection.execute(delete(comparison_items).where(comparison_items.c.comparison_id == own))
        connection.execute(delete(comparisons).where(comparisons.c.id == own))


def note_state(
    db: Database, comparison_id: str, *, is_done: bool, now: int, problem: str = ""
) -> None:
    """Write down whether all of it is counted, or why it cannot go on."""
    values: dict[str, Any] = {
        "state": "done" if is_done else "running",
        "problem": clean_text(problem)[:LONGEST_PROBLEM],
    }
    if is_done:
        values["ended_at"] = now
    with db.write() as connection:
        connection.execute(
            update(comparisons).where(comparisons.c.id == comparison_id).values(**values)
        )
