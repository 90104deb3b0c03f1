"""Uploads of many files: sent a few at a time, so that the browser drops none of them."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import streamlit as st

AT_ONCE: Final = 4
"""Uploads on their way at the same time, at most; as in uploads.js."""

_uploads = st.components.v2.component(
    "mask_desk_uploads",
    html='<p class="uploads desk-sub" role="status" aria-live="polite"></p>',
    js=(Path(__file__).parent / "uploads.js").read_text(encoding="utf-8"),
    isolate_styles=False,
)


def uploads(*, key: str) -> None:
    """Let the files of this browser tab go one after the other, and say how far they are.

    Nothing is to be seen but while many are on their way, and where some did not arrive. From the
    first time on it holds for every uploader of the tab.

    Args:
        key: of the component's state.
    """
    _uploads(key=key)
