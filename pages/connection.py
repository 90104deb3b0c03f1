"""Connection: which server answers, trying another one, and testing it."""

from __future__ import annotations

import streamlit as st

from components.ui.access import admit
from components.ui.connection import show_current, show_form, show_how_to_keep
from components.ui.controls import open_connection
from components.ui.door import enter

enter("connection")
who = admit("viewer", needs_name=False)
connection = open_connection()
now, other = st.columns([1, 1], gap="large")
with now:
    show_current(connection)
    show_how_to_keep()
with other:
    show_form(who)
