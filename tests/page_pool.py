"""Pages for tests to borrow: where its code is known, an address opens in half the time."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final, NoReturn

from playwright.sync_api import Browser, Error, Page, StorageState

from tests.chromium import PATIENCE_MS

WIDE: Final[dict[str, Any]] = {
    "viewport": {"width": 1400, "height": 900},
    "reduced_motion": "reduce",
}
"""A window on a desk's screen, where nothing glides."""

_LASTING: Final = ("add_init_script", "route_web_socket")
"""What Playwright cannot take back again, so that it is for pages that nobody gets after."""


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
        idle = self._idle.setdefault(repr(sorted(context.items())), [])
        if idle and not fresh:
            page = idle.pop()
            page.context.set_storage_state(storage_state or {})
        else:
            opened = self._browser.new_context(storage_state=storage_state, **context)
            opened.set_default_timeout(PATIENCE_MS)
            page = opened.new_page()
            for name in () if fresh else _LASTING:
                setattr(page, name, _refuse)
        opened = page.context
        yield page
        if fresh or not _clean(page, context):
            opened.close()
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


def _clean(page: Page, context: dict[str, Any]) -> bool:
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
        page.emulate_media(
            color_scheme=context.get("color_scheme", "light"),
            reduced_motion=context.get("reduced_motion", "no-preference"),
        )
        page.set_viewport_size(context["viewport"])
        session = page.context.new_cdp_session(page)
        session.send("Page.resetNavigationHistory")
        session.detach()
    except Error:
        return False
    return True
