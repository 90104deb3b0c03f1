"""Inspect: one picture, the model's mask beside it, the confidence in your hand."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import streamlit as st

from components import desk, session
from components.display.packet import pack_view
from components.errors import DeskError
from components.model.classes import list_classes
from components.ui.access import admit
from components.ui.answer import show_areas, show_facts
from components.ui.controls import (
    choose_model,
    hold_colours,
    hold_confidence,
    open_connection,
    pause_for_another,
    read_confidence,
    show_server,
    write_note,
)
from components.ui.door import enter
from components.ui.notices import show_error
from components.ui.pictures import (
    load_chosen_picture,
    name_chosen,
    show_adding,
    show_refused,
    show_strip,
)
from components.ui.places import find_page
from components.viewer import viewer

enter("inspect")
admit("viewer", needs_name=False)
connection = open_connection()

with st.container(
    key="controls",
    horizontal=True,
    horizontal_alignment="distribute",
    vertical_alignment="bottom",
):
    with st.container(key="choosing", width=320):
        model = choose_model(connection)
    with st.container(key="adding", width=240):
        show_adding(connection)
confidence = read_confidence()

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
    # Places of their own, so that the viewer stays the same element whatever happens before it.
    view, waiting, problem = None, st.container(key="waiting"), st.container(key="problem")
    viewer_slot, server_slot = st.container(key="viewer_place"), st.empty()
    link = {
        session.PICTURE: name_chosen(),
        session.MODEL: model.id,
        session.CONFIDENCE: str(confidence),
    }

    def pack(view: desk.View | None, *, is_pending: bool = False) -> bytes:
        return pack_view(
            view.image if view else image,
            view.answer.prediction if view else None,
            view.classes if view else list_classes({}),
            confidence,
            is_pending=is_pending,
            cut_to=view.cut_to if view else None,
            note=write_note(desk.find_behaviour(connection, model.id)),
            link=link,
        )

    mount = partial(
        viewer,
        key=session.VIEWER,
        height=650,
        on_confidence=hold_confidence,
        on_colours=hold_colours,
    )
    # A picture that was not on screen yet is shown at once, with the place of its mask kept.
    is_new = st.session_state.get(session.SHOWN) != image.sha256
    st.session_state[session.SHOWN] = image.sha256
    is_known = desk.is_kept(connection, image, model.id, confidence)
    show: Callable[[bytes], object] = mount
    if is_new and not is_known:
        with viewer_slot:
            show = mount(pack(None, is_pending=True))
        with server_slot:
            show_server(connection, model, has_answered=None)
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
                st.page_link(find_page("connection"), label="Check the connection", width="content")
    with viewer_slot:
        show(pack(view))
    with server_slot:
        show_server(connection, model, has_answered=view is not None)

if view is not None:
    with answer_slot:
        show_areas(view, connection)
        show_facts(view, connection)
    # Everything is shown; what this finds out may spare calls from now on.
    if desk.learn_behaviour(connection, view, pause=st.empty):
        st.rerun()
