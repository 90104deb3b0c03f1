"""What a reviewer reads and does beside zooming: classes, read-out, opacity, hiding."""

from __future__ import annotations

import numpy as np
import pytest
from playwright.sync_api import expect

from tests.viewer.conftest import OpenDesk
from tests.viewer.flood import measure_regions
from tests.viewer.packets import build_packet, class_entry, stretch
from tests.viewer.scene import CLASSES, draw_harbour

pytestmark = pytest.mark.browser

# 7 × 5 pixels of mask under 11 × 9 of image: no column or row weighs like its neighbour.
MASK = np.array(
    [
        [0, 0, 0, 0, 0, 0, 0],
        [0, 1, 1, 1, 1, 1, 0],
        [0, 1, 1, 1, 1, 1, 0],
        [2, 2, 2, 2, 2, 2, 2],
        [2, 2, 2, 255, 2, 2, 2],
    ],
    np.uint8,
)
SIZE_WH = (11, 9)
RGB = np.full((9, 11, 3), 90, np.uint8)


def test_the_legend_lists_what_is_there_with_its_share_of_the_image(open_desk: OpenDesk) -> None:
    classes = [
        class_entry(0, "background", background=True),
        class_entry(1, "sky"),
        class_entry(2, "water"),
        class_entry(3, "road"),
        class_entry(4, "tree"),
    ]
    desk = open_desk(build_packet(RGB, MASK, classes=classes))
    share = {i: (stretch(MASK, SIZE_WH) == i).mean() * 100 for i in (0, 1, 2, 255)}
    assert len({*share.values()}) == 4
    rows = desk.page.locator(".present .row")
    listed = list(
        zip(
            rows.locator(".name").all_inner_texts(),
            rows.locator(".share").all_inner_texts(),
            strict=True,
        )
    )
    named = [(1, "sky"), (2, "water"), (255, "unlabelled 255"), (0, "background")]
    assert listed == [(name, f"{share[i]:.1f} %") for i, name in named]
    fold = desk.page.locator(".absent")
    expect(fold.locator("summary")).to_have_text("2 not in this image")
    expect(fold.locator("li").first).not_to_be_visible()
    fold.locator("summary").click()
    assert fold.locator(".name").all_inner_texts() == ["road", "tree"]


def test_a_share_too_small_for_a_decimal_is_not_shown_as_nothing(open_desk: OpenDesk) -> None:
    mask = np.ones((100, 100), np.uint8)
    mask[50, 50:53] = 2
    desk = open_desk(build_packet(np.zeros((100, 100, 3), np.uint8), mask))
    shares = desk.page.locator(".present .share").all_inner_texts()
    assert shares == ["> 99.9 %", "< 0.1 %"]


def test_the_readout_tells_class_id_confidence_and_place(open_desk: OpenDesk) -> None:
    confidence = np.arange(35, dtype=np.uint8).reshape(5, 7) * 7
    desk = open_desk(build_packet(RGB, MASK, confidence=confidence, name="harbour.png"))
    assert desk.readout() == "harbour.png 11 × 9"
    ids, sure = stretch(MASK, SIZE_WH), stretch(confidence, SIZE_WH)
    names = {0: "background", 1: "sky", 2: "water", 255: "unlabelled 255"}
    areas = measure_regions(MASK, SIZE_WH)
    seen, cut = set(), 0
    for x, y in [(0, 0), (10, 8), (2, 3), (5, 8), (4, 2), (10, 0)]:
        for pane in (".pane.image", ".pane.mask"):
            desk.point_at(x, y, pane)
            found = int(ids[y, x])
            seen.add(found)
            judged = f"confidence {sure[y, x] / 255 * 100:.1f} %"
            if found == 0 and sure[y, x] == 0:
                judged = "not sure enough to mark"
                cut += 1
            pixels = f"{areas[y, x]} pixel{'s' if areas[y, x] > 1 else ''}"
            desk.expect_readout(f"{names[found]} id {found} {judged} x {x} y {y} area of {pixels}")
    assert cut
    assert seen == {0, 1, 2, 255}
    desk.page.mouse.move(5, 5)
    assert desk.readout() == "harbour.png 11 × 9"


def test_without_a_confidence_mask_the_readout_leaves_it_out(open_desk: OpenDesk) -> None:
    desk = open_desk(build_packet(RGB, MASK))
    desk.point_at(0, 7)
    desk.expect_readout(f"water id 2 x 0 y 7 area of {measure_regions(MASK, SIZE_WH)[7, 0]} pixels")


