"""Lists of pictures put together elsewhere: made, opened by their address, left again."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Final

import streamlit as st

from components import desk, session
from components.errors import DeskError
from components.model.insights import Pick, Slice
from components.model.review import Person, Project
from components.store.lists import Wish
from components.ui import address
from components.ui.access import recall
from components.ui.notices import show_notice
from components.ui.sitting import Sitting, show_item, sit_down
from components.ui.wording import count_pictures

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from components.model.selection import Selection


_GONE: Final = "list_gone"


def open_selection(who: Person, project: Project, slice_: Slice, pick: Pick, title: str) -> None:
    """In a callback: put the pictures of a part of a chart in a list, and go there."""
    open_made(lambda: desk.select_pictures(recall(who), project.id, slice_, pick, title=title))


def open_ranked(
    who: Person, project: Project, item_ids: Sequence[str], title: str, detail: str
) -> None:
    """In a callback: put these pictures in a list in this order, and go there."""
    open_made(
        lambda: desk.keep_selection(recall(who), project.id, item_ids, title=title, detail=detail)
    )


def open_made(make: Callable[[], Selection]) -> None:
    """In a callback: go to a list once it is made; where it cannot be, say why."""
    try:
        selection = make()
    except DeskError as error:
        st.session_state[session.ADD_REPORT] = [("error", error.message)]
        return
    lead_to(selection)


def lead_to(selection: Selection) -> None:
    """From the next run on: All pictures, with this list."""
    query = {session.PROJECT: [selection.project_id], session.LIST: [selection.id]}
    st.session_state[session.REVIEW_MODE] = "sheet"
    st.session_state[session.TARGET] = ("review", query)
    st.session_state[session.LIST] = selection.id


def open_picture(who: Person, project: Project, item_id: str) -> None:
    """In a callback: go to one picture on the page Review."""
    sitting = sit_down(project)
    sitting.leave_list()
    st.session_state.pop(session.LIST, None)
    try:
        show_item(recall(who), sitting, item_id)
    except DeskError as error:
        st.session_state[session.ADD_REPORT] = [("error", error.message)]
        return
    st.session_state[session.REVIEW_MODE] = "queue"
    query = {session.PROJECT: [project.id], session.ITEM: [item_id]}
    st.session_state[session.TARGET] = ("review", query)


def find_list(who: Person, project: Project) -> Selection | None:
    """The list that the address names, or that this session is at; None for none.

    Called before the page's widgets: a list that the address brings is shown as all pictures.
    """
    named = st.query_params.get(session.LIST, "")
    held = st.session_state.get(session.LIST, "")
    is_followed = address.follow(session.LIST)
    if is_followed and not named:
        held = ""  # the browser's back button led out of it
        sit_down(project).leave_list()
    elif named and named != held:
        held = named
        st.session_state[session.REVIEW_MODE] = "sheet"
        sit_down(project).leave_list()
    selection = None
    if held:
        try:
            selection = desk.find_selection(who, held)
        except DeskError as error:
            st.session_state[_GONE] = error.message
    if selection is not None and selection.project_id != project.id:
        selection = None
    if selection is None:
        st.session_state.pop(session.LIST, None)
    else:
        st.session_state[session.LIST] = selection.id
    address.write(session.LIST, selection.id if selection else "", default="")
    is_blind = selection is not None and selection.kind == "repeat"
    sit_down(project).blind_since = selection.created_at if selection and is_blind else None
    return selection


def tell_of_gone_list() -> None:
    """That the list of a link is not on this desk."""
    message = st.session_state.pop(_GONE, "")
    if message:
        show_notice("warning", f"{message} Here are all pictures.")


def show_list(selection: Selection, project: Project) -> None:
    """What list it is, and the way out of it."""
    with st.container(horizontal=True, vertical_alignment="center", key="chosen_list", gap="small"):
        more = f" {escape(selection.detail)}" if selection.detail else ""
        st.html(
            f'<p class="desk-sub chosen-list"><strong>{escape(selection.title)}</strong> '
            f"{count_pictures(selection.items)}.{more}</p>"
        )
        st.button(
            "Leave this list",
            icon=":material/close:",
            key="leave_selection",
            on_click=leave,
            args=(project,),
        )


def leave(project: Project) -> None:
    """In a callback: back to all pictures, and to one’s own queue."""
    address.heed()
    st.session_state.pop(session.LIST, None)
    st.query_params.pop(session.LIST, None)
    sitting = sit_down(project)
    sitting.blind_since = None
    sitting.leave_list()


def begin(who: Person, sitting: Sitting, selection: Selection) -> None:
    """One by one through a list, from its first picture; where one is at it already, nothing."""
    wish = Wish(selection=selection.id)
    if sitting.wish is not None and sitting.wish.selection == selection.id:
        return
    sitting.leave_list()
    sitting.wish = wish
    try:
        rows = desk.list_items(who, sitting.project_id, wish, limit=1).rows
        if rows:
            show_item(who, sitting, rows[0].item.id)
    except DeskError as error:
        sitting.told = ("error", error.message)
