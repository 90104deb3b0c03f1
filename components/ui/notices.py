"""Messages: what happened, what is kept, what to do. Text is shown as text, never as markup."""

from __future__ import annotations

import logging
from html import escape
from typing import Literal

import streamlit as st

from components.errors import DeskError

LOG = logging.getLogger("mask_desk")
Tone = Literal["error", "warning", "info", "good"]

_ROLES: dict[Tone, str] = {"error": "alert", "warning": "alert", "info": "note", "good": "status"}


def show_notice(tone: Tone, text: str, *, title: str = "") -> None:
    """One quiet box with an icon.

    Args:
        tone: how bad it is.
        text: plain text; whatever looks like Markdown or HTML in it is shown as it stands.
        title: a few words in bold before it.
    """
    head = f"<strong>{escape(title)}</strong> " if title else ""
    st.html(
        f'<div class="desk-notice desk-{tone}" role="{_ROLES[tone]}">'
        f"<p>{head}{escape(text)}</p></div>"
    )


def show_error(error: DeskError, *, title: str = "") -> None:
    """An error of the desk, in its own words; the technical detail goes to the log."""
    LOG.warning("%s: %s", type(error).__name__, error.detail or error.message)
    show_notice("error", error.message, title=title)


def show_crash() -> None:
    """What a reviewer sees when the desk itself has failed; call it while handling the error."""
    LOG.exception("A page failed")
    show_notice(
        "error",
        "This page failed, and the fault is the desk’s, not yours. What you added is kept. Reload "
        "the page; if it happens again, tell whoever runs this desk what you were doing.",
        title="Something went wrong.",
    )
