"""Where decisions are kept, and the whole desk as one file."""

from __future__ import annotations

from datetime import datetime
from typing import Final

import streamlit as st

from components import desk, session
from components.display.charts.look import count
from components.errors import DeskError
from components.model.review import Person
from components.ui.notices import show_error, show_notice
from components.ui.pictures import let_go
from components.ui.wording import count_pictures, find_zone

_MEDIA_TYPE: Final = "application/vnd.sqlite3"


def show_keeping(who: Person) -> None:
    """Says so where decisions would be lost at a restart, and what to do."""
    if desk.does_keep():
        return
    text = (
        "What is decided here is forgotten when this desk is restarted. Save the desk as a file "
        "below now and then, or let whoever runs it connect PostgreSQL: one line in its secrets."
        if who.may("lead")
        else "What is decided here is forgotten when this desk is restarted. Whoever leads can "
        "save it as a file."
    )
    show_notice("warning", text, title="This desk’s disk does not last.")


def show_desk_file(who: Person) -> None:
    """Saving the whole desk, and opening one saved elsewhere."""
    with st.expander("The whole desk as one file", icon=":material/inventory_2:"):
        st.html(
            '<p class="desk-sub">All projects, pictures, answers, decisions and remarks, in one '
            "file that any Mask Desk opens again, whatever its database. Kept in: "
            f"{_name_database()}.</p>"
        )
        with st.container(horizontal=True, vertical_alignment="center", key="save_desk"):
            day = datetime.now(find_zone())
            # Made at the click: the desk goes on changing.
            st.download_button(
                "Save the desk",
                data=lambda: desk.save_desk(who),
                file_name=f"mask-desk-{day:%Y-%m-%d}.sqlite3",
                mime=_MEDIA_TYPE,
                icon=":material/download:",
                on_click="ignore",
            )
        opening_round = st.session_state.setdefault("desk_file_round", 0)
        file = st.file_uploader(
            "Open a saved desk; what is here stays",
            type=["sqlite3"],
            key=f"desk_file_{opening_round}",
        )
        if file is not None:
            try:
                with st.spinner("Opening the desk…"):
                    opened = desk.open_desk_file(who, file.getvalue())
            except DeskError as error:
                show_error(error, title="Not opened.")
                return
            let_go([file])
            st.session_state["desk_file_round"] = opening_round + 1
            st.session_state[session.ADD_REPORT] = [
                (
                    "good",
                    f"Opened. New here: {count(opened.projects, 'project')}, "
                    f"{count_pictures(opened.items)}, {count(opened.reviews, 'decision')} and "
                    f"{count(opened.pins, 'remark')}.",
                )
            ]
            st.rerun()


def _name_database() -> str:
    try:
        return desk.name_database()
    except DeskError as error:
        return error.message
