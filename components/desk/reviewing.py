"""Reviewing: the queue, who has what open, decisions. Each verb checks the role."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING, Final

from components import store
from components.desk.access import require
from components.desk.connection import open_desk
from components.model.clock import read_clock
from components.model.review import Decision, Item, Person, Review

if TYPE_CHECKING:
    from components.store.queue import Turn
    from components.store.reviews import Outcome

AHEAD: Final = 6
"""Pictures kept ready beyond the one on screen, where nothing else is said."""


def take_turn(
    who: Person | None,
    project_id: str,
    *,
    after: str | None = None,
    pending: Collection[str] = (),
    ahead: int = AHEAD,
) -> Turn:
    """The next picture that needs this person, and those that come after it.

    Args:
        who: the reviewer; the pictures are theirs for ten minutes.
        project_id: of the project.
        after: begin behind this item, which the reviewer passes over for now.
        pending: items whose decisions are still on their way.
        ahead: how many pictures to have ready beyond the one handed out.

    Raises:
        AccessError: not a reviewer.
        StoreError: the database cannot be asked.
    """
    person = require(who, "reviewer")
    return store.queue.take_next(
        open_desk().database,
        project_id,
        person.name,
        now=read_clock(),
        ahead=ahead,
        after=after,
        pending=pending,
    )


def take_place(
    who: Person | None,
    project_id: str,
    item_id: str,
    *,
    passing: bool = False,
    pending: Collection[str] = (),
    ahead: int = AHEAD,
) -> tuple[Turn, str | None]:
    """Follow a reviewer to the picture on their screen, and claim what comes after it.

    Args:
        who: the reviewer.
        project_id: of the project.
        item_id: the picture on screen.
        passing: whether others before it were passed over and are not the next again.
        pending: items whose decisions are still on their way.
        ahead: how many pictures to have ready beyond it.

    Returns:
        The turn, whose item is the one on screen; and the name of another who has it open, or None.

    Raises:
        AccessError: not a reviewer.
        StoreError: there is no such picture, or the database cannot be asked.
    """
    person = require(who, "reviewer")
    return store.queue.take_place(
        open_desk().database,
        project_id,
        person.name,
        item_id,
        now=read_clock(),
        ahead=ahead,
        passing=passing,
        pending=pending,
    )


def open_item(who: Person | None, item_id: str) -> tuple[Item, str | None]:
    """A picture opened by itself, and who else has it open at the moment.

    Raises:
        AccessError: nobody is signed in.
        StoreError: there is none, or the database cannot be asked.
    """
    person = require(who, "viewer")
    database = open_desk().database
    item = store.items.find_item(database, item_id)
    if not person.may("reviewer"):
        return item, None
    return item, store.claiming.claim_item(database, item_id, person.name, now=read_clock())


def release_claims(who: Person | None, *, keep: Sequence[str] = ()) -> None:
    """This person looks at none but these any more.

    Raises:
        AccessError: not a reviewer.
        StoreError: the database cannot be written.
    """
    person = require(who, "reviewer")
    store.claiming.release_claims(open_desk().database, person.name, keep=keep)


def decide(who: Person | None, decision: Decision) -> Outcome:
    """Store a decision; when this returns it is on disk. The same one twice is stored once.

    Raises:
        AccessError: not a reviewer.
        StoreUnavailable: the database is away; the same decision may be sent again.
        StoreError: it does not go with what is stored.
    """
    person = require(who, "reviewer")
    return store.reviews.decide(open_desk().database, decision, person.name, now=read_clock())


def undo(
    who: Person | None, undo_id: str, project_id: str, decision_id: str | None = None
) -> Review | None:
    """Take back a decision of this person, the newest where none is named; None without any.

    Raises:
        AccessError: not a reviewer.
        StoreError: the database cannot be written.
    """
    person = require(who, "reviewer")
    return store.reviews.undo(
        open_desk().database,
        undo_id,
        project_id,
        person.name,
        now=read_clock(),
        decision_id=decision_id,
    )


def find_undoable(who: Person | None, project_id: str) -> Review | None:
    """The decision that an undo would take back; None where there is none.

    Raises:
        AccessError: not a reviewer.
        StoreError: the database cannot be asked.
    """
    person = require(who, "reviewer")
    return store.reviews.find_newest(open_desk().database, project_id, person.name)


def answer_item(who: Person | None, answer_id: str, item_id: str, note: str) -> Item:
    """Send a picture that needed a fix back to whoever sent it, with a word.

    Raises:
        AccessError: not a reviewer.
        StoreError: it needs no fix, or the database cannot be written.
    """
    person = require(who, "reviewer")
    return store.reviews.answer_item(
        open_desk().database, answer_id, item_id, by=person.name, note=note, now=read_clock()
    )
