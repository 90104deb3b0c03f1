"""Remarks are set at a place by mouse, key and thumb, and stand where they were set."""

from __future__ import annotations

import io
import re
from typing import Any

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Locator, expect

from tests.viewer.conftest import OpenPins
from tests.viewer.flood import label_regions
from tests.viewer.noise import PHONE
from tests.viewer.pin_page import IDS, OPEN, RESOLVED, SURE, PinPage

pytestmark = pytest.mark.browser

PANES = (".pane.image", ".pane.mask")


def expect_at(desk: PinPage, marker: Locator, x: float, y: float, pane: str) -> None:
    """A marker's middle is on a place of the picture; panes may differ by a part of a pixel."""
    assert desk.middle_of(marker) == pytest.approx(desk.where(x, y, pane), abs=1.5)


def test_markers_stand_at_their_places_in_every_pane_and_move_with_the_picture(
    open_pins: OpenPins,
) -> None:
    desk = open_pins(OPEN, RESOLVED)

    def check(*panes: str) -> None:
        for pane in panes:
            for pin in (OPEN, RESOLVED):
                marker = desk.marker(pin["number"], pane)
                expect(marker).to_be_visible()
                expect_at(desk, marker, pin["x"], pin["y"], pane)

    check(*PANES)
    desk.focus()
    desk.press("+", "+")
    check(*PANES)
    desk.press("l")
    check(".pane.mask")
    # What is far beside the pane is not there; what comes back is.
    desk.press("1", "+", "+", "+", "ArrowLeft", "ArrowLeft", "ArrowLeft")
    expect(desk.marker(2)).to_be_hidden()
    desk.press("0")
    check(".pane.mask")


