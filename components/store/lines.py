"""Single lines of the record of reviews."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, insert

from components.errors import Conflict
from components.model.review import Item, Review
from components.store.rows import make_review, select_reviews
from components.store.schema import reviews, standing


def find_line(connection: Connection, line_id: str) -> Review | None:
    """The line of this id; None where there is none."""
    row = connection.execute(select_reviews().where(reviews.c.id == line_id)).mappings().first()
    return None if row is None else make_review(row)


def load_line(connection: Connection, line_id: str) -> Review:
    """The line of this id, which is there."""
    row = connection.execute(select_reviews().where(reviews.c.id == line_id)).mappings().one()
    return make_review(row)


def add_line(connection: Connection, item: Item, values: Mapping[str, Any]) -> None:
    """Write a line about a picture; what is not given is empty."""
    row = {
        "project_id": item.project_id,
        "item_id": item.id,
        "item_name": item.name,
        "image_sha256": item.image_sha256,
        "undoes": None,
        "reasons": "[]",
        "class_names": "[]",
        "note": "",
        "confidence": 0,
        **values,
    }
    connection.execute(insert(reviews).values(**row))


def load_stands(connection: Connection, item_id: str, reviewers: list[str]) -> tuple[Review, ...]:
    """Lines that are verdicts of these reviewers that count, oldest first."""
    if not reviewers:
        return ()
    rows = connection.execute(
        select_reviews()
        .where(
            standing.c.item_id == item_id,
            standing.c.is_voice == 1,
            standing.c.reviewer.in_(reviewers),
        )
        .order_by(reviews.c.seq)
    ).mappings()
    return tuple(make_review(row) for row in rows)


def make_clash() -> Conflict:
    """The error for an id that is another line's."""
    return Conflict("This id was used for something else. Nothing was saved; reload the page.")
