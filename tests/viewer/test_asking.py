"""What the confidence costs: dragging calls Python never, letting go once."""

from __future__ import annotations

import numpy as np
import pytest
from playwright.sync_api import Locator, expect

from tests.viewer.conftest import OpenDesk
from tests.viewer.desk_page import DeskPage
from tests.viewer.packets import build_packet, cut, edited
from tests.viewer.scene import CLASSES, draw_harbour

pytestmark = pytest.mark.browser

RGB, IDS, SURE = draw_harbour(480, 320)
SIZE_WH = (480, 320)
LIVE = build_packet(RGB, IDS, confidence=SURE, classes=CLASSES, cut_to=0)
NOTE = "Each value is a call to the server."
PLAIN = build_packet(RGB, IDS, classes=CLASSES, note=NOTE)


def slider_of(desk: DeskPage) -> Locator:
    return desk.page.get_by_label("Confidence", exact=True)


def expect_told(desk: DeskPage, values: list[int]) -> None:
    """Python has been told these values and, after one more run, still nothing else."""
    expect(desk.page.get_by_text(f'"confidence": {values}')).to_be_visible()
    assert desk.run_again()["confidence"] == values


class Hand:
    """The mouse on the slider of the confidence."""

    def __init__(self, desk: DeskPage) -> None:
        self.mouse = desk.page.mouse
        box = slider_of(desk).bounding_box()
        assert box is not None
        self.box = box

    def at(self, percent: float) -> tuple[float, float]:
        """The thumb's middle at a value; the thumb is 18 pixels wide."""
        box = self.box
        return (
            box["x"] + 9 + (box["width"] - 18) * percent / 100,
            box["y"] + box["height"] / 2,
        )

    def grab(self, percent: float) -> None:
        self.mouse.move(*self.at(percent))
        self.mouse.down()

    def drag(self, percent: float) -> None:
        self.mouse.move(*self.at(percent), steps=6)

    def let_go(self) -> None:
        self.mouse.up()


def test_dragging_calls_nobody_and_letting_go_once(open_desk: OpenDesk) -> None:
    desk = open_desk(LIVE)
    slider, hand = slider_of(desk), Hand(desk)
    hand.grab(50)
    for percent in (70, 90, 62):
        hand.drag(percent)
        expect(slider).to_have_value(str(percent))
        desk.settle()
        shown = cut(IDS, SURE, percent, 0, SIZE_WH)
        np.testing.assert_array_equal(desk.colours(), desk.expected_colours(shown, SIZE_WH, {0}))
        assert desk.run_again()["confidence"] == []
    hand.let_go()
    expect_told(desk, [62])
    # Let go where it was, it tells nothing.
    hand.grab(62)
    hand.drag(80)
    hand.drag(62)
    hand.let_go()
    expect_told(desk, [62])


def test_keys_hand_on_the_value_they_end_at(open_desk: OpenDesk) -> None:
    desk = open_desk(LIVE)
    slider = slider_of(desk)
    slider.press("ArrowRight")
    expect_told(desk, [51])
    # A key that is held down, as the browser tells of it: a step, a step, a step.
    slider.evaluate(
        """slider => {
          for (let step = 0; step < 20; step++) {
            slider.dispatchEvent(new KeyboardEvent("keydown", { key: "ArrowRight" }));
            slider.value = Number(slider.value) + 1;
            for (const type of ["input", "change"])
              slider.dispatchEvent(new Event(type, { bubbles: true }));
          }
        }"""
    )
    expect_told(desk, [51, 71])
    expect(desk.page.locator(".spoken")).to_have_text("Confidence 71 percent")
    desk.focus()
    desk.page.keyboard.press(",")
    expect(slider).to_have_value("70")
    expect_told(desk, [51, 71, 70])


def test_a_late_rerun_does_not_take_the_value_out_of_the_hand(open_desk: OpenDesk) -> None:
    desk = open_desk(LIVE)
    slider, hand = slider_of(desk), Hand(desk)
    hand.grab(50)
    hand.drag(40)
    hand.let_go()
    expect_told(desk, [40])
    hand.grab(40)
    hand.drag(65)
    # Python has come as far as the value before.
    desk.replace(edited(LIVE, {"threshold": 40}))
    expect(slider).to_have_value("65")
    shown = cut(IDS, SURE, 65, 0, SIZE_WH)
    np.testing.assert_array_equal(desk.colours(), desk.expected_colours(shown, SIZE_WH, {0}))
    hand.let_go()
    expect_told(desk, [40, 65])
    # Still late, and the slider is nobody's any more: what was handed on stays.
    desk.replace(edited(LIVE, {"threshold": 41}))
    expect(slider).to_have_value("65")
    desk.replace(edited(LIVE, {"threshold": 65}))
    expect(slider).to_have_value("65")
    # What Python decides by itself is followed.
    desk.replace(edited(LIVE, {"threshold": 20}))
    expect(slider).to_have_value("20")
    expect(desk.page.locator(".confidence output")).to_have_text("20 %")
    shown = cut(IDS, SURE, 20, 0, SIZE_WH)
    np.testing.assert_array_equal(desk.colours(), desk.expected_colours(shown, SIZE_WH, {0}))
    assert desk.told["confidence"] == [40, 65]


