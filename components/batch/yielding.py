"""Threads of a run give way to those that answer pages, where the system lets threads do so."""

from __future__ import annotations

import os
import sys
import threading
from contextlib import suppress
from typing import Final

_NICENESS: Final = 10


def give_way() -> None:
    """Lower the priority of the calling thread; only Linux has one for each thread."""
    if sys.platform == "linux":
        with suppress(OSError):  # a container may forbid it, and all works without
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _NICENESS)
