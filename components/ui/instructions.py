"""A project's instructions: Markdown that can say, but not do, anything."""

from __future__ import annotations

from functools import cache

import streamlit as st
from markdown_it import MarkdownIt


@cache
def _make_reader() -> MarkdownIt:
    # Nothing that leads elsewhere, loads anything or is HTML: no links, pictures, addresses, tags.
    reader = MarkdownIt("commonmark", {"html": False, "linkify": False})
    return reader.enable("table").disable(
        ["link", "image", "autolink", "reference", "html_block", "html_inline"]
    )


def render_instructions(text: str) -> str:
    """The Markdown as HTML without links, pictures or tags of its own."""
    rendered: str = _make_reader().render(text)
    return rendered


def show_instructions(text: str) -> None:
    """The instructions, as their writer set them out."""
    st.html(f'<div class="desk-instructions">{render_instructions(text)}</div>')
