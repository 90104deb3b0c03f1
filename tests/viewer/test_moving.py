"""One transform for both panes: wheel, drag, fingers, keys and buttons; and a page that scrolls."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from playwright.sync_api import expect

from tests.viewer.conftest import OpenDesk
from tests.viewer.desk_page import DeskPage
from tests.viewer.noise import MASK, PACKET, RGB
from tests.viewer.packets import build_packet

pytestmark = pytest.mark.browser


def assert_both_panes_agree(desk: DeskPage) -> None:
    """The mask is where the transform says, and the picture lies under it."""
    np.testing.assert_array_equal(desk.colours(), desk.expected_colours(MASK, (600, 400), {0}))
    left, right = desk.canvas(".image .picture"), desk.canvas(".mask .picture")
    width = min(left.shape[1], right.shape[1])
    np.testing.assert_array_equal(left[:, :width], right[:, :width])


def wheel(desk: DeskPage, down: float) -> None:
    desk.page.evaluate(
        """() => {
          globalThis.wheeled = new Promise(done =>
            addEventListener("wheel", () => done(), { once: true, capture: true, passive: true }));
        }"""
    )
    desk.page.mouse.wheel(0, down)
    # Chromium hands wheel steps to the page a frame or more after they were made.
    desk.page.evaluate("wheeled")
    desk.stand_still()


def test_it_opens_fitted_and_says_the_scale(open_desk: OpenDesk) -> None:
    desk = open_desk(PACKET)
    at = desk.transform
    pane = at["pane"]
    assert at["scale"] == min(pane["w"] / 600, pane["h"] / 400)
    assert desk.page.locator(".scale").inner_text() == f"{round(at['scale'] * 100)} %"
    assert float(desk.desk.get_attribute("data-scale") or "") == at["scale"]


def test_keys_zoom_fit_and_move(open_desk: OpenDesk) -> None:
    desk = open_desk(PACKET)
    fitted = desk.transform
    desk.focus()
    desk.press("1")
    assert desk.transform["scale"] == 1
    assert_both_panes_agree(desk)
    desk.press("+", "+")
    assert desk.transform["scale"] == 2
    before = desk.transform
    desk.press("ArrowRight", "ArrowDown")
    after = desk.transform
    assert after["x"] - before["x"] == pytest.approx(-0.1 * before["pane"]["w"], abs=1)
    assert after["y"] - before["y"] == pytest.approx(-0.1 * before["pane"]["h"], abs=1)
    assert_both_panes_agree(desk)
    desk.press("-")
    assert desk.transform["scale"] == 1.5
    desk.press("0")
    assert desk.transform == fitted
    desk.press("-", "-", "-")
    assert desk.transform == fitted


def test_walking_by_keys_reads_out_the_middle(open_desk: OpenDesk) -> None:
    desk = open_desk(PACKET)
    desk.focus()
    desk.press("1", "ArrowRight")
    at = desk.transform
    x = int((at["pane"]["w"] / 2 - at["x"]) // 1)
    assert f"x {x} " in desk.readout()
    expect(desk.page.locator(".pane.image .twin")).to_be_visible()
    expect(desk.page.locator(".desk [role=status]")).to_contain_text(f"x {x}, y ")
    desk.press("Escape")
    expect(desk.page.locator(".pane.image .twin")).to_be_hidden()


def test_buttons_do_as_the_keys(open_desk: OpenDesk) -> None:
    desk = open_desk(PACKET)
    fitted = desk.transform
    for name, scale in [("Show at 100 %", 1), ("Zoom in", 1.5), ("Zoom in", 2), ("Zoom out", 1.5)]:
        desk.page.get_by_role("button", name=name).click()
        desk.settle()
        assert desk.transform["scale"] == scale
    desk.page.get_by_role("button", name="Fit the picture").click()
    desk.settle()
    assert desk.transform == fitted


def test_without_reduced_motion_a_step_glides_to_the_same_place(open_desk: OpenDesk) -> None:
    calm, gliding = open_desk(PACKET), open_desk(PACKET, reduced_motion="no-preference")
    for desk in (calm, gliding):
        desk.focus()
        for key in ("1", "+", "+", "ArrowLeft", "ArrowUp"):
            desk.page.keyboard.press(key)
    gliding.rest()
    assert gliding.transform == calm.transform
    assert_both_panes_agree(gliding)


def test_the_wheel_scrolls_the_page_until_the_picture_was_clicked(open_desk: OpenDesk) -> None:
    desk = open_desk(PACKET)
    fitted = desk.transform
    hint = desk.page.locator(".hint")
    desk.point_at(300, 200)
    expect(hint).not_to_have_class("hint shown")
    wheel(desk, 120)
    assert desk.transform == fitted
    assert desk.scroll_top > 0
    expect(hint).to_have_class("hint shown")
    expect(hint).to_contain_text("Click the picture")
    # Said once, also after the page was opened again.
    desk.open(PACKET)
    desk.point_at(300, 200)
    wheel(desk, 120)
    expect(hint).not_to_have_class("hint shown")

    wheel(desk, -1000)
    desk.point_at(150, 100)
    desk.page.mouse.click(*desk.where(150, 100))
    top = desk.scroll_top
    wheel(desk, -120)
    assert desk.transform["scale"] > fitted["scale"]
    assert desk.scroll_top == top
    assert_both_panes_agree(desk)

    desk.press("Escape")
    zoomed = desk.transform
    wheel(desk, 120)
    assert desk.transform == zoomed
    assert desk.scroll_top > top


def test_the_wheel_with_ctrl_zooms_to_the_pointer_from_either_pane(open_desk: OpenDesk) -> None:
    desk = open_desk(PACKET)
    for pane in (".pane.image", ".pane.mask"):
        desk.focus()
        desk.press("0", "Escape")
        # Chromium tells whole pixels of the wheel: the pointer stands on one.
        x, y = (round(at) for at in desk.where(450.5, 120.5, pane))
        (left, top), scale = desk.where(0, 0, pane), desk.transform["scale"]
        across, down = (x - left) / scale, (y - top) / scale
        desk.page.mouse.move(x, y)
        desk.page.keyboard.down("Control")
        for _ in range(4):
            wheel(desk, -120)
        desk.page.keyboard.up("Control")
        assert desk.transform["scale"] > 1.5
        assert desk.where(across, down, pane) == pytest.approx((x, y), abs=1.5)
        assert_both_panes_agree(desk)


@pytest.mark.parametrize("with_ctrl", [False, True])
def test_a_notch_told_in_lines_zooms_alike_with_and_without_ctrl(
    open_desk: OpenDesk, with_ctrl: bool
) -> None:
    # As Firefox 153 tells a notch of a mouse's wheel on Linux: six lines.
    desk = open_desk(PACKET)
    desk.focus()
    before = desk.transform["scale"]
    x, y = desk.where(300, 200)
    desk.page.locator(".panes").evaluate(
        """(panes, [clientX, clientY, ctrlKey]) => panes.dispatchEvent(new WheelEvent("wheel",
          { deltaY: -6, deltaMode: 1, ctrlKey, clientX, clientY, cancelable: true }))""",
        [x, y, with_ctrl],
    )
    desk.stand_still()
    assert desk.transform["scale"] / before == pytest.approx(1.296, abs=0.001)
    assert_both_panes_agree(desk)


def test_a_trackpad_that_tells_its_pinches_as_safari_does_zooms_the_picture(
    open_desk: OpenDesk,
) -> None:
    desk = open_desk(PACKET)
    before = desk.transform["scale"]
    x, y = desk.where(300, 200)
    left_to_the_page = desk.page.locator(".panes").evaluate(
        """(panes, [clientX, clientY]) => {
          const tell = (type, scale) => panes.dispatchEvent(Object.assign(
            new Event(type, { cancelable: true }), { scale, clientX, clientY }));
          return [tell("gesturestart", 1), tell("gesturechange", 1.5), tell("gesturechange", 2)];
        }""",
        [x, y],
    )
    assert left_to_the_page == [False, False, False]
    desk.stand_still()
    assert desk.transform["scale"] / before == pytest.approx(2)
    assert_both_panes_agree(desk)


def test_dragging_pans_both_panes_and_a_double_click_fits(open_desk: OpenDesk) -> None:
    desk = open_desk(PACKET)
    fitted = desk.transform
    desk.focus()
    desk.press("1", "+")
    before = desk.transform
    x, y = desk.where(300, 200, ".pane.image")
    desk.page.mouse.move(x, y)
    desk.page.mouse.down()
    desk.page.mouse.move(x - 60, y + 35, steps=5)
    desk.page.mouse.up()
    desk.settle()
    after = desk.transform
    assert (after["x"] - before["x"], after["y"] - before["y"]) == pytest.approx((-60, 35), abs=1)
    assert_both_panes_agree(desk)
    desk.page.mouse.dblclick(x, y)
    desk.settle()
    assert desk.transform == fitted


def test_the_picture_cannot_be_lost_out_of_sight(open_desk: OpenDesk) -> None:
    desk = open_desk(PACKET)
    desk.focus()
    desk.press("1", "+", *["ArrowRight"] * 30, *["ArrowDown"] * 30)
    assert desk.colours()[..., 3].any()
    at = desk.transform
    assert at["x"] + 600 * at["scale"] == pytest.approx(at["pane"]["w"] / 2, abs=1)


def test_keys_leave_typing_alone(open_desk: OpenDesk) -> None:
    desk = open_desk(PACKET)
    before = desk.transform
    field = desk.page.get_by_label("Packet")
    field.click()
    desk.press("1", "+", "-", "0", "1")
    assert desk.transform == before
    assert field.input_value().endswith("1+-01")


def test_keys_reach_the_viewer_while_nothing_has_the_focus(open_desk: OpenDesk) -> None:
    desk = open_desk(PACKET)
    desk.press("1")
    assert desk.transform["scale"] == 1
    desk.press("Control+0")
    assert desk.transform["scale"] == 1


def test_the_view_stays_under_a_new_answer_and_fits_a_new_image(open_desk: OpenDesk) -> None:
    desk = open_desk(PACKET)
    fitted = desk.transform
    desk.focus()
    desk.press("1", "+", "ArrowLeft", "ArrowUp")
    moved = desk.transform
    assert moved["scale"] == 1.5
    other = np.roll(MASK, 7, axis=1)
    desk.show(build_packet(RGB, other))
    assert desk.transform == moved
    np.testing.assert_array_equal(desk.colours(), desk.expected_colours(other, (600, 400), {0}))
    desk.show(build_packet(255 - RGB, MASK))
    assert desk.transform == fitted
    assert_both_panes_agree(desk)


def test_a_resized_window_keeps_what_is_in_the_middle(open_desk: OpenDesk) -> None:
    desk = open_desk(PACKET)
    desk.focus()
    desk.press("1", "+", "+", "ArrowRight")

    def middle() -> float:
        at: dict[str, Any] = desk.transform
        return float((at["pane"]["w"] / 2 - at["x"]) / at["scale"])

    before = middle()
    desk.page.set_viewport_size({"width": 1250, "height": 900})
    desk.page.wait_for_function("innerWidth === 1250")
    desk.stand_still()
    assert desk.transform["scale"] == 2
    assert middle() == pytest.approx(before, abs=1)
    assert_both_panes_agree(desk)
    desk.press("0")
    desk.page.set_viewport_size({"width": 1400, "height": 900})
    desk.page.wait_for_function("innerWidth === 1400")
    desk.stand_still()
    at = desk.transform
    assert at["scale"] == min(at["pane"]["w"] / 600, at["pane"]["h"] / 400)
