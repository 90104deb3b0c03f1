"""Reading the record: who decided what and when, what leads did, whom something is to be told."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import select, update

from components.model.review import Move, Review
from components.store.database import Database
from components.store.rows import clean_text, make_review, select_reviews
from components.store.schema import events, items, notices, reviews, tallies

EVENTS: Final = (
    "project_created",
    "project_changed",
    "project_archived",
    "project_reopened",
    "item_added",
    "item_removed",
    "item_restored",
    "run_started",
    "run_cancelled",
)
_MOST_ROWS: Final = 10_000


@dataclass(frozen=True, slots=True)
class Event:
    """Something that was done to a project.

    Attributes:
        seq: its place among the events of this desk.
        at: UTC milliseconds.
        actor: who.
        kind: of EVENTS.
        item_id: the picture; None where it is about the project.
        detail: what is known of it: the "name"; the "field" that changed, "before" and "after".
    """

    seq: int
    at: int
    actor: str
    kind: str
    item_id: str | None
    detail: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Notice:
    """Told to somebody whose picture another decided about as well.

    Attributes:
        id: 32 hex digits.
        item_id, item_name: the picture.
        other: who else decided.
        other_move: what.
        my_move: what the reader's own verdict was.
        at: UTC milliseconds.
    """

    id: str
    item_id: str
    item_name: str
    other: str
    other_move: Move
    my_move: Move
    at: int


def list_reviews(db: Database, item_id: str) -> list[Review]:
    """All lines about one picture, oldest first."""
    statement = (
        select_reviews().where(reviews.c.item_id == clean_text(item_id)).order_by(reviews.c.seq)
    )
    with db.read() as connection:
        return [make_review(row) for row in connection.execute(statement).mappings()]


def list_record(
    db: Database,
    project_id: str,
    *,
    reviewer: str | None = None,
    move: str | None = None,
    before_seq: int | None = None,
    limit: int = 100,
) -> list[Review]:
    """Lines of a project's record, newest first.

    Args:
        db: where.
        project_id: of the project.
        reviewer: only theirs.
        move: only such ones.
        before_seq: only older ones than this: to go on where the last call ended.
        limit: at most so many.
    """
    statement = select_reviews().where(reviews.c.project_id == clean_text(project_id))
    if reviewer is not None:
        statement = statement.where(reviews.c.reviewer == clean_text(reviewer))
    if move is not None:
        statement = statement.where(reviews.c.move == clean_text(move))
    if before_seq is not None:
        statement = statement.where(reviews.c.seq < before_seq)
    statement = statement.order_by(reviews.c.seq.desc()).limit(_bound(limit))
    with db.read() as connection:
        return [make_review(row) for row in connection.execute(statement).mappings()]


def list_events(
    db: Database,
    project_id: str,
    *,
    kind: str | None = None,
    before_seq: int | None = None,
    limit: int = 100,
) -> list[Event]:
    """What was done to a project, newest first; the arguments are those of `list_record`."""
    statement = select(events).where(events.c.project_id == clean_text(project_id))
    if kind is not None:
        statement = statement.where(events.c.kind == clean_text(kind))
    if before_seq is not None:
        statement = statement.where(events.c.seq < before_seq)
    statement = statement.order_by(events.c.seq.desc()).limit(_bound(limit))
    with db.read() as connection:
        return [
            Event(
                seq=row["seq"],
                at=row["at"],
                actor=row["actor"],
                kind=row["kind"],
                item_id=row["item_id"],
                detail=json.loads(row["detail"]),
            )
            for row in connection.execute(statement).mappings()
        ]


def list_reviewers(db: Database, project_id: str) -> list[str]:
    """Everybody who decided something in a project, by name."""
    statement = (
        select(tallies.c.who)
        .where(tallies.c.project_id == clean_text(project_id), tallies.c.kind == "move")
        .distinct()
        .order_by(tallies.c.who)
    )
    with db.read() as connection:
        return list(connection.scalars(statement))


def list_notices(db: Database, project_id: str, reviewer: str) -> list[Notice]:
    """What this reviewer has not seen yet, oldest first."""
    statement = (
        select(notices, items.c.name.label("item_name"))
        .select_from(notices.join(items, items.c.id == notices.c.item_id))
        .where(
            notices.c.project_id == clean_text(project_id),
            notices.c.reviewer == clean_text(reviewer),
            notices.c.seen_at.is_(None),
        )
        .order_by(notices.c.at, notices.c.id)
    )
    with db.read() as connection:
        return [
            Notice(
                id=row["id"],
                item_id=row["item_id"],
                item_name=row["item_name"],
                other=row["other"],
                other_move=row["other_move"],
                my_move=row["my_move"],
                at=row["at"],
            )
            for row in connection.execute(statement).mappings()
        ]


def see_notice(db: Database, notice_id: str, reviewer: str, *, now: int = 0) -> None:
    """Put a notice away; somebody else's stays."""
    with db.write() as connection:
        connection.execute(
            update(notices)
            .where(
                notices.c.id == clean_text(notice_id), notices.c.reviewer == clean_text(reviewer)
            )
            .values(seen_at=now)
        )


def _bound(limit: int) -> int:
    return max(0, min(limit, _MOST_ROWS))
