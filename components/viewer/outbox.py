"""The outbox: what somebody decided and remarked, kept in their browser until the desk has it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from streamlit.components.v2 import component

from components.viewer.parts import read, read_event

__all__ = ["OUTBOX_SCRIPTS", "outbox"]

OUTBOX_SCRIPTS = ("sender.js", "outbox_storage.js", "outbox.js")
"""What a component needs to put something into the outbox."""

_mount = component(
    "mask_desk_outbox",
    html=read("outbox_waiting.html"),
    css=read("outbox_waiting.css"),
    js=read("parts.js", "leaving.js", *OUTBOX_SCRIPTS, "outbox_waiting.js"),
)


def outbox(
    state: Mapping[str, Any], *, key: str, on_events: Callable[[Mapping[str, Any]], None]
) -> None:
    """Send what waits in this browser, from whatever page; what waits is said at the page's foot.

    Events are kept in the browser's IndexedDB before anything is sent, then sent in their order, as
    often as it takes, until they are named as saved or refused: by the answer of the desk's own
    route (`components.ui.routes`) where `state` has a token for it and it can be reached, else by
    `state`. They may come twice, in which case they have the same id.

    Args:
        state: exactly these keys. "owner": name of the person whose events may be sent, "" while
            nobody is signed in. "token": for the route, "" where there is none. "saved": ids of
            events that are stored. "refused": a plain sentence by event id. "told": pairs of an
            event id and a sentence for whoever sent it. "away": why nothing can be stored just
            now, or "".
        key: identity on the page, as for any Streamlit widget.
        on_events: called before the next run with {"owner", "events"}, where the route was not
            used. Nothing in it has been checked.
    """

    def take() -> None:
        sent = read_event(key, "events")
        if isinstance(sent, Mapping):
            on_events(sent)

    _mount(key=key, data=dict(state), on_events_change=take)
