"""Exports of a list of pictures: offered to whoever comes from one."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import streamlit as st

from components import desk, session
from components.errors import Conflict
from components.model.review import Person, Project

if TYPE_CHECKING:
    from components.model.selection import Selection

_MARKS: Final = re.compile(r"([\\`*_{}\[\]()#+\-.!|~$:<>&])")
_LONGEST: Final = 60


def choose_list(who: Person, project: Project) -> Selection | None:
    """The list that the address names, or that Review shows, where only it is wanted."""
    named = st.query_params.get(session.LIST, "")
    held = named or st.session_state.get(session.LIST, "")
    if not held:
        return None
    try:
        selection = desk.find_selection(who, held)
    except Conflict:
        return None  # a link to a list that is gone; Review says so
    if selection.project_id != project.id:
        return None
    is_wanted = st.toggle(
        f"Only the list “{_spell(selection.title)}”, {selection.items:,}",
        value=bool(named),
        key=f"export_list_{selection.id}",
        persist_state="session",
        help="The pictures of the list that Review shows. The other choices hold as well.",
    )
    return selection if is_wanted else None


def _spell(title: str) -> str:
    """A title in the label of a control, where it would be read as Markdown."""
    line = " ".join(title.split())
    cut = line if len(line) <= _LONGEST else f"{line[: _LONGEST - 1]}…"
    return _MARKS.sub(r"\\\1", cut)
