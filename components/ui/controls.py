"""Model and confidence, and which server they go to."""

from __future__ import annotations

import time
from html import escape

import streamlit as st

from components import desk, session
from components.errors import DeskError
from components.model.image import SourceImage
from components.ui import address
from components.ui.notices import show_error

DEFAULT_CONFIDENCE = 50
SETTLING_SECONDS = 0.25


def open_connection() -> desk.Connection:
    """The connection of this browser session, else the desk's own; stops the page without one."""
    typed = st.session_state.get(session.CONNECTION)
    if isinstance(typed, desk.Connection):
        return typed
    try:
        return desk.open_desk().connection
    except DeskError as error:
        show_error(error, title="The desk’s settings cannot be used.")
        st.stop()


def choose_model(connection: desk.Connection) -> desk.ModelChoice:
    """The model to ask; a choice only where there are several."""
    ids = [choice.id for choice in connection.models]
    if st.session_state.get(session.MODEL) not in ids:
        st.session_state.pop(session.MODEL, None)
    chosen = st.selectbox("Model", ids, key=session.MODEL, bind="query-params")
    return connection.find_model(chosen)


def read_confidence() -> int:
    """The threshold, percent 0–100; in the page's address as `confidence` where it was chosen."""
    if session.CONFIDENCE not in st.session_state or address.follow(session.CONFIDENCE):
        named = st.query_params.get(session.CONFIDENCE, "")
        st.session_state[session.CONFIDENCE] = _parse_percent(named)
    confidence = int(st.session_state[session.CONFIDENCE])
    address.write(session.CONFIDENCE, str(confidence), default=str(DEFAULT_CONFIDENCE))
    return confidence


def hold_confidence(confidence: int) -> None:
    """From now on this threshold, percent 0–100."""
    address.heed()
    st.session_state[session.CONFIDENCE] = confidence


def hold_colours(colours: dict[str, str]) -> None:
    """From now on these colours of one's own, "#rrggbb" by class name."""
    address.heed()
    st.session_state[session.COLOURS] = colours


def _parse_percent(text: str) -> int:
    try:
        return min(max(int(text), 0), 100)
    except ValueError:
        return DEFAULT_CONFIDENCE


def write_note(behaviour: desk.Behaviour) -> str:
    """What a reviewer should know before moving the slider; "" where there is nothing to know."""
    if behaviour.kind == "ignored":
        return "This model ignores the confidence: it marks the same at every value."
    if behaviour.kind == "called" or behaviour.is_given_up:
        if behaviour.gives_confidences is False:
            return (
                "The server does not say how sure it is of each pixel, so each value you let go of "
                "is one call to it."
            )
        return "Each value you let go of is one call to the server."
    return ""


def pause_for_another(
    connection: desk.Connection, image: SourceImage, model: str, confidence: int
) -> None:
    """Before a call is spent, give a person who is still moving the slider the time to.

    Streamlit ends this run at the next element when a newer one waits, so what was passed over is
    never asked.
    """
    if not desk.is_kept(connection, image, model, confidence):
        time.sleep(SETTLING_SECONDS)
        st.empty()


def show_server(
    connection: desk.Connection, model: desk.ModelChoice, *, has_answered: bool | None
) -> None:
    """One line: who answers, and what is to be known of the model.

    Args:
        connection: who is asked.
        model: which model.
        has_answered: None while nothing is known yet.
    """
    about = f" {escape(model.about)}" if model.about else ""
    st.html(f'<p class="desk-sub">{write_chip(connection.title, has_answered)}{about}</p>')


def write_chip(title: str, works: bool | None) -> str:
    """A server's name with a dot: green where it works, red where not, grey where not known."""
    tone = {True: "desk-on", False: "desk-off", None: ""}[works]
    return f'<span class="desk-chip {tone}">{escape(title)}</span>'
