"""Counting everything once more from the rows, to compare with what is kept beside them."""

from __future__ import annotations

from collections import Counter

from sqlalchemy import select, text

from components.store import Database
from components.store.schema import (
    REMOVED,
    item_classes,
    items,
    name_grams,
    reviews,
    standing,
    tallies,
)


def check_consistency(database: Database) -> None:
    """Tallies equal a recount, standing equals what the record comes to, nothing dangles."""
    with database.read() as connection:
        if database.kind == "sqlite":
            assert connection.scalars(text("PRAGMA integrity_check")).all() == ["ok"]
            assert connection.execute(text("PRAGMA foreign_key_check")).all() == []
        counted: Counter[tuple[str, str, str, str]] = Counter()
        shelves = {}
        for row in connection.execute(select(items)):
            shelves[row.id] = row.shelf
            assert row.shelf in (row.status, REMOVED)
            if row.shelf != REMOVED:
                counted[row.project_id, "status", "", row.shelf] += 1
        for row in connection.execute(select(standing)):
            shelf = shelves[row.item_id]
            if shelf == REMOVED:
                continue
            if row.is_voice or row.move == "skipped":
                counted[row.project_id, "move", row.reviewer, row.move] += 1
            if row.is_voice:
                counted[row.project_id, "voice", row.reviewer, shelf] += 1
        for row in connection.execute(select(item_classes)):
            assert row.shelf == shelves[row.item_id]
            if row.shelf != REMOVED:
                counted[row.project_id, "class", "", row.class_name] += 1
        for row in connection.execute(select(name_grams)):
            counted[row.project_id, "gram", "gram", row.gram] += 1
        kept = {
            (row.project_id, row.kind, row.who, row.what): row.n
            for row in connection.execute(select(tallies))
            if row.n
        }
        assert kept == dict(counted)
        lines = connection.execute(select(reviews).order_by(reviews.c.seq)).all()
        undone = {line.undoes for line in lines if line.move == "undone"}
        newest = {
            (line.item_id, line.reviewer): line.id
            for line in lines
            if line.move not in ("undone", "answered") and line.id not in undone
        }
        stands = {
            (row.item_id, row.reviewer): row.review_id
            for row in connection.execute(select(standing))
        }
        assert stands == newest
