"""Inspect: one picture, the model's mask beside it, the confidence in your hand."""

from __future__ import annotations

import time

import streamlit as st

from components import desk, session
from components.display.packet import pack_view
from components.errors import DeskError
from components.model.classes import list_classes
from components.ui.answer import show_areas, show_facts
from components.ui.controls import (
    choose_confidence,
    choose_model,
    open_connection,
    pause_for_another,
    show_server,
)
from components.ui.door import enter
from components.ui.notices import show_error
from components.ui.pictures import load_chosen_picture, show_adding, show_refused, show_strip
from components.viewer import viewer

enter("inspect")
connection = open_connection()

with st.container(key="controls"):
    model_column, confidence_column, adding_column = st.columns(
        [3, 8, 3], gap="large", vertical_alignment="top"
    )
    with model_column:
        model = choose_model(connection)
    with confidence_column:
        confidence = choose_confidence()
    with adding_column, st.container(key="adding"):
        show_adding(connection)

# Places of their own, so that whatever comes or goes in one moves nothing in another.
image = load_chosen_picture(connection)
refused_slot = st.container(key="refused")
picture_slot = st.container(key="picture")
with st.container(key="strip_place"):
    show_strip(connection)
answer_slot = st.container(key="answer")
with refused_slot:
    show_refused()

with picture_slot:
    # A picture that was not on screen yet is shown at once, with the place of its mask kept; the
    # answer follows in a second run.
    is_new = st.session_state.get(session.SHOWN) != image.sha256
    is_pending = is_new and not desk.is_kept(connection, image, model.id, confidence)
    st.session_state[session.SHOWN] = image.sha256
    # Places of their own, so that the viewer stays the same element whatever happens before it.
    view, waiting, problem = None, st.container(key="waiting"), st.container(key="problem")
    if not is_pending:
        try:
            with waiting, st.spinner(f"Asking {model.id} …"):
                if not is_new:
                    pause_for_another(connection, image, model.id, confidence)
                view = desk.predict(connection, image, model.id, confidence)
        except DeskError as error:
            with problem:
                show_error(error, title="No mask for this picture.")
                with st.container(horizontal=True):
                    st.button("Try again", icon=":material/refresh:")
                    st.page_link(
                        "pages/connection.py", label="Check the connection", width="content"
                    )
    if view is None:
        packet = pack_view(image, None, list_classes({}), confidence, is_pending=is_pending)
    else:
        packet = pack_view(view.image, view.answer.prediction, view.classes, confidence)
    viewer(packet, key=session.VIEWER, height=540)
    show_server(connection, model, has_answered=None if is_pending else view is not None)

if is_pending:
    # A new run throws away what has not left for the browser yet; the server's loop sends within
    # about ten milliseconds.
    time.sleep(0.05)
    st.rerun()
if view is not None:
    with answer_slot:
        show_areas(view)
        show_facts(view, connection)
