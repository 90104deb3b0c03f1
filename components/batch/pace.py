"""How many calls at once, and when: what the server's own behaviour allows.

The number of calls at once grows while answers come in good time and shrinks when the server says
that it has too many, or takes much longer than it could (additive increase, multiplicative
decrease, as TCP does it: Chiu and Jain, 1989). A wait that the server asks for holds for all.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Final

FIRST: Final = 8
"""Calls at once at the start; doubled with each round of good answers until something gives."""
LONGEST_HOLD_SECONDS: Final = 300.0

_SHRINK: Final = 0.7
_SLOW: Final = 2.5  # times the best that was seen
_FORGET: Final = 1.02  # the best is forgotten by so much a call, since pictures and servers change
_SMOOTH: Final = 0.15  # weight of a new call in the mean


class Pace:
    """Shared by all that ask one server; safe to use from any thread."""

    def __init__(self, most: int, clock: Callable[[], float] = time.monotonic) -> None:
        """Begin.

        Args:
            most: calls at once, never exceeded.
            clock: seconds, ever growing.
        """
        self._most = max(1, most)
        self._clock = clock
        self._room = float(min(FIRST, self._most))
        self._is_opening = True
        self._out = 0
        self._held_until = 0.0
        self._is_probing = False
        self._shrunk_at = float("-inf")
        self._full_at = float("-inf")
        self._best: float | None = None
        self._mean: float | None = None
        self._changed = threading.Condition()

    @property
    def room(self) -> int:
        """Calls at once that are allowed now."""
        return max(1, int(self._room))

    @property
    def held_seconds(self) -> float:
        """How long the server asked everybody to wait, from now."""
        return max(0.0, self._held_until - self._clock())

    def enter(self, seconds: float) -> bool:
        """Wait for a place, at most so long; whether there is one. Every place is left again."""
        ends = self._clock() + seconds
        with self._changed:
            while True:
                now = self._clock()
                wait = max(self._held_until - now, 0.0)
                if not wait and self._out < (1 if self._is_probing else self.room):
                    self._out += 1
                    if self._out >= self.room:
                        self._full_at = now
                    return True
                if now >= ends:
                    return False
                self._changed.wait(min(ends - now, wait or ends - now))

    def leave(self) -> None:
        """Give a place back without having learnt anything."""
        with self._changed:
            self._out -= 1
            self._changed.notify()

    def succeed(self, seconds: float) -> None:
        """An answer came after so many seconds; the place is left."""
        with self._changed:
            self._out -= 1
            self._is_probing = False
            self._best = seconds if self._best is None else min(self._best * _FORGET, seconds)
            mean = seconds if self._mean is None else self._mean
            self._mean = mean + (seconds - mean) * _SMOOTH
            if self._mean > self._best * _SLOW and self._room > 1:
                self._shrink(self._mean)
            elif self._full_at >= self._clock() - seconds:
                # Only where all places were taken at some time of this call there is a reason to
                # allow more. How many are taken now tells nothing: answers come in bursts.
                self._room += 1.0 if self._is_opening else 1.0 / self._room
                self._room = min(self._room, float(self._most))
            self._changed.notify_all()

    def push_back(self, retry_after: float | None) -> None:
        """The server had too many calls; the place is left.

        Args:
            retry_after: seconds it asked to wait; None where it did not say.
        """
        with self._changed:
            self._out -= 1
            self._shrink(self._mean or 1.0)
            if retry_after:
                wait = min(retry_after, LONGEST_HOLD_SECONDS)
                self._held_until = max(self._held_until, self._clock() + wait)
            self._changed.notify_all()

    def hold(self, seconds: float) -> None:
        """Let nobody begin for so long, and then one at a time until there is an answer."""
        with self._changed:
            self._is_probing = True
            self._held_until = max(self._held_until, self._clock() + seconds)

    def release(self) -> None:
        """Whoever was held may begin."""
        with self._changed:
            self._held_until = 0.0
            self._is_probing = False
            self._changed.notify_all()

    def _shrink(self, round_seconds: float) -> None:
        """Once a round: the calls that were out together all tell of the same crowd."""
        now = self._clock()
        if now - self._shrunk_at < round_seconds:
            return
        self._shrunk_at = now
        self._is_opening = False
        self._room = max(1.0, self._room * _SHRINK)
