"""Decisions, taken and taken back; a line once written is never changed."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any, Final, get_args

from sqlalchemy import Connection, Select, delete, exists, insert, select

from components.errors import Conflict
from components.model.review import (
    REASONS,
    VERDICTS,
    Decision,
    Item,
    Move,
    Project,
    Review,
    settle,
)
from components.store.answering import answer_item
from components.store.database import Database
from components.store.lines import add_line, find_line, load_line, load_stands, make_clash
from components.store.record import (
    Event,
    Notice,
    list_events,
    list_notices,
    list_record,
    list_reviewers,
    list_reviews,
    see_notice,
)
from components.store.rows import (
    check_id,
    check_signer,
    check_text,
    clean_text,
    hold_item,
    load_item,
    pack,
)
from components.store.schema import REMOVED, answers, claims, items, notices, reviews, standing
from components.store.settling import settle_item

__all__ = [
    "Event",
    "Notice",
    "Outcome",
    "answer_item",
    "decide",
    "find_newest",
    "list_events",
    "list_notices",
    "list_record",
    "list_reviewers",
    "list_reviews",
    "see_notice",
    "undo",
]

_MOVES: Final = get_args(Move)
_MOST_CLASSES: Final = 256


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a decision.

    Attributes:
        review: the line that was written.
        item: the picture, as it is now.
        others: standing verdicts of others, where the picture had all it needed already.
        was_stored: whether this very decision had been stored before.
    """

    review: Review
    item: Item
    others: tuple[Review, ...]
    was_stored: bool


def decide(db: Database, decision: Decision, reviewer: str, *, now: int) -> Outcome:
    """Write down a decision; it is on disk when this returns.

    The same decision, by its id, may come any number of times and is written once. A newer one of
    the same reviewer about the same picture counts instead of the older.

    Args:
        db: where.
        decision: what was decided.
        reviewer: who.
        now: UTC milliseconds.

    Raises:
        Conflict: no such picture or it was taken out, an answer that is not about it, or a value
            out of its bounds.
        StoreUnavailable: nothing can be written now.
    """
    signed = check_signer(reviewer)
    with db.write() as connection:
        outcome = write_decision(connection, decision, signed, now)
        # One that comes once more says nothing of what the reviewer has open by now.
        if not outcome.was_stored:
            drop_claim(connection, decision.item_id, signed)
        return outcome


def write_decision(connection: Connection, decision: Decision, signed: str, now: int) -> Outcome:
    """Write down a decision within a transaction; the claim on its picture is left.

    Raises:
        Conflict: as `decide` does.
    """
    values = _check_decision(decision)
    known = find_line(connection, decision.id)
    if known is not None:
        return _repeat(connection, known, decision, signed)
    item, project = hold_item(connection, clean_text(decision.item_id))
    # Whoever sent the same one at the same moment has written it by now.
    known = find_line(connection, decision.id)
    if known is not None:
        return _repeat(connection, known, decision, signed)
    model = connection.scalar(
        select(answers.c.model).where(
            answers.c.id == values["answer_id"],
            answers.c.image_sha256 == item.image_sha256,
        )
    )
    if model is None:
        raise Conflict(
            f"The answer this was decided on is not about {item.name}. Nothing was saved; "
            "reload the page and decide again."
        )
    others = _find_others(connection, item, project, decision.move, signed)
    add_line(connection, item, {**values, "model": model, "reviewer": signed, "at": now})
    _tell_others(connection, item, decision, signed, others, now)
    settle_item(connection, project, item.id)
    review = load_line(connection, decision.id)
    return Outcome(review, load_item(connection, item.id), others, was_stored=False)


def drop_claim(connection: Connection, item_id: str, signed: str) -> None:
    """Whoever has decided about a picture does not hold it any more."""
    connection.execute(
        delete(claims).where(claims.c.item_id == clean_text(item_id), claims.c.reviewer == signed)
    )


