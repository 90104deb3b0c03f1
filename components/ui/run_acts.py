"""What a lead does with a batch: a button's click, and what came of it."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import streamlit as st

from components import session
from components.desk.cookies import read_cookie, want_cookie
from components.errors import DeskError
from components.model.review import Person
from components.ui.access import recall
from components.ui.notices import LOG, show_notice

_COOKIE = "seen_batches"
_REMEMBERED = 70
_DIGITS = 12
_A_YEAR = 365 * 24 * 3600
_DOUBLE_CLICK_SECONDS = 1.0


def act(who: Person, run_id: str, verb: Callable[..., Any], *before: Any) -> None:
    """Do something with a batch; where it cannot be done, its card says why.

    Args:
        who: who clicked; looked up again, since a part of a page keeps whoever was there first.
        run_id: which batch.
        verb: of the desk.
        before: what the verb takes between the person and the batch.
    """
    told: dict[str, str] = st.session_state.setdefault(session.RUN_TOLD, {})
    wish, now = (run_id, verb.__name__), time.monotonic()
    last, at = st.session_state.get(session.RUN_WISH, (None, 0.0))
    st.session_state[session.RUN_WISH] = (wish, now)
    if wish == last and now - at < _DOUBLE_CLICK_SECONDS:
        return  # it was done by the first click of two
    told.pop(run_id, None)
    try:
        verb(recall(who), *before, run_id)
    except DeskError as error:
        LOG.warning("%s: %s", type(error).__name__, error.detail or error.message)
        told[run_id] = error.message


def note_begun(run_id: str) -> None:
    """Have this person brought to the batch, wherever on the page they are."""
    times = st.session_state.get(session.RUN_BEGUN, ("", 0))[1]
    st.session_state[session.RUN_BEGUN] = (run_id, times + 1)


def show_told(run_id: str) -> None:
    """Why the last wish for this batch came to nothing."""
    told: dict[str, str] = st.session_state.get(session.RUN_TOLD, {})
    if run_id in told:
        show_notice("error", told[run_id])


def list_seen() -> list[str]:
    """Beginnings of the ids of batches whose summary this browser has put out of sight."""
    seen: list[str] | None = st.session_state.get(session.SEEN_RUNS)
    if seen is None:
        kept = read_cookie(_COOKIE).split(".")
        seen = st.session_state[session.SEEN_RUNS] = [one for one in kept if one]
    return seen


def is_seen(run_id: str) -> bool:
    """Whether its summary was put out of sight."""
    return run_id[:_DIGITS] in list_seen()


def put_out_of_sight(run_id: str) -> None:
    """Its summary is not shown any more in this browser."""
    seen = [run_id[:_DIGITS], *(one for one in list_seen() if one != run_id[:_DIGITS])]
    st.session_state[session.SEEN_RUNS] = seen[:_REMEMBERED]
    want_cookie(_COOKIE, ".".join(seen[:_REMEMBERED]), _A_YEAR)