def test_where_nothing_can_be_cut_the_mask_waits_for_its_answer(open_desk: OpenDesk) -> None:
    desk = open_desk(PLAIN)
    note = desk.page.locator(".confidence .note")
    expect(note).to_have_text(NOTE)
    hand = Hand(desk)
    before = desk.colours()
    colours = desk.page.locator(".colours")
    expect(colours).to_have_css("opacity", "0.6")
    hand.grab(50)
    hand.drag(75)
    expect(slider_of(desk)).to_have_value("75")
    desk.settle()
    np.testing.assert_array_equal(desk.colours(), before)
    np.testing.assert_array_equal(before, desk.expected_colours(IDS, SIZE_WH, {0}))
    expect(colours).to_have_css("opacity", "0.6")
    assert desk.run_again()["confidence"] == []
    hand.let_go()
    expect(desk.page.get_by_text('"confidence": [75]')).to_be_visible()
    caption = desk.page.locator(".mask .caption.over")
    expect(caption).to_contain_text("asking for 75 %")
    expect(colours).to_have_css("opacity", "0.2")
    answer = np.where(SURE < 191, 0, IDS).astype(np.uint8)
    answered = build_packet(RGB, answer, classes=CLASSES, note="", threshold=75)
    desk.replace(answered)
    desk.wait_for(answered)
    expect(colours).to_have_css("opacity", "0.6")
    expect(caption).to_have_text("Mask")
    expect(note).to_be_hidden()
    np.testing.assert_array_equal(desk.colours(), desk.expected_colours(answer, SIZE_WH, {0}))
    assert desk.run_again()["confidence"] == [75]


def test_going_back_to_the_value_shown_waits_for_nothing(open_desk: OpenDesk) -> None:
    desk = open_desk(build_packet(RGB, IDS, classes=CLASSES, note="Each value is a call."))
    hand = Hand(desk)
    for percent in (75, 50):
        hand.grab(int(slider_of(desk).input_value()))
        hand.drag(percent)
        hand.let_go()
        expect(desk.page.get_by_text(f"{percent}]")).to_be_visible()
    expect(desk.desk).not_to_have_attribute("data-asking", "")
    expect(desk.page.locator(".colours")).to_have_css("opacity", "0.6")
    expect(desk.page.locator(".mask .caption.over")).to_have_text("Mask")
    assert desk.run_again()["confidence"] == [75, 50]


def test_what_an_answer_cannot_show_is_switched_off_and_says_why(open_desk: OpenDesk) -> None:
    def expect_disabled(*names: str) -> None:
        for name in ("Curve", "What changes", "How sure"):
            button = desk.page.get_by_role("button", name=name)
            if name in names:
                expect(button).to_be_disabled()
                told.add(button.get_attribute("title") or "")
            else:
                expect(button).to_be_enabled()

    told: set[str] = set()
    desk = open_desk(LIVE)
    expect_disabled()
    assert not told
    desk.show(build_packet(RGB, IDS, confidence=SURE, classes=CLASSES))
    expect_disabled("Curve", "What changes")
    [reason] = told
    assert "by itself" in reason
    desk.show(PLAIN)
    told.clear()
    expect_disabled("Curve", "What changes", "How sure")
    [reason] = told
    assert "does not say how sure" in reason
    # Keys do no more than the buttons.
    desk.focus()
    desk.press("h", "w")
    expect(desk.page.locator(".heat-legend")).to_be_hidden()
    expect(desk.page.locator(".changes")).to_be_hidden()
    desk.show(LIVE)
    expect_disabled()


def test_without_a_taker_there_is_a_slider_only_for_a_live_cut(open_desk: OpenDesk) -> None:
    desk = open_desk(PLAIN)
    expect(slider_of(desk)).to_be_visible()
    desk.click_quietly("Takes no confidence")
    expect(slider_of(desk)).to_be_hidden()
    desk.show(LIVE)
    expect(slider_of(desk)).to_be_visible()
    slider_of(desk).fill("70")
    desk.settle()
    shown = cut(IDS, SURE, 70, 0, SIZE_WH)
    np.testing.assert_array_equal(desk.colours(), desk.expected_colours(shown, SIZE_WH, {0}))
    assert desk.run_again()["confidence"] == []
