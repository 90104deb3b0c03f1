"""Two fingers move the picture, one scrolls the page, a tap reads a pixel."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from playwright.sync_api import expect

from tests.viewer.conftest import OpenDesk
from tests.viewer.desk_page import DeskPage
from tests.viewer.test_moving import MASK, PACKET, scroll_top

pytestmark = pytest.mark.browser

PHONE: dict[str, Any] = {
    "viewport": {"width": 390, "height": 844},
    "device_scale_factor": 2,
    "has_touch": True,
    "is_mobile": True,
}


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
    assert scroll_top(desk) == 0
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
    desk.page.wait_for_timeout(200)
    assert scroll_top(desk) > 0
    assert desk.transform == fitted
    expect(desk.page.locator(".hint")).to_contain_text("two fingers")
