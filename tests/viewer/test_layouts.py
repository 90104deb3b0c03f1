"""Side by side, overlay, swipe, and the mask hidden for a moment: one view in all of them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from playwright.sync_api import expect

from tests.viewer.conftest import OpenDesk
from tests.viewer.desk_page import DeskPage
from tests.viewer.packets import build_packet, class_entry, edited

pytestmark = pytest.mark.browser

RNG = np.random.default_rng(17)
RGB = RNG.integers(0, 256, (300, 450, 3), np.uint8)
MASK = RNG.integers(0, 3, (30, 45), np.uint8)
SURE = RNG.integers(100, 256, (30, 45), np.uint8)
SIZE_WH = (450, 300)
PACKET = build_packet(RGB, MASK, confidence=SURE)
LAYOUTS = {"Side by side": "side", "Overlay": "overlay", "Swipe": "swipe"}


def expect_layout(desk: DeskPage, layout: str) -> None:
    expect(desk.desk).to_have_attribute("data-layout", layout)
    image = desk.page.locator(".pane.image")
    (expect(image).to_be_visible if layout == "side" else expect(image).to_be_hidden)()
    expect(desk.page.locator(".pane.mask")).to_be_visible()
    handle = desk.page.locator(".swipe-handle")
    (expect(handle).to_be_visible if layout == "swipe" else expect(handle).to_be_hidden)()
    [chosen] = [name for name, value in LAYOUTS.items() if value == layout]
    expect(desk.page.locator(".layouts").get_by_role("radio", name=chosen)).to_be_checked()


def test_each_layout_by_its_button_and_by_key(open_desk: OpenDesk) -> None:
    desk = open_desk(PACKET)
    expect_layout(desk, "side")
    for name, layout in LAYOUTS.items():
        desk.layout(name)
        expect_layout(desk, layout)
        # The picture fills the room there is, under mask and alone.
        at = desk.transform
        assert at["scale"] == min(at["pane"]["w"] / 450, at["pane"]["h"] / 300)
        np.testing.assert_array_equal(desk.colours(), desk.expected_colours(MASK, SIZE_WH, {0}))
    desk.focus()
    for layout in ("side", "overlay", "swipe", "side"):
        desk.press("l")
        expect_layout(desk, layout)


def place(at: dict[str, Any]) -> tuple[float, float, float]:
    """Scale, and the image point in the middle of the pane."""
    middle = [
        (at["pane"][side] / 2 - at[axis]) / at["scale"] for side, axis in (("w", "x"), ("h", "y"))
    ]
    return at["scale"], middle[0], middle[1]


def test_the_view_stays_whatever_else_changes_and_a_new_image_fits(open_desk: OpenDesk) -> None:
    desk = open_desk(PACKET)
    desk.focus()
    # Fitting is a stop too, a little above 100 % here.
    desk.press("1", "+", "+", "+", "ArrowRight", "ArrowDown")
    before = place(desk.transform)
    assert before[0] == 2
    for name in ("Overlay", "Swipe", "Side by side"):
        desk.layout(name)
        assert place(desk.transform) == pytest.approx(before, abs=0.5)
        np.testing.assert_array_equal(desk.colours(), desk.expected_colours(MASK, SIZE_WH, {0}))
    unmoved = desk.transform
    desk.slide("Opacity of the mask", 30)
    desk.eye("sky").click()
    desk.row("water").locator(".solo").click()
    desk.press("p", "d", "d")
    desk.slide("Confidence", 80, release=True)
    expect(desk.page.get_by_text('"confidence": [80]')).to_be_visible()
    desk.run_again()
    assert desk.transform == unmoved
    renamed = edited(PACKET, {"threshold": 80, "name": "same picture.png"})
    desk.show(renamed)
    assert desk.transform == unmoved
    assert desk.desk.get_attribute("data-style") == "both"
    desk.show(build_packet(255 - RGB, MASK))
    at = desk.transform
    assert at["scale"] == min(at["pane"]["w"] / 450, at["pane"]["h"] / 300)
    # How it is looked at is for all pictures.
    assert desk.desk.get_attribute("data-style") == "both"
    expect(desk.page.get_by_label("Opacity of the mask")).to_have_value("30")
    expect(desk.row("water").locator(".solo")).to_have_attribute("aria-pressed", "true")


FLAT = np.full((300, 450, 3), 90, np.uint8)
ALL_SKY = np.ones((3, 3), np.uint8)
FLAT_PACKET = build_packet(FLAT, ALL_SKY)
SKY, BARE = (0x56, 0xB4, 0xE9), (90, 90, 90)


def test_the_handle_parts_the_bare_picture_from_the_mask(open_desk: OpenDesk) -> None:
    desk = open_desk(FLAT_PACKET)
    desk.layout("Swipe")
    handle = desk.page.get_by_role("slider", name="Border between picture and mask")
    box = desk.page.locator(".pane.mask").bounding_box()
    assert box is not None
    opaque = desk.page.get_by_label("Opacity of the mask")
    opaque.fill("100")

    def expect_parted(percent: float) -> None:
        assert box is not None
        desk.settle()
        border = box["x"] + box["width"] * percent / 100
        at = handle.bounding_box()
        assert at is not None
        assert at["x"] + at["width"] / 2 == pytest.approx(border, abs=1)
        desk.page.mouse.move(5, 5)
        shot = desk.pixels_on_screen()
        left, top = desk.where(0, 0)
        right, _ = desk.where(450, 0)
        # Below the caption and away from the handle's grip, across the whole picture.
        row = shot[int(top + 60), int(left) + 1 : int(right) - 1]
        x = np.arange(int(left) + 1, int(right) - 1) + 0.5
        assert (row[x < border - 4] == BARE).all()
        assert (row[x > border + 4] == SKY).all()
        shown = handle.get_attribute("aria-valuenow")
        assert shown is not None
        assert float(shown) == pytest.approx(percent, abs=0.6)

    expect_parted(50)
    grip = box["y"] + box["height"] / 2
    desk.page.mouse.move(box["x"] + box["width"] / 2, grip)
    desk.page.mouse.down()
    desk.page.mouse.move(box["x"] + box["width"] * 0.75, grip, steps=5)
    desk.page.mouse.up()
    expect_parted(75)
    # Dragging the handle is not dragging the picture.
    at = desk.transform
    assert at["scale"] == min(at["pane"]["w"] / 450, at["pane"]["h"] / 300)
    handle.focus()
    desk.press("ArrowLeft", "ArrowLeft", "ArrowRight")
    expect_parted(73)
    desk.press("ArrowDown")
    expect_parted(71)
    assert desk.transform == at
    desk.press("Home")
    expect_parted(0)
    desk.press("ArrowUp")
    expect_parted(2)
    desk.press("End")
    desk.press("ArrowRight")
    expect_parted(100)


def mask_is_seen(desk: DeskPage) -> bool:
    """Whether the middle of the mask's pane has the mask's colour on screen."""
    x, y = desk.where(225, 150)
    return bool((desk.pixels_on_screen()[int(y), int(x)] != BARE).any())


def test_the_mask_hides_while_space_or_the_button_is_held(open_desk: OpenDesk) -> None:
    desk = open_desk(FLAT_PACKET)
    page = desk.page
    keyboard, mouse = page.keyboard, page.mouse
    button = page.get_by_role("button", name="Hold to hide")
    spot = button.bounding_box()
    assert spot is not None
    x, y = spot["x"] + spot["width"] / 2, spot["y"] + spot["height"] / 2

    def expect_hidden_while_held() -> None:
        desk.settle()
        assert not mask_is_seen(desk)

    def expect_back() -> None:
        desk.settle()
        assert mask_is_seen(desk)

    expect_back()
    for layout in ("Overlay", "Side by side"):
        desk.layout(layout)
        desk.focus()
        keyboard.down(" ")
        # As the browser repeats it while it is held.
        keyboard.down(" ")
        expect_hidden_while_held()
        keyboard.up(" ")
        expect_back()
    # With nothing in focus space scrolls the page, but over the picture it hides the mask.
    desk.press("Escape")
    page.evaluate("document.activeElement.blur()")
    desk.point_at(225, 200)
    keyboard.down(" ")
    expect_hidden_while_held()
    keyboard.up(" ")
    expect_back()
    mouse.move(x, y)
    mouse.down()
    expect_hidden_while_held()
    # Let go of elsewhere, it is let go of.
    mouse.move(x, y + 300)
    expect_hidden_while_held()
    mouse.up()
    expect_back()
    for key in (" ", "Enter"):
        button.focus()
        keyboard.down(key)
        expect_hidden_while_held()
        keyboard.up(key)
        expect_back()
    # A window that loses the keyboard never hears the key come up.
    desk.focus()
    keyboard.down(" ")
    expect_hidden_while_held()
    page.evaluate("window.dispatchEvent(new Event('blur'))")
    expect_back()
    keyboard.up(" ")


def test_space_scrolls_the_page_where_the_picture_is_not_pointed_at(open_desk: OpenDesk) -> None:
    desk = open_desk(FLAT_PACKET)
    desk.page.mouse.move(2, 2)
    desk.page.evaluate("document.activeElement.blur()")
    desk.page.keyboard.down(" ")
    desk.settle()
    assert desk.desk.get_attribute("data-blink") is None
    desk.page.keyboard.up(" ")


def test_the_small_map_shows_where_one_is_and_leads_elsewhere(open_desk: OpenDesk) -> None:
    desk = open_desk(build_packet(RGB, MASK, classes=[class_entry(1, "sky")]))
    small = desk.page.locator(".map")
    expect(small).to_be_hidden()
    desk.focus()
    desk.press("1", "+", "+", "+", "+")

    def expect_marked() -> None:
        desk.settle()
        at = desk.transform
        whole, here = small.bounding_box(), small.locator(".here").bounding_box()
        assert whole is not None
        assert here is not None
        for start, length, side, axis, size in (
            ("x", "width", "w", "x", 450),
            ("y", "height", "h", "y", 300),
        ):
            low = np.clip(-at[axis] / at["scale"], 0, size) / size
            high = np.clip((at["pane"][side] - at[axis]) / at["scale"], 0, size) / size
            whole_start, whole_length = float(whole[start]), float(whole[length])  # type: ignore[literal-required]
            here_start, here_length = float(here[start]), float(here[length])  # type: ignore[literal-required]
            assert (here_start - whole_start) / whole_length == pytest.approx(low, abs=0.02)
            assert here_length / whole_length == pytest.approx(high - low, abs=0.02)

    expect(small).to_be_visible()
    expect_marked()
    desk.press("ArrowRight", "ArrowUp")
    expect_marked()
    # Its picture is the picture.
    drawn = desk.canvas(".map canvas")[..., :3].astype(float)
    assert np.abs(drawn.mean((0, 1)) - RGB.mean((0, 1))).max() < 6
    box = small.bounding_box()
    assert box is not None
    mouse = desk.page.mouse
    mouse.move(box["x"] + 0.3 * box["width"], box["y"] + 0.4 * box["height"])
    mouse.down()
    desk.settle()
    assert place(desk.transform)[1:] == pytest.approx((0.3 * 450, 0.4 * 300), abs=4)
    mouse.move(box["x"] + 0.7 * box["width"], box["y"] + 0.6 * box["height"], steps=4)
    mouse.up()
    desk.settle()
    assert place(desk.transform)[1:] == pytest.approx((0.7 * 450, 0.6 * 300), abs=4)
    assert desk.transform["scale"] == 3
    expect_marked()
    np.testing.assert_array_equal(desk.colours(), desk.expected_colours(MASK, SIZE_WH, set()))
    desk.press("0")
    expect(small).to_be_hidden()
