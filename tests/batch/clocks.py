"""A clock that stands still until it is told to go on."""

from __future__ import annotations


class HandClock:
    """Seconds, moved by hand."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now

    def go_on(self, seconds: float) -> None:
        """Move it."""
        self.now += seconds
