"""What came of what a lead did last."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import streamlit as st

from components import session
from components.ui.notices import show_notice

_SHOWN = 12


def show_report() -> None:
    """What came of the last adding, until the next one."""
    # A place of its own, so that nothing beneath it is made anew when there is something to say.
    with st.container(key="report", gap="small"):
        _show_lines()


def _show_lines() -> None:
    report: Sequence[tuple[Any, str]] = st.session_state.get(session.ADD_REPORT, ())
    for tone, sentence in report[:_SHOWN]:
        show_notice(tone, sentence)
    if len(report) > _SHOWN:
        show_notice("error", f"{len(report) - _SHOWN} more could not be added.")
    if any(tone == "error" for tone, _ in report):
        st.button("Dismiss", icon=":material/close:", type="tertiary", on_click=_put_away)
    else:
        _put_away()


def _put_away() -> None:
    st.session_state.pop(session.ADD_REPORT, None)
