"""The outbox of a browser: what it sends is stored, on whatever page of the desk it is open.

It posts to a route of the desk where the desk is served with routes of its own, and otherwise, or
where that way is closed, through a component of the page.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import streamlit as st

from components import desk, session
from components.desk import access
from components.errors import DeskError, StoreUnavailable
from components.model.review import Person
from components.ui import routes
from components.ui.notices import LOG
from components.ui.wording import MOVES
from components.viewer.events import check_events
from components.viewer.outbox import outbox

AWAY: Final = (
    "The desk’s database cannot be reached. What you decided is kept in this browser, and saved as "
    "soon as the database is back."
)
_UNREADABLE: Final = (
    "The desk could not read this. It was not saved; reload the page, then do it again."
)


@dataclass
class _Reply:
    """What this session's outbox is told of the events that came through the page."""

    saved: deque[str] = field(default_factory=lambda: deque(maxlen=200))
    refused: dict[str, str] = field(default_factory=dict)
    told: deque[tuple[str, str]] = field(default_factory=lambda: deque(maxlen=20))
    away: str = ""


def take_events(who: Person | None, sent: Any) -> dict[str, Any]:
    """Store what an outbox sent; called with the person whose outbox it is.

    Returns:
        "saved": ids of events that are stored. "refused": a sentence by the id of each that never
        will be. "told": [id of the event, sentence] of what its sender has to know. "away": why
        the rest is to be sent again later; "" where nothing is left.
    """
    events, malformed = check_events(sent)
    delivery = desk.deliver(who, events)
    away = ""
    if isinstance(delivery.fault, StoreUnavailable):
        LOG.warning("%s", delivery.fault.detail or delivery.fault.message)
        away = AWAY
    elif delivery.fault is not None:
        away = delivery.fault.message
    told = [
        (outcome.review.id, _tell_of_others(outcome))
        for outcome in delivery.outcomes
        if outcome.others
    ]
    told += [
        (id_, "There was nothing left to undo.")
        for id_, taken in delivery.undone.items()
        if taken is None
    ]
    return {
        "saved": delivery.saved,
        "refused": delivery.refused | dict.fromkeys(malformed, _UNREADABLE),
        "told": told,
        "away": away,
    }


def _tell_of_others(outcome: Any) -> str:
    said = ", ".join(f"{other.reviewer}: {MOVES[other.move]}" for other in outcome.others)
    return f"Somebody else decided {outcome.item.name} too ({said}). Both decisions are kept."


@st.fragment
def keep_outbox() -> None:
    """Called at each run by app.py: the outbox of this browser, where somebody is signed in."""
    reply: _Reply = st.session_state.setdefault(session.OUTBOX, _Reply())
    who = _find_owner()
    with st.container(key="outbox"):
        outbox(
            {
                "owner": who.name if who else "",
                "token": access.give_page_token(who).reveal() if who and routes.is_served() else "",
                "saved": list(reply.saved),
                "refused": dict(reply.refused),
                "told": [list(each) for each in reply.told],
                "away": reply.away,
            },
            key=session.OUTBOX_SENDER,
            on_events=lambda sent: _take_sent(reply, sent),
        )


def _take_sent(reply: _Reply, sent: Mapping[str, Any]) -> None:
    who = _find_owner()
    # Signed out meanwhile, or somebody else is there: what is theirs waits for them.
    if who is None or sent.get("owner") != who.name:
        return
    answer = take_events(who, sent.get("events"))
    reply.saved.extend(answer["saved"])
    reply.refused.update(answer["refused"])
    reply.told.extend(answer["told"])
    reply.away = answer["away"]


def _find_owner() -> Person | None:
    try:
        person = access.find_person()
    except DeskError:
        return None
    return person if person is not None and person.name else None
