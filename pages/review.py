"""Review: the next picture that needs you, its mask, your decision."""

from __future__ import annotations

import streamlit as st

from components import session
from components.ui.access import admit
from components.ui.controls import open_connection
from components.ui.deciding import show_review
from components.ui.deskfile import show_keeping
from components.ui.door import enter
from components.ui.instructions import show_instructions
from components.ui.projects import (
    choose_project,
    go_on_adding,
    load_projects,
    show_no_project,
    tell_of_gone_project,
)
from components.ui.report import show_report
from components.ui.selections import begin, find_list, show_list, tell_of_gone_list
from components.ui.sheet import show_sheet
from components.ui.sitting import return_to_queue, sit_down
from components.ui.slots import show_slots

_MODES = {"queue": "One by one", "sheet": "All pictures"}

enter("review")
who = admit("viewer")
connection = open_connection()
projects = load_projects(who)
show_keeping(who)
go_on_adding(who, connection, projects)
if not projects:
    show_report()
    show_no_project(who, connection)
    st.stop()

with st.container(key="review_controls", horizontal=True, vertical_alignment="center"):
    with st.container(key="choosing_project", width=300):
        project = choose_project(projects)
    selection = find_list(who, project)
    st.session_state.setdefault(session.REVIEW_MODE, "queue")
    mode = st.segmented_control(
        "Look at pictures",
        list(_MODES),
        format_func=_MODES.__getitem__,
        key=session.REVIEW_MODE,
        on_change=return_to_queue,
        args=(project,),
        required=True,
        label_visibility="collapsed",
    )
    if project.instructions:
        with st.popover("Instructions", icon=":material/menu_book:"):
            show_instructions(project.instructions)

tell_of_gone_project()
tell_of_gone_list()
if selection is not None:
    show_list(selection, project)
if mode == "sheet":
    show_sheet(who, project, selection)
else:
    if selection is not None:
        begin(who, sit_down(project), selection)
    show_review(who, connection, project)
    show_slots(who, connection, project)
