"""Every page on a desk's screen and on a phone, light and dark: measured, and kept as pictures."""

from __future__ import annotations

import io
import os
from pathlib import Path
from typing import Final

import pytest
from PIL import Image
from playwright.sync_api import expect

from tests.browser.conftest import OpenPage
from tests.browser.desk_page import DeskPage
from tests.browser.looks import (
    BOTH,
    MAX_SCREENSHOT_BYTES,
    SCREENS,
    Scheme,
    draw_small,
    expect_fine_in,
    keep_picture,
    read_swatches,
)
from tests.browser.served import ServedDesk

pytestmark = pytest.mark.browser

SCREENSHOT: Final = Path(__file__).parent / "inspect.png"
STRIP: Final = Path(__file__).parent / "tour.png"
MAX_STRIP_BYTES: Final = 700_000


@pytest.mark.parametrize(("screen", "schemes"), BOTH)
def test_the_inspect_page_fits_and_can_be_read(
    open_page: OpenPage, desk: ServedDesk, screen: str, schemes: tuple[Scheme, Scheme]
) -> None:
    page = open_page(desk, color_scheme=schemes[0], **SCREENS[screen])
    page.open_inspect()
    expect(page.viewer).to_have_attribute("data-width", "wide" if screen == "1400" else "narrow")
    page.bars()
    keep_picture(page, f"inspect-{screen}-{schemes[0]}-first")
    page.open_facts()
    expect(page.page.get_by_role("button", name="Save the picture as it was sent")).to_be_visible()
    expect_fine_in(page, screen, schemes, f"inspect-{screen}")


@pytest.mark.parametrize(("screen", "schemes"), BOTH)
def test_the_connection_page_fits_and_can_be_read(
    open_page: OpenPage, desk: ServedDesk, screen: str, schemes: tuple[Scheme, Scheme]
) -> None:
    page = open_page(desk, color_scheme=schemes[0], **SCREENS[screen])
    page.open("/connection")
    page.page.get_by_role("button", name="Test this connection").click()
    expect(page.page.locator(".desk-findings li")).to_have_count(4)
    page.page.get_by_text("Another server", exact=True).click()
    expect(page.page.get_by_role("textbox", name="Address")).to_be_visible()
    page.page.get_by_role("button", name="Use this server").click()
    expect(page.notices).to_be_visible()
    page.wait_idle()
    page.page.mouse.move(2, 2)
    expect_fine_in(page, screen, schemes, f"connection-{screen}")


def test_a_phone_shows_one_pane_with_a_switch_and_reads_out_a_tap(
    open_page: OpenPage, desk: ServedDesk
) -> None:
    page = open_page(desk, **SCREENS["390"])
    page.open_inspect()
    expect(page.page.locator(".pane.mask")).to_be_visible()
    expect(page.page.locator(".pane.image")).to_be_hidden()
    page.page.get_by_role("radio", name="Image", exact=True).tap()
    expect(page.page.locator(".pane.image")).to_be_visible()
    expect(page.page.locator(".pane.mask")).to_be_hidden()
    page.page.locator(".pane.image").tap()
    expect(page.page.locator(".readout")).to_contain_text("confidence")
    page.page.get_by_role("button", name="Zoom in").tap()
    page.tile("Mountain lake").tap()
    page.expect_shown("lake.jpg")


def test_the_screenshot_in_the_readme_is_there(open_page: OpenPage, desk: ServedDesk) -> None:
    if not SCREENSHOT.exists() or os.environ.get("MASK_DESK_UPDATE_SCREENSHOT"):
        page = open_page(desk, color_scheme="light", **SCREENS["1400"])
        page.open_inspect()
        page.page.mouse.move(2, 2)
        with Image.open(io.BytesIO(page.page.screenshot())) as shot:
            draw_small(shot.convert("RGB"), read_swatches(page)).save(SCREENSHOT, optimize=True)
    with Image.open(SCREENSHOT) as shown:
        assert shown.size == (1400, 900)
        assert len(shown.convert("RGB").getcolors(2**24) or ()) > 100
    assert SCREENSHOT.stat().st_size <= MAX_SCREENSHOT_BYTES


def test_the_strip_in_the_readme_is_there(open_page: OpenPage, desk: ServedDesk) -> None:
    if not STRIP.exists() or os.environ.get("MASK_DESK_UPDATE_SCREENSHOT"):
        page = open_page(desk, color_scheme="light", viewport={"width": 1240, "height": 900})
        page.open_inspect("?picture=sample:street")
        expect(page.viewer).to_have_attribute("data-live", "")
        draw_strip(take_tour(page)).save(STRIP, optimize=True)
    with Image.open(STRIP) as shown:
        assert shown.width == 1400
        assert len(shown.convert("RGB").getcolors(2**24) or ()) > 100
    assert STRIP.stat().st_size <= MAX_STRIP_BYTES


def take_tour(page: DeskPage) -> list[Image.Image]:
    """The viewer four times: swiped, one class found, what changes, how sure."""
    shots: list[Image.Image] = []

    def take() -> None:
        page.viewer.evaluate("desk => desk.maskDesk.idle()")
        with Image.open(io.BytesIO(page.viewer.screenshot())) as shot:
            shots.append(shot.convert("RGB"))

    def press(name: str) -> None:
        page.page.get_by_role("button", name=name).click()

    page.page.get_by_role("radio", name="Swipe").check(force=True)
    take()
    page.page.get_by_role("radio", name="Overlay").check(force=True)
    press("Find person")
    expect(page.page.locator(".hint")).to_contain_text("person")
    take()
    page.page.get_by_role("radio", name="Side by side").check(force=True)
    press("What changes")
    for _ in range(42):
        page.page.keyboard.press(".")
    take()
    press("What changes")
    press("How sure")
    # Until what was found is not lit any more.
    page.page.wait_for_timeout(3000)
    take()
    return shots


def draw_strip(shots: list[Image.Image]) -> Image.Image:
    """Two rows of two, 1400 pixels wide, in 256 colours."""
    width, gap = 690, 20
    tiles = [
        shot.resize((width, round(shot.height * width / shot.width)), Image.Resampling.LANCZOS)
        for shot in shots
    ]
    height = max(tile.height for tile in tiles)
    strip = Image.new("RGB", (2 * width + gap, 2 * height + gap), "white")
    for at, tile in enumerate(tiles):
        strip.paste(tile, ((at % 2) * (width + gap), (at // 2) * (height + gap)))
    return draw_small(strip, [])
