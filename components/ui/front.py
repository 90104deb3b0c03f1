"""The script that Streamlit runs: page config, navigation, a guard so that no traceback shows.

It is not beside the folder pages/, which a server that has just started would take for pages of
Streamlit's own and run without all of this, before it knows better.
"""

from __future__ import annotations

import streamlit as st

from components import session
from components.ui.access import find_way_back, keep_cookies
from components.ui.door import come_back, read_query
from components.ui.notices import show_crash
from components.ui.outbox import keep_outbox
from components.ui.places import list_pages
from components.ui.theme import ICON, apply_theme
from components.viewer.watchdog import keep_watch


def show_page() -> None:
    """One run of the script: the page that the address names."""
    st.set_page_config(
        page_title="Mask Desk",
        page_icon=ICON,
        layout="wide",
        initial_sidebar_state="collapsed",
        menu_items={"about": "Mask Desk: review what a semantic segmentation model predicted."},
    )
    apply_theme()
    st.session_state[session.DOOR] = True
    pages = list_pages()

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

    keep_watch()
    keep_cookies()
    keep_outbox()
    come_back()

    target = st.session_state.pop(session.TARGET, None)
    if target is not None:
        st.switch_page(pages[target[0]], query_params=target[1])

    try:
        page.run()
    except Exception:  # noqa: BLE001  the last guard: whatever a page let through
        show_crash()


if __name__ == "__main__":
    show_page()
