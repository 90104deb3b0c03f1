"""Work on the pictures that come next while the last ones are written, in their order."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Final, TypeVar

from components.model.exhibit import Exhibit

Made = TypeVar("Made")

WORKERS: Final = max(1, min(4, os.cpu_count() or 1))
"""Packing and unpacking PNGs goes on beside Python, so that so many do at the same time."""
AHEAD: Final = 3 * WORKERS
"""Pictures that are worked on or done before their turn: while one is written, no worker idles."""


def work_ahead(
    exhibits: Iterable[Exhibit],
    work: Callable[[Exhibit], Made],
    is_light: Callable[[Exhibit], bool] = lambda _: False,
) -> Iterator[tuple[Exhibit, Made]]:
    """Each picture with what was made of it, in the order they came.

    At most `AHEAD` pictures more than one are held, whatever the number of pictures.

    Args:
        exhibits: the pictures.
        work: done in threads, for several at the same time.
        is_light: where handing the work to a thread would take longer than doing it.

    Raises:
        DeskError: what `work` raised, when the turn of its picture comes.
    """
    waiting: deque[tuple[Exhibit, Future[Made]]] = deque()
    with ThreadPoolExecutor(WORKERS, thread_name_prefix="export") as pool:
        try:
            for exhibit in exhibits:
                if is_light(exhibit):
                    if not waiting:
                        yield exhibit, work(exhibit)
                        continue
                    made: Future[Made] = Future()
                    made.set_result(work(exhibit))
                else:
                    made = pool.submit(work, exhibit)
                waiting.append((exhibit, made))
                if len(waiting) > AHEAD:
                    first, made = waiting.popleft()
                    yield first, made.result()
            while waiting:
                first, made = waiting.popleft()
                yield first, made.result()
        finally:
            for _, made in waiting:
                made.cancel()
