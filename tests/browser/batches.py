"""Batches on the page Add, as tests handle them."""

from __future__ import annotations

from typing import Final

from playwright.sync_api import Locator, Page, expect

from tests.browser.desk_page import DeskPage

WAYS: Final = ["Files", "Folder", "Web addresses", "On the server"]


def choose_way(page: DeskPage, way: str) -> None:
    page.page.get_by_role("radio", name=way).check(force=True)
    expect(page.page.locator(f".st-key-way_{WAYS.index(way)}")).to_be_visible()
    page.wait_idle()


def find_card(page: Page, source: str) -> Locator:
    return page.locator('[class*="st-key-batch_"]', has=page.get_by_text(source, exact=True))


def read_figures(card: Locator) -> dict[str, str]:
    # In one go: where a batch is on its way they come anew each second.
    pairs: list[tuple[str, str]] = card.locator(".batch-figures").evaluate_all(
        """all => all.flatMap(list => [...list.querySelectorAll("dt")].map((what, at) =>
          [what.innerText, list.querySelectorAll("dd")[at].innerText]))"""
    )
    return dict(pairs)


def wait_done(card: Locator) -> None:
    expect(card.get_by_role("button", name="Put out of sight")).to_be_visible()
