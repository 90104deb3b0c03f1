"""What is shown of a picture under review: its mask, and how large each class is in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from components import desk, session
from components.display.packet import pack_view, read_header
from components.model.areas import Area
from components.model.review import Item, Person
from components.ui.controls import write_note
from components.ui.sitting import Sitting


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
        size: bytes of its picture and answer.
    """

    item_id: str
    answer_id: str
    confidence: int
    is_cut: bool
    header: Mapping[str, Any] = field(repr=False)
    areas: tuple[Area, ...] = field(repr=False)
    size: int

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
        len(packet),
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
