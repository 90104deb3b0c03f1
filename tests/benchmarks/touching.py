"""What a change of class, opacity or threshold costs the page, and that it asks nobody."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Sequence
from statistics import median
from typing import Final

from tests.benchmarks.devtools import open_chromium, wait
from tests.benchmarks.material import make_class_ids, make_confidences, make_pictures
from tests.benchmarks.measuring import Row, format_seconds
from tests.benchmarks.showing import Tab, make_packet, make_prediction, open_tab
from tests.benchmarks.tracing import CATEGORIES, Change, read_changes

_CHANGES: Final = 80
# Compilers and caches warm up; a reviewer's first touch is slower by that.
_WARM_UP: Final = 10
_FRAME_MS: Final = 1000 / 60
_PAUSE_SECONDS: Final = 0.06
_NETWORK: Final = (
    "Network.requestWillBeSent",
    "Network.webSocketCreated",
    "Network.webSocketFrameSent",
)


def measure_touching() -> Iterator[Row]:
    """Script time of each change at 12 MP with 21 classes and a confidence mask, by real input.

    The time is of the browser's own trace of the main thread: everything that runs script from one
    input event to the next, its frames included.
    """
    prediction = make_prediction(make_class_ids(), make_confidences())
    packets = {"photo": make_packet(next(make_pictures(1)), prediction)}
    with open_chromium() as browser:
        for ratio, note in ((1, ""), (2, ", two device pixels a CSS pixel")):
            with open_tab(browser, packets, ratio) as tab:
                for name, act, touch in (
                    ("hide or show a class", "pointerdown", _toggle),
                    ("change the opacity", "pointermove", _slide(".opacity input[type=range]")),
                    (
                        "move the live threshold",
                        "pointermove",
                        _slide(".confidence input[type=range]"),
                    ),
                ):
                    changes, asked = _measure(tab, act, touch)
                    yield _summarise(f"touching: {name}, 12 MP{note}", changes, asked, bool(note))


Touch = Callable[[Tab], Generator[None]]


def _measure(tab: Tab, act: str, touch: Touch) -> tuple[Sequence[Change], int]:
    """The changes after the warm-up, and how often the network was asked in all of them."""
    page, browser = tab.page, tab.page.browser
    page.call("Network.enable")
    with browser.trace(CATEGORIES) as trace:
        browser.events.clear()
        turn = touch(tab)
        for _ in range(_WARM_UP + _CHANGES):
            next(turn)
            wait(_PAUSE_SECONDS)
        page.call("Network.disable")
        asked = sum(event["method"] in _NETWORK for event in browser.events)
        before = _look(tab)
        next(turn)
        wait(0.5)
        if _look(tab) == before:
            raise SystemExit("A change changed nothing on screen.")
        turn.close()
    tab.settle()
    changes = read_changes(trace, act)
    if len(changes) < _WARM_UP + _CHANGES:
        raise SystemExit(f"Only {len(changes)} of {_WARM_UP + _CHANGES} changes are in the trace.")
    return changes[_WARM_UP : _WARM_UP + _CHANGES], asked


def _look(tab: Tab) -> str:
    left, top, width, height = tab.locate(".pane.mask")
    clip = {"x": left, "y": top, "width": width, "height": height, "scale": 1}
    return str(tab.page.call("Page.captureScreenshot", format="png", clip=clip)["data"])


def _toggle(tab: Tab) -> Generator[None]:
    """Click the eye of the largest class, again and again."""
    eye = ".legend .present button.eye[data-name]"
    left, top, width, height = tab.locate(eye)
    x, y = left + width / 2, top + height / 2
    tab.page.move_mouse(x, y)
    wait(0.5)
    while True:
        tab.page.press_mouse(x, y)
        tab.page.release_mouse(x, y)
        yield


def _slide(selector: str) -> Touch:
    """Drag a slider's thumb to and fro without letting go."""

    def touch(tab: Tab) -> Generator[None]:
        left, top, width, height = tab.locate(selector)
        y = top + height / 2
        # Steps of a fiftieth of the way: each is another value of 0 to 100.
        stops = [left + width * (0.1 + 0.8 * at / 40) for at in range(41)]
        tab.page.move_mouse(stops[0], y)
        tab.page.press_mouse(stops[0], y)
        wait(0.5)
        x = stops[0]
        try:
            while True:
                for x in (*stops[1:], *stops[-2::-1]):
                    tab.page.move_mouse(x, y, held=True)
                    yield
        finally:
            tab.page.release_mouse(x, y)

    return touch


def _summarise(name: str, changes: Sequence[Change], asked: int, is_informing: bool) -> Row:
    high = _rank([change.script for change in changes])
    busy = _rank([change.processor for change in changes])
    middle, work = (
        format_seconds(median(of) / 1000)
        for of in ([change.script for change in changes], [change.work for change in changes])
    )
    return Row(
        f"{name} (n = {len(changes)}), script, 95th percentile",
        f"{format_seconds(high / 1000)} (on a processor {format_seconds(busy / 1000)}; "
        f"median {middle}; all of the thread {work}), {asked} requests",
        f"{format_seconds(_FRAME_MS / 1000)} a frame",
        f"{high / _FRAME_MS:.2f}×",
        "" if is_informing else "≤ 1×, 0 requests",
        None if is_informing else high <= _FRAME_MS and not asked,
    )


def _rank(values: Sequence[float]) -> float:
    """The 95th percentile."""
    return sorted(values)[round(0.95 * (len(values) - 1))]
