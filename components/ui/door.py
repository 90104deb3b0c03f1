"""The way in: every page goes through the script that leads to all of them.

A server that runs app.py as a script, has just started, and is first opened at a page's own address
runs that page alone, as Streamlit does with a folder named pages/, without the navigation, theme
and error guard.
"""

from __future__ import annotations

from typing import Final

import streamlit as st

from components import session
from components.ui import address

_SELDOM_SECONDS: Final = 24 * 3600
"""Nothing happens when its time comes."""


def enter(page: str) -> None:
    """Called first by each page: where app.py has not run, go through it and come back here.

    Args:
        page: the page's name in app.py; its address and query are kept.
    """
    if session.DOOR not in st.session_state:
        st.session_state[session.TARGET] = (page, read_query())
        st.switch_page("app.py")
    if st.session_state.get(session.PAGE) != page:
        # What a page knows of its address, and of what is on screen, ends with the visit.
        st.session_state[session.PAGE] = page
        address.forget()
        st.session_state.pop(session.SHOWN, None)


def read_query() -> dict[str, list[str]]:
    """The page's query, in a form that switch_page takes."""
    return {name: st.query_params.get_all(name) for name in st.query_params}


@st.fragment(run_every=_SELDOM_SECONDS)
def come_back() -> None:
    """Called at each run by app.py: a desk that was restarted meanwhile hears the page again.

    A new process knows no fragment before the whole page ran in it, and drops what one sends. Once
    the connection is back, Streamlit asks for the whole page by itself only where something was
    under way, the last run was a fragment's, or a fragment runs every so often: this one does.
    Source: `handleConnectionStateChanged` of Streamlit 1.67's browser side.
    """
