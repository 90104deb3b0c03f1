"""What a person waits for in a real browser: a rerun, and the first picture of a cold start."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from playwright.sync_api import Browser, Page, ViewportSize

from components.samples import samples
from tests.benchmarks.measuring import ROUNDS, Row, compare_delay
from tests.chromium import ROOT, open_browser, streamlit_server

_PEERS: Final = Path(__file__).parent / "peers"
_VIEWPORT: Final[ViewportSize] = {"width": 1400, "height": 900}
_PATIENCE_MS: Final = 60_000

# From the key press to the moment the app says that its run is over, both seen in the page.
_WATCH_RERUNS: Final = """() => {
    const app = document.querySelector('[data-testid="stApp"]');
    let pressed = null;
    window.reruns = [];
    addEventListener("keydown", () => { pressed = performance.now(); }, true);
    new MutationObserver(() => {
        if (pressed === null || app.dataset.testScriptState !== "notRunning") return;
        window.reruns.push(performance.now() - pressed);
        pressed = null;
    }).observe(app, { attributes: true, attributeFilter: ["data-test-script-state"] });
}"""

# Runs in every page before its own scripts. Looks once a frame, since parts of the page are shadow
# trees that no observer sees into from outside; the same look costs both apps the same. Times count
# from the start of the navigation, and end with the frame after the one that has the picture.
_WATCH_PICTURES: Final = """(() => {
    const found = (window.firsts = {});
    const note = (name) => {
        if (name in found) return;
        found[name] = null;
        requestAnimationFrame(() => setTimeout(() => { found[name] = performance.now(); }));
    };
    const look = () => {
        const image = document.querySelector('[data-testid="stImage"] img');
        if (image && image.complete && image.naturalWidth)
            image.decode().then(() => note("image"));
        for (const host of document.querySelectorAll('[data-testid="stBidiComponentIsolated"]')) {
            const desk = host.shadowRoot?.querySelector(".desk");
            if (!desk) continue;
            if (desk.dataset.scale) note("picture");
            if (desk.dataset.state === "ready") note("mask");
        }
        requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
})();"""


def measure_rerun() -> Iterator[Row]:
    """A rerun of the whole page with nothing changed, by Streamlit's own key for it."""
    with (
        streamlit_server(ROOT / "app.py") as desk_address,
        streamlit_server(_PEERS / "one_line.py") as peer_address,
        open_browser() as browser,
    ):
        desk, peer = browser.new_page(viewport=_VIEWPORT), browser.new_page(viewport=_VIEWPORT)
        desk.goto(desk_address)
        desk.wait_for_selector('.desk[data-state="ready"]', timeout=_PATIENCE_MS)
        peer.goto(peer_address)
        peer.wait_for_selector('[data-testid="stMarkdown"]', timeout=_PATIENCE_MS)
        for page in (desk, peer):
            page.wait_for_selector('[data-test-script-state="notRunning"]')
            # What the page loads and warms up after it is shown is not part of a rerun.
            page.wait_for_timeout(2000)
            page.evaluate(_WATCH_RERUNS)
        for _ in range(3 + 2 * ROUNDS):
            for page in (desk, peer):
                _rerun(page)
        ours, others = (page.evaluate("window.reruns")[3:] for page in (desk, peer))
    yield compare_delay(
        "rerun: nothing changed, key press to run over",
        [milliseconds / 1000 for milliseconds in ours],
        [milliseconds / 1000 for milliseconds in others],
        "one line of Streamlit",
        2,
    )


def _rerun(page: Page) -> None:
    page.bring_to_front()
    before = page.evaluate("window.reruns.length")
    page.keyboard.press("r")
    page.wait_for_function("before => window.reruns.length > before", arg=before)
    # The server collects garbage after a run; the next one should not pay for it.
    page.wait_for_timeout(250)


def measure_cold() -> Iterator[Row]:
    """From navigation to the first picture, with a new server and a new browser context each time.

    The peer shows the same file, the desk's first sample, by st.image.
    """
    picture = {"MASK_DESK_BENCH_PICTURE": str(samples()[0].path)}
    ours: list[Mapping[str, float]] = []
    others: list[float] = []
    with open_browser() as browser:
        for at in range(1 + ROUNDS):
            with streamlit_server(ROOT / "app.py") as address:
                mine = _open_cold(browser, address, ("picture", "mask"))
            with streamlit_server(_PEERS / "one_picture.py", env=picture) as address:
                other = _open_cold(browser, address, ("image",))
            # The first round fills the disk's cache and is not counted.
            if at:
                ours.append(mine)
                others.append(other["image"])
    peer = "st.image of the same file"
    yield compare_delay(
        "cold: first picture on screen", [one["picture"] for one in ours], others, peer, 1.5
    )
    # The model's answer, which the peer has no part in: there to be known.
    yield compare_delay(
        "cold: the mask beside it too", [one["mask"] for one in ours], others, peer, None
    )


def _open_cold(browser: Browser, address: str, names: tuple[str, ...]) -> Mapping[str, float]:
    """Seconds until each of `names`, as _WATCH_PICTURES calls them, was on screen."""
    with browser.new_context(viewport=_VIEWPORT) as context:
        page = context.new_page()
        page.add_init_script(_WATCH_PICTURES)
        page.goto(address, wait_until="commit")
        page.wait_for_function(
            "names => names.every((name) => window.firsts[name])",
            arg=list(names),
            timeout=_PATIENCE_MS,
        )
        found: Mapping[str, float] = page.evaluate("window.firsts")
        return {name: found[name] / 1000 for name in names}
