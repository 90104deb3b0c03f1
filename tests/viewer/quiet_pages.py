"""Pages for tests to borrow that may not complain."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import Browser, ConsoleMessage, Page

from tests.page_pool import PagePool


class QuietPages:
    """A pool whose pages have to stay quiet."""

    def __init__(self, browser: Browser) -> None:
        self._pool = PagePool(browser)

    @contextmanager
    def lend(self, *, fresh: bool = False, **context: Any) -> Iterator[Page]:
        """Lend a page, as `PagePool.lend` does.

        Raises:
            AssertionError: the page logged an error or let an exception escape meanwhile.
        """
        noise: list[str] = []

        def hear(message: ConsoleMessage) -> None:
            if message.type == "error":
                noise.append(f"{message.text} ({message.location.get('url', '')})")

        def fail(error: object) -> None:
            noise.append(str(error))

        with self._pool.lend(fresh=fresh, **context) as page:
            page.on("console", hear)
            page.on("pageerror", fail)
            yield page
            page.remove_listener("console", hear)
            page.remove_listener("pageerror", fail)
        assert not noise, noise

    def close(self) -> None:
        """Close what is idle; the browser takes the rest along."""
        self._pool.close()
