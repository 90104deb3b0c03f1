"""What time it is."""

from __future__ import annotations

import time


def read_clock() -> int:
    """Now, in UTC milliseconds."""
    return time.time_ns() // 1_000_000