def test_pointing_into_one_pane_marks_the_place_in_the_other(open_desk: OpenDesk) -> None:
    desk = open_desk(build_packet(RGB, MASK))
    desk.point_at(3, 4, ".pane.mask")
    expect(desk.page.locator(".pane.mask .twin")).to_be_hidden()
    twin = desk.page.locator(".pane.image .twin").bounding_box()
    pane = desk.page.locator(".pane.image").bounding_box()
    assert twin is not None
    assert pane is not None
    at = desk.transform
    middle = twin["x"] + twin["width"] / 2 - pane["x"], twin["y"] + twin["height"] / 2 - pane["y"]
    assert middle == pytest.approx(
        (at["x"] + 3.5 * at["scale"], at["y"] + 4.5 * at["scale"]), abs=1.5
    )


def test_a_click_on_a_class_hides_it_and_another_brings_it_back(open_desk: OpenDesk) -> None:
    desk = open_desk(build_packet(RGB, MASK))
    water = desk.eye("water")
    everything = desk.page.get_by_role("button", name="Show all")
    expect(water).to_have_attribute("aria-pressed", "true")
    expect(everything).to_be_hidden()

    water.click()
    desk.settle()
    expect(water).to_have_attribute("aria-pressed", "false")
    expect(water).to_have_accessible_name("water, 31.3 % of the image, hidden")
    np.testing.assert_array_equal(desk.colours(), desk.expected_colours(MASK, SIZE_WH, {0, 2}))

    water.click()
    desk.eye("unlabelled 255").click()
    desk.settle()
    np.testing.assert_array_equal(desk.colours(), desk.expected_colours(MASK, SIZE_WH, {0, 255}))

    everything.click()
    desk.settle()
    np.testing.assert_array_equal(desk.colours(), desk.expected_colours(MASK, SIZE_WH, {0}))
    expect(everything).to_be_hidden()


def test_a_class_hidden_stays_hidden_under_the_next_answer_and_image(open_desk: OpenDesk) -> None:
    desk = open_desk(build_packet(RGB, MASK))
    desk.eye("water").click()
    moved = np.roll(MASK, 2, axis=0)
    desk.show(build_packet(RGB, moved))
    np.testing.assert_array_equal(desk.colours(), desk.expected_colours(moved, SIZE_WH, {0, 2}))
    # It goes by name: in another class map the same id is another class.
    renamed = [class_entry(1, "water"), class_entry(2, "road")]
    desk.show(build_packet(RGB + 1, moved, classes=renamed))
    np.testing.assert_array_equal(desk.colours(), desk.expected_colours(moved, SIZE_WH, {1}))


def test_opacity_blends_the_mask_over_the_picture(open_desk: OpenDesk) -> None:
    desk = open_desk(build_packet(RGB, MASK))
    slider = desk.page.get_by_label("Opacity of the mask")
    expect(slider).to_have_value("60")
    sky, clear = (0x56, 0xB4, 0xE9), (90, 90, 90)
    for layout in ("Side by side", "Overlay"):
        desk.layout(layout)
        for percent in (60, 0, 25, 100):
            slider.fill(str(percent))
            expect(desk.page.locator(".opacity output")).to_have_text(f"{percent} %")
            shot = desk.pixels_on_screen()
            # The left corner may lie under the caption.
            for (x, y), colour in {(4, 3): sky, (10, 0): None}.items():
                across, down = desk.where(x + 0.5, y + 0.5)
                part = percent / 100 if colour else 0
                wanted = [part * over + (1 - part) * 90 for over in colour or clear]
                assert np.abs(shot[int(down), int(across)] - wanted).max() <= 2


def test_reviewers_who_hear_the_page_get_names_and_shares(open_desk: OpenDesk) -> None:
    rgb, ids, confidence = draw_harbour(256, 171)
    desk = open_desk(build_packet(rgb, ids, confidence=confidence, classes=CLASSES, name="a.png"))
    page = desk.page
    expect(page.get_by_role("img", name="Image a.png, 256 × 171 pixels")).to_be_visible()
    label = page.locator(".colours").get_attribute("aria-label") or ""
    assert label.startswith("Mask: sky 3")
    assert "boat 2" in label
    expect(page.get_by_role("application", name="a.png and its mask")).to_be_visible()
    for name in ("Zoom in", "Zoom out", "Fit the picture", "Show at 100 %"):
        expect(page.get_by_role("button", name=name)).to_be_visible()
    desk.eye("boat").press("Enter")
    expect(page.locator(".desk [role=status]")).to_have_text("boat hidden")
    page.get_by_role("button", name="Zoom in").press("Enter")
    expect(page.locator(".desk [role=status]")).to_have_text("200 %")
