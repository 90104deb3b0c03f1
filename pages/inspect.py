"""Inspect: one picture, the model's mask beside it, the confidence in your hand."""

from __future__ import annotations

import streamlit as st

from components import desk, session
from components.display.packet import pack_view
from components.errors import DeskError
from components.model.classes import list_classes
from components.ui.answer import show_areas, show_facts
from components.ui.controls import choose_confidence, choose_model, open_connection, show_server
from components.ui.door import enter
from components.ui.notices import show_error
from components.ui.pictures import load_chosen_picture, show_missing_picture, show_pictures
from components.viewer import viewer

enter("inspect")
connection = open_connection()

with st.container(key="controls"):
    model_column, confidence_column = st.columns([2, 5], gap="large", vertical_alignment="top")
    with model_column:
        model = choose_model(connection)
    with confidence_column:
        confidence = choose_confidence()

picture_slot = st.container(key="picture")
show_pictures(connection)
answer_slot = st.container(key="answer")

with picture_slot:
    try:
        image = load_chosen_picture()
    except DeskError as error:
        show_missing_picture(error)
        st.stop()
    view = None
    problem = st.empty()
    try:
        with problem, st.spinner(f"Asking {model.id} …"):
            view = desk.predict(connection, image, model.id, confidence)
    except DeskError as error:
        with problem.container():
            show_error(error, title="No mask for this picture.")
            st.button("Try again", icon=":material/refresh:")
    if view is None:
        packet = pack_view(image, None, list_classes({}), confidence)
    else:
        packet = pack_view(view.image, view.answer.prediction, view.classes, confidence)
    viewer(packet, key=session.VIEWER)
    show_server(connection, model)

if view is not None:
    with answer_slot:
        show_areas(view)
        show_facts(view, connection)
