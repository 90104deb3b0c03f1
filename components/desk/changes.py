"""Pictures of a comparison: listed by change, seen with both answers, put in a list to review."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import streamlit as st

from components import store
from components.desk.access import require
from components.desk.connection import open_desk
from components.desk.selections import keep_selection
from components.errors import Conflict
from components.model.image import SourceImage
from components.model.insights import MOST_SELECTED, Selection
from components.model.review import Person, Status

if TYPE_CHECKING:
    from components.store.comparison_lists import Changed
    from components.store.items import StoredAnswer

_IMAGE_CACHE = "32mb"
_STORED_CACHE = "16mb"


@dataclass(frozen=True, slots=True)
class ChangeSight:
    """A picture with the answers of both sides.

    Attributes:
        image: the picture.
        changed: how much of it changed, and what it was counted from.
        a, b: the sides' answers as they are stored.
    """

    image: SourceImage
    changed: Changed
    a: StoredAnswer
    b: StoredAnswer


def list_changed(
    who: Person | None,
    comparison_id: str,
    *,
    status: tuple[Status, ...] = (),
    skip: int = 0,
    limit: int = 24,
) -> list[Changed]:
    """Pictures by how much of them changed, the most first.

    Raises:
        AccessError: nobody is signed in.
        StoreError: the database cannot be asked.
    """
    require(who, "viewer")
    return store.comparison_lists.list_changed(
        open_desk().database, comparison_id, status=status, skip=skip, limit=limit
    )


def count_changed(
    who: Person | None,
    comparison_id: str,
    *,
    status: tuple[Status, ...] = (),
    above: float = -1.0,
) -> int:
    """Of how many pictures more than a share changed, 0–1.

    Raises:
        AccessError: nobody is signed in.
        StoreError: the database cannot be asked.
    """
    require(who, "viewer")
    return store.comparison_lists.count_changed(
        open_desk().database, comparison_id, status=status, above=above
    )


def list_uncompared(who: Person | None, comparison_id: str) -> list[tuple[str, str]]:
    """Pictures that could not be compared, by name, and why.

    Raises:
        AccessError: nobody is signed in.
        StoreError: the database cannot be asked.
    """
    require(who, "viewer")
    return store.comparison_lists.list_problems(open_desk().database, comparison_id)


def see_change(who: Person | None, comparison_id: str, item_id: str) -> ChangeSight:
    """A picture with the answers of both sides.

    Raises:
        AccessError: nobody is signed in.
        Conflict: it is not among those compared.
        StoreError: the database cannot be asked.
    """
    require(who, "viewer")
    database = open_desk().database
    changed = store.comparison_lists.find_changed(database, comparison_id, item_id)
    if changed is None:
        raise Conflict("That picture is not part of this comparison. Choose another one.")
    item = changed.item
    image = replace(_load_image(database.label, item.image_sha256), name=item.name, url=None)
    a, b = (
        _load_answer(database.label, answer_id)
        for answer_id in (changed.a_answer_id, changed.b_answer_id)
    )
    return ChangeSight(image, changed, a, b)


def select_changed(
    who: Person | None,
    comparison_id: str,
    *,
    title: str,
    detail: str,
    status: tuple[Status, ...],
    above: float,
) -> Selection:
    """Make a list of the pictures of which more than a share changed, the most changed first.

    Args:
        who: whose list it is.
        comparison_id: which.
        title: of the list.
        detail: what it is made of, in plain words.
        status: only pictures of these; empty: of any.
        above: share, 0–1.

    Raises:
        AccessError: nobody is signed in.
        Conflict: there is no such picture.
        StoreError: the database cannot be written.
    """
    require(who, "viewer")
    database = open_desk().database
    found = store.comparisons.find_comparison(database, comparison_id)
    chosen = store.comparison_lists.list_changed(
        database, comparison_id, status=status, above=above, limit=MOST_SELECTED
    )
    if not chosen:
        raise Conflict("No picture changed by so much. Choose a smaller share.")
    return keep_selection(
        who, found.project_id, [one.item.id for one in chosen], title=title, detail=detail
    )


@st.cache_data(show_spinner=False, max_size=_IMAGE_CACHE)
def _load_image(
    label: str,  # noqa: ARG001  part of the cache's key
    sha256: str,
) -> SourceImage:
    return store.items.load_image(open_desk().database, sha256)


@st.cache_data(show_spinner=False, max_size=_STORED_CACHE)
def _load_answer(
    label: str,  # noqa: ARG001  part of the cache's key
    answer_id: str,
) -> StoredAnswer:
    return store.items.load_answer(open_desk().database, answer_id)
