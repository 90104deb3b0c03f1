"""A page that is lent again knows nothing of the test that had it before."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page

from tests.browser.served import ServedDesk
from tests.page_pool import WIDE, PagePool

pytestmark = pytest.mark.browser

_WRITE = """async () => {
  document.cookie = "left=1; path=/";
  localStorage.setItem("left", "1");
  sessionStorage.setItem("left", "1");
  await new Promise((done, failed) => {
    const asked = indexedDB.open("left", 1);
    asked.onupgradeneeded = () => asked.result.createObjectStore("things", { keyPath: "id" });
    asked.onerror = failed;
    asked.onsuccess = () => {
      const change = asked.result.transaction("things", "readwrite");
      change.objectStore("things").put({ id: 1 });
      change.oncomplete = () => { asked.result.close(); done(); };
    };
  });
}"""

_READ = """async () => ({
  isSigned: /(^|; )left=1/.test(document.cookie),
  local: localStorage.length,
  session: sessionStorage.length,
  databases: (await indexedDB.databases()).map((one) => one.name),
  history: history.length,
  dark: matchMedia("(prefers-color-scheme: dark)").matches,
  width: innerWidth,
})"""


def open_quiet(page: Page, desk: ServedDesk) -> dict[str, Any]:
    """Open an address of the desk that runs no script, and look around."""
    page.goto(f"{desk.address}/_stcore/health")
    found: dict[str, Any] = page.evaluate(_READ)
    return found


def test_nothing_of_one_test_reaches_the_next(page_pool: PagePool, desk: ServedDesk) -> None:
    # Options nobody else asks for, so that the page is this test's from the start.
    options = {**WIDE, "locale": "en-NZ"}
    with page_pool.lend(**options) as page:
        first = open_quiet(page, desk)
        page.evaluate(_WRITE)
        page.goto(f"{desk.address}/_stcore/host-config")
        page.route("**/health", lambda route: route.fulfill(body="taken"))
        page.emulate_media(color_scheme="dark")
        page.set_viewport_size({"width": 390, "height": 844})
        page.context.new_page()
        left = page.evaluate(_READ)
    assert (left["isSigned"], left["dark"], left["width"]) == (True, True, 390)
    assert (left["local"], left["session"], left["databases"]) == (1, 1, ["left"])
    with page_pool.lend(**options) as again:
        assert again is page
        assert open_quiet(again, desk) == first
        assert again.inner_text("body") == "ok"
        assert again.context.pages == [again]
        for lasting in (again.add_init_script, lambda _: again.route_web_socket("**", print)):
            with pytest.raises(AssertionError, match="fresh=True"):
                lasting("1")
        again.clock.install()
        open_quiet(again, desk)
    with page_pool.lend(**options) as other:
        assert other is not page


def test_what_was_kept_is_there_and_a_fresh_page_is_nobodys(
    page_pool: PagePool, desk: ServedDesk
) -> None:
    options = {**WIDE, "locale": "en-ZA"}
    with page_pool.lend(**options) as page:
        open_quiet(page, desk)
        page.evaluate(_WRITE)
        kept = page.context.storage_state(indexed_db=True)
    with page_pool.lend(storage_state=kept, **options) as again:
        found = open_quiet(again, desk)
        assert (found["isSigned"], found["local"], found["databases"]) == (True, 1, ["left"])
        with page_pool.lend(fresh=True, **options) as other:
            assert other not in (page, again)
            assert not open_quiet(other, desk)["isSigned"]
