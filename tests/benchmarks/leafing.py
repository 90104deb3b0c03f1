"""Looking at one large picture after another in one tab: its memory, and what is done twice."""

from __future__ import annotations

import base64
from collections.abc import Iterator, Sequence
from pathlib import Path
from statistics import median, median_low
from typing import Any, Final

from tests.benchmarks.devtools import Chromium, open_chromium, wait
from tests.benchmarks.material import make_class_ids, make_confidences, make_pictures
from tests.benchmarks.measuring import ROUNDS, Row, format_seconds
from tests.benchmarks.remembering import read_kilobytes
from tests.benchmarks.showing import Tab, make_packet, make_prediction, open_tab

PICTURES: Final = 50
FEW: Final = 5
_STOPS: Final = (FEW, 10, 20, 30, 40, PICTURES)
_AT_MOST: Final = 1.3
_BACK: Final = 5


def measure_album() -> Iterator[Row]:
    """The tab's process after 50 different pictures of 12 MP, with both masks, against after 5."""
    prediction = make_prediction(make_class_ids(), make_confidences())
    packets = {
        f"p{at}": make_packet(jpeg, prediction) for at, jpeg in enumerate(make_pictures(PICTURES))
    }
    held: dict[int, tuple[int, int]] = {}
    with open_chromium() as browser, open_tab(browser, packets) as tab:
        for at, name in enumerate(packets, 1):
            if at > 1:
                tab.show(name)
                # What is built after the first paint belongs to looking at it.
                tab.settle()
            if at in _STOPS:
                held[at] = _weigh(tab)
    first, last = held[FEW][0], held[PICTURES][0]
    ratio = last / first
    yield Row(
        f"album: memory of the tab after {PICTURES} different pictures of 12 MP with both masks",
        f"{last / 1e6:.0f} MB",
        f"{first / 1e6:.0f} MB after {FEW}",
        f"{ratio:.2f}×",
        f"≤ {_AT_MOST:g}×",
        ratio <= _AT_MOST,
    )
    steps = " · ".join(str(at) for at in held)
    for what, which in (("the tab's process", 0), ("all of the browser", 1)):
        sizes = " · ".join(f"{both[which] / 1e6:.0f}" for both in held.values())
        yield Row(f"album: {what} after {steps} pictures", f"{sizes} MB", "", "")


def _weigh(tab: Tab) -> tuple[int, int]:
    """Proportional bytes of the tab's process and of all of the browser's, rubbish put out.

    The median of a few looks: the browser gives memory back in its own time.
    """
    page = tab.page
    page.call("HeapProfiler.enable")
    looks = []
    for _ in range(3):
        page.call("HeapProfiler.collectGarbage")
        wait(1)
        looks.append(_read_memory(page.browser))
    page.call("HeapProfiler.disable")
    return median_low(tab for tab, _ in looks), median_low(whole for _, whole in looks)


def _read_memory(browser: Chromium) -> tuple[int, int]:
    processes: Sequence[dict[str, Any]] = browser.call("SystemInfo.getProcessInfo")["processInfo"]
    held = {
        (process["type"], process["id"]): read_kilobytes(
            Path(f"/proc/{process['id']}/smaps_rollup"), "Pss:"
        )
        for process in processes
    }
    # The browser keeps an empty one in stock: the tab's is the largest.
    return max(size for (kind, _), size in held.items() if kind == "renderer"), sum(held.values())


def measure_again() -> Iterator[Row]:
    """An unchanged rerun, and pictures that were looked at before."""
    prediction = make_prediction(make_class_ids(), make_confidences())
    pictures = {f"p{at}": jpeg for at, jpeg in enumerate(make_pictures(_BACK + 1))}
    packets = {name: make_packet(jpeg, prediction) for name, jpeg in pictures.items()}
    with open_chromium() as browser, open_tab(browser, packets) as tab:
        for name in list(packets)[1:]:
            tab.show(name)
            tab.settle()
        received = [_rerun(tab) for _ in range(ROUNDS)]
        size = len(pictures[f"p{_BACK}"])
        sent = sum(bytes_ >= size for bytes_ in received)
        yield Row(
            f"again: an unchanged rerun (n = {ROUNDS}), bytes to the browser",
            f"{median(received) / 1000:.1f} kB, the picture {sent} times",
            f"{size / 1e6:.1f} MB the picture",
            f"{median(received) / size:.4f}×",
            "the picture 0 times",
            sent == 0,
        )
        yield from _go_back(tab, list(packets))


def _rerun(tab: Tab) -> int:
    """Press Streamlit's key for a rerun; the bytes that came over the WebSocket."""
    page = tab.page
    page.evaluate("document.activeElement.blur()")
    page.call("Network.enable")
    page.browser.events.clear()
    page.press("r")
    wait(1)
    page.call("Network.disable")
    frames = [
        event["params"]["response"]
        for event in page.browser.events
        if event["method"] == "Network.webSocketFrameReceived"
    ]
    if not frames:
        raise SystemExit("Nothing was run again.")
    return sum(len(base64.b64decode(frame["payloadData"])) for frame in frames)


def _go_back(tab: Tab, names: Sequence[str]) -> Iterator[Row]:
    """Back by one, to and fro; then back through all of them, to be known."""
    *_, before, last = names
    decoded, seconds = [], []
    for at in range(2 * ROUNDS):
        was = _count_decodes(tab)
        seconds.append(tab.show((before, last)[at % 2])["painted"] / 1000)
        tab.settle()
        decoded.append(_count_decodes(tab) - was)
    yield Row(
        f"again: back to the picture before (n = {2 * ROUNDS})",
        f"{sum(decoded)} decoded, {format_seconds(median(seconds))}",
        "",
        "",
        "0 decoded",
        sum(decoded) == 0,
    )
    steps = []
    for name in reversed(names[:-1]):
        was = _count_decodes(tab)
        tab.show(name)
        tab.settle()
        steps.append(str(_count_decodes(tab) - was))
    yield Row(
        f"again: back by {' · '.join(str(at + 1) for at in range(len(steps)))}",
        f"{' · '.join(steps)} decoded",
        "",
        "",
    )


def _count_decodes(tab: Tab) -> int:
    return int(tab.page.evaluate("bench.desk.maskDesk.decodes()"))
