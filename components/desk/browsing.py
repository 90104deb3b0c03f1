"""A project's pictures, listed, filtered, sorted. Each verb checks the role."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from components import store
from components.desk.access import require
from components.desk.connection import open_desk
from components.model.review import Item, Person

if TYPE_CHECKING:
    from components.store.lists import Cursor, Page, Wish


def find_item(who: Person | None, item_id: str) -> Item:
    """A picture as it stands now.

    Raises:
        AccessError: nobody is signed in.
        StoreError: there is none, or the database cannot be asked.
    """
    require(who, "viewer")
    return store.items.find_item(open_desk().database, item_id)


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


def list_following(
    who: Person | None, project_id: str, wish: Wish, item_id: str, limit: int
) -> list[Item]:
    """The pictures that follow another in a list, at most so many.

    Raises:
        AccessError: nobody is signed in.
        StoreError: the database cannot be asked.
    """
    person = require(who, "viewer")
    return store.lists.list_following(
        open_desk().database, project_id, wish, item_id, reviewer=person.name, limit=limit
    )


def list_class_names(who: Person | None, project_id: str) -> list[str]:
    """Classes that appear in a project's pictures.

    Raises:
        AccessError: nobody is signed in.
        StoreError: the database cannot be asked.
    """
    require(who, "viewer")
    return store.lists.list_class_names(open_desk().database, project_id)


def list_class_maps(who: Person | None, project_id: str) -> list[dict[int, str]]:
    """Class maps of the answers about a project's pictures, the most frequent first.

    Raises:
        AccessError: nobody is signed in.
        StoreError: the database cannot be asked.
    """
    require(who, "viewer")
    return store.lists.list_class_maps(open_desk().database, project_id)


def load_thumbnails(who: Person | None, image_sha256s: Sequence[str]) -> dict[str, bytes]:
    """Small JPEGs by the picture's sha256.

    Raises:
        AccessError: nobody is signed in.
        StoreError: the database cannot be asked.
    """
    require(who, "viewer")
    return store.items.load_thumbnails(open_desk().database, image_sha256s)
