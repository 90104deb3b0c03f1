"""Pages for tests to borrow: where its code is known, an address opens in a third of the time."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final, NoReturn, cast
from urllib.parse import urlsplit

from playwright.sync_api import Browser, Error, Frame, Page, StorageState

from tests.chromium import PATIENCE_MS

WIDE: Final[dict[str, Any]] = {
    "viewport": {"width": 1400, "height": 900},
    "reduced_motion": "reduce",
}
"""A window on a desk's screen, where nothing glides."""

_LASTING: Final = ("add_init_script", "route_web_socket")
"""What Playwright cannot take back again, so that it is for pages that nobody gets after."""

_CHANGEABLE: Final = ("viewport", "color_scheme", "reduced_motion")
"""Options of a context that its page may be given later."""

_KEPT: Final = "local_storage,indexeddb,cache_storage,service_workers,file_systems"
"""What a browser keeps of an origin, but for cookies and for code that it has read."""


class PagePool:
    """Contexts by their options, each with one page; a test finds nothing that another left."""

    def __init__(self, browser: Browser) -> None:
        self._browser = browser
        self._idle: dict[str, list[Page]] = {}

    @contextmanager
    def lend(
        self, *, fresh: bool = False, storage_state: StorageState | None = None, **context: Any
    ) -> Iterator[Page]:
        """Lend a page that shows nothing yet.

        Args:
            fresh: a page that nobody had before and nobody gets after.
            storage_state: cookies and storage that its browser has.
            context: other options of Playwright's `Browser.new_context`.
        """
        lasting = {name: value for name, value in context.items() if name not in _CHANGEABLE}
        idle = self._idle.setdefault(repr(sorted(lasting.items())), [])
        if idle and not fresh:
            page = idle.pop()
            _change(page, context)
        else:
            page = self._browser.new_context(**context).new_page()
            page.context.set_default_timeout(PATIENCE_MS)
            for name in () if fresh else _LASTING:
                setattr(page, name, _refuse)
        with _note_origins(page) as origins:
            _give(page, storage_state or {})
            yield page
        if fresh or not _clean(page, origins):
            page.context.close()
        else:
            idle.append(page)

    def close(self) -> None:
        """Close what is idle; the browser takes the rest along."""
        for pages in self._idle.values():
            for page in pages:
                page.context.close()
        self._idle.clear()


def _refuse(*_: object) -> NoReturn:
    raise AssertionError("Borrow the page with fresh=True: what this does would stay on it.")


def _change(page: Page, context: dict[str, Any]) -> None:
    """Give a page the options that may be given later."""
    page.emulate_media(
        color_scheme=context.get("color_scheme", "light"),
        reduced_motion=context.get("reduced_motion", "no-preference"),
    )
    page.set_viewport_size(context["viewport"])


@contextmanager
def _note_origins(page: Page) -> Iterator[set[str]]:
    """Note the origins that this page and others of its context visit, "http://host:port"."""
    origins: set[str] = set()
    watched: list[Page] = []

    def note(frame: Frame) -> None:
        parts = urlsplit(frame.url)
        if parts.scheme.startswith("http"):
            origins.add(f"{parts.scheme}://{parts.netloc}")

    def watch(one: Page) -> None:
        one.on("framenavigated", note)
        watched.append(one)

    watch(page)
    page.context.on("page", watch)
    try:
        yield origins
    finally:
        page.context.remove_listener("page", watch)
        for one in watched:
            one.remove_listener("framenavigated", note)


def _give(page: Page, state: StorageState) -> None:
    """Give a page's browser cookies and storage.

    `BrowserContext.set_storage_state` does it too, and throws away the code that was read.
    """
    origins = state.get("origins") or []
    if any(origin.get("indexedDB") for origin in origins):
        page.context.set_storage_state(state)
        return
    page.context.add_cookies(cast("Any", state.get("cookies") or []))
    for origin in origins:
        entries = [[entry["name"], entry["value"]] for entry in origin["localStorage"]]
        page.route(origin["origin"] + "/", lambda route: route.fulfill(body=""))
        page.goto(origin["origin"] + "/")
        page.evaluate("all => all.forEach(([name, text]) => localStorage[name] = text)", entries)
        page.unroute_all()
        page.goto("about:blank")


def _clean(page: Page, origins: set[str]) -> bool:
    """Make a page as it was; False where that cannot be, since it or its desk is gone."""
    try:
        # A clock of a test's own stays for good.
        if page.evaluate("'__pwClock' in globalThis"):
            return False
        page.unroute_all()
        page.evaluate("sessionStorage.clear()")
        page.goto("about:blank")
        for other in page.context.pages:
            if other != page:
                other.close()
        page.context.clear_cookies()
        session = page.context.new_cdp_session(page)
        session.send("Page.resetNavigationHistory")
        for origin in origins:
            kept = {"origin": origin, "storageTypes": _KEPT}
            session.send("Storage.clearDataForOrigin", kept)
        session.detach()
    except Error:
        return False
    return True