def undo(
    db: Database,
    undo_id: str,
    project_id: str,
    reviewer: str,
    *,
    now: int,
    decision_id: str | None = None,
) -> Review | None:
    """Take back a decision of this reviewer in a project, by adding a line.

    What counted before it counts again. Decisions about pictures that were taken out stay.

    Args:
        db: where.
        undo_id: 32 hex digits; the same one twice takes back one decision.
        project_id: of the project.
        reviewer: whose decision.
        now: UTC milliseconds.
        decision_id: the one to take back; None for the newest.

    Returns:
        The line that was taken back; None where there is none.

    Raises:
        Conflict: an id that is none, or that is another line's.
        StoreUnavailable: nothing can be written now.
    """
    check_id(undo_id)
    signed, project_id = clean_text(reviewer), clean_text(project_id)
    newest = _select_newest(project_id, signed)
    if decision_id is not None:
        newest = newest.where(reviews.c.id == clean_text(decision_id))
    with db.write() as connection:
        while True:
            known = find_line(connection, undo_id)
            if known is not None:
                if known.move != "undone" or known.reviewer != signed or known.undoes is None:
                    raise make_clash()
                return load_line(connection, known.undoes)
            target = connection.execute(newest).first()
            if target is None:
                return None
            item, project = hold_item(connection, target.item_id)
            # It may have been taken back while this waited for the picture.
            if connection.execute(newest).first() == target:
                break
        if find_line(connection, undo_id) is not None:
            raise make_clash()
        taken = load_line(connection, target.id)
        add_line(
            connection,
            item,
            {
                "id": undo_id,
                "reviewer": signed,
                "at": now,
                "move": "undone",
                "undoes": taken.id,
                "confidence": taken.confidence,
                "answer_id": taken.answer_id,
                "model": taken.model,
            },
        )
        settle_item(connection, project, item.id)
        return load_line(connection, taken.id)


def find_newest(db: Database, project_id: str, reviewer: str) -> Review | None:
    """The decision of this reviewer that an undo would take back; None where there is none.

    Raises:
        StoreUnavailable: the database cannot be reached now.
    """
    with db.read() as connection:
        found = connection.execute(
            _select_newest(clean_text(project_id), clean_text(reviewer))
        ).first()
        return None if found is None else load_line(connection, found.id)


def _select_newest(project_id: str, signed: str) -> Select[Any]:
    undoing = reviews.alias()
    return (
        select(reviews.c.id, reviews.c.item_id)
        .select_from(reviews.join(items, items.c.id == reviews.c.item_id))
        .where(
            reviews.c.project_id == project_id,
            reviews.c.reviewer == signed,
            reviews.c.move.in_(_MOVES),
            items.c.shelf != REMOVED,
            ~exists().where(undoing.c.undoes == reviews.c.id),
        )
        .order_by(reviews.c.seq.desc())
        .limit(1)
    )


def _check_decision(decision: Decision) -> dict[str, Any]:
    check_id(decision.id)
    if decision.move not in _MOVES:
        raise Conflict(f"A decision is one of {', '.join(_MOVES)}. Nothing was saved.")
    unknown = [reason for reason in decision.reasons if reason not in REASONS]
    if unknown:
        raise Conflict(f"A reason is one of {', '.join(REASONS)}. Nothing was saved.")
    if not 0 <= decision.confidence <= 100:
        raise Conflict("A confidence is a whole percent from 0 to 100. Nothing was saved.")
    if len(decision.class_names) > _MOST_CLASSES:
        raise Conflict(f"A decision can concern up to {_MOST_CLASSES} classes.")
    return {
        "id": decision.id,
        "move": decision.move,
        "confidence": decision.confidence,
        "answer_id": clean_text(decision.answer_id),
        "reasons": pack(decision.reasons),
        "class_names": pack([check_text(name, "A class") for name in decision.class_names]),
        "note": check_text(decision.note, "A note"),
    }


def _repeat(connection: Connection, known: Review, decision: Decision, signed: str) -> Outcome:
    if (known.item_id, known.reviewer) != (decision.item_id, signed) or known.move not in _MOVES:
        raise make_clash()
    told = connection.scalars(select(notices.c.reviewer).where(notices.c.review_id == known.id))
    others = load_stands(connection, known.item_id, list(told))
    item = load_item(connection, known.item_id, removed=True)
    return Outcome(known, item, others, was_stored=True)


def _find_others(
    connection: Connection, item: Item, project: Project, move: str, signed: str
) -> tuple[Review, ...]:
    """Whose verdicts had settled the picture before this reviewer first decided about it."""
    if move not in VERDICTS or item.status not in VERDICTS:
        return ()
    voices = connection.execute(
        select(standing.c.reviewer, standing.c.move).where(
            standing.c.item_id == item.id, standing.c.is_voice == 1
        )
    ).all()
    if signed in {voice.reviewer for voice in voices}:
        return ()
    if settle([voice.move for voice in voices], project.needed, project.policy) not in VERDICTS:
        return ()
    return load_stands(connection, item.id, [voice.reviewer for voice in voices])


def _tell_others(
    connection: Connection,
    item: Item,
    decision: Decision,
    signed: str,
    others: tuple[Review, ...],
    now: int,
) -> None:
    rows = [
        {
            "id": uuid.uuid4().hex,
            "project_id": item.project_id,
            "reviewer": other.reviewer,
            "item_id": item.id,
            "review_id": decision.id,
            "other": signed,
            "other_move": decision.move,
            "my_move": other.move,
            "at": now,
            "seen_at": None,
        }
        for other in others
    ]
    if rows:
        connection.execute(insert(notices), rows)
