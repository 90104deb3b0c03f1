"""Remarks are listed, answered, settled, found again, and not lost before they are stored."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import expect

from tests.viewer.conftest import OpenPins
from tests.viewer.pin_page import OPEN, RESOLVED, PinPage

pytestmark = pytest.mark.browser


def words(desk: PinPage, number: int, selector: str) -> list[str]:
    """Texts of the parts of a remark, as the page writes them."""
    return [part.inner_text() for part in desk.remark(number).locator(selector).all()]


def test_what_people_wrote_is_listed_as_text(open_pins: OpenPins) -> None:
    desk = open_pins(OPEN, RESOLVED)
    expect(desk.page.locator(".remarks h2")).to_have_text("Remarks 1 open")
    assert words(desk, 1, ":scope > .body > .words") == ["The <b>sail</b>\nends too early"]
    assert words(desk, 1, ".about span:visible") == [
        "boat, 71.3 % sure",
        "<i>ann</i>, 12 Nov, 10:02",
    ]
    assert words(desk, 1, ".replies .words") == ["<u>Seen</u>"]
    assert words(desk, 1, ".replies .who") == ["bob, today"]
    assert words(desk, 2, ".about span:visible") == ["<i>ann</i>, 12 Nov, 10:02", "Resolved"]
    assert words(desk, 2, ".replies .who") == ["bob resolved it, today"]
    assert desk.page.locator(".remarks :is(b, i, u)").count() == 0


def test_reply_resolve_and_reopen(open_pins: OpenPins) -> None:
    desk = open_pins(OPEN)
    first = desk.remark(1)
    first.get_by_role("button", name="Reply").click()
    field = first.get_by_label("Reply")
    expect(field).to_be_focused()
    desk.page.keyboard.type(" <b>lmp</b> ")
    # Meanwhile the list is written anew; what is being typed stays.
    desk.put("header.json", '{"note": "changed"}')
    desk.click_quietly("Run again")
    expect(desk.page.locator(".confidence .note")).to_have_text("changed")
    expect(field).to_be_focused()
    desk.press("Control+Enter")
    expect(field).to_be_hidden()
    desk.expect_saved()
    assert words(desk, 1, ".replies .words") == ["<u>Seen</u>", "<b>lmp</b>"]
    first.get_by_role("button", name="Resolve").click()
    expect(first.get_by_role("button", name="Reopen")).to_be_visible()
    expect(desk.marker(1)).to_have_class("pin resolved")
    desk.expect_saved()
    expect(desk.page.locator(".remarks h2")).to_have_text("Remarks 0 open")
    first.get_by_role("button", name="Reopen").click()
    expect(desk.marker(1)).to_have_class("pin")
    desk.expect_saved()
    told = [{name: event[name] for name in event if name != "id"} for event in desk.heard]
    assert told == [
        {"kind": "reply", "pin": OPEN["id"], "text": "<b>lmp</b>"},
        {"kind": "resolve", "pin": OPEN["id"]},
        {"kind": "reopen", "pin": OPEN["id"]},
    ]
    # A reply that is given up, or holds nothing, is none.
    first.get_by_role("button", name="Reply").click()
    desk.press("Control+Enter")
    desk.page.keyboard.type("no")
    desk.press("Escape")
    expect(field).to_be_hidden()
    expect(first.get_by_role("button", name="Reply")).to_be_focused()
    assert len(desk.heard) == 3


def test_a_remark_leads_to_its_place(open_pins: OpenPins) -> None:
    desk = open_pins(OPEN, RESOLVED)
    desk.focus()
    desk.press("1", "+", "+", "+", *["ArrowLeft"] * 5)
    scale = desk.transform["scale"]
    expect(desk.marker(2)).to_be_hidden()
    desk.remark(2).locator(".words").first.click(force=True)
    expect(desk.marker(2)).to_be_visible()
    expect(desk.marker(2)).to_have_class("pin resolved flashed")
    x, y = desk.middle_of(desk.marker(2))
    pane: Any = desk.page.locator(".pane.mask").bounding_box()
    assert pane["x"] < x < pane["x"] + pane["width"]
    assert pane["y"] < y < pane["y"] + pane["height"]
    assert desk.transform["scale"] == scale
    # By keyboard as well; what is in sight already does not move.
    desk.remark(1).get_by_role("button", name="Go to remark 1").focus()
    desk.press("Enter")
    expect(desk.marker(1)).to_have_class("pin flashed")
    at = desk.transform
    desk.press("Enter")
    assert desk.transform == at
    expect(desk.marker(1)).not_to_have_class("flashed")
    desk.focus()
    desk.press("0")
    fitted = desk.transform
    desk.remark(2).locator(".words").first.click(force=True)
    assert desk.transform == fitted


def test_a_remark_is_there_at_once_and_lasts_until_it_is_stored(open_pins: OpenPins) -> None:
    desk = open_pins(OPEN)
    desk.put("away")
    desk.pin_at(300, 100, "far <away>")
    expect(desk.remark(2)).to_contain_text("saving…")
    expect(desk.marker(2)).to_be_visible()
    (kept,) = desk.unsaved
    desk.open_case()
    expect(desk.remark(2)).to_contain_text("far <away>")
    expect(desk.remark(2)).to_contain_text("saving…")
    desk.drop("away")
    desk.expect_saved()
    expect(desk.remark(2)).to_contain_text("ann, now")
    assert [pin["id"] for pin in desk.stored] == [OPEN["id"], kept["id"]]
    assert {event["id"] for event in desk.heard} == {kept["id"]}
    assert len(desk.heard) >= 2
    assert (kept["owner"], kept["subject"]) == ("ann", "first")


def test_it_is_stored_also_where_another_picture_came_meanwhile(open_pins: OpenPins) -> None:
    desk = open_pins()
    desk.put("away")
    desk.pin_at(300, 100, "late")
    expect(desk.remark(1)).to_contain_text("saving…")
    desk.click_quietly("Other picture")
    expect(desk.page.locator(".remark")).to_have_count(0)
    assert len(desk.unsaved) == 1
    desk.drop("away")
    desk.expect_saved()
    (pin,) = desk.stored
    assert (pin["subject"], pin["text"]) == ("first", "late")
    desk.click_quietly("Other picture")
    expect(desk.remark(1)).to_contain_text("late")


def test_what_is_stored_stays_in_sight_until_the_header_tells_of_it(open_pins: OpenPins) -> None:
    desk = open_pins()
    # A header that is behind the times, as one from a slot may be.
    desk.put("header.json", '{"pins": []}')
    desk.pin_at(300, 100, "late")
    expect(desk.remark(1)).to_contain_text("late")
    desk.expect_saved()
    desk.click_quietly("Run again")
    expect(desk.remark(1)).to_contain_text("late")
    expect(desk.marker(1)).to_be_visible()
    desk.drop("header.json")
    desk.click_quietly("Run again")
    expect(desk.remark(1)).to_contain_text("ann, now")
    expect(desk.page.locator(".remark")).to_have_count(1)


def test_what_was_refused_is_said(open_pins: OpenPins) -> None:
    desk = open_pins()
    desk.put("refuse", "This picture was <b>archived</b>.")
    desk.pin_at(300, 100, "refused")
    alert = desk.page.locator(".remarks .refusal")
    expect(alert).to_have_text("This picture was <b>archived</b>.")
    expect(desk.page.locator(".remark")).to_have_count(0)
    assert desk.unsaved == []
    desk.drop("refuse")
    desk.pin_at(300, 100, "taken")
    expect(alert).to_be_hidden()
    desk.expect_saved()
    assert [pin["text"] for pin in desk.stored] == ["taken"]


def test_writing_a_remark_decides_nothing(open_pins: OpenPins) -> None:
    desk = open_pins(OPEN, query="bar")
    desk.toggle.click()
    desk.page.mouse.click(*desk.where(100, 100))
    desk.page.keyboard.type("afxsu 1")
    desk.composer.get_by_role("button", name="Cancel").focus()
    desk.press("a", "f", "x", "l", "ArrowRight")
    expect(desk.page.locator(".panel")).to_be_hidden()
    expect(desk.page.locator(".decide")).to_have_attribute("data-unsaved", "0")
    assert desk.desk.get_attribute("data-layout") == "side"
    desk.press("Escape")
    desk.remark(1).get_by_role("button", name="Reply").click()
    desk.page.keyboard.type("afxsu 1")
    expect(desk.page.locator(".panel")).to_be_hidden()
    expect(desk.page.locator(".decide")).to_have_attribute("data-unsaved", "0")
