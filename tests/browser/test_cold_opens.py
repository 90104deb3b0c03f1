"""The first address anybody opens on a desk that has just started."""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.conftest import OpenPage, StartDesk

pytestmark = pytest.mark.browser


def test_the_bare_address_becomes_the_inspect_page(
    open_page: OpenPage, start_desk: StartDesk
) -> None:
    desk = start_desk(prepared=None)
    page = open_page(desk)
    page.open("/")
    page.wait_ready()
    expect(page.page).to_have_url(f"{desk.address}/inspect")
    _expect_navigation(page.page.get_by_test_id("stTopNavLink"), "Inspect")
    expect(page.slider).to_have_value("50")


def test_a_deep_link_keeps_its_confidence(open_page: OpenPage, start_desk: StartDesk) -> None:
    desk = start_desk(prepared=None)
    page = open_page(desk)
    page.open("/inspect?confidence=40")
    page.wait_ready()
    expect(page.page).to_have_url(f"{desk.address}/inspect?confidence=40")
    _expect_navigation(page.page.get_by_test_id("stTopNavLink"), "Inspect")
    expect(page.slider).to_have_value("40")
    page.expect_asked(40)


def test_the_connection_page_opens_by_its_own_address(
    open_page: OpenPage, start_desk: StartDesk
) -> None:
    desk = start_desk(prepared=None)
    page = open_page(desk)
    page.open("/connection")
    expect(page.page.get_by_role("heading", name="Server in use")).to_be_visible()
    page.wait_idle()
    expect(page.page).to_have_url(f"{desk.address}/connection")
    _expect_navigation(page.page.get_by_test_id("stTopNavLink"), "Connection")
    page.switch_to("Inspect")
    page.wait_ready()


def _expect_navigation(links: Locator, current: str) -> None:
    expect(links).to_have_count(6)
    expect(links.filter(has_text=current)).to_have_attribute("aria-current", "page")
