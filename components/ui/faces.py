"""What is shown of a picture under review, and the slots that bring its bytes to the browser."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import streamlit as st

from components import desk, session
from components.display.packet import pack_view, read_header
from components.errors import DeskError
from components.model.areas import Area
from components.model.review import Item, Person, Project
from components.ui.access import recall
from components.ui.controls import write_note
from components.ui.notices import LOG
from components.ui.sitting import Sitting, sit_down
from components.viewer.supply import SLOTS, supply


@dataclass(frozen=True, slots=True)
class Face:
    """A picture and its mask as the viewer's header tells of them, without their bytes.

    Attributes:
        item_id: of the picture.
        answer_id: of the answer in the store.
        confidence: the threshold it was made for, percent 0–100.
        is_cut: whether it holds every other threshold too.
        header: of the viewer's packet.
        areas: of the classes present at `confidence`.
    """

    item_id: str
    answer_id: str
    confidence: int
    is_cut: bool
    header: Mapping[str, Any] = field(repr=False)
    areas: tuple[Area, ...] = field(repr=False)

    @property
    def name(self) -> str:
        """What a slot is filled with where it holds this."""
        return f"{self.item_id} {self.answer_id}"


def make_face(
    who: Person, connection: desk.Connection, item: Item, confidence: int
) -> tuple[Face, bytes]:
    """A face, and the packet with the bytes of its picture and answer.

    Raises:
        DeskError: there is no mask to show, or the database is away.
    """
    sight = desk.see_item(who, connection, item, confidence)
    view = sight.view
    note = ""
    if view.cut_to is None:
        note = write_note(desk.find_behaviour(connection, view.answer.model))
    packet = pack_view(
        view.image,
        view.answer.prediction,
        view.classes,
        view.confidence,
        cut_to=view.cut_to,
        note=note,
        link={session.PROJECT: item.project_id, session.ITEM: item.id},
        subject=item.id,
    )
    face = Face(
        item.id,
        sight.answer_id,
        view.confidence,
        view.cut_to is not None,
        read_header(packet),
        desk.measure_areas(view),
    )
    return face, packet


def find_face(
    who: Person, connection: desk.Connection, sitting: Sitting, item: Item, confidence: int
) -> Face:
    """The face of a picture at a threshold; made only where no slot has made it already.

    Raises:
        DeskError: there is no mask to show, or the database is away.
    """
    known = sitting.faces.get(item.id)
    if isinstance(known, Face) and (known.is_cut or known.confidence == confidence):
        return known
    face, _ = make_face(who, connection, item, confidence)
    sitting.faces[item.id] = face
    return face


def list_next(sitting: Sitting) -> tuple[str, ...]:
    """Pictures that are likely to come next: after going back those of before, then the queue's."""
    later = sitting.trail[sitting.at + 1 : sitting.at + 3] if sitting.at >= 0 else []
    return tuple(dict.fromkeys((*later, *sitting.ahead)))


def arrange_slots(sitting: Sitting) -> Sequence[str]:
    """Give each wanted picture a slot, those that have one theirs; what each slot is to hold."""
    order = (
        sitting.item_id,
        *list_next(sitting),
        *sitting.trail[max(sitting.at - 1, 0) : sitting.at],
    )
    wanted = list(dict.fromkeys(id_ for id_ in order if id_))[:SLOTS]
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
    faces = [sitting.faces.get(id_) for id_ in slots]
    return [face.name if face else id_ for face, id_ in zip(faces, slots, strict=True)]


def show_slots(who: Person, connection: desk.Connection, project: Project) -> None:
    """All slots of the page, each a fragment that the browser runs by itself."""
    for slot in range(SLOTS):
        _show_slot(who, connection, project, slot)


@st.fragment
def _show_slot(who: Person, connection: desk.Connection, project: Project, slot: int) -> None:
    sitting = sit_down(project)
    item_id = sitting.slots[slot]
    if not item_id:
        supply(session.REVIEWER, slot, "", b"")
        return
    confidence = project.confidence
    if item_id == sitting.item_id and sitting.confidence is not None:
        confidence = sitting.confidence
    try:
        recall(who)
        item = desk.find_item(who, item_id)
        face, packet = make_face(who, connection, item, confidence)
    except DeskError as error:
        # The page itself says what is wrong with the picture on screen.
        LOG.warning("Slot %d: %s", slot, error.detail or error.message)
        supply(session.REVIEWER, slot, item_id, b"")
        return
    sitting.faces[item_id] = face
    supply(session.REVIEWER, slot, face.name, packet)
