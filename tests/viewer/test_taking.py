"""What one takes away, and the whole screen: a picture of what is seen, a link to it."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image
from playwright.sync_api import expect

from tests.viewer.conftest import OpenDesk
from tests.viewer.desk_page import DeskPage, colour_table
from tests.viewer.packets import build_packet, class_entry, stretch

pytestmark = pytest.mark.browser

RNG = np.random.default_rng(77)
SIZE_WH = (300, 200)
RGB = RNG.integers(0, 256, (200, 300, 3), np.uint8)
MASK = RNG.integers(0, 3, (20, 30), np.uint8)
SURE = RNG.integers(0, 256, (20, 30), np.uint8)
NAMED = [
    class_entry(0, "background", background=True),
    class_entry(1, "sky"),
    class_entry(2, 'Tür, Öl & "gut"'),
]
LINK = {"picture": "abc123", "model": "ade/2", "confidence": "50"}
PACKET = build_packet(
    RGB, MASK, confidence=SURE, classes=NAMED, name="harbour at dawn.jpg", cut_to=0, link=LINK
)


def save(desk: DeskPage, folder: Path) -> tuple[str, NDArray[np.int_]]:
    """Save what is seen; returns the file's name and its pixels, shape (height, width, 3)."""
    with desk.page.expect_download() as waiting:
        desk.page.get_by_role("button", name="Save what is seen as a picture").click()
    download = waiting.value
    path = folder / "saved.png"
    download.save_as(path)
    saved = Image.open(path)
    assert saved.format == "PNG"
    return download.suggested_filename, np.asarray(saved.convert("RGB")).astype(int)


def test_the_saved_picture_is_what_is_seen(open_desk: OpenDesk, tmp_path: Path) -> None:
    desk = open_desk(PACKET, accept_downloads=True)
    page = desk.page
    desk.focus()
    desk.press("1")
    desk.slide("Confidence", 0)
    desk.slide("Opacity of the mask", 40)
    table = colour_table({0}).astype(int)

    def blend(style: str) -> tuple[NDArray[np.int_], NDArray[np.int_]]:
        """Picture and picture with mask, as far as the picture reaches."""
        colours = table[stretch(np.where(SURE < 3, 0, MASK).astype(np.uint8), SIZE_WH)]
        part = colours[..., 3:] / 255 * 0.4
        return RGB.astype(int), np.rint(RGB * (1 - part) + colours[..., :3] * part).astype(int)

    bare, masked = blend("fill")
    name, saved = save(desk, tmp_path)
    assert name == "harbour at dawn with mask.png"
    boxes = [page.locator(f".pane.{pane}").bounding_box() for pane in ("image", "mask")]
    [left, right] = [box for box in boxes if box]
    width = right["x"] + right["width"] - left["x"]
    assert saved.shape[:2] == (pytest.approx(left["height"], abs=1), pytest.approx(width, abs=1))
    at = desk.transform
    for box, wanted in ((left, bare), (right, masked)):
        x, y = round(box["x"] - left["x"]) + at["x"], at["y"]
        found = saved[y : y + 200, x : x + 300]
        assert np.abs(found - wanted).max() <= 2
    # Beside the picture the pane's own colour, as on screen.
    ground = page.locator(".pane.image").evaluate("pane => getComputedStyle(pane).backgroundColor")
    shot = desk.pixels_on_screen()[int(left["y"]) + 3, int(left["x"]) + 200]
    assert np.abs(saved[3, 200] - shot).max() <= 2, ground

    desk.layout("Swipe")
    page.get_by_role("slider", name="Border between picture and mask").press("ArrowLeft")
    _, saved = save(desk, tmp_path)
    at = desk.transform
    assert saved.shape[:2] == (at["pane"]["h"], at["pane"]["w"])
    found = saved[at["y"] : at["y"] + 200, at["x"] : at["x"] + 300]
    border = at["pane"]["w"] * 0.48 - at["x"]
    columns = np.arange(300) + 0.5
    assert np.abs((found - bare)[:, columns < border - 1]).max() <= 2
    assert np.abs((found - masked)[:, columns > border + 1]).max() <= 2

    desk.layout("Overlay")
    desk.eye("sky").click()
    desk.settle()
    _, saved = save(desk, tmp_path)
    at = desk.transform
    table[1] = 0
    found = saved[at["y"] : at["y"] + 200, at["x"] : at["x"] + 300]
    assert np.abs(found - blend("fill")[1]).max() <= 2


