"""Mask Desk: the door.

`streamlit run app.py` finds `app` here and serves it, with the desk's own routes beside
Streamlit's; the script that it runs is this same file. Whatever runs the script alone gets a desk
without them.
"""

from __future__ import annotations

from pathlib import Path

import streamlit as st

if __name__ == "__main__":
    from components.ui.front import show_page

    show_page()
else:
    from components.ui.routes import list_routes

    app = st.App(Path(__file__).resolve(), routes=list_routes())
