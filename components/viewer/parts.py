"""Bytes on their way to a component on the page, without a look of their own.

Streamlit sends a component again, script and all, only when its data changed. What changes often
therefore travels in small components beside the large ones, which find it by its name.
"""

from __future__ import annotations

import struct
from pathlib import Path
from typing import Any, Final

import streamlit as st
from streamlit.components.v2 import component

__all__ = ["deliver", "read", "read_event"]

_HERE: Final = Path(__file__).parent


def read(*names: str) -> str:
    """The text of frontend files that lie beside this one, in this order."""
    return "\n".join((_HERE / name).read_text(encoding="utf-8") for name in names)


_mount = component("mask_desk_part", html="<i></i>", js=read("parts.js", "part.js"))


def deliver(name: str, data: bytes, *, key: str) -> None:
    """Send bytes to the page, where components find them under `name`.

    Args:
        name: what they are called there.
        data: nothing goes over the wire where name, data and key are as in the run before.
        key: of the element that carries them.
    """
    named = name.encode()
    _mount(key=key, data=struct.pack("<I", len(named)) + named + data)


def read_event(key: str, name: str) -> Any:
    """What a component has just sent, in its callback.

    Args:
        key: of the component.
        name: of the trigger.

    Returns:
        Its value; None where the page has no such component any more: sent while another view was
        on its way, it arrives when that has taken the place.
    """
    state = st.session_state.get(key)
    return None if state is None else state.get(name)