def test_the_whole_screen_and_back(open_desk: OpenDesk) -> None:
    desk = open_desk(PACKET)
    page, button = desk.page, desk.page.get_by_role("button", name="Full screen")
    before = desk.transform
    button.click()
    expect(desk.desk).to_have_attribute("data-full", "")
    assert page.evaluate("document.fullscreenElement !== null")
    desk.settle()
    box = desk.desk.bounding_box()
    assert box is not None
    assert (box["width"], box["height"]) == pytest.approx((1400, 900), abs=1)
    assert desk.transform["pane"]["h"] > before["pane"]["h"]
    shown = np.where(stretch(SURE, SIZE_WH) < 128, 0, stretch(MASK, SIZE_WH)).astype(np.uint8)
    np.testing.assert_array_equal(desk.colours(), desk.expected_colours(shown, SIZE_WH, {0}))
    # Controls are there as before, and lists open over it.
    desk.focus()
    desk.press("?")
    expect(page.get_by_role("dialog", name="Keys and help")).to_be_visible()
    page.get_by_role("button", name="Close").click()
    button.click()
    expect(desk.desk).not_to_have_attribute("data-full", "")
    assert page.evaluate("document.fullscreenElement === null")
    page.wait_for_function("() => innerHeight === 900")
    desk.settle()
    assert desk.transform == before
    np.testing.assert_array_equal(desk.colours(), desk.expected_colours(shown, SIZE_WH, {0}))


def test_a_browser_without_full_screen_fills_the_window(open_desk: OpenDesk) -> None:
    desk = open_desk(PACKET, fresh=True)
    desk.page.evaluate("delete Element.prototype.requestFullscreen")
    before = desk.transform
    desk.focus()
    desk.press("z")
    expect(desk.desk).to_have_attribute("data-large", "")
    box = desk.desk.bounding_box()
    assert box is not None
    assert (box["x"], box["y"], box["width"], box["height"]) == pytest.approx((0, 0, 1400, 900))
    # Nothing of the page lies over it.
    for x, y in ((10, 10), (1390, 10), (700, 450), (10, 890)):
        assert desk.desk.evaluate(
            "(desk, at) => desk.contains(desk.getRootNode().elementFromPoint(...at))",
            [x, y],
        ), (x, y)
    desk.press("z")
    expect(desk.desk).not_to_have_attribute("data-large", "")
    desk.settle()
    assert desk.transform == before


def test_a_copied_link_holds_the_state_and_nothing_else(open_desk: OpenDesk) -> None:
    desk = open_desk(
        PACKET,
        (("token", "private"), ("utm", "x")),
        permissions=["clipboard-read", "clipboard-write"],
    )
    page = desk.page

    def copy() -> list[tuple[str, str]]:
        page.get_by_role("button", name="Copy a link to this view").click()
        expect(page.locator(".hint")).to_have_text("Link copied")
        parts = urlsplit(page.evaluate("navigator.clipboard.readText()"))
        assert f"{parts.scheme}://{parts.netloc}" == desk.address
        assert parts.path == "/"
        assert not parts.fragment
        return parse_qsl(parts.query, keep_blank_values=True, strict_parsing=True)

    assert copy() == list(LINK.items())
    desk.layout("Overlay")
    desk.eye('Tür, Öl & "gut"').click()
    desk.row("sky").locator(".solo").click()
    desk.slide("Opacity of the mask", 35)
    desk.focus()
    desk.press("d", "1")
    desk.slide("Confidence", 66)
    at = desk.transform
    copied = copy()
    assert copied[:3] == [("picture", "abc123"), ("model", "ade/2"), ("confidence", "66")]
    state = dict(copied[3:])
    view = [float(value) for value in state.pop("view").split(",")]
    assert state == {
        "layout": "overlay",
        "style": "outline",
        "opacity": "35",
        "hide": 'Tür, Öl & "gut"',
        "only": "sky",
    }
    wanted = [-at["x"] / 1, -at["y"] / 1, at["pane"]["w"], at["pane"]["h"]]
    assert view == pytest.approx(wanted, abs=1)


def test_where_copying_is_refused_the_old_way_or_the_address_has_it(open_desk: OpenDesk) -> None:
    desk = open_desk(PACKET, fresh=True)
    page, button = desk.page, desk.page.get_by_role("button", name="Copy a link to this view")
    desk.layout("Overlay")
    page.evaluate(
        """() => {
          // As pages without HTTPS find it.
          Object.defineProperty(navigator, "clipboard", { value: undefined });
          document.execCommand = name => {
            globalThis.taken = document.activeElement.shadowRoot.activeElement.value;
            return name === "copy";
          };
        }"""
    )
    button.click()
    expect(page.locator(".hint")).to_have_text("Link copied")
    assert dict(parse_qsl(urlsplit(page.evaluate("taken")).query)) == LINK | {"layout": "overlay"}
    page.evaluate("document.execCommand = () => false")
    button.click()
    expect(page.locator(".hint")).to_contain_text("does not let the page copy")
    assert "layout=overlay" in page.url
