"""Work on a few things at once in threads that keep no program from ending.

The pools of `concurrent.futures` are waited for when a program ends, however long one of their
threads waits for an answer from elsewhere; daemon threads are not.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable
from concurrent.futures import FIRST_COMPLETED, Future, wait
from typing import Final, TypeVar

PATIENCE_SECONDS: Final = 3.0
"""How long what is under way at a stop is waited for, before it is left to itself."""
_LOOK_SECONDS: Final = 0.1

Thing = TypeVar("Thing")


def work_through(
    things: Iterable[Thing],
    work: Callable[[Thing], None],
    *,
    workers: int,
    stop: threading.Event,
    name: str,
) -> list[BaseException]:
    """Work on all of them, each in a thread of its own, until one fails or a stop is wished for.

    Args:
        things: taken one by one, in this thread.
        work: what is done with each.
        workers: how many are under way at once.
        stop: once set, nothing more is begun, and what is under way is waited for only a little
            while; set here where one fails.
        name: of the threads.

    Returns:
        What failed, first of all what made it stop; empty where nothing did.
    """
    under_way: set[Future[None]] = set()
    errors: list[BaseException] = []

    def look() -> None:
        nonlocal under_way
        ended, under_way = wait(under_way, _LOOK_SECONDS, FIRST_COMPLETED)
        errors.extend(error for one in ended if (error := one.exception()) is not None)
        if errors:
            stop.set()

    try:
        for thing in things:
            while len(under_way) >= workers and not stop.is_set():
                look()
            if stop.is_set():
                break
            under_way.add(_begin(work, thing, name))
    finally:
        while under_way and not stop.is_set():
            look()
        until = time.monotonic() + PATIENCE_SECONDS
        while under_way and time.monotonic() < until:
            look()
    return errors


def _begin(work: Callable[[Thing], None], thing: Thing, name: str) -> Future[None]:
    future: Future[None] = Future()

    def run() -> None:
        try:
            work(thing)
        except BaseException as error:  # noqa: BLE001 - handed to whoever waits for it
            future.set_exception(error)
        else:
            future.set_result(None)

    threading.Thread(target=run, name=name, daemon=True).start()
    return future
