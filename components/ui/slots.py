"""The slots that bring pictures to the browser before their turn comes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

import streamlit as st

from components import desk, session
from components.errors import DeskError
from components.model.review import Person, Project
from components.ui.access import recall
from components.ui.cards import describe_card
from components.ui.faces import make_face
from components.ui.notices import LOG
from components.ui.scene import draw_card
from components.ui.sitting import Sitting, sit_down
from components.viewer.supply import SLOTS, supply

MOST_BYTES: Final = 96_000_000
"""Pictures and answers that a browser is to hold beside the one on screen, as far as is known."""


def list_next(sitting: Sitting) -> tuple[str, ...]:
    """Pictures that are likely to come next: after going back those of before, then the queue's."""
    later = sitting.trail[sitting.at + 1 : sitting.at + 3] if sitting.at >= 0 else []
    return tuple(dict.fromkeys((*later, *sitting.ahead)))


def arrange_slots(sitting: Sitting) -> Sequence[tuple[int, str]]:
    """Give each wanted picture a slot, those that have one theirs; what each slot is to hold."""
    wanted = list(_list_wanted(sitting))
    slots = [id_ if id_ in wanted else "" for id_ in sitting.slots]
    missing = [id_ for id_ in wanted if id_ not in slots]
    for at, held in enumerate(slots):
        if not held and missing:
            slots[at] = missing.pop(0)
        elif not held:
            # What lay there may be looked at again; nothing else is wanted.
            slots[at] = sitting.slots[at]
    sitting.slots = slots
    sitting.faces = {id_: face for id_, face in sitting.faces.items() if id_ in slots}
    wants = []
    for id_ in wanted:
        face = sitting.faces.get(id_)
        wants.append((slots.index(id_), face.name if face else id_))
    return wants


def _list_wanted(sitting: Sitting) -> Iterator[str]:
    """The picture on screen, the one before it, then those that follow, as far as there is room."""
    before = sitting.trail[max(sitting.at - 1, 0) : sitting.at]
    order = (sitting.item_id, *list_next(sitting)[:2], *before, *list_next(sitting)[2:])
    size = 0
    for at, id_ in enumerate(list(dict.fromkeys(id_ for id_ in order if id_))[:SLOTS]):
        face = sitting.faces.get(id_)
        size += face.size if face and at else 0
        if size > MOST_BYTES and at > 1:
            return
        yield id_


def show_slots(who: Person, connection: desk.Connection, project: Project) -> None:
    """All slots of the page, each a fragment that the browser runs by itself."""
    for slot in range(SLOTS):
        _show_slot(who, connection, project, slot)


@st.fragment
def _show_slot(who: Person, connection: desk.Connection, project: Project, slot: int) -> None:
    sitting = sit_down(project)
    item_id = sitting.slots[slot]
    if not item_id:
        supply(session.REVIEWER, slot, "", b"", {})
        return
    confidence = project.confidence
    if item_id == sitting.item_id and sitting.confidence is not None:
        confidence = sitting.confidence
    try:
        recall(who)
        item = desk.find_item(who, item_id)
        face, packet = make_face(who, connection, item, confidence)
        sitting.faces[item_id] = face
        card = draw_card(who, connection, project, sitting, item_id)
        if card.face is not None and card.face.answer_id != face.answer_id:
            # Decided about before at another threshold, for which the model gave another answer.
            face, packet = make_face(who, connection, item, card.confidence)
    except DeskError as error:
        # The page itself says what is wrong with the picture on screen.
        LOG.warning("Slot %d: %s", slot, error.detail or error.message)
        supply(session.REVIEWER, slot, item_id, b"", {})
        return
    described = describe_card(who, card, is_blind=sitting.blind_since is not None)
    supply(session.REVIEWER, slot, face.name, packet, described)
