"""The page's address: what a person looks at, for links, reloads and the browser's back button."""

from __future__ import annotations

import streamlit as st

from components import session


def follow(name: str) -> bool:
    """Whether the browser's back or forward button gave this parameter another value.

    Streamlit then runs the page with the address gone to and everything else as it was.
    """
    known = _known()
    return name in known and known[name] != st.query_params.get(name)


def write(name: str, value: str, *, default: str) -> None:
    """Put a value in the address, or leave it out where it is the default."""
    told = None if value == default else value
    if told is None:
        st.query_params.pop(name, None)
    elif st.query_params.get(name) != told:
        st.query_params[name] = told
    _known()[name] = told


def heed() -> None:
    """In a callback: what the page does now comes from a control, not from the address.

    The address may lag behind by a run, which is no going back.
    """
    known = _known()
    for name in known:
        known[name] = st.query_params.get(name)


def forget() -> None:
    """The address is another page's now, or is one's own again."""
    _known().clear()


def _known() -> dict[str, str | None]:
    known: dict[str, str | None] = st.session_state.setdefault(session.ADDRESS, {})
    return known
