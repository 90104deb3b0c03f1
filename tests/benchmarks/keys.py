"""Two hundred pictures decided by keyboard, as fast as people are, also through a restart."""

from __future__ import annotations

import hashlib
import os
import signal
import statistics
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from playwright.sync_api import Browser, Page, ViewportSize

from components import store
from components.display.thumbnails import draw_thumbnail
from components.model.areas import count_stretched, list_areas
from components.model.classes import list_classes
from components.model.prediction import Answer
from components.store.database import open_database
from tests.benchmarks.deciding import DESK, open_review
from tests.benchmarks.material import (
    make_class_ids,
    make_confidences,
    make_pictures,
    make_source_image,
)
from tests.benchmarks.measuring import Row, format_seconds
from tests.benchmarks.showing import PEERS, make_prediction
from tests.browser.served import serve_desk
from tests.chromium import find_port, open_browser
from tests.relay import open_relay

PICTURES: Final = 200
SIZE_WH: Final = (1732, 1155)  # 2.0 MP
_VIEWPORT: Final[ViewportSize] = {"width": 1400, "height": 900}
_FRAME_SECONDS: Final = 1 / 60
_LATE_SECONDS: Final = 0.1
_WARM_UP: Final = 5
_CUT_SECONDS: Final = 5.0
_LONGEST_SECONDS: Final = 600.0
_MODEL: Final = "demo-scene/1"

# From the key to the end of the frame that has another picture, for both alike.
_WATCH: Final = """(read) => {
    const look = new Function(`return ${read}`)();
    let pressed = null, before = null;
    window.waits = [];
    window.unheard = 0;
    addEventListener("keydown", (event) => {
        if (event.key !== "a") return;
        if (pressed !== null) window.unheard++;
        [pressed, before] = [performance.now(), look()];
    }, true);
    const step = () => {
        const now = look();
        if (pressed !== null && now && now !== before) {
            const began = pressed;
            pressed = null;
            setTimeout(() => window.waits.push(performance.now() - began));
        }
        requestAnimationFrame(step);
    };
    requestAnimationFrame(step);
}"""
_PEER: Final = "() => document.body.dataset.shown ?? ''"
_BAR: Final = """() => {
    for (const host of document.querySelectorAll('[data-testid="stBidiComponentIsolated"]')) {
        const bar = host.shadowRoot?.querySelector(".decide");
        if (bar) return { ...bar.dataset, said: bar.querySelector(".said").textContent };
    }
    return null;
}"""


@dataclass(frozen=True, slots=True)
class Count:
    """What a desk has stored.

    Attributes:
        stored: pictures with a decision.
        twice: pictures with more than one.
    """

    stored: int
    twice: int


def measure_keys() -> Iterator[Row]:
    """Two a second against a bare page; four a second through a kill and a cut network."""
    with TemporaryDirectory(prefix="mask-desk-bench-") as folder, open_browser() as browser:
        yield from _measure_pace(Path(folder), browser)
    with TemporaryDirectory(prefix="mask-desk-bench-") as folder, open_browser() as browser:
        yield from _measure_storm(Path(folder), browser)


