"""Bringing a person to what has just been put on the page, out of sight of where they are."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

_arrival = st.components.v2.component(
    "mask_desk_arrival", js=Path(__file__).with_suffix(".js").read_text(encoding="utf-8")
)


def bring_to(target: str, *, id: str, key: str) -> None:
    """Scroll there and put the focus on its heading; where it is not there yet, wait for it.

    Args:
        target: selector of a place with an h3 in it.
        id: tells times apart; a tab does each of them once.
        key: of the component's state.
    """
    _arrival(data={"target": target, "id": id}, key=key)
