"""Mask Desk: the door.

`streamlit run app.py` finds `app` here and serves it, with the desk's own routes beside
Streamlit's. Whatever runs this file as a script gets a desk without those routes.
"""

from __future__ import annotations

from pathlib import Path

import streamlit as st

if __name__ == "__main__":
    from components.ui.front import show_page

    show_page()
else:
    from components.ui.routes import list_routes

    front = Path(__file__).resolve().parent / "components/ui/front.py"
    app = st.App(front, routes=list_routes())
