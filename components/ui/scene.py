"""What is known of one picture under review, gathered for the page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import streamlit as st

from components import desk, session
from components.errors import DeskError, InferenceError, StoreUnavailable
from components.model.review import VERDICTS, Item, Person, Pin, Project, Review
from components.ui.faces import Face, find_face
from components.ui.sitting import Sitting

if TYPE_CHECKING:
    from components.store.projects import Progress
    from components.store.reviews import Notice


@dataclass(frozen=True, slots=True)
class Card:
    """One picture under review, as it can be shown before anybody comes to it.

    Attributes:
        item: the picture.
        face: with its mask; None where there is none, and `problem` says why.
        confidence: the threshold it is shown at, percent 0–100.
        pins: remarks at places of it.
        reviews: what was decided about it that this person may see.
        mine: this person's verdict so far.
        problem: why there is no mask, or not the one that was wished; "" otherwise.
    """

    item: Item
    face: Face | None
    confidence: int
    pins: tuple[Pin, ...]
    reviews: tuple[Review, ...]
    mine: Review | None
    problem: str


@dataclass(frozen=True, slots=True)
class Scene(Card):
    """All that is shown of the picture on screen.

    Attributes:
        progress: of the project.
        looked_at: pictures of a second look's list that this person has decided about, and all of
            the list; None elsewhere.
        notices: what this person has to be told.
    """

    progress: Progress
    notices: tuple[Notice, ...]
    looked_at: tuple[int, int] | None


def look(
    who: Person, connection: desk.Connection, project: Project, sitting: Sitting
) -> Scene | None:
    """All there is to show of the picture on screen; None where there is none.

    Raises:
        DeskError: it is not there any more, or the database is away.
    """
    if sitting.item_id is None:
        return None
    card = draw_card(who, connection, project, sitting, sitting.item_id)
    return Scene(
        card.item,
        card.face,
        card.confidence,
        card.pins,
        card.reviews,
        card.mine,
        card.problem,
        desk.measure_progress(who, project.id),
        tuple(desk.list_notices(who, project.id)),
        measure_second_look(who, sitting),
    )


def draw_card(
    who: Person, connection: desk.Connection, project: Project, sitting: Sitting, item_id: str
) -> Card:
    """A picture with its mask, what was said of it, and the threshold it is shown at.

    Raises:
        DeskError: it is not there any more, or the database is away.
    """
    item = desk.find_item(who, item_id)
    chosen = sitting.confidence if item_id == sitting.item_id else None
    confidence = project.confidence if chosen is None else chosen
    since = sitting.blind_since
    reviews = desk.list_reviews(who, item.id)
    pins = desk.list_pins(who, item.id)
    if since is not None:
        # A second look is worth something where the first one is not seen.
        reviews = [review for review in reviews if review.at >= since]
        pins = [pin for pin in pins if pin.at >= since]
    mine = next(
        (review for review in reviews if review.is_standing and review.reviewer == who.name), None
    )
    if mine is not None and chosen is None and mine.move in VERDICTS:
        confidence = mine.confidence
        if item_id == sitting.item_id:
            sitting.confidence = confidence
    face, problem = None, ""
    try:
        face = find_face(who, connection, sitting, item, confidence)
    except InferenceError as error:
        problem = error.message
        # The mask that was there stays, at the confidence it was made for.
        if item_id == sitting.item_id:
            sitting.confidence = None
        confidence = desk.find_kept_confidence(who, item, project.confidence)
        face = sitting.faces.get(item.id) or find_face(who, connection, sitting, item, confidence)
    except StoreUnavailable:
        raise
    except DeskError as error:
        problem = item.problem or error.message
    return Card(
        item,
        face,
        confidence if face is None or face.is_cut else face.confidence,
        tuple(pins),
        tuple(choose_visible(who, item, reviews, mine)),
        mine,
        problem,
    )


def measure_second_look(who: Person, sitting: Sitting) -> tuple[int, int] | None:
    """How many pictures of a second look this person has decided about, of how many; None where
    this is none.

    Raises:
        DeskError: the list is not there any more, or the database is away.
    """
    selection_id = st.session_state.get(session.LIST)
    if sitting.blind_since is None or selection_id is None:
        return None
    total = desk.find_selection(who, selection_id).items
    return desk.count_looked_at(who, selection_id), total


def choose_visible(
    who: Person, item: Item, reviews: Sequence[Review], mine: Review | None
) -> Sequence[Review]:
    """Independent looks stay independent: others' verdicts are seen once one has decided.

    Viewers, who do not decide, see them at once.
    """
    is_open = item.status in ("open", "disagreed")
    if not is_open or mine is not None or not who.may("reviewer"):
        return reviews
    return [review for review in reviews if review.reviewer == who.name]
