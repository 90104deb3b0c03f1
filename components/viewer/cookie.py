"""Cookies: Streamlit reads them when a browser connects, but has no way to write one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

import streamlit as st

_HERE = Path(__file__).parent
_cookies = st.components.v2.component(
    "mask_desk_cookies", js=(_HERE / "cookie.js").read_text(encoding="utf-8")
)


@dataclass(frozen=True, slots=True)
class Cookie:
    """What a browser is to keep, sent to this desk alone and never from another site's page.

    Attributes:
        name: letters, digits and underscores.
        value: any text; it travels percent-encoded.
        seconds: how long; 0 takes the cookie away.
        id: tells writes apart; a tab does each of them once.
    """

    name: str
    value: str = field(repr=False)
    seconds: int
    id: str


def cookies(wanted: Iterable[Cookie], *, key: str) -> None:
    """Have the browser write these; nothing is to be seen.

    Args:
        wanted: those to write.
        key: of the component's state.
    """
    _cookies(
        data={
            "cookies": tuple(
                {
                    "id": cookie.id,
                    "name": cookie.name,
                    "value": quote(cookie.value, safe=""),
                    "seconds": cookie.seconds,
                }
                for cookie in wanted
            )
        },
        key=key,
    )
