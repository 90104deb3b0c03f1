"""Whether frames keep coming while a large picture is moved by hand."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from math import cos, pi, sin
from statistics import median
from typing import Final

from tests.benchmarks.devtools import open_chromium, wait
from tests.benchmarks.material import make_class_ids, make_pictures
from tests.benchmarks.measuring import Row
from tests.benchmarks.showing import Tab, make_packet, make_prediction, open_tab

_SIZE_WH: Final = (6000, 4000)
_SECONDS: Final = 3.0
_TURNS: Final = 3
# 125 events a second, as most mice send.
_PACE_SECONDS: Final = 0.008
_AT_LEAST: Final = 0.95
_PEER: Final = "a small square moved by CSS on the same page"


def measure_moving() -> Iterator[Row]:
    """Dragging and wheeling at 24 MP with 21 classes, by input at the pace of a mouse.

    A browser without a graphics card may not hold its own beat: what it does on the same page for a
    small square, under as many input events, stands beside it. The beat is the median of that.
    """
    prediction = make_prediction(make_class_ids(_SIZE_WH))
    packets = {"photo": make_packet(next(make_pictures(1, _SIZE_WH)), prediction)}
    ways = {"square": _move_square, "drag": _drag, "wheel": _turn}
    taken: dict[str, list[float]] = {name: [] for name in ways}
    with open_chromium() as browser, open_tab(browser, packets) as tab:
        # The largest picture's smaller levels are built once; people look before they move.
        wait(2)
        for _ in range(_TURNS):
            for name, move in ways.items():
                taken[name] += _record(tab, move, is_still=name == "square")
                tab.settle()
    vsync = median(taken["square"])
    for name, what in (("drag", "panning by drag"), ("wheel", "zooming by wheel")):
        yield _compare(f"moving: {what}, 24 MP", taken[name], taken["square"], vsync)


Move = Callable[[Tab, float], None]


def _record(tab: Tab, move: Move, *, is_still: bool) -> list[float]:
    """Milliseconds between the frames of one turn.

    Raises:
        SystemExit: the picture did not follow.
    """
    page = tab.page
    page.evaluate(f"bench.record({str(is_still).lower()})")
    move(tab, time.monotonic() + _SECONDS)
    at, moved = page.evaluate("bench.recorded()")
    if moved < 0.5 * len(at) and not is_still:
        raise SystemExit(f"The picture moved in {moved} of {len(at)} frames only.")
    return [after - before for before, after in pairwise(at)]


def _centre(tab: Tab) -> tuple[float, float, float, float]:
    left, top, width, height = tab.locate(".pane.mask")
    return left + width / 2, top + height / 2, width, height


def _move_square(tab: Tab, until: float) -> None:
    """As many input events as the others have, beside the viewer."""
    left, top, width, height = tab.locate(".panes")
    step = 0
    while time.monotonic() < until:
        tab.page.move_mouse(
            left + width * (0.5 + 0.3 * sin(step / 40)), top + height + 80, waits=False
        )
        step += 1
        wait(_PACE_SECONDS)


def _drag(tab: Tab, until: float) -> None:
    """In circles, at about half the picture's own size, and back to all of it at the end."""
    x, y, width, height = _centre(tab)
    page = tab.page
    page.press_mouse(x, y)
    page.release_mouse(x, y)
    for _ in range(8):
        page.turn_wheel(x, y, -100)
        wait(0.05)
    page.press_mouse(x, y)
    step = 0
    while time.monotonic() < until:
        turned = step * 2 * pi / 250
        page.move_mouse(
            x + 0.3 * width * sin(turned),
            y + 0.3 * height * (1 - cos(turned)),
            held=True,
            waits=False,
        )
        step += 1
        wait(_PACE_SECONDS)
    page.release_mouse(x, y)
    for _ in range(12):
        page.turn_wheel(x, y, 100)
        wait(0.05)


def _turn(tab: Tab, until: float) -> None:
    """Into the picture and out of it again, through all the scales up to about 200 %."""
    x, y, _, _ = _centre(tab)
    tab.page.press_mouse(x, y)
    tab.page.release_mouse(x, y)
    step = 0
    while time.monotonic() < until:
        tab.page.turn_wheel(x, y, -20 if step // 80 % 2 == 0 else 20)
        step += 1
        wait(_PACE_SECONDS)


def _compare(name: str, ours: Sequence[float], peer: Sequence[float], vsync: float) -> Row:
    mine, other = (sum(gap <= 1.1 * vsync for gap in gaps) / len(gaps) for gaps in (ours, peer))
    return Row(
        f"{name}, frames within 1.1 × {vsync:.1f} ms (n = {len(ours)})",
        f"{mine:.1%} (longest {max(ours):.0f} ms)",
        f"{other:.1%} (longest {max(peer):.0f} ms) {_PEER}",
        f"{mine / other:.2f}×",
        f"≥ {_AT_LEAST:.0%}",
        mine >= _AT_LEAST,
    )
