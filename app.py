"""Mask Desk: the door. Page config, navigation, and a guard so that no traceback is ever shown."""

from __future__ import annotations

import streamlit as st

from components import session
from components.ui.access import find_way_back, keep_cookies
from components.ui.door import come_back, read_query
from components.ui.notices import show_crash
from components.ui.theme import ICON, apply_theme

st.set_page_config(
    page_title="Mask Desk",
    page_icon=ICON,
    layout="wide",
    initial_sidebar_state="collapsed",
    menu_items={"about": "Mask Desk: review what a semantic segmentation model predicted."},
)
apply_theme()
st.session_state[session.DOOR] = True

pages = {
    "inspect": st.Page(
        "pages/inspect.py", title="Inspect", icon=":material/image_search:", url_path="inspect"
    ),
    "review": st.Page(
        "pages/review.py", title="Review", icon=":material/rate_review:", url_path="review"
    ),
    "insights": st.Page(
        "pages/insights.py", title="Insights", icon=":material/insights:", url_path="insights"
    ),
    "exports": st.Page(
        "pages/exports.py", title="Exports", icon=":material/ios_share:", url_path="exports"
    ),
    "add": st.Page("pages/add.py", title="Add", icon=":material/library_add:", url_path="add"),
    "connection": st.Page(
        "pages/connection.py", title="Connection", icon=":material/lan:", url_path="connection"
    ),
}


def go_to_inspect() -> None:
    """The bare address leads to the first page, which so has an address of its own.

    Logging in leads to the bare address, and from there to the page it began at.
    """
    page, query = find_way_back() or ("inspect", read_query())
    st.switch_page(pages.get(page, pages["inspect"]), query_params=query)


home = st.Page(go_to_inspect, title="Mask Desk", default=True, visibility="hidden")
page = st.navigation([home, *pages.values()], position="top")

with st.container(key="phone_pages", horizontal=True, gap="small"):
    for link in pages.values():
        st.page_link(link, width="content")

keep_cookies()
come_back()

target = st.session_state.pop(session.TARGET, None)
if target is not None:
    st.switch_page(pages[target[0]], query_params=target[1])

try:
    page.run()
except Exception:  # noqa: BLE001  the last guard: whatever a page let through
    show_crash()
