"""Lists of pictures put together of charts, and second looks. Each verb checks the role."""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Sequence
from typing import Final

from components import store
from components.desk.access import require
from components.desk.connection import open_desk
from components.errors import Conflict
from components.model.clock import read_clock
from components.model.insights import Pick, Slice
from components.model.review import Person
from components.model.selection import Selection

MOST_REPEATS: Final = 200
"""Pictures of one second look."""


def select_pictures(
    who: Person | None, project_id: str, slice_: Slice, pick: Pick, *, title: str
) -> Selection:
    """A list of the pictures that a part of a chart is about.

    Raises:
        AccessError: nobody is signed in.
        Conflict: there is no such picture any more.
        StoreError: the database cannot be written.
    """
    person = require(who, "viewer")
    database = open_desk().database
    item_ids = store.insights.select_ids(database, project_id, slice_, pick)
    return _keep(person, project_id, item_ids, title, "")


def keep_selection(
    who: Person | None, project_id: str, item_ids: Sequence[str], *, title: str, detail: str = ""
) -> Selection:
    """A list of these pictures, in this order.

    Raises:
        AccessError: nobody is signed in.
        Conflict: it is empty, or a picture is not of this project.
        StoreError: the database cannot be written.
    """
    person = require(who, "viewer")
    return _keep(person, project_id, item_ids, title, detail)


def _keep(
    person: Person, project_id: str, item_ids: Sequence[str], title: str, detail: str
) -> Selection:
    if not item_ids:
        raise Conflict(
            "There is no such picture any more. Reload the page to see the numbers as they are now."
        )
    from components.store.rows import LONGEST_TITLE  # with the database, which starts need not

    # Two long class names and a filter can be more than a title holds.
    if len(title) > LONGEST_TITLE:
        title = title[: LONGEST_TITLE - 1] + "…"
    # The same pictures under the same title are the same list, however often they are asked for.
    made_of = json.dumps([project_id, title, detail, list(item_ids)])
    return store.selections.create_selection(
        open_desk().database,
        project_id,
        title=title,
        item_ids=item_ids,
        by=person.name,
        now=read_clock(),
        detail=detail,
        id=hashlib.sha256(made_of.encode("utf-8", "replace")).hexdigest()[:32],
    )


def find_selection(who: Person | None, selection_id: str) -> Selection:
    """A list of pictures that was put together before.

    Raises:
        AccessError: nobody is signed in.
        Conflict: there is none.
        StoreError: the database cannot be asked.
    """
    require(who, "viewer")
    return store.selections.find_selection(open_desk().database, selection_id)


def count_looked_at(who: Person | None, selection_id: str) -> int:
    """How many pictures of a list this person has decided about since it was made.

    Raises:
        AccessError: nobody is signed in.
        StoreError: the database cannot be asked.
    """
    person = require(who, "viewer")
    return store.selections.count_looked_at(open_desk().database, selection_id, person.name)


def list_repeat_selections(who: Person | None, project_id: str) -> Sequence[Selection]:
    """Second looks that were drawn, the newest first.

    Raises:
        AccessError: nobody is signed in.
        StoreError: the database cannot be asked.
    """
    require(who, "viewer")
    return store.selections.list_selections(open_desk().database, project_id, kind="repeat")


def draw_repeat(who: Person | None, project_id: str, number: int) -> Selection:
    """Draw decided pictures for a second look at which the first verdict is not shown.

    Args:
        who: a lead.
        project_id: of the project.
        number: how many, 1–200; fewer where fewer are decided.

    Raises:
        AccessError: not a lead.
        Conflict: nothing is decided yet.
        StoreError: the database cannot be written.
    """
    person = require(who, "lead")
    database = open_desk().database
    item_ids = store.selections.draw_repeats(
        database, project_id, count=max(1, min(number, MOST_REPEATS)), seed=secrets.randbits(32)
    )
    if not item_ids:
        raise Conflict("Nothing is decided yet, so there is nothing to look at a second time.")
    return store.selections.create_selection(
        database,
        project_id,
        title="Second look",
        item_ids=item_ids,
        by=person.name,
        now=read_clock(),
        kind="repeat",
        detail="Drawn by lot of what is decided. What was said before is not shown. What you say "
        "counts as your verdict.",
    )
