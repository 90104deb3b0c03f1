"""A page that broke mends itself: what watches over it in the browser, whatever page it is."""

from __future__ import annotations

import uuid
from typing import Final

from streamlit.components.v2 import component

from components.viewer.parts import deliver, read

__all__ = ["keep_watch"]

_mount: Final = component(
    "mask_desk_watchdog", html="<i></i>", js=read("parts.js", "leaving.js", "watchdog.js")
)


def keep_watch() -> None:
    """Called by app.py early in each run of the whole page, never in a fragment; it has no look.

    It tells the browser that such a run has begun to come, which no attribute of Streamlit's page
    does: until it is over components hold what they send, and a page that hears of none after the
    desk was away is loaded anew.
    """
    _mount(data=b"", key="watchdog")
    # Apart, so that the script above does not travel with each run.
    deliver("run", uuid.uuid4().bytes, key="watchdog_run")
