"""The desk's own style, over the colours of .streamlit/config.toml."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import streamlit as st

ICON = Path(__file__).with_name("icon.svg").read_text(encoding="utf-8")
"""The mark as SVG. Streamlit puts it into its messages whole: a file would have an address of its
own, which may lead to nothing for a moment while a page is left."""


def apply_theme() -> None:
    """Send the mark and the style; what is unchanged is not sent again."""
    st.logo(ICON, size="medium")
    st.html(_read_style())


@cache
def _read_style() -> str:
    here = Path(__file__)
    names = ("theme.css", "access.css", "batches.css", "insights.css", "exports.css")
    files = [here.with_name(name) for name in names]
    style = "\n".join(file.read_text(encoding="utf-8") for file in files)
    return f"<style>{style}</style>"
