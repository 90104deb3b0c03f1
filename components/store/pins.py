"""Remarks at places of pictures, their replies, and whether they are resolved."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import Connection, func, insert, select, update

from components.errors import Conflict
from components.model.review import Item, Pin, Project, Remark
from components.store.answering import add_answered
from components.store.database import Database
from components.store.rows import (
    check_id,
    check_signer,
    check_text,
    clean_text,
    hold_item,
    load_item,
    pack,
)
from components.store.schema import images, pins, remarks, standing

_ACTS: Final = ("reply", "resolve", "reopen")
_LONGEST_REGION: Final = 2000


def add_pin(db: Database, pin: Pin, *, now: int) -> Pin:
    """Set a pin; the same one, by its id, twice is set once.

    Args:
        db: where.
        pin: what was typed and where; `at` and `remarks` are not looked at.
        now: UTC milliseconds.

    Raises:
        Conflict: no such picture, or a value out of its bounds.
        StoreUnavailable: nothing can be written now.
    """
    check_id(pin.id)
    if pin.sureness is not None and not 0 <= pin.sureness <= 100:
        raise Conflict("How sure a model was is a percent from 0 to 100. Nothing was saved.")
    region = pack(dict(pin.region))
    if len(region) > _LONGEST_REGION:
        raise Conflict("The region under this pin is not one. Nothing was saved; set it again.")
    row = {
        "id": pin.id,
        "x": float(pin.x),
        "y": float(pin.y),
        "text": check_text(pin.text, "A remark"),
        "class_id": pin.class_id,
        "class_name": clean_text(pin.class_name),
        "sureness": pin.sureness,
        "region": region,
        "author": check_signer(pin.author),
        "at": now,
        "is_open": 1,
    }
    with db.write() as connection:
        item, _ = hold_item(connection, clean_text(pin.item_id))
        _check_place(connection, item, pin)
        known = load_pins(connection, pins.c.id == pin.id)
        if known:
            if (known[0].item_id, known[0].author) != (item.id, row["author"]):
                raise Conflict("This id is another pin's. Nothing was saved; set it again.")
            return known[0]
        connection.execute(insert(pins).values(item_id=item.id, **row))
        return load_pins(connection, pins.c.id == pin.id)[0]


def _check_place(connection: Connection, item: Item, pin: Pin) -> None:
    width, height = connection.execute(
        select(images.c.width, images.c.height).where(images.c.sha256 == item.image_sha256)
    ).one()
    if not (0 <= pin.x <= width and 0 <= pin.y <= height):
        raise Conflict("A pin needs a place in the picture. Nothing was saved; set it again.")


def add_remark(db: Database, pin_id: str, remark: Remark, *, now: int) -> Pin:
    """Reply to a pin, resolve it or open it again; the same remark twice is stored once.

    Where somebody else replies to whoever asked for a fix of the picture, that answers the picture.

    Args:
        db: where.
        pin_id: of the pin.
        remark: what was said or done; `at` is not looked at.
        now: UTC milliseconds.

    Raises:
        Conflict: no such pin, its picture was taken out, or a value out of its bounds.
        StoreUnavailable: nothing can be written now.
    """
    check_id(remark.id)
    if remark.act not in _ACTS:
        raise Conflict("A pin can be replied to, resolved or opened again. Nothing was saved.")
    author = check_signer(remark.author)
    text = check_text(remark.text, "A reply")
    with db.write() as connection:
        item_id = connection.scalar(select(pins.c.item_id).where(pins.c.id == clean_text(pin_id)))
        if item_id is None:
            raise Conflict("There is no such pin on this desk. Reload the page.")
        item, project = hold_item(connection, item_id)
        (pin,) = load_pins(connection, pins.c.id == clean_text(pin_id))
        known = connection.execute(
            select(remarks.c.pin_id, remarks.c.author).where(remarks.c.id == remark.id)
        ).first()
        if known is not None:
            if (known.pin_id, known.author) != (pin.id, author):
                raise Conflict("This id is another remark's. Nothing was saved; send it again.")
            return pin
        connection.execute(
            insert(remarks).values(
                id=remark.id, pin_id=pin.id, author=author, at=now, act=remark.act, text=text
            )
        )
        if remark.act != "reply":
            connection.execute(
                update(pins).where(pins.c.id == pin.id).values(is_open=int(remark.act == "reopen"))
            )
        elif author != pin.author:
            _answer(connection, item, project, pin, remark.id, author, text, now)
        return load_pins(connection, pins.c.id == pin.id)[0]


def list_pins(db: Database, item_id: str) -> list[Pin]:
    """Pins of a picture, oldest first, each with its remarks."""
    with db.read() as connection:
        return load_pins(connection, pins.c.item_id == clean_text(item_id))


def count_open(connection: Connection, item_ids: Sequence[str]) -> dict[str, int]:
    """How many pins are open, by picture; pictures without are left out."""
    statement = (
        select(pins.c.item_id, func.count())
        .where(pins.c.item_id.in_(item_ids), pins.c.is_open == 1)
        .group_by(pins.c.item_id)
    )
    return dict(connection.execute(statement).all())


def _answer(
    connection: Connection,
    item: Item,
    project: Project,
    pin: Pin,
    remark_id: str,
    author: str,
    text: str,
    now: int,
) -> None:
    if load_item(connection, item.id).status != "needs_fix":
        return
    asked = connection.scalar(
        select(standing.c.move).where(
            standing.c.item_id == item.id,
            standing.c.reviewer == pin.author,
            standing.c.is_voice == 1,
        )
    )
    if asked == "needs_fix":
        # An id that the same remark always comes to.
        line_id = hashlib.sha256(f"answered by {remark_id}".encode()).hexdigest()[:32]
        add_answered(connection, item, project, line_id, by=author, note=text, now=now)


def load_pins(connection: Connection, which: Any) -> list[Pin]:
    """Pins, oldest first, each with its remarks.

    Args:
        connection: within a transaction.
        which: a condition over columns of the table of pins.
    """
    rows = (
        connection.execute(select(pins).where(which).order_by(pins.c.at, pins.c.id))
        .mappings()
        .all()
    )
    said: dict[str, list[Remark]] = {}
    for remark in connection.execute(
        select(remarks)
        .select_from(remarks.join(pins, pins.c.id == remarks.c.pin_id))
        .where(which)
        .order_by(remarks.c.seq)
    ).mappings():
        said.setdefault(remark["pin_id"], []).append(
            Remark(
                id=remark["id"],
                author=remark["author"],
                at=remark["at"],
                act=remark["act"],
                text=remark["text"],
            )
        )
    return [
        Pin(
            id=row["id"],
            item_id=row["item_id"],
            x=row["x"],
            y=row["y"],
            text=row["text"],
            class_id=row["class_id"],
            class_name=row["class_name"],
            sureness=row["sureness"],
            region=json.loads(row["region"]),
            author=row["author"],
            at=row["at"],
            remarks=tuple(said.get(row["id"], ())),
        )
        for row in rows
    ]
