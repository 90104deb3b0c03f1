"""Pictures of a comparison: listed by change, seen with both answers, put in a list to review."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from components import store
from components.desk.access import require
from components.desk.connection import open_desk
from components.desk.selections import keep_selection
from components.desk.stored import load_answer, load_image
from components.errors import Conflict
from components.model.image import SourceImage
from components.model.insights import Slice
from components.model.review import Person, Status
from components.model.selection import MOST_SELECTED, Selection

if TYPE_CHECKING:
    from components.store.comparison_lists import Changed
    from components.store.items import StoredAnswer

_WHOLE = Slice()


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
    slice_: Slice = _WHOLE,
    *,
    status: tuple[Status, ...] = (),
    skip: int = 0,
    limit: int = 24,
) -> list[Changed]:
    """Pictures of a slice by how much of them changed, the most first.

    Raises:
        AccessError: nobody is signed in.
        StoreError: the database cannot be asked.
    """
    require(who, "viewer")
    return store.comparison_lists.list_changed(
        open_desk().database, comparison_id, slice_, status=status, skip=skip, limit=limit
    )


def count_changed(
    who: Person | None,
    comparison_id: str,
    slice_: Slice = _WHOLE,
    *,
    status: tuple[Status, ...] = (),
    above: float = -1.0,
) -> int:
    """Of how many pictures of a slice more than a share changed, 0–1.

    Raises:
        AccessError: nobody is signed in.
        StoreError: the database cannot be asked.
    """
    require(who, "viewer")
    return store.comparison_lists.count_changed(
        open_desk().database, comparison_id, slice_, status=status, above=above
    )


def list_uncompared(
    who: Person | None, comparison_id: str, slice_: Slice = _WHOLE
) -> list[tuple[str, str]]:
    """Pictures of a slice that could not be compared, by name, and why.

    Raises:
        AccessError: nobody is signed in.
        StoreError: the database cannot be asked.
    """
    require(who, "viewer")
    return store.comparison_lists.list_problems(open_desk().database, comparison_id, slice_)


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
    image = load_image(item.image_sha256, item.name)
    a, b = load_answer(changed.a_answer_id), load_answer(changed.b_answer_id)
    return ChangeSight(image, changed, a, b)


def select_changed(
    who: Person | None,
    comparison_id: str,
    *,
    title: str,
    detail: str,
    status: tuple[Status, ...],
    above: float,
    slice_: Slice = _WHOLE,
) -> Selection:
    """Make a list of the pictures of which more than a share changed, the most changed first.

    Args:
        who: whose list it is.
        comparison_id: which.
        title: of the list.
        detail: what it is made of, in plain words.
        status: only pictures of these; empty: of any.
        above: share, 0–1.
        slice_: of which of the pictures compared.

    Raises:
        AccessError: nobody is signed in.
        Conflict: there is no such picture.
        StoreError: the database cannot be written.
    """
    require(who, "viewer")
    database = open_desk().database
    found = store.comparisons.find_comparison(database, comparison_id)
    chosen = store.comparison_lists.list_changed(
        database, comparison_id, slice_, status=status, above=above, limit=MOST_SELECTED
    )
    if not chosen:
        raise Conflict("No picture changed by so much. Choose a smaller share.")
    return keep_selection(
        who, found.project_id, [one.item.id for one in chosen], title=title, detail=detail
    )


def select_became(
    who: Person | None,
    comparison_id: str,
    a: str,
    b: str,
    *,
    title: str,
    slice_: Slice = _WHOLE,
) -> Selection:
    """Make a list of the pictures in which one class became another, most pixels first.

    Args:
        who: whose list it is.
        comparison_id: which.
        a, b: names of the class in A and in B.
        title: of the list.
        slice_: which of the pictures compared.

    Raises:
        AccessError: nobody is signed in.
        Conflict: there is no such picture any more.
        StoreError: the database cannot be written.
    """
    require(who, "viewer")
    database = open_desk().database
    found = store.comparisons.find_comparison(database, comparison_id)
    item_ids = store.comparison_picks.list_became(database, comparison_id, a, b, slice_)
    detail = "The pictures in which that happens, most pixels first."
    return keep_selection(who, found.project_id, item_ids, title=title, detail=detail)


def select_gained(
    who: Person | None,
    comparison_id: str,
    class_name: str,
    *,
    title: str,
    slice_: Slice = _WHOLE,
) -> Selection:
    """Make a list of the pictures with a class, those first where A and B differ most in its IoU.

    Args:
        who: whose list it is.
        comparison_id: which.
        class_name: of a class.
        title: of the list.
        slice_: which of the pictures compared.

    Raises:
        AccessError: nobody is signed in.
        Conflict: there is no such picture any more.
        StoreError: the database cannot be written.
    """
    require(who, "viewer")
    database = open_desk().database
    found = store.comparisons.find_comparison(database, comparison_id)
    item_ids = store.comparison_picks.list_gained(database, comparison_id, class_name, slice_)
    detail = "The pictures with that class and a truth mask, the largest difference of IoU first."
    return keep_selection(who, found.project_id, item_ids, title=title, detail=detail)
