"""Model and confidence, and which server they go to."""

from __future__ import annotations

from html import escape

import streamlit as st

from components import desk, session
from components.errors import DeskError
from components.ui.notices import show_error

DEFAULT_CONFIDENCE = 50


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
    return int(
        st.slider(
            "Confidence",
            0,
            100,
            DEFAULT_CONFIDENCE,
            key=session.CONFIDENCE,
            bind="query-params",
            help="How sure the model must be of a pixel to mark it. Further left, more is marked, "
            "also areas the model was unsure about; further right, only what it is sure of.",
        )
    )


def show_server(connection: desk.Connection, model: desk.ModelChoice) -> None:
    """One line: who answers, and what is to be known of the model."""
    about = f" {escape(model.about)}" if model.about else ""
    st.html(
        f'<p class="desk-sub"><span class="desk-chip">{escape(connection.title)}</span>{about}</p>'
    )
