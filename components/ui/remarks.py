"""Pins: as the viewer takes them, and what it sends back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from components import desk
from components.errors import DeskError, NotSignedIn, StoreUnavailable
from components.model.review import Person, Pin, Project, Remark
from components.ui import address
from components.ui.access import recall
from components.ui.notices import LOG
from components.ui.sitting import AWAY, sit_down
from components.ui.wording import write_when


def describe_pin(number: int, pin: Pin) -> Mapping[str, Any]:
    """A pin as the viewer takes it."""
    return {
        "id": pin.id,
        "number": number,
        "x": pin.x,
        "y": pin.y,
        "text": pin.text,
        "author": pin.author,
        "when": write_when(pin.at),
        "class_name": pin.class_name,
        "sureness": pin.sureness,
        "is_open": pin.is_open,
        "replies": [
            {
                "id": remark.id,
                "author": remark.author,
                "when": write_when(remark.at),
                "act": remark.act,
                "text": remark.text,
            }
            for remark in pin.remarks
        ],
    }


def take_remark(who: Person, project: Project, event: dict[str, Any]) -> None:
    """What the viewer sent about a pin: one that was set, or a word to one."""
    sitting = sit_down(project)
    address.heed()
    try:
        recall(who)
        if event["kind"] == "pin":
            desk.add_pin(
                who,
                Pin(
                    id=event["id"],
                    item_id=event["subject"],
                    x=event["x"],
                    y=event["y"],
                    text=event["text"],
                    class_id=event.get("class_id"),
                    class_name=event.get("class_name") or "",
                    sureness=event.get("sureness"),
                    region=event.get("region") or {},
                ),
            )
        else:
            desk.add_remark(
                who,
                event["pin"],
                Remark(
                    id=event["id"], author="", at=0, act=event["kind"], text=event.get("text", "")
                ),
            )
        sitting.saved.append(event["id"])
        sitting.away = ""
    except NotSignedIn as error:
        # Kept in the browser, for when this person is there again.
        sitting.told = ("error", error.message)
    except StoreUnavailable as error:
        LOG.warning("%s", error.detail or error.message)
        sitting.away = AWAY
    except DeskError as error:
        sitting.refused[event["id"]] = error.message
