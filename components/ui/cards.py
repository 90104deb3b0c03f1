"""Pictures under review as the browser is told of them, to show one the moment its turn comes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from components.model.review import Person
from components.ui.faces import Face
from components.ui.remarks import describe_pin
from components.ui.scene import Card
from components.ui.wording import MOVES, STATUSES


def describe_card(who: Person, card: Card, *, is_blind: bool) -> dict[str, Any]:
    """A card as JSON for the decision bar, the viewer and the line above it.

    Args:
        who: who looks.
        card: the picture.
        is_blind: whether what it comes to is not to be seen.

    Returns:
        "subject": id of the picture. "name", "group": of it. "header": of the viewer's packet, None
        where there is no mask. "answer": "<id of the answer>@<confidence>", "" without one. "cut":
        whether that answer holds every confidence. "mine": this person's verdict so far, "" or a
        Move. "classes": what a decision may concern, each {"name", "colour"}. "pills": [kind,
        words] of how it stands.
    """
    face = card.face
    header: dict[str, Any] | None = None
    if face is not None:
        header = dict(face.header) | {
            "threshold": card.confidence,
            "pins": [describe_pin(number, pin) for number, pin in enumerate(card.pins, start=1)],
            "may_pin": who.may("reviewer"),
        }
    return {
        "subject": card.item.id,
        "name": card.item.name,
        "group": card.item.grouping,
        "header": header,
        # What was on screen when it was decided, also where it is sent again much later.
        "answer": f"{face.answer_id}@{card.confidence}" if face else "",
        "cut": face is not None and face.is_cut,
        "mine": card.mine.move if card.mine else "",
        "classes": list(_list_classes(face)) if face else [],
        "pills": list(_list_pills(card, is_blind)),
    }


def _list_pills(card: Card, is_blind: bool) -> Iterator[tuple[str, str]]:
    if card.mine is not None:
        yield card.mine.move, f"You: {MOVES[card.mine.move]}"
    if not is_blind and (card.mine is None or card.item.status != card.mine.move):
        yield card.item.status, STATUSES[card.item.status]


def _list_classes(face: Face) -> Iterator[dict[str, Any]]:
    """Classes a decision may concern: those in the picture, then those the model missed."""
    present = [area.info for area in face.areas if not area.info.is_background]
    yield from ({"name": info.name, "colour": info.colour} for info in present)
    names = {info.name for info in present}
    for listed in face.header["classes"]:
        if not listed["background"] and listed["name"] not in names:
            yield {"name": listed["name"], "colour": listed["colour"]}
