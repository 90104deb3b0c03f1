"""Every page on a desk's screen and on a phone, light and dark: measured, and kept as pictures."""

from __future__ import annotations

import io
import os
import re
from pathlib import Path
from typing import Any, Final, Literal

import pytest
from PIL import Image
from playwright.sync_api import expect

from tests.browser.conftest import OpenPage
from tests.browser.desk_page import DeskPage
from tests.browser.looks import find_faults, find_small_targets
from tests.browser.served import ServedDesk

pytestmark = pytest.mark.browser

OUT: Final = Path(__file__).parent.parent / "out"
SCREENSHOT: Final = Path(__file__).parent / "inspect.png"
MAX_SCREENSHOT_BYTES: Final = 350_000
STRIP: Final = Path(__file__).parent / "tour.png"
MAX_STRIP_BYTES: Final = 700_000

SCREENS: Final[dict[str, dict[str, Any]]] = {
    "1400": {"viewport": {"width": 1400, "height": 900}},
    "390": {
        "viewport": {"width": 390, "height": 844},
        "is_mobile": True,
        "has_touch": True,
        "device_scale_factor": 2,
    },
}
Scheme = Literal["light", "dark"]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("screen", SCREENS)
def test_the_inspect_page_fits_and_can_be_read(
    open_page: OpenPage, desk: ServedDesk, screen: str, scheme: Scheme
) -> None:
    page = open_page(desk, color_scheme=scheme, **SCREENS[screen])
    page.open_inspect()
    expect(page.viewer).to_have_attribute("data-width", "wide" if screen == "1400" else "narrow")
    page.bars()
    keep_picture(page, f"inspect-{screen}-{scheme}-first")
    page.open_facts()
    expect(page.page.get_by_role("button", name="Save the picture as it was sent")).to_be_visible()
    keep_picture(page, f"inspect-{screen}-{scheme}", whole=True)
    expect_fine(page, screen, scheme)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("screen", SCREENS)
def test_the_connection_page_fits_and_can_be_read(
    open_page: OpenPage, desk: ServedDesk, screen: str, scheme: Scheme
) -> None:
    page = open_page(desk, color_scheme=scheme, **SCREENS[screen])
    page.open("/connection")
    page.page.get_by_role("button", name="Test this connection").click()
    expect(page.page.locator(".desk-findings li")).to_have_count(4)
    page.page.get_by_text("Another server", exact=True).click()
    expect(page.page.get_by_role("textbox", name="Address")).to_be_visible()
    page.page.get_by_role("button", name="Use this server").click()
    expect(page.notices).to_be_visible()
    page.wait_idle()
    page.page.mouse.move(2, 2)
    keep_picture(page, f"connection-{screen}-{scheme}", whole=True)
    expect_fine(page, screen, scheme)


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


def expect_fine(page: DeskPage, screen: str, scheme: Scheme) -> None:
    """Nothing is cut off, too faint, too small, or in the other theme's colours."""
    # First, since a page takes a moment to change its theme.
    ground = "rgb(255, 255, 255)" if scheme == "light" else "rgb(20, 23, 28)"
    expect(page.page.get_by_test_id("stApp")).to_have_css("background-color", ground)
    assert find_faults(page.page) == {}
    if screen == "390":
        assert find_small_targets(page.page) == []


def keep_picture(page: DeskPage, name: str, *, whole: bool = False) -> None:
    """Keep a screenshot in tests/out; whole: as high as all that the page holds."""
    OUT.mkdir(exist_ok=True)
    size = page.page.viewport_size
    assert size is not None
    main = page.page.get_by_test_id("stMain")
    # What a taller window shows may itself be taller.
    for _ in range(2 * whole):
        height = main.evaluate("main => main.scrollHeight")
        page.page.set_viewport_size({"width": size["width"], "height": height})
    main.evaluate("main => main.scrollTo(0, 0)")
    page.page.screenshot(path=OUT / f"{name}.png")
    page.page.set_viewport_size(size)


def read_swatches(page: DeskPage) -> list[tuple[int, int, int]]:
    """The colours of the classes, which a smaller palette must not bend."""
    found: list[str] = page.page.locator(
        ".legend .present .row:not(.background) .swatch"
    ).evaluate_all("all => all.map((one) => getComputedStyle(one).backgroundColor)")
    triples = [re.findall(r"\d+", colour) for colour in found]
    return [(int(red), int(green), int(blue)) for red, green, blue in triples]


def draw_small(shot: Image.Image, kept: list[tuple[int, int, int]]) -> Image.Image:
    """The picture in 256 colours, `kept` among them."""
    # Median cut alone spends its colours on large areas and loses the small ones.
    coverage = Image.Quantize.MAXCOVERAGE
    chosen = shot.quantize(256 - len(kept), coverage, kmeans=3).getpalette() or []
    table = Image.new("P", (1, 1))
    table.putpalette([*chosen, *(part for colour in kept for part in colour)])
    return shot.quantize(palette=table, dither=Image.Dither.NONE)
