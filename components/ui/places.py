"""The pages, wherever the script that leads to them lies."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import streamlit as st
from streamlit.navigation.page import StreamlitPage

_FOLDER: Final = Path(__file__).resolve().parents[2] / "pages"
_PAGES: Final = {
    "inspect": ("Inspect", "image_search"),
    "review": ("Review", "rate_review"),
    "insights": ("Insights", "insights"),
    "exports": ("Exports", "ios_share"),
    "add": ("Add", "library_add"),
    "connection": ("Connection", "lan"),
}


def list_pages() -> dict[str, StreamlitPage]:
    """All pages by their names in the address, in their order in the bar."""
    return {name: find_page(name) for name in _PAGES}


def find_page(name: str) -> StreamlitPage:
    """A page by its name in the address; called in a run of the script."""
    title, icon = _PAGES[name]
    return st.Page(_FOLDER / f"{name}.py", title=title, icon=f":material/{icon}:", url_path=name)
