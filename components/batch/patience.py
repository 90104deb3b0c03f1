"""Doing something with the database however long it is away: what was paid for is kept."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Final, TypeVar

from components.errors import StoreUnavailable

T = TypeVar("T")

_FIRST_WAIT_SECONDS: Final = 0.2
_LONGEST_WAIT_SECONDS: Final = 5.0


def keep_at_it(
    do: Callable[[], T], tell: Callable[[str], None], *, stopped: threading.Event | None = None
) -> T:
    """Do something again and again until the database can be reached.

    Args:
        do: what; done once more after each time it could not be.
        tell: called with why nothing can be kept just now, in plain words, and with "" once it can
            be again.
        stopped: once it is set, nothing more is waited for; None to go on for ever.

    Raises:
        StoreUnavailable: the database is away, and `stopped` is set.
    """
    ended = stopped or threading.Event()
    delay = _FIRST_WAIT_SECONDS
    while True:
        try:
            done = do()
        except StoreUnavailable as error:
            if ended.is_set():
                raise
            tell(error.message)
            ended.wait(delay)
            delay = min(delay * 1.5, _LONGEST_WAIT_SECONDS)
        else:
            if delay > _FIRST_WAIT_SECONDS:
                tell("")
            return done
