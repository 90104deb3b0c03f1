"""Remarks at places of a picture. Each verb checks the role."""

from __future__ import annotations

from dataclasses import replace

from components import store
from components.desk.access import require
from components.desk.connection import open_desk
from components.model.clock import read_clock
from components.model.review import Person, Pin, Remark


def add_pin(who: Person | None, pin: Pin) -> Pin:
    """Keep a remark at a place of a picture; the same one twice is kept once.

    Raises:
        AccessError: not a reviewer.
        StoreError: it cannot be kept.
    """
    person = require(who, "reviewer")
    now = read_clock()
    return store.pins.add_pin(
        open_desk().database, replace(pin, author=person.name, at=now), now=now
    )


def add_remark(who: Person | None, pin_id: str, remark: Remark) -> Pin:
    """Reply to a pin, resolve or reopen it.

    Raises:
        AccessError: not a reviewer.
        StoreError: it cannot be kept.
    """
    person = require(who, "reviewer")
    now = read_clock()
    return store.pins.add_remark(
        open_desk().database, pin_id, replace(remark, author=person.name, at=now), now=now
    )


def list_pins(who: Person | None, item_id: str) -> list[Pin]:
    """Remarks at places of a picture, the oldest first.

    Raises:
        AccessError: nobody is signed in.
        StoreError: the database cannot be asked.
    """
    require(who, "viewer")
    return store.pins.list_pins(open_desk().database, item_id)
