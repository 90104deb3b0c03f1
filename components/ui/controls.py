"""Model and confidence, and which server they go to."""

from __future__ import annotations

import time
from html import escape

import streamlit as st

from components import desk, session
from components.errors import DeskError
from components.model.image import SourceImage
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


def choose_confidence() -> int:
    """The threshold, percent 0–100; in the page's address as `confidence`."""
    confidence = int(
        st.slider(
            "Confidence",
            0,
            100,
            DEFAULT_CONFIDENCE,
            key=session.CONFIDENCE,
            format="%d %%",
            bind="query-params",
            help="How sure the model must be of a place to mark it.",
        )
    )
    st.html(
        '<p class="desk-sub desk-ends"><span>marks more, also where the model is unsure</span>'
        "<span>marks only what is sure</span></p>"
    )
    return confidence


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
