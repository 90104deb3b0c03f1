"""The decision bar: verdict, reasons and note within reach, kept until they are stored."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from streamlit.components.v2 import component

from components.viewer.events import check_move
from components.viewer.outbox import OUTBOX_SCRIPTS
from components.viewer.parts import deliver, read, read_event

__all__ = ["decision_bar"]

_mount = component(
    "mask_desk_decision_bar",
    html=read("decision_bar.html"),
    css=read("decision_bar.css", "decision_panel.css"),
    js=read(
        "parts.js",
        "leaving.js",
        *OUTBOX_SCRIPTS,
        "drafts.js",
        "review_queue.js",
        "decision_panel.js",
        "room.js",
        "decision_bar.js",
    ),
)


def decision_bar(
    state: Mapping[str, Any], *, key: str, viewer: str, on_move: Callable[[dict[str, Any]], None]
) -> None:
    """Show the bar at the foot of the window, over the page; it decides what its viewer shows.

    A decision goes to the outbox of the browser (`components.viewer.outbox`), and the bar goes on
    at once to the next picture that was supplied, without a word from Python. Python follows: it is
    told of each move, and its own word about which picture is on screen counts only once it has
    heard of the last move. Moves are told once decisions are on their way, one at a time, the
    newest alone, until `state` has its "seq".

    No key gives a verdict while a viewer of the page is on its way to a picture, or shows another
    subject than the bar's; it says so instead. What was chosen and typed in the open sheet is kept
    in the browser with its subject until it is decided about.

    Args:
        state: exactly these keys. "seq": the newest move that Python has heard of. "project": its
            id. "card": of the picture on screen as `components.ui.cards` describes it, None for
            none. "next": subjects that come next, the likeliest first. "progress": of the project
            as `components.ui.progress` describes it, or None. "may": whether this person may
            decide. "undoable": the newest decision of this person, {"id", "subject", "name",
            "move"}, or None. "can_back", "can_forward": bool. "busy": a sentence to show while the
            desk cannot follow, or "".
        key: identity of the bar on the page, as for any Streamlit widget.
        viewer: key of the viewer whose picture is decided about.
        on_move: called before the next run with what `components.viewer.events.check_move`
            returns. What has another shape is dropped.
    """

    def take() -> None:
        move = check_move(read_event(key, "move"))
        if move is not None:
            on_move(move)

    deliver(f"bar:{key}", json.dumps(dict(state)).encode(), key=f"{key}_state")
    _mount(key=key, data=f"{key} {viewer}".encode(), on_move_change=take)
