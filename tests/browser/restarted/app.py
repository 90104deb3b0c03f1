"""A page of ten lines and a fragment, reached by way of another page, as the desk's are."""

from __future__ import annotations

import os

import streamlit as st

from tests.browser.restarted.in_hand import IN_HAND

_LINES = 10
_PATIENCE_SECONDS = 60

_button = st.components.v2.component(
    "tell",
    html="<button>Tell</button>",
    js="""export default ({ parentElement, setTriggerValue }) => {
        parentElement.querySelector("button").onclick = () => setTriggerValue("told", Date.now());
    }""",
)


@st.fragment
def _listen() -> None:
    _button(key="tell", on_told_change=lambda: None)
    st.text(f"Told: {st.session_state.tell.told is not None}")


def _show() -> None:
    for line in range(_LINES):
        if line == 2 and "MASK_DESK_WAIT" in os.environ:
            print("The script waits.", flush=True)
            IN_HAND.wait(_PATIENCE_SECONDS)
        st.text(f"Line {line}")
    _listen()


def _pass_through() -> None:
    st.switch_page(_pages[0])


_pages = [
    st.Page(_show, title="Lines", default=True),
    st.Page(_pass_through, title="Door", url_path="door"),
]
_page = st.navigation(_pages, position="hidden")
if "came" not in st.session_state:
    st.session_state.came = True
    st.switch_page(_pages[1])
_page.run()
