"""Pages for tests to borrow: a context's second page opens in a third of the first one's time."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import Browser, ConsoleMessage, Page

from tests.chromium import PATIENCE_MS


class PagePool:
    """Contexts by their options, each with one page; what a test left in storage is cleared."""

    def __init__(self, browser: Browser) -> None:
        self._browser = browser
        self._idle: dict[str, list[tuple[Page, list[str]]]] = {}

    @contextmanager
    def lend(self, *, fresh: bool = False, **context: Any) -> Iterator[Page]:
        """Lend a page.

        Args:
            fresh: a page that nobody had before and nobody gets after.
            context: options of Playwright's `Browser.new_context`.

        Raises:
            AssertionError: the page logged an error or let an exception escape meanwhile.
        """
        idle = self._idle.setdefault(repr(sorted(context.items())), [])
        page, noise = idle.pop() if idle and not fresh else self._make_page(context)
        yield page
        if fresh or noise:
            page.context.close()
            assert not noise, noise
            return
        origin = page.evaluate(
            "() => { localStorage.clear(); sessionStorage.clear(); return location.origin; }"
        )
        page.goto("about:blank")
        # What a page keeps in its database it may write until it is left.
        tools = page.context.new_cdp_session(page)
        kinds = {"origin": origin, "storageTypes": "indexeddb,local_storage"}
        tools.send("Storage.clearDataForOrigin", kinds)
        tools.detach()
        page.emulate_media(
            color_scheme=context.get("color_scheme", "light"),
            reduced_motion=context["reduced_motion"],
        )
        page.set_viewport_size(context["viewport"])
        assert not noise, noise
        idle.append((page, noise))

    def _make_page(self, context: dict[str, Any]) -> tuple[Page, list[str]]:
        noise: list[str] = []

        def hear(message: ConsoleMessage) -> None:
            if message.type == "error":
                noise.append(f"{message.text} ({message.location.get('url', '')})")

        page = self._browser.new_context(**context).new_page()
        page.set_default_timeout(PATIENCE_MS)
        page.on("console", hear)
        page.on("pageerror", lambda error: noise.append(str(error)))
        return page, noise

    def close(self) -> None:
        """Close what is idle; the browser takes the rest along."""
        for pages in self._idle.values():
            for page, _ in pages:
                page.context.close()
        self._idle.clear()
