"""The line over a picture under review: its name, how it stands, how far the project is."""

from __future__ import annotations

from streamlit.components.v2 import component

from components.viewer.parts import read

__all__ = ["review_line"]

_mount = component(
    "mask_desk_review_line",
    html=read("review_line.html"),
    css=read("review_line.css"),
    js=read("parts.js", "review_line.js"),
)


def review_line(*, key: str) -> None:
    """Show the line; the decision bar of this key tells it what stands there."""
    _mount(key=f"{key}_line", data=key.encode())
