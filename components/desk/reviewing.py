"""Reviewing: the queue, decisions, remarks at places of a picture. Each verb checks the role."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from components import store
from components.desk.access import require
from components.desk.clock import read_clock
from components.desk.connection import open_desk
from components.model.review import Decision, Item, Person, Pin, Remark, Review

if TYPE_CHECKING:
    from components.store.lists import Cursor, Page, Wish
    from components.store.queue import Turn
    from components.store.reviews import Event, Notice, Outcome

AHEAD = 2
"""Pictures kept ready beyond the one on screen."""


def take_turn(who: Person | None, project_id: str, *, after: str | None = None) -> Turn:
    """The next picture that needs this person, and those that come after it.

    Args:
        who: the reviewer; the pictures are theirs for ten minutes.
        project_id: of the project.
        after: begin behind this item, which the reviewer passes over for now.

    Raises:
        AccessError: not a reviewer.
        StoreError: the database cannot be asked.
    """
    person = require(who, "reviewer")
    return store.queue.take_next(
        open_desk().database, project_id, person.name, now=read_clock(), ahead=AHEAD, after=after
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
    return item, store.queue.claim_item(database, item_id, person.name, now=read_clock())


def find_item(who: Person | None, item_id: str) -> Item:
    """A picture as it stands now.

    Raises:
        AccessError: nobody is signed in.
        StoreError: there is none, or the database cannot be asked.
    """
    require(who, "viewer")
    return store.items.find_item(open_desk().database, item_id)


def keep_claims(who: Person | None, item_ids: Sequence[str]) -> None:
    """These pictures are still looked at by this person.

    Raises:
        AccessError: not a reviewer.
        StoreError: the database cannot be written.
    """
    person = require(who, "reviewer")
    store.queue.keep_claims(open_desk().database, person.name, item_ids, now=read_clock())


def release_claims(who: Person | None, *, keep: Sequence[str] = ()) -> None:
    """This person looks at none but these any more.

    Raises:
        AccessError: not a reviewer.
        StoreError: the database cannot be written.
    """
    person = require(who, "reviewer")
    store.queue.release_claims(open_desk().database, person.name, keep=keep)


def decide(who: Person | None, decision: Decision) -> Outcome:
    """Store a decision; when this returns it is on disk. The same one twice is stored once.

    Raises:
        AccessError: not a reviewer.
        StoreUnavailable: the database is away; the same decision may be sent again.
        StoreError: it does not go with what is stored.
    """
    person = require(who, "reviewer")
    return store.reviews.decide(open_desk().database, decision, person.name, now=read_clock())


def decide_and_go_on(
    who: Person | None, decision: Decision, project_id: str
) -> tuple[Outcome, Turn]:
    """Store a decision and claim what comes next; when this returns both are on disk.

    Raises:
        AccessError: not a reviewer.
        StoreUnavailable: the database is away; the same decision may be sent again.
        StoreError: it does not go with what is stored.
    """
    person = require(who, "reviewer")
    return store.turns.decide_and_take(
        open_desk().database, decision, project_id, person.name, now=read_clock(), ahead=AHEAD
    )


def undo(who: Person | None, undo_id: str, project_id: str) -> Review | None:
    """Take back this person's newest decision; None where there is none.

    Raises:
        AccessError: not a reviewer.
        StoreError: the database cannot be written.
    """
    person = require(who, "reviewer")
    return store.reviews.undo(
        open_desk().database, undo_id, project_id, person.name, now=read_clock()
    )


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


def list_reviews(who: Person | None, item_id: str) -> list[Review]:
    """What was decided about a picture, the oldest first.

    Raises:
        AccessError: nobody is signed in.
        StoreError: the database cannot be asked.
    """
    require(who, "viewer")
    return store.reviews.list_reviews(open_desk().database, item_id)


def list_items(
    who: Person | None,
    project_id: str,
    wish: Wish,
    *,
    after: Cursor | None = None,
    before: Cursor | None = None,
    limit: int = 48,
) -> Page:
    """One page of a project's pictures.

    Raises:
        AccessError: nobody is signed in.
        StoreError: the database cannot be asked.
    """
    person = require(who, "viewer")
    return store.lists.list_items(
        open_desk().database,
        project_id,
        wish,
        reviewer=person.name,
        after=after,
        before=before,
        limit=limit,
    )


def count_items(who: Person | None, project_id: str, wish: Wish) -> int:
    """How many pictures a wish finds, counted to a little above a thousand.

    Raises:
        AccessError: nobody is signed in.
        StoreError: the database cannot be asked.
    """
    person = require(who, "viewer")
    return store.lists.count_items(open_desk().database, project_id, wish, reviewer=person.name)


def find_neighbour(
    who: Person | None, project_id: str, wish: Wish, item_id: str, step: int
) -> Item | None:
    """The next (1) or previous (-1) picture of a list; None at its end.

    Raises:
        AccessError: nobody is signed in.
        StoreError: the database cannot be asked.
    """
    person = require(who, "viewer")
    return store.lists.find_neighbour(
        open_desk().database,
        project_id,
        wish,
        item_id,
        1 if step > 0 else -1,
        reviewer=person.name,
    )


def list_class_names(who: Person | None, project_id: str) -> list[str]:
    """Classes that appear in a project's pictures.

    Raises:
        AccessError: nobody is signed in.
        StoreError: the database cannot be asked.
    """
    require(who, "viewer")
    return store.lists.list_class_names(open_desk().database, project_id)


def load_thumbnails(who: Person | None, image_sha256s: Sequence[str]) -> dict[str, bytes]:
    """Small JPEGs by the picture's sha256.

    Raises:
        AccessError: nobody is signed in.
        StoreError: the database cannot be asked.
    """
    require(who, "viewer")
    return store.items.load_thumbnails(open_desk().database, image_sha256s)


def list_notices(who: Person | None, project_id: str) -> list[Notice]:
    """What this person has to be told: pictures that somebody else decided too.

    Raises:
        AccessError: nobody is signed in.
        StoreError: the database cannot be asked.
    """
    person = require(who, "viewer")
    return store.reviews.list_notices(open_desk().database, project_id, person.name)


def see_notice(who: Person | None, notice_id: str) -> None:
    """This person has read it.

    Raises:
        AccessError: nobody is signed in.
        StoreError: the database cannot be written.
    """
    person = require(who, "viewer")
    store.reviews.see_notice(open_desk().database, notice_id, person.name, now=read_clock())


def list_record(
    who: Person | None,
    project_id: str,
    *,
    reviewer: str | None = None,
    move: str | None = None,
    before_seq: int | None = None,
    limit: int = 100,
) -> list[Review]:
    """Who decided what, when, from which answer; the newest first.

    Raises:
        AccessError: not a lead.
        StoreError: the database cannot be asked.
    """
    require(who, "lead")
    return store.reviews.list_record(
        open_desk().database,
        project_id,
        reviewer=reviewer,
        move=move,
        before_seq=before_seq,
        limit=limit,
    )


def list_events(who: Person | None, project_id: str, *, limit: int = 100) -> list[Event]:
    """What leads changed in a project; the newest first.

    Raises:
        AccessError: not a lead.
        StoreError: the database cannot be asked.
    """
    require(who, "lead")
    return store.reviews.list_events(open_desk().database, project_id, limit=limit)


def list_reviewers(who: Person | None, project_id: str) -> list[str]:
    """Who decided anything in a project.

    Raises:
        AccessError: not a lead.
        StoreError: the database cannot be asked.
    """
    require(who, "lead")
    return store.reviews.list_reviewers(open_desk().database, project_id)
