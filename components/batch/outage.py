"""Whether the server is there at all: what one picture is not to blame for."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Final

STREAK: Final = 5
"""Calls in vain, one after the other from all workers, after which the server is taken to be away.

At a fifth of all calls failing by themselves it happens once in 3,000, and costs a second."""
LONGEST_PAUSE_SECONDS: Final = 15.0
GIVING_UP_SECONDS: Final = 900.0
"""A run is paused once the server was away for so long; a cold start takes a minute or two."""


class Outage:
    """Shared by the workers of a run; safe to use from any thread."""

    def __init__(
        self,
        giving_up_seconds: float = GIVING_UP_SECONDS,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._clock = clock
        self._giving_up_seconds = giving_up_seconds
        self._lock = threading.Lock()
        self._streak = 0
        self._pauses = 0
        self._since: float | None = None
        self._paused_until = 0.0

    @property
    def is_on(self) -> bool:
        """Whether the server is taken to be away."""
        return self._streak >= STREAK

    @property
    def is_hopeless(self) -> bool:
        """Whether it has been away for too long to go on trying."""
        since = self._since
        return self.is_on and since is not None and self._clock() - since >= self._giving_up_seconds

    def note_success(self) -> None:
        """It answered, or at least said something about the picture."""
        with self._lock:
            self._streak = self._pauses = 0
            self._since = None

    def note_failure(self) -> float:
        """It did not; returns the seconds that nobody should ask for, 0.0 where all go on."""
        with self._lock:
            now = self._clock()
            self._streak += 1
            if self._since is None:
                self._since = now
            if not self.is_on or now < self._paused_until:
                return 0.0
            pause = min(LONGEST_PAUSE_SECONDS, 2.0**self._pauses)
            self._pauses += 1
            self._paused_until = now + pause
            return pause
