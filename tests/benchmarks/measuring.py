"""Timing two things in turns, and the table of what came out."""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

ROUNDS = 9


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table.

    Attributes:
        name: what was measured.
        ours: as shown, with its unit.
        peer: as shown, with its unit and what the peer is.
        ratio: as shown.
        target: as shown; "" for a line that is there to be known only.
        is_met: whether the target was reached; None without a target.
    """

    name: str
    ours: str
    peer: str
    ratio: str
    target: str = ""
    is_met: bool | None = None

    def format(self) -> str:
        """The line in Markdown."""
        met = {True: "yes", False: "**no**", None: ""}[self.is_met]
        cells = (self.name, self.ours, self.peer, self.ratio, self.target, met)
        return f"| {' | '.join(cells)} |"


HEAD = (
    "| benchmark | ours | peer | ratio | target | met? |\n| --- | ---: | ---: | ---: | ---: | --- |"
)


def time_in_turns(
    contestants: Mapping[str, Callable[[], Any]], *, rounds: int = ROUNDS
) -> dict[str, float]:
    """Median seconds of each, all of them called once a round, after one round to warm up.

    Taking turns lets what else the machine does fall on all of them alike.
    """
    samples: dict[str, list[float]] = {name: [] for name in contestants}
    for at in range(rounds + 1):
        for name, call in contestants.items():
            with _no_collection():
                started = time.perf_counter()
                call()
                seconds = time.perf_counter() - started
            if at:
                samples[name].append(seconds)
    return {name: statistics.median(taken) for name, taken in samples.items()}


@contextmanager
def _no_collection() -> Iterator[None]:
    gc.collect()
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def compare_speed(
    name: str, ours: float, peer: float, peer_name: str, at_least: float | None
) -> Row:
    """A line for "ours is at least so many times as fast"; seconds in, at_least None to inform."""
    ratio = peer / ours
    return Row(
        name,
        format_seconds(ours),
        f"{format_seconds(peer)} {peer_name}",
        f"{ratio:.1f}×",
        f"≥ {at_least:g}×" if at_least is not None else "",
        ratio >= at_least if at_least is not None else None,
    )


def compare_delay(
    name: str, ours: Sequence[float], peer: Sequence[float], peer_name: str, at_most: float | None
) -> Row:
    """A line for "ours takes at most so many times as long"; samples in seconds, medians shown."""
    mine, other = statistics.median(ours), statistics.median(peer)
    ratio = mine / other
    return Row(
        f"{name} (n = {len(ours)})",
        f"{format_seconds(mine)} ({format_seconds(min(ours))}–{format_seconds(max(ours))})",
        f"{format_seconds(other)} ({format_seconds(min(peer))}–{format_seconds(max(peer))})"
        f" {peer_name}",
        f"{ratio:.2f}×",
        f"≤ {at_most:g}×" if at_most is not None else "",
        ratio <= at_most if at_most is not None else None,
    )


def format_seconds(seconds: float) -> str:
    """With a unit and three digits: "1.23 ms"."""
    if seconds >= 1:
        return f"{seconds:.2f} s"
    milliseconds = seconds * 1000
    return f"{milliseconds:.{2 if milliseconds < 10 else 1 if milliseconds < 100 else 0}f} ms"


def require_equal(what: str, ours: Any, peer: Any) -> None:
    """A fast wrong answer is worth nothing.

    Raises:
        SystemExit: they differ.
    """
    if ours != peer:
        raise SystemExit(f"{what}: ours and the peer's differ.")