def _measure_pace(folder: Path, browser: Browser) -> Iterator[Row]:
    pictures = list(make_pictures(PICTURES + 1, SIZE_WH))
    project = fill_project(folder / "data", pictures)
    with serve_desk(folder) as desk, browser.new_context(viewport=_VIEWPORT) as context:
        peer_before = _press_on_peer(folder, browser, pictures[: PICTURES // 2])
        page = open_review(context, desk.address, project)
        page.wait_for_timeout(5000)
        page.evaluate(_WATCH, DESK)
        _press_evenly(page, PICTURES, 0.5)
        ours = page.evaluate("window.waits")
        unheard = page.evaluate("window.unheard")
        _wait_until_sent(page)
        peer_after = _press_on_peer(folder, browser, pictures[: PICTURES // 2])
    count = count_decisions(folder / "data", project)
    peer = [*peer_before[_WARM_UP:], *peer_after[_WARM_UP:]]
    yield Row(
        f"keys: {PICTURES} pictures of 2 MP, two a second: stored, stored twice, keys unheard",
        f"{count.stored}, {count.twice}, {unheard}",
        "",
        "",
        f"{PICTURES}, 0, 0",
        (count.stored, count.twice, unheard) == (PICTURES, 0, 0),
    )
    yield _compare("median", ours[_WARM_UP:], peer, 0.5, _FRAME_SECONDS)
    yield _compare("95th percentile", ours[_WARM_UP:], peer, 0.95, _LATE_SECONDS)


def _compare(
    name: str, ours: Sequence[float], peer: Sequence[float], share: float, at_most: float
) -> Row:
    mine, other = (_find_share(waits, share) / 1000 for waits in (ours, peer))
    return Row(
        f"keys: key to next picture painted, {name} (n = {len(ours)})",
        format_seconds(mine),
        f"{format_seconds(other)} an `<img>` decoded ahead, swapped",
        f"{(mine - other) * 1000:+.1f} ms",
        f"≤ +{at_most * 1000:.1f} ms",
        mine - other <= at_most,
    )


def _find_share(waits: Sequence[float], share: float) -> float:
    if share == 0.5:
        return statistics.median(waits)
    return sorted(waits)[min(len(waits) - 1, int(share * len(waits)))]


def _measure_storm(folder: Path, browser: Browser) -> Iterator[Row]:
    """Four keys a second; in the middle the desk is killed, later the network is cut."""
    project = fill_project(folder / "data", list(make_pictures(PICTURES, SIZE_WH)))
    port = find_port()
    pressed = said = 0
    with (
        open_relay(port) as relay,
        browser.new_context(viewport=_VIEWPORT) as context,
        _run_desk(folder, port) as restart,
    ):
        page = open_review(context, relay.address, project)
        page.wait_for_timeout(5000)
        began = time.monotonic()
        done = -1
        while time.monotonic() - began < _LONGEST_SECONDS:
            state = page.evaluate(_BAR) or {}
            at = time.monotonic() - began
            if done < 0 and at > 10:
                done = 0
                restart()
            elif done == 0 and at > 25:
                done = 1
                relay.cut()
                threading.Timer(_CUT_SECONDS, relay.mend).start()
            ends = state.get("subject") == "" and state.get("loading") == "false"
            if ends and state.get("unsaved") == "0":
                break
            page.keyboard.press("a")
            pressed += 1
            after = page.evaluate(_BAR) or {}
            said += "did nothing" in after.get("said", "")
            time.sleep(max(0.0, began + pressed * 0.25 - time.monotonic()))
    count = count_decisions(folder / "data", project)
    yield Row(
        f"keys: four a second, the desk killed once, the network cut for {_CUT_SECONDS:.0f} s: "
        "pictures stored, stored twice",
        f"{count.stored}, {count.twice}",
        "",
        f"{pressed} keys, {said} of them told that they did nothing",
        f"{PICTURES}, 0",
        (count.stored, count.twice) == (PICTURES, 0),
    )


@contextmanager
def _run_desk(folder: Path, port: int) -> Iterator[Any]:
    """A desk, and what kills it and starts it again in the background."""
    ending = threading.Event()
    killing = threading.Event()

    def run() -> None:
        while not ending.is_set():
            with serve_desk(folder, port=port) as desk:
                ready.set()
                while not (ending.is_set() or killing.is_set()):
                    time.sleep(0.05)
                if killing.is_set():
                    killing.clear()
                    os.kill(desk.process_id, signal.SIGKILL)

    ready = threading.Event()
    thread = threading.Thread(target=run)
    thread.start()
    ready.wait(60)
    try:
        yield killing.set
    finally:
        ending.set()
        thread.join()


def fill_project(folder: Path, pictures: Sequence[bytes]) -> str:
    """A desk's database with one project of these JPEGs, each with an answer of its own; its id."""
    folder.mkdir(parents=True, exist_ok=True)
    database = open_database(f"sqlite:///{folder.as_posix()}/desk.sqlite3")
    project = store.projects.create_project(
        database, name="Many pictures", model=_MODEL, confidence=50, by="Lead", now=1
    )
    class_ids = make_class_ids(SIZE_WH)
    prediction = make_prediction(class_ids, make_confidences(SIZE_WH))
    classes = list_classes(prediction.class_map)
    areas = list_areas(count_stretched(class_ids, SIZE_WH), classes)
    for at, jpeg in enumerate(pictures):
        image = make_source_image(jpeg)
        # One answer under all pictures would let the browser decode it once for all of them.
        own = replace(prediction, sha256=hashlib.sha256(b"%d" % at).hexdigest())
        item, _ = store.items.add_item(
            database, project.id, image, draw_thumbnail(image), name=f"{at}.jpg", by="Lead", now=1
        )
        answer = Answer(own, "http://127.0.0.1", _MODEL, 1, 0.1, 1000, 1000, 1)
        store.items.keep_answer(
            database, item.id, answer, cut_to=0, areas=areas, mean_confidence=0.5, now=1
        )
    database.close()
    return project.id


def count_decisions(folder: Path, project: str) -> Count:
    """What the database holds, read as another program would."""
    database = open_database(f"sqlite:///{folder.as_posix()}/desk.sqlite3")
    try:
        record = store.reviews.list_record(database, project, limit=10_000)
    finally:
        database.close()
    by_item = Counter(line.item_id for line in record)
    return Count(len(by_item), sum(number > 1 for number in by_item.values()))


def _press_on_peer(folder: Path, browser: Browser, pictures: Sequence[bytes]) -> list[float]:
    served = folder / "peer"
    served.mkdir(exist_ok=True)
    (served / "swapping.html").write_bytes((PEERS / "swapping.html").read_bytes())
    for at, jpeg in enumerate(pictures):
        (served / f"{at}.jpg").write_bytes(jpeg)
    handler = partial(_QuietHandler, directory=str(served))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        with browser.new_context(viewport=_VIEWPORT) as context:
            page = context.new_page()
            address = f"http://127.0.0.1:{server.server_port}/swapping.html?count={len(pictures)}"
            page.goto(address)
            page.wait_for_function("document.body.dataset.shown === '0'")
            page.wait_for_timeout(2000)
            page.evaluate(_WATCH, _PEER)
            _press_evenly(page, len(pictures) - 1, 0.5)
            waits: list[float] = page.evaluate("window.waits")
        server.shutdown()
    return waits


class _QuietHandler(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:
        """Nothing: what it is asked for is known."""


def _press_evenly(page: Page, count: int, every: float) -> None:
    page.bring_to_front()
    began = time.monotonic()
    for at in range(count):
        time.sleep(max(0.0, began + at * every - time.monotonic()))
        page.keyboard.press("a")
    page.wait_for_timeout(1000)


def _wait_until_sent(page: Page) -> None:
    page.wait_for_function(f"() => (({_BAR})() ?? {{}}).unsaved === '0'", timeout=60_000)
