"""Decisions are made by key, mouse and thumb, once each, with their reasons."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.viewer.conftest import OpenBar
from tests.viewer.noise import PHONE

pytestmark = pytest.mark.browser


def test_four_pictures_by_keys(open_bar: OpenBar) -> None:
    bar = open_bar()
    bar.press("a")
    bar.expect_item("b2")
    bar.press("S")
    bar.expect_item("c3")
    bar.press("f", "1", "4", "2", "2", "Enter")
    bar.expect_item("d4")
    bar.press("x")
    expect(bar.panel).to_be_visible()
    bar.press("x")
    bar.expect_item("a1")
    decided = [(event["subject"], event["move"], event["reasons"]) for event in bar.stored]
    assert decided == [
        ("a1", "approved", []),
        ("b2", "skipped", []),
        ("c3", "needs_fix", ["missed", "ragged"]),
        ("d4", "rejected", []),
    ]
    assert {event["answer"] for event in bar.stored} == {
        f"answer-{i}@50" for i in ("a1", "b2", "c3", "d4")
    }
    assert len({event["id"] for event in bar.stored}) == 4
    assert all(re.fullmatch("[0-9a-f]{32}", event["id"]) for event in bar.stored)
    # What this reviewer said before is shown.
    expect(bar.button("approved")).to_have_attribute("aria-pressed", "true")
    bar.press("ArrowRight")
    bar.expect_item("b2")
    expect(bar.button("skipped")).to_have_attribute("aria-pressed", "true")
    bar.press("ArrowLeft")
    bar.expect_item("a1")
    bar.press("u")
    bar.expect_item("d4")
    assert bar.moves[-3:] == [("at", "b2"), ("at", "a1"), ("at", "d4")]
    undo = bar.heard[-1]
    assert (undo["kind"], undo["project"]) == ("undo", "harbour")
    assert [event["subject"] for event in bar.stored] == ["a1", "b2", "c3"]
    expect(bar.button("rejected")).to_have_attribute("aria-pressed", "false")


def test_reasons_class_and_note_by_mouse(open_bar: OpenBar) -> None:
    bar = open_bar()
    page = bar.page
    bar.button("rejected").click()
    sheet = page.get_by_role("dialog", name="Reject: what is wrong?")
    sheet.get_by_role("button", name="Wrong class").click()
    sheet.get_by_role("button", name="Other").click()
    sheet.get_by_role("button", name="Other").click()
    # A class is called what people called it, whatever that looks like.
    sheet.get_by_role("button", name="<b>tree</b>").click()
    assert sheet.locator("b").count() == 0
    sheet.get_by_label("Note").fill("The <i>hedge</i>\nis no tree")
    sheet.get_by_role("button", name="Save and go on").click()
    expect(bar.panel).to_be_hidden()
    bar.expect_item("b2")
    (event,) = bar.stored
    assert event | {"id": ""} == {
        "kind": "decide",
        "id": "",
        "subject": "a1",
        "answer": "answer-a1@50",
        "move": "rejected",
        "reasons": ["wrong_class"],
        "classes": ["<b>tree</b>"],
        "note": "The <i>hedge</i>\nis no tree",
    }


def test_the_panel_takes_the_keyboard_and_gives_it_back(open_bar: OpenBar) -> None:
    bar = open_bar()
    page = bar.page
    bar.button("needs_fix").focus()
    bar.press("Enter")
    first = bar.panel.get_by_role("button", name="Missed something")
    expect(first).to_be_focused()
    # Keys of the desk rest meanwhile, and a note takes letters and figures as they are.
    bar.press("a", "s", "u", "ArrowRight", "Tab", "Space")
    note = bar.panel.get_by_label("Note")
    note.focus()
    page.keyboard.type("a 1 fix, x!")
    page.keyboard.press("Shift+Enter")
    page.keyboard.type("more")
    expect(bar.panel).to_be_visible()
    assert not bar.heard
    bar.press("Escape")
    expect(bar.panel).to_be_hidden()
    expect(bar.button("needs_fix")).to_be_focused()
    # What was chosen and typed is there again; the other verdict's panel is the same one.
    bar.press("f")
    expect(note).to_have_value("a 1 fix, x!\nmore")
    expect(bar.panel.locator('[aria-pressed="true"]')).to_have_text("Marked too much2")
    note.fill("")
    first.focus()
    bar.press("2", "5", "x")
    expect(page.get_by_role("dialog", name="Reject: what is wrong?")).to_be_visible()
    # N goes to the note; there Enter saves, and a new line takes Shift.
    bar.press("n")
    expect(note).to_be_focused()
    page.keyboard.type("dark")
    page.keyboard.press("Shift+Enter")
    page.keyboard.press("Backspace")
    page.keyboard.press("Enter")
    bar.expect_item("b2")
    (event,) = bar.stored
    assert (event["move"], event["reasons"], event["note"]) == ("rejected", ["bad_image"], "dark")


def test_no_key_decides_for_who_types_or_moves_something_else(open_bar: OpenBar) -> None:
    bar = open_bar()
    page = bar.page
    page.get_by_label("Name").click()
    page.keyboard.type("afxsu AFXSU")
    bar.press("ArrowLeft", "ArrowRight")
    page.get_by_role("slider").focus()
    bar.press("ArrowRight")
    page.get_by_label("Strip").focus()
    bar.press("ArrowRight", "ArrowLeft")
    bar.button("approved").evaluate(
        """button => {
          for (const held of ["ctrlKey", "metaKey", "altKey", "isComposing", "repeat"])
            for (const key of ["a", "f", "x", "s", "ArrowRight"])
              button.dispatchEvent(new KeyboardEvent("keydown", {
                key, [held]: true, bubbles: true, composed: true, cancelable: true,
              }));
        }"""
    )
    expect(bar.panel).to_be_hidden()
    # From the slider letters decide, as from anywhere that takes none.
    page.get_by_role("slider").focus()
    bar.press("a")
    bar.expect_item("b2")
    assert len({event["id"] for event in bar.heard}) == 1


def test_pressed_twice_it_is_one_decision(open_bar: OpenBar) -> None:
    bar = open_bar()
    bar.put("held")
    bar.button("approved").evaluate("button => { button.click(); button.click(); }")
    bar.press("a", "s")
    # The next picture comes from Python here: what is pressed before it is seen is not taken.
    expect(bar.page.locator(".said")).to_contain_text("The next picture is loading.")
    bar.drop("held")
    bar.expect_item("b2")
    assert [(event["subject"], event["move"]) for event in bar.stored] == [("a1", "approved")]
    assert {event["id"] for event in bar.heard} == {bar.stored[0]["id"]}


def test_a_decision_that_was_not_sent_yet_is_taken_back_without_a_word(open_bar: OpenBar) -> None:
    bar = open_bar()
    page = bar.page
    bar.put("held")
    name = page.get_by_label("Name")
    name.fill("Ana")
    name.press("Enter")
    name.blur()
    # Nothing is sent into a run.
    page.locator("[data-test-script-state=running]").wait_for()
    bar.press("a")
    assert [event["subject"] for event in bar.outbox] == ["a1"]
    bar.press("u")
    assert bar.outbox == []
    bar.drop("held")
    bar.expect_item("a1")
    assert (bar.heard, bar.stored) == ([], [])


def test_who_may_only_look_cannot_decide(open_bar: OpenBar) -> None:
    undoable = {"id": "a" * 32, "subject": "d4", "name": "d4.jpg", "move": "approved"}
    bar = open_bar({"may": False, "undoable": undoable})
    for name in ("approved", "needs_fix", "rejected", "skipped", "undo"):
        expect(bar.button(name)).to_be_disabled()
        expect(bar.button(name)).to_have_attribute("title", "You may look, not decide")
    bar.press("a", "f", "x", "s", "u")
    expect(bar.panel).to_be_hidden()
    bar.press("ArrowRight")
    bar.expect_item("b2")
    assert bar.moves == [("at", "b2")]
    assert bar.heard == []


def test_without_a_picture_there_is_nothing_to_decide(open_bar: OpenBar) -> None:
    bar = open_bar({"can_forward": False, "undoable": None})
    expect(bar.button("forward")).to_be_disabled()
    expect(bar.button("undo")).to_be_disabled()
    bar.press("ArrowRight", "u")
    expect(bar.page.locator(".said")).to_have_text("There is nothing to undo")
    bar.put("state.json", '{"card": null, "next": []}')
    bar.press("a")
    bar.expect_item("")
    for name in ("approved", "needs_fix", "rejected", "skipped"):
        expect(bar.button(name)).to_be_disabled()
    bar.press("a", "f")
    expect(bar.panel).to_be_hidden()
    assert {event["kind"] for event in bar.heard} == {"decide"}
    assert len(bar.stored) == 1


@pytest.mark.parametrize("context", [{}, PHONE], ids=["desk", "phone"])
def test_it_stands_at_the_foot_of_the_window_and_hides_nothing(
    open_bar: OpenBar, context: dict[str, Any]
) -> None:
    bar = open_bar(**context)
    page = bar.page
    size = page.viewport_size
    assert size is not None
    strip = page.locator(".decide .bar")

    def box_of(selector: str) -> Any:
        box = page.locator(selector).bounding_box()
        assert box is not None
        return box

    # Streamlit may still be fetching what shows the tall part in between.
    page.wait_for_function(
        "document.querySelector('[data-testid=stMain]').scrollHeight > 1500 + innerHeight / 2"
    )
    for _ in range(2):
        box = box_of(".decide .bar")
        assert (box["x"], box["width"]) == (0, size["width"])
        assert box["y"] + box["height"] == pytest.approx(size["height"], abs=1)
        page.evaluate("document.querySelector('[data-testid=stMain]').scrollTo(0, 99999)")
    foot = page.get_by_text("The foot of the page").bounding_box()
    assert foot is not None
    assert foot["y"] + foot["height"] <= box_of(".decide .bar")["y"]
    boxes = {name: box_of(f'[data-do="{name}"]') for name in _BUTTONS}
    assert min(min(each["height"], each["width"]) for each in boxes.values()) >= 44
    rows = {round(boxes[name]["y"] + boxes[name]["height"] / 2) for name in _BUTTONS[:3]}
    assert len(rows) == 1
    others = {round(boxes[name]["y"] + boxes[name]["height"] / 2) for name in _BUTTONS[3:]}
    assert others == rows if not context else min(others) > max(rows)
    assert strip.evaluate("bar => bar.scrollWidth <= bar.clientWidth")
    # The sheet fits too, and a finger finds its way.
    press = bar.button("needs_fix")
    press.tap() if context else press.click()
    sheet = box_of(".panel")
    assert sheet["x"] >= 0
    assert sheet["x"] + sheet["width"] <= size["width"]
    assert sheet["y"] + sheet["height"] <= size["height"] + 1
    for chip in page.locator(".panel button").all():
        small = chip.bounding_box()
        assert small is not None
        assert small["height"] >= 44
    bar.panel.get_by_role("button", name="Ragged edge").click()
    bar.panel.get_by_role("button", name="Save and go on").click()
    bar.expect_item("b2")
    assert bar.stored[0]["reasons"] == ["ragged"]


_BUTTONS = ("approved", "needs_fix", "rejected", "skipped", "undo", "back", "forward")
