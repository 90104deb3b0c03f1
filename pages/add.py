"""Add: projects and their pictures, for whoever leads."""

from __future__ import annotations

import streamlit as st

from components.errors import DeskError
from components.ui.access import admit
from components.ui.controls import open_connection
from components.ui.deskfile import show_desk_file, show_keeping
from components.ui.door import enter
from components.ui.notices import show_error
from components.ui.places import find_page
from components.ui.project_settings import (
    show_archived,
    show_new,
    show_pictures,
    show_settings,
)
from components.ui.projects import (
    choose_project,
    go_on_adding,
    load_projects,
    show_no_project,
    tell_of_gone_project,
)
from components.ui.record import show_record
from components.ui.report import show_report

enter("add")
who = admit("lead")
connection = open_connection()
projects = load_projects(who)
show_keeping(who)
go_on_adding(who, connection, projects)

with st.container(key="add_controls", horizontal=True, vertical_alignment="center"):
    if projects:
        with st.container(key="choosing_project", width=300):
            project = choose_project(projects)
    with st.popover("New project", icon=":material/add:", key=f"new_{len(projects)}"):
        show_new(who, connection)
    if projects:
        st.page_link(find_page("review"), label="Review it", icon=":material/rate_review:")

tell_of_gone_project()
show_report()
try:
    if projects:
        pictures, settings, record = st.tabs(["Pictures", "Settings", "Record"])
        with pictures:
            show_pictures(who, connection, project)
        with settings:
            show_settings(who, connection, project)
        with record:
            show_record(who, project)
    else:
        show_no_project(who, connection)
    show_archived(who)
    show_desk_file(who)
except DeskError as error:
    show_error(error)
