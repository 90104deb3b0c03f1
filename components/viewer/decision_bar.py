"""The decision bar: verdict, reasons and note within reach, kept until they are stored."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from streamlit.components.v2 import component

from components.viewer.events import check_decision
from components.viewer.parts import deliver, read, read_event

__all__ = ["decision_bar"]

_mount = component(
    "mask_desk_decision_bar",
    html=read("decision_bar.html"),
    css=read("decision_bar.css", "decision_panel.css"),
    js=read(
        "parts.js", "leaving.js", "outbox.js", "decision_panel.js", "room.js", "decision_bar.js"
    ),
)


def decision_bar(
    state: Mapping[str, Any], *, key: str, on_event: Callable[[dict[str, Any]], None]
) -> None:
    """Show the bar at the foot of the window, over the page.

    What somebody decides is kept in the browser (local storage "mask-desk:outbox:<owner>") before
    it is sent, and sent again, with the same id, until `state` names that id as saved or refused;
    also after a reload, or when the desk or its database was away meanwhile. Events are sent one
    at a time in their order, and may come twice or late: they tell themselves what they are about.

    No key gives a verdict while a viewer of the page is on its way to a picture, or shows another
    subject than the bar's; buttons do. What was chosen and typed in the open sheet stays with its
    subject when another one comes, until the page is left.

    Args:
        state: exactly these keys. "subject": id of the picture on screen, "" for none. "answer":
            id of its answer, "" for none. "may": whether this person may decide. "mine": their
            verdict so far, "" or a Move. "classes": those the mask holds, each {"name", "colour"}
            ("#rrggbb"). "can_undo", "can_back", "can_forward": bool. "saved": ids of events that
            are stored. "refused": a plain sentence by event id. "owner": whose events these are,
            any text that names project and person. "busy": a sentence to show while decisions
            cannot be stored, or "".
        key: identity of the bar on the page, as for any Streamlit widget.
        on_event: called before the next run with what was done: {"kind": "decide", "id",
            "subject", "answer", "move", "reasons", "classes", "note"}, {"kind": "undo", "id",
            "subject"} where the subject is what was on screen, {"kind": "back"} or
            {"kind": "forward"}. What has another shape is dropped.
    """

    def take() -> None:
        event = check_decision(read_event(key, "event"))
        if event is not None:
            on_event(event)

    deliver(f"bar:{key}", json.dumps(dict(state)).encode(), key=f"{key}_state")
    _mount(key=key, data=key.encode(), on_event_change=take)
