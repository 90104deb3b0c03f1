"""A row of packets in a fragment: one is shown, the next two are announced."""

import os
from pathlib import Path

import streamlit as st

from components.viewer import viewer

st.set_page_config(layout="wide")
folder = Path(os.environ["MASK_DESK_TEST_PACKETS"])
names = st.query_params["packets"].split(",")


@st.fragment
def review() -> None:
    """Everything that a decision runs again."""
    at = st.session_state.setdefault("at", 0)

    def move(step: int) -> None:
        st.session_state["at"] += step

    back, on, far = st.columns(3)
    back.button("Picture before", on_click=move, args=(-1,))
    on.button("Next picture", on_click=move, args=(1,))
    far.button("Three further", on_click=move, args=(3,))
    packets = [(folder / f"{name}.bin").read_bytes() for name in names[at : at + 3]]
    viewer(packets[0], key="viewer", ahead=packets[1:])
    st.text(f"Shown: {at}")


review()
