"""Cookies of the desk: read as they were when the browser connected, written by a component."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import unquote

import streamlit as st

from components import session
from components.model.clock import read_clock
from components.settings import Secret

_LONGEST: Final = 1000
_FRESH_MS: Final = 30_000


@dataclass(frozen=True, slots=True)
class Wanted:
    """A cookie that the browser is to write.

    Attributes:
        name: of the cookie.
        value: what it is to hold; shown in no repr.
        seconds: how long; 0 takes it away.
        id: tells writes apart.
        at: when it was wanted, UTC milliseconds.
    """

    name: str
    value: Secret
    seconds: int
    id: str
    at: int


def list_wanted_cookies() -> list[Wanted]:
    """Cookies that the browser is to write, or may not have written yet."""
    wanted: dict[str, Wanted] = st.session_state.get(session.COOKIES, {})
    now = read_clock()
    return [cookie for cookie in wanted.values() if now - cookie.at < _FRESH_MS]


def want_cookie(what: str, value: str, seconds: int) -> None:
    """Have the browser keep this; 0 seconds takes it away."""
    wanted: dict[str, Wanted] = st.session_state.setdefault(session.COOKIES, {})
    name = _name_cookie(what)
    wanted[name] = Wanted(name, Secret(value), seconds, uuid.uuid4().hex, read_clock())


def read_cookie(what: str) -> str:
    """What the browser sent when it connected; "" for nothing."""
    value = _read(st.context.cookies, _name_cookie(what))
    return unquote(value) if len(value) <= _LONGEST else ""


def _name_cookie(what: str) -> str:
    # Cookies do not tell ports apart, and two desks may run on one machine.
    port = _read(st.context.headers, "Host").rpartition(":")[2]
    return f"mask_desk_{what}_{port}" if port.isdigit() else f"mask_desk_{what}"


def _read(sent: Mapping[str, str], name: str) -> str:
    # A session that no browser is behind has something else there.
    value: object = sent.get(name, "")
    return value if isinstance(value, str) else ""
