"""What one has set lasts, and what belongs to another picture never does."""

from __future__ import annotations

import numpy as np
import pytest
from playwright.sync_api import expect

from tests.viewer.conftest import OpenDesk
from tests.viewer.desk_page import DeskPage
from tests.viewer.held import hold_worker
from tests.viewer.packets import build_packet, class_entry, cut

pytestmark = pytest.mark.browser

RNG = np.random.default_rng(61)
SIZE_WH = (480, 320)
NAMED = [
    class_entry(0, "background", background=True),
    *(class_entry(i, f"class {i}") for i in range(1, 6)),
]


def make_rgb() -> np.ndarray:
    return RNG.integers(0, 256, (320, 480, 3), np.uint8)


def make_mask() -> np.ndarray:
    return RNG.integers(0, 6, (32, 48), np.uint8)


RGB, MASK = make_rgb(), make_mask()
SURE = RNG.integers(0, 256, (32, 48), np.uint8)
LIVE = build_packet(RGB, MASK, confidence=SURE, classes=NAMED, cut_to=0)


def set_all(desk: DeskPage) -> dict[str, object]:
    """Set everything to something else than it was; returns the transform."""
    desk.layout("Overlay")
    desk.eye("class 1").click()
    desk.eye("class 4").click()
    desk.slide("Opacity of the mask", 85)
    desk.page.get_by_label("Colour of class 2").fill("#00ff80")
    desk.focus()
    desk.press("d", "d", "1", "+", "+", "ArrowRight")
    return desk.transform


def expect_all(desk: DeskPage, at: dict[str, object]) -> None:
    """All of it is as `set_all` left it."""
    desk.settle()
    assert desk.transform == at
    assert desk.desk.get_attribute("data-layout") == "overlay"
    assert desk.desk.get_attribute("data-style") == "both"
    expect(desk.page.get_by_label("Opacity of the mask")).to_have_value("85")
    shown = desk.spread(cut(MASK, SURE, 50, 0, SIZE_WH))
    wanted = desk.expected_colours(cut(MASK, SURE, 50, 0, SIZE_WH), SIZE_WH, {0, 1, 4})
    wanted[shown == 2] = (0, 255, 128, 255)
    np.testing.assert_array_equal(desk.colours(), wanted)


def test_all_that_was_set_survives_reruns_and_a_leave(open_desk: OpenDesk) -> None:
    desk = open_desk(LIVE)
    at = set_all(desk)
    desk.run_again()
    expect_all(desk, at)
    # As when another page is opened and this one again.
    for _ in range(2):
        desk.click_quietly("Without the viewer")
        expect(desk.desk).to_have_count(0)
        desk.run_again()
        desk.click_quietly("Without the viewer")
        desk.wait_for(LIVE)
        desk.rest()
        expect_all(desk, at)
    assert desk.told["colours"] == [{"class 2": "#00ff80"}]
    # With another picture meanwhile, it is fitted; how it is looked at stays.
    desk.click_quietly("Without the viewer")
    expect(desk.desk).to_have_count(0)
    other = build_packet(255 - RGB, MASK, classes=NAMED)
    desk.replace(other)
    desk.click_quietly("Without the viewer")
    desk.wait_for(other)
    pane = desk.transform["pane"]
    assert desk.transform["scale"] == min(pane["w"] / 480, pane["h"] / 320)
    assert desk.desk.get_attribute("data-layout") == "overlay"
    expect(desk.eye("class 4")).to_have_attribute("aria-pressed", "false")


def test_all_that_was_set_survives_another_theme(open_desk: OpenDesk) -> None:
    desk = open_desk(LIVE)
    at = set_all(desk)
    surface = "desk => getComputedStyle(desk.querySelector('.stage')).backgroundColor"
    light = desk.desk.evaluate(surface)
    for scheme in ("dark", "light"):
        desk.page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        stage = desk.page.locator(".stage")
        if scheme == "dark":
            expect(stage).not_to_have_css("background-color", light)
        else:
            expect(stage).to_have_css("background-color", light)
        expect_all(desk, at)
    assert desk.desk.evaluate("desk => desk.maskDesk.decodes()") == 1


def test_no_mask_stands_over_a_picture_that_is_not_its_own(open_desk: OpenDesk) -> None:
    desk = open_desk(LIVE)
    rgb, mask = make_rgb(), make_mask()
    other = build_packet(rgb, mask, classes=NAMED)
    held = hold_worker(desk.page, "sizes")
    desk.send(other)
    held.wait()
    picture = desk.page.locator(".image .picture")
    expect(picture).to_be_visible()
    # The new picture is there, the new mask is not: no mask.
    desk.rest()
    at = desk.transform
    assert desk.state == "loading"
    assert not desk.colours().any()
    assert not desk.canvas(".lines").any()
    expect(desk.page.locator(".present .row")).to_have_count(0)
    middle = desk.canvas(".image .picture")[at["pane"]["h"] // 2, at["pane"]["w"] // 2]
    assert middle[3] == 255
    desk.point_at(100, 100)
    expect(desk.page.locator(".readout")).to_contain_text("x 100")
    expect(desk.page.locator(".readout .what")).to_be_hidden()
    # Back to the first: it is at hand, and what comes late for the other does not replace it.
    desk.show(LIVE)
    shown = cut(MASK, SURE, 50, 0, SIZE_WH)
    np.testing.assert_array_equal(desk.colours(), desk.expected_colours(shown, SIZE_WH, {0}))
    held.let_go()
    # Regions are asked of the same worker after it, so its answer is in once theirs is.
    desk.point_at(10, 10)
    expect(desk.page.locator(".readout .region")).to_contain_text("area of")
    assert desk.state == "ready"
    np.testing.assert_array_equal(desk.colours(), desk.expected_colours(shown, SIZE_WH, {0}))
    desk.show(other)
    np.testing.assert_array_equal(desk.colours(), desk.expected_colours(mask, SIZE_WH, {0}))


def test_of_many_pictures_in_a_hurry_the_last_is_shown(open_desk: OpenDesk) -> None:
    desk = open_desk(LIVE)
    held = hold_worker(desk.page, "blob")
    packets = []
    for number in range(4):
        mask = make_mask()
        packets.append((build_packet(make_rgb(), mask, classes=NAMED), mask))
        desk.send(packets[-1][0])
        held.wait(number + 1)
        assert not desk.colours().any()
        assert not desk.canvas(".image .picture").any()
    held.let_go()
    last, mask = packets[-1]
    desk.wait_for(last)
    np.testing.assert_array_equal(desk.colours(), desk.expected_colours(mask, SIZE_WH, {0}))


def test_a_new_answer_replaces_the_old_one_at_once_and_whole(open_desk: OpenDesk) -> None:
    desk = open_desk(build_packet(RGB, MASK, classes=NAMED))
    held = hold_worker(desk.page, "sizes")
    mask = make_mask()
    other = build_packet(RGB, mask, classes=NAMED)
    desk.send(other)
    held.wait()
    # Until then the mask of the same picture stays; it says that something is on its way.
    assert desk.state == "loading"
    np.testing.assert_array_equal(desk.colours(), desk.expected_colours(MASK, SIZE_WH, {0}))
    held.let_go()
    desk.wait_for(other)
    assert desk.state == "ready"
    np.testing.assert_array_equal(desk.colours(), desk.expected_colours(mask, SIZE_WH, {0}))
