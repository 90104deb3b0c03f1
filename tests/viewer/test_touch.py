"""Two fingers move the picture, one scrolls the page, a tap reads a pixel."""

from __future__ import annotations

import numpy as np
import pytest
from playwright.sync_api import expect

from tests.viewer.conftest import OpenDesk
from tests.viewer.desk_page import DeskPage
from tests.viewer.noise import MASK, PACKET, PHONE

pytestmark = pytest.mark.browser


class Fingers:
    """Fingers on the screen. One session for a whole gesture: Chromium forgets touches with it."""

    def __init__(self, desk: DeskPage) -> None:
        self.session = desk.page.context.new_cdp_session(desk.page)

    def send(self, kind: str, *points: tuple[float, float]) -> None:
        touches = [{"x": x, "y": y, "id": i} for i, (x, y) in enumerate(points)]
        self.session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": touches})


def test_two_fingers_zoom_and_move_the_picture(open_desk: OpenDesk) -> None:
    desk = open_desk(PACKET, **PHONE)
    fitted = desk.transform
    box = desk.page.locator(".pane.mask").bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    fingers = Fingers(desk)
    fingers.send("touchStart", (x - 30, y), (x + 30, y))
    for step in range(1, 7):
        fingers.send("touchMove", (x - 30 - 5 * step, y), (x + 30 + 5 * step, y))
    desk.settle()
    zoomed = desk.transform
    assert zoomed["scale"] == pytest.approx(2 * fitted["scale"], rel=0.02)
    for step in range(1, 5):
        fingers.send("touchMove", (x - 60 + 8 * step, y), (x + 60 + 8 * step, y))
    fingers.send("touchEnd")
    desk.settle()
    moved = desk.transform
    assert moved["scale"] == pytest.approx(zoomed["scale"], rel=0.02)
    assert moved["x"] - zoomed["x"] == pytest.approx(2 * 32, abs=6)
    assert desk.scroll_top == 0
    np.testing.assert_array_equal(desk.colours(), desk.expected_colours(MASK, (600, 400), {0}))


def test_one_finger_scrolls_the_page_and_a_tap_reads_a_pixel(open_desk: OpenDesk) -> None:
    desk = open_desk(PACKET, **PHONE)
    fitted = desk.transform
    box = desk.page.locator(".pane.mask").bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    desk.page.touchscreen.tap(x, y)
    column = int((box["width"] - fitted["x"]) / fitted["scale"])
    assert f"x {column} y " in desk.readout()
    fingers = Fingers(desk)
    fingers.send("touchStart", (x, y))
    for step in range(1, 9):
        fingers.send("touchMove", (x, y - 15 * step))
    fingers.send("touchEnd")
    desk.stand_still()
    assert desk.scroll_top > 0
    assert desk.transform == fitted
    expect(desk.page.locator(".hint")).to_contain_text("two fingers")


def middle_of(desk: DeskPage, selector: str) -> tuple[float, float]:
    found = desk.page.locator(selector)
    found.scroll_into_view_if_needed()
    box = found.bounding_box()
    assert box is not None
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def test_fingers_pinch_and_drag_the_handle_in_swipe_layout(open_desk: OpenDesk) -> None:
    desk = open_desk(PACKET, **PHONE)
    desk.layout("Swipe")
    page, fitted, top = desk.page, desk.transform, desk.scroll_top
    handle = page.locator(".swipe-handle")
    box = page.locator(".pane.mask").bounding_box()
    assert box is not None
    # The fingers come down on both sides of the handle.
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    fingers = Fingers(desk)
    fingers.send("touchStart", (x - 50, y), (x + 50, y))
    for step in range(1, 11):
        fingers.send("touchMove", (x - 50 - 5 * step, y), (x + 50 + 5 * step, y))
    fingers.send("touchEnd")
    desk.settle()
    zoomed = desk.transform
    assert zoomed["scale"] == pytest.approx(2 * fitted["scale"], rel=0.02)
    expect(handle).to_have_attribute("aria-valuenow", "50")
    np.testing.assert_array_equal(desk.colours(), desk.expected_colours(MASK, (600, 400), {0}))
    # One finger on the handle drags it, and nothing else.
    fingers.send("touchStart", (x, y))
    for step in range(1, 9):
        fingers.send("touchMove", (x + box["width"] * 0.25 * step / 8, y - 3 * step))
    fingers.send("touchEnd")
    expect(handle).to_have_attribute("aria-valuenow", "75")
    assert desk.transform == zoomed
    assert desk.scroll_top == top


def test_a_finger_moves_along_the_small_map(open_desk: OpenDesk) -> None:
    desk = open_desk(PACKET, **PHONE)
    desk.focus()
    desk.press("1", "+", "+")
    top = desk.scroll_top
    box = desk.page.locator(".map").bounding_box()
    assert box is not None
    fingers = Fingers(desk)
    fingers.send("touchStart", (box["x"] + 0.5 * box["width"], box["y"] + 0.5 * box["height"]))
    for step in range(1, 9):
        fingers.send(
            "touchMove",
            (box["x"] + (0.5 + 0.025 * step) * box["width"], box["y"] + 0.5 * box["height"]),
        )
    fingers.send("touchEnd")
    desk.settle()
    at = desk.transform
    middle = (at["pane"]["w"] / 2 - at["x"]) / at["scale"]
    assert middle == pytest.approx(0.7 * 600, abs=8)
    assert desk.scroll_top == top


def test_a_finger_on_the_button_hides_the_mask(open_desk: OpenDesk) -> None:
    desk = open_desk(PACKET, **PHONE)
    x, y = middle_of(desk, ".quiet.blink")
    colours = desk.page.locator(".colours")
    expect(colours).to_have_css("visibility", "visible")
    fingers = Fingers(desk)
    fingers.send("touchStart", (x, y))
    expect(colours).to_have_css("visibility", "hidden")
    fingers.send("touchMove", (x, y + 40))
    expect(colours).to_have_css("visibility", "hidden")
    fingers.send("touchEnd")
    expect(colours).to_have_css("visibility", "visible")
