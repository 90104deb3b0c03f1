"""Exports: a project handed on, as a file, or back to Roboflow; for whoever leads."""

from __future__ import annotations

import streamlit as st

from components.errors import DeskError
from components.ui.access import admit
from components.ui.controls import open_connection
from components.ui.deskfile import show_desk_file, show_keeping
from components.ui.door import enter
from components.ui.exports import show_exports
from components.ui.exports_roboflow import show_handing_back
from components.ui.notices import show_error
from components.ui.places import find_page
from components.ui.projects import (
    choose_project,
    go_on_adding,
    load_projects,
    show_no_project,
    tell_of_gone_project,
)
from components.ui.report import show_report

enter("exports")
who = admit("lead")
connection = open_connection()
projects = load_projects(who)
show_keeping(who)
go_on_adding(who, connection, projects)
if not projects:
    show_report()
    show_no_project(who, connection)
    show_desk_file(who)
    st.stop()

with st.container(key="export_controls", horizontal=True, vertical_alignment="center"):
    with st.container(key="choosing_project", width=300):
        project = choose_project(projects)
    st.page_link(find_page("review"), label="Review it", icon=":material/rate_review:")
tell_of_gone_project()
show_report()
try:
    wish = show_exports(who, project)
    show_handing_back(who, project, wish)
    show_desk_file(who)
except DeskError as error:
    show_error(error)