def test_an_open_one_is_filled_and_a_resolved_one_hollow(open_pins: OpenPins) -> None:
    desk = open_pins(OPEN, RESOLVED)
    for number, wanted in ((1, (61, 90, 152)), (2, (255, 255, 255))):
        shot = desk.marker(number).screenshot()
        seen = np.asarray(Image.open(io.BytesIO(shot)).convert("RGB")).astype(int)
        # Beside the number, inside the border.
        inside = seen[seen.shape[0] // 2, 5]
        assert abs(inside - np.array(wanted)).max() < 60, number


def test_a_click_says_what_is_there_and_sets_the_remark(open_pins: OpenPins) -> None:
    desk = open_pins()
    page = desk.page
    page.get_by_text("None yet.").wait_for()
    x, y = 165, 200
    assert IDS[y, x] == 5
    regions = label_regions(IDS)
    here = regions == regions[y, x]
    rows, columns = np.nonzero(here)
    desk.toggle.click()
    # Moving the picture meanwhile is no remark.
    start = desk.where(100, 100)
    page.mouse.move(*start)
    page.mouse.down()
    page.mouse.move(start[0] + 60, start[1] + 30)
    page.mouse.up()
    expect(desk.composer).to_be_hidden()
    page.mouse.click(*desk.where(x + 0.5, y + 0.5))
    sure = f"{SURE[y, x] / 255 * 100:.1f} %"
    said = f"boat · area of {here.sum():,} pixels · confidence {sure}"
    expect(desk.composer.locator(".under")).to_have_text(said)
    save = desk.composer.get_by_role("button", name="Save")
    expect(save).to_be_disabled()
    page.keyboard.type("<b>Mast</b>")
    page.keyboard.press("Shift+Enter")
    page.keyboard.type("lMA1, too")
    page.keyboard.press("Enter")
    expect(desk.composer).to_be_hidden()
    expect(desk.remark(1).locator(".words")).to_have_text("<b>Mast</b>\nlMA1, too")
    desk.expect_saved()
    (event,) = desk.heard
    assert event.pop("id") == desk.stored[0]["id"]
    assert (event.pop("x"), event.pop("y")) == pytest.approx((x + 0.5, y + 0.5), abs=0.6)
    region = event.pop("region")
    left, top = int(columns.min()), int(rows.min())
    box = [left, top, int(columns.max()) + 1 - left, int(rows.max()) + 1 - top]
    assert region == {"pixels": int(here.sum()), "box": box}
    assert event == {
        "kind": "pin",
        "subject": "first",
        "text": "<b>Mast</b>\nlMA1, too",
        "class_id": 5,
        "class_name": "boat",
        "sureness": pytest.approx(SURE[y, x] / 255 * 100, abs=0.06),
    }
    for pane in PANES:
        expect_at(desk, desk.marker(1, pane), x + 0.5, y + 0.5, pane)
    expect(desk.page.locator(".panes")).to_be_focused()
    expect(desk.toggle).to_have_attribute("aria-pressed", "false")


def test_the_place_is_exact_where_the_picture_is_enlarged(open_pins: OpenPins) -> None:
    desk = open_pins()
    desk.focus()
    desk.press("1", *"++++", "ArrowRight")
    assert desk.transform["scale"] >= 4
    desk.toggle.click()
    at = desk.transform
    pane: Any = desk.page.locator(".pane.image").bounding_box()
    desk.page.mouse.click(pane["x"] + 100.5, pane["y"] + 90.25)
    desk.page.keyboard.type("here")
    desk.press("Control+Enter")
    desk.expect_saved()
    (event,) = desk.heard
    ratio = at["pane"]["w"] / pane["width"]
    assert event["x"] == pytest.approx((100.5 * ratio - at["x"]) / at["scale"], abs=0.3)
    assert event["y"] == pytest.approx((90.25 * ratio - at["y"]) / at["scale"], abs=0.3)


def test_by_keys_the_cross_leads_to_any_place(open_pins: OpenPins) -> None:
    desk = open_pins()
    desk.focus()
    desk.press("m")
    expect(desk.toggle).to_have_attribute("aria-pressed", "true")
    desk.press(*["ArrowLeft"] * 10, *["ArrowDown"] * 4)
    # The cross, white on the picture, is where the read-out tells of.
    pane: Any = desk.page.locator(".pane.mask").bounding_box()
    cross = (pane["x"] + pane["width"] * 0.3, pane["y"] + pane["height"] * 0.58)
    seen = desk.pixels_on_screen()[round(cross[1]) - 1 : round(cross[1]) + 2, round(cross[0]) + 8]
    assert seen.max(axis=1).max() > 240
    said = desk.readout()
    desk.press("Enter")
    expect(desk.composer).to_be_visible()
    desk.page.keyboard.type("by keys")
    desk.press("Control+Enter")
    desk.expect_saved()
    (event,) = desk.heard
    (place,) = re.findall(r"x (\d+) y (\d+)", said)
    assert (event["x"], event["y"]) == pytest.approx([int(part) + 0.5 for part in place], abs=0.6)
    assert said.startswith(event["class_name"])
    assert desk.middle_of(desk.marker(1)) == pytest.approx(cross, abs=1.5)
    # Enlarged, the picture moves under the cross instead.
    desk.press("1", "+", "m", "ArrowRight", "Enter")
    middle = desk.where(0, 0)
    desk.page.keyboard.type("again")
    desk.press("Control+Enter")
    desk.expect_saved()
    at = desk.transform
    assert middle == desk.where(0, 0)
    wanted = (at["pane"]["w"] / 2 - at["x"]) / at["scale"]
    assert desk.heard[-1]["x"] == pytest.approx(wanted, abs=0.6)


def test_it_can_be_given_up_at_every_step(open_pins: OpenPins) -> None:
    desk = open_pins()
    desk.focus()
    desk.press("m", "Escape")
    expect(desk.toggle).to_have_attribute("aria-pressed", "false")
    desk.page.mouse.click(*desk.where(100, 100))
    expect(desk.composer).to_be_hidden()
    desk.press("M", "Enter")
    desk.page.keyboard.type("no")
    desk.press("Escape")
    expect(desk.composer).to_be_hidden()
    expect(desk.page.locator(".panes")).to_be_focused()
    expect(desk.page.locator(".pin")).to_have_count(0)
    # Beside the picture there is nothing to remark on.
    desk.press("0", "m")
    box: Any = desk.page.locator(".pane.mask").bounding_box()
    desk.page.mouse.click(box["x"] + box["width"] / 2, box["y"] + 3)
    expect(desk.page.locator(".hint")).to_have_text("This is beside the picture")
    expect(desk.composer).to_be_hidden()
    desk.page.mouse.click(*desk.where(100, 100))
    desk.composer.get_by_role("button", name="Cancel").click()
    expect(desk.composer).to_be_hidden()
    assert desk.heard == []


def test_another_picture_takes_form_and_markers_away(open_pins: OpenPins) -> None:
    desk = open_pins(OPEN)
    desk.toggle.click()
    desk.page.mouse.click(*desk.where(100, 100))
    expect(desk.composer).to_be_visible()
    desk.click_quietly("Other picture")
    expect(desk.composer).to_be_hidden()
    expect(desk.page.locator(".pin")).to_have_count(0)
    expect(desk.page.locator(".remark")).to_have_count(0)
    desk.click_quietly("Other picture")
    expect(desk.marker(1)).to_be_visible()


def test_who_may_not_remark_reads_only(open_pins: OpenPins) -> None:
    desk = open_pins(OPEN)
    desk.put("header.json", '{"may_pin": false}')
    desk.page.get_by_role("button", name="Run again").click()
    expect(desk.toggle).to_be_disabled()
    expect(desk.toggle).to_have_attribute("title", "You may look, not remark")
    expect(desk.remark(1)).to_be_visible()
    expect(desk.page.get_by_role("button", name="Reply")).to_have_count(0)
    desk.focus()
    desk.press("m", "Enter")
    expect(desk.composer).to_be_hidden()
    desk.put("pins.json", "[]")
    desk.page.get_by_role("button", name="Run again").click()
    expect(desk.page.locator(".remarks")).to_be_hidden()


def test_where_no_remarks_are_taken_nothing_tells_of_them(open_pins: OpenPins) -> None:
    desk = open_pins(query="mute")
    expect(desk.page.locator(".pin-toggle")).to_be_hidden()
    desk.focus()
    desk.press("m", "?")
    assert "remark" not in desk.page.locator(".help").inner_text()
    expect(desk.page.locator(".remarks")).to_be_hidden()
    # Where they are, the list of keys says so.
    desk.open_case()
    desk.focus()
    desk.press("?")
    expect(desk.page.locator(".help dl")).to_contain_text("Pin a remark to a place")


def test_a_thumb_sets_a_remark_on_a_phone(open_pins: OpenPins) -> None:
    desk = open_pins(OPEN, query="bar", **PHONE)
    page = desk.page
    desk.toggle.tap()
    page.touchscreen.tap(*desk.where(300, 290))
    box: Any = desk.composer.bounding_box()
    assert (box["x"], box["width"]) == (0, 390)
    assert box["y"] + box["height"] == pytest.approx(844, abs=1)
    # Over everything else that stands at the foot.
    for button in desk.composer.get_by_role("button").all():
        each: Any = button.bounding_box()
        assert each["height"] >= 44
    desk.composer.get_by_label("Remark").fill("sand")
    desk.composer.get_by_role("button", name="Save").tap()
    desk.expect_saved()
    (event,) = desk.heard
    assert (event["x"], event["y"]) == pytest.approx((300, 290), abs=1.5)
    assert event["class_name"] == "sand"
    for number in (1, 2):
        marker = desk.marker(number)
        small: Any = marker.bounding_box()
        assert min(small["width"], small["height"]) >= 24
        # A thumb that misses by a little hits it all the same.
        x, y = desk.middle_of(marker)
        for across, down in ((20, 0), (-20, 0), (0, 20), (0, -20)):
            hit = page.evaluate(
                """([x, y]) => {
                  let found = document.elementFromPoint(x, y);
                  while (found?.shadowRoot) found = found.shadowRoot.elementFromPoint(x, y);
                  return found.className;
                }""",
                [x + across, y + down],
            )
            assert hit.startswith("pin"), (number, across, down)
    desk.marker(1).tap()
    expect(page.locator(".hint")).to_contain_text("1: The <b>sail</b>")
    assert len(desk.heard) == 1


def test_a_marker_is_no_handle_of_the_picture(open_pins: OpenPins) -> None:
    desk = open_pins(OPEN)
    before = desk.transform
    x, y = desk.middle_of(desk.marker(1))
    desk.page.mouse.dblclick(x, y)
    desk.page.mouse.move(x, y)
    desk.page.mouse.down()
    desk.page.mouse.move(x + 50, y + 10)
    desk.page.mouse.up()
    assert desk.transform == before
    expect(desk.remark(1)).to_have_class("remark chosen")
