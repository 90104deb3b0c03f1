"""Sending a picture that needed a fix back to whoever asked for it."""

from __future__ import annotations

from sqlalchemy import Connection, delete, select

from components.errors import Conflict
from components.model.review import Item, Project
from components.store.database import Database
from components.store.dialect import lock_queues
from components.store.lines import add_line, find_line, make_clash
from components.store.rows import (
    check_id,
    check_signer,
    check_text,
    clean_text,
    hold_item,
    load_item,
)
from components.store.schema import answers, claims
from components.store.settling import settle_item


def answer_item(
    db: Database, answer_id_hex: str, item_id: str, *, by: str, note: str, now: int
) -> Item:
    """Send a picture that needed a fix back to whoever asked for it.

    Args:
        db: where.
        answer_id_hex: 32 hex digits; the same one twice is written once.
        item_id: the picture.
        by: who answers.
        note: what was done.
        now: UTC milliseconds.

    Raises:
        Conflict: no such picture, or nobody asked for a fix of it.
        StoreUnavailable: nothing can be written now.
    """
    check_id(answer_id_hex)
    text = check_text(note, "A note")
    with db.write() as connection:
        item, project = hold_item(connection, clean_text(item_id))
        known = find_line(connection, answer_id_hex)
        if known is not None:
            if known.move != "answered" or known.item_id != item.id:
                raise make_clash()
            return item
        add_answered(connection, item, project, answer_id_hex, by=by, note=text, now=now)
        return load_item(connection, item.id)


def add_answered(
    connection: Connection,
    item: Item,
    project: Project,
    line_id: str,
    *,
    by: str,
    note: str,
    now: int,
) -> None:
    """Write that a held picture was answered.

    Raises:
        Conflict: nobody asked for a fix of it.
    """
    if item.status != "needs_fix":
        raise Conflict(
            f"{item.name} does not wait for a fix any more, so there is nothing to answer. "
            "Reload the page to see where it stands."
        )
    model = connection.scalar(select(answers.c.model).where(answers.c.id == item.answer_id))
    add_line(
        connection,
        item,
        {
            "id": line_id,
            "reviewer": check_signer(by),
            "at": now,
            "move": "answered",
            "note": note,
            "answer_id": item.answer_id,
            "model": model or "",
        },
    )
    settle_item(connection, project, item.id)
    # It waits for whoever asked for the fix: nobody who has it on screen keeps it from them.
    lock_queues(connection, [item.project_id])
    connection.execute(delete(claims).where(claims.c.item_id == item.id))
