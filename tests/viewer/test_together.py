"""Viewer and decision bar on one page: what is judged is seen, and what was typed stays."""

from __future__ import annotations

import json
from typing import Any

import pytest
from playwright.sync_api import Locator, expect

from tests.viewer.conftest import OpenBar, OpenPins
from tests.viewer.held import hold_worker
from tests.viewer.kept import clear_outbox, read_outbox
from tests.viewer.pin_page import FIRST, SECOND, PinPage

pytestmark = pytest.mark.browser

NOT_SEEN = (
    "The picture is still loading. That key did nothing; press it again when you see the picture."
)


def decided(desk: PinPage) -> list[str]:
    """Subjects of the verdicts that the browser keeps, in order."""
    return [event["subject"] for event in read_outbox(desk.page)]


def box_of(part: Locator) -> Any:
    box = part.bounding_box()
    assert box is not None
    return box


def test_no_key_judges_a_picture_before_it_is_seen(open_pins: OpenPins) -> None:
    desk = open_pins(query="bar", fresh=True)
    bar = desk.page.locator(".decide")
    held = hold_worker(desk.page, "sizes")
    desk.click_quietly("Other picture")
    held.wait()
    expect(bar).to_have_attribute("data-subject", "second")
    desk.press("a", "f", "x")
    assert decided(desk) == []
    expect(desk.page.locator(".panel")).to_be_hidden()
    expect(desk.page.locator(".decide .said")).to_have_text(NOT_SEEN)
    held.let_go()
    desk.wait_for(SECOND)
    desk.press("a")
    assert decided(desk) == ["second"]


def test_a_button_judges_also_where_the_picture_never_comes(open_pins: OpenPins) -> None:
    desk = open_pins(query="bar", fresh=True)
    held = hold_worker(desk.page, "sizes")
    desk.click_quietly("Other picture")
    held.wait()
    expect(desk.page.locator(".decide")).to_have_attribute("data-subject", "second")
    desk.press("s")
    expect(desk.page.locator(".decide .said")).to_have_text(NOT_SEEN)
    assert decided(desk) == []
    desk.page.locator('[data-do="skipped"]').click()
    assert decided(desk) == ["second"]
    clear_outbox(desk.page)
    desk.open_case(bar="1")
    held = hold_worker(desk.page, "sizes")
    desk.click_quietly("Other picture")
    held.wait()
    expect(desk.page.locator(".decide")).to_have_attribute("data-subject", "second")
    desk.page.locator('[data-do="approved"]').click()
    assert decided(desk) == ["second"]


def test_a_picture_that_cannot_be_shown_can_be_judged(open_pins: OpenPins) -> None:
    desk = open_pins(query="bar")
    desk.put("header.json", json.dumps({"v": 2}))
    desk.click_quietly("Run again")
    expect(desk.desk).to_have_attribute("data-state", "broken")
    desk.press("a")
    assert decided(desk) == ["first"]


def test_a_remark_being_written_waits_for_its_picture(open_pins: OpenPins) -> None:
    desk = open_pins()
    desk.toggle.click()
    desk.page.mouse.click(*desk.where(100, 120))
    field = desk.composer.get_by_label("Remark")
    field.fill("Half a sent")
    desk.click_quietly("Other picture")
    expect(desk.composer).to_be_hidden()
    desk.wait_for(SECOND)
    desk.toggle.click()
    desk.page.mouse.click(*desk.where(200, 50))
    # Another picture's remark begins with nothing, and nothing typed is nothing to keep.
    expect(field).to_have_value("")
    desk.click_quietly("Other picture")
    desk.wait_for(FIRST)
    expect(field).to_have_value("Half a sent")
    field.press_sequentially("ence")
    desk.composer.get_by_role("button", name="Save").click()
    desk.expect_saved()
    (pin,) = desk.stored
    assert (pin["subject"], pin["text"]) == ("first", "Half a sentence")
    assert (pin["x"], pin["y"]) == pytest.approx((100, 120), abs=1)
    desk.click_quietly("Other picture")
    desk.wait_for(SECOND)
    expect(desk.composer).to_be_hidden()


def test_reasons_being_chosen_wait_for_their_picture(open_bar: OpenBar) -> None:
    bar = open_bar()
    bar.press("f", "2")
    bar.panel.get_by_role("button", name="road").click()
    note = bar.panel.get_by_label("Note")
    note.fill("left of the")
    bar.press("Escape", "ArrowRight")
    expect(bar.bar).to_have_attribute("data-subject", "b2")
    expect(bar.panel).to_be_hidden()
    bar.press("f")
    expect(note).to_have_value("")
    expect(bar.panel.locator('[aria-pressed="true"]')).to_have_count(0)
    bar.press("Escape", "ArrowLeft")
    expect(bar.bar).to_have_attribute("data-subject", "a1")
    bar.press("x")
    expect(note).to_have_value("left of the")
    bar.press("Enter")
    bar.expect_item("b2")
    (stored,) = bar.stored
    assert (stored["move"], stored["reasons"]) == ("rejected", ["too_much"])
    assert (stored["classes"], stored["note"]) == (["road"], "left of the")


@pytest.mark.parametrize("can", [True, False])
def test_the_bar_stays_in_sight_in_full_screen(open_pins: OpenPins, can: bool) -> None:
    desk = open_pins(query="bar", fresh=True)
    page = desk.page
    if not can:
        page.evaluate("delete Element.prototype.requestFullscreen")
    before = desk.transform
    desk.focus()
    desk.press("z")
    expect(desk.desk).to_have_attribute("data-large", "")
    assert page.evaluate("document.fullscreenElement === document.documentElement") is can
    desk.settle()
    bar, size = box_of(page.locator(".decide .bar")), page.viewport_size
    assert size is not None
    viewer = box_of(desk.desk)
    assert (viewer["x"], viewer["y"], viewer["width"]) == (0, 0, size["width"])
    assert viewer["y"] + viewer["height"] == pytest.approx(bar["y"], abs=1)
    assert bar["y"] + bar["height"] == pytest.approx(size["height"], abs=1)
    # Buttons and sheet lie over everything else, and full screen is not left for them.
    page.locator('[data-do="needs_fix"]').click()
    page.get_by_role("button", name="Ragged edge").click()
    page.get_by_role("button", name="Save and go on").click()
    assert decided(desk) == ["first"]
    expect(desk.desk).to_have_attribute("data-large", "")
    desk.focus()
    desk.press("z")
    expect(desk.desk).not_to_have_attribute("data-large", "")
    page.wait_for_function("document.fullscreenElement === null")
    page.wait_for_function("height => innerHeight === height", arg=size["height"])
    desk.wait_for(FIRST)
    desk.settle()
    assert desk.transform == before
