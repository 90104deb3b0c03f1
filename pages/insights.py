"""Insights: the numbers a team decides by, for one project and a filter."""

from __future__ import annotations

import streamlit as st

from components.errors import DeskError
from components.ui.access import admit
from components.ui.controls import open_connection
from components.ui.deskfile import show_keeping
from components.ui.door import enter
from components.ui.insights import show_insights
from components.ui.notices import show_error
from components.ui.projects import (
    go_on_adding,
    load_projects,
    show_no_project,
)
from components.ui.report import show_report

enter("insights")
who = admit("viewer")
connection = open_connection()
projects = load_projects(who)
show_keeping(who)
go_on_adding(who, connection, projects)
if not projects:
    show_report()
    show_no_project(who, connection)
    st.stop()

try:
    show_insights(who, connection, projects)
except DeskError as error:
    show_error(error)
