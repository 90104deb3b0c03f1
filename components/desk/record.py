"""What was decided and changed, and what people have to be told. Each verb checks the role."""

from __future__ import annotations

from typing import TYPE_CHECKING

from components import store
from components.desk.access import require
from components.desk.connection import open_desk
from components.model.clock import read_clock
from components.model.review import Person, Review

if TYPE_CHECKING:
    from components.store.reviews import Event, Notice


def list_reviews(who: Person | None, item_id: str) -> list[Review]:
    """What was decided about a picture, the oldest first.

    Raises:
        AccessError: nobody is signed in.
        StoreError: the database cannot be asked.
    """
    require(who, "viewer")
    return store.reviews.list_reviews(open_desk().database, item_id)


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
