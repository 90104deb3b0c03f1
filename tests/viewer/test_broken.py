"""What cannot be shown says so in a sentence, and leaves nothing old behind."""

from __future__ import annotations

import numpy as np
import pytest
from playwright.sync_api import expect

from tests.viewer.conftest import OpenDesk
from tests.viewer.packets import build_packet, cut, edited, gray_png
from tests.viewer.scene import CLASSES, draw_harbour

pytestmark = pytest.mark.browser

RGB, IDS, SURE = draw_harbour(480, 320)
SIZE_WH = (480, 320)
GOOD = build_packet(RGB, IDS, confidence=SURE, classes=CLASSES, image_kind="JPEG")
OTHER = build_packet(255 - RGB, IDS[::-1].copy(), classes=CLASSES, image_kind="JPEG")
WHOLE = gray_png(IDS)


BROKEN_MASKS = [
    (WHOLE[: len(WHOLE) // 2], "it is cut short"),
    (b"\xff\xd8 no PNG at all", "it is not a PNG"),
    (gray_png(IDS[:, :-1]), "it is 479 × 320 pixels where 480 × 320 were promised"),
    (WHOLE[:24] + b"\x10" + WHOLE[25:], "its pixels are not plain 8-bit gray"),
    (WHOLE[:28] + b"\x01" + WHOLE[29:], "its pixels are not plain 8-bit gray"),
    (WHOLE[:-600] + bytes(100) + WHOLE[-500:], "its data is damaged"),
    (WHOLE[:8] + WHOLE[-12:], "it holds no pixels"),
]


def test_a_broken_mask_says_so_and_leaves_no_old_mask(open_desk: OpenDesk) -> None:
    desk = open_desk(GOOD)
    for mask, reason in BROKEN_MASKS:
        broken = build_packet(RGB, mask, mask_size_wh=SIZE_WH, classes=CLASSES, name="harbour.png")
        desk.show(broken)
        assert desk.state == "broken", reason
        said = desk.page.get_by_role("alert")
        expect(said).to_have_text(
            f"The mask that came could not be read: {reason}. Ask for the prediction once more."
        )
        assert not desk.colours().any()
        assert desk.canvas(".image .picture").any()
        expect(desk.page.locator(".present .row")).to_have_count(0)
        # And it recovers.
        desk.show(GOOD)
        assert desk.state == "ready"
        expect(said).to_have_count(0)
        np.testing.assert_array_equal(desk.colours(), desk.expected_colours(IDS, SIZE_WH, {0}))


@pytest.mark.parametrize(("width", "layout"), [(1400, "Overlay"), (1400, "Swipe"), (390, "Image")])
def test_a_broken_mask_leaves_the_picture_in_sight_in_every_layout(
    open_desk: OpenDesk, width: int, layout: str
) -> None:
    desk = open_desk(GOOD, viewport={"width": width, "height": 900})
    desk.layout(layout)
    desk.slide("Opacity of the mask", 0)
    desk.page.mouse.move(2, 2)
    picture = desk.page.locator(".pane:visible .picture")
    desk.show(build_packet(RGB, b"no", mask_size_wh=SIZE_WH, classes=CLASSES, image_kind="JPEG"))
    said = desk.page.get_by_role("alert")
    expect(said).to_be_visible()
    expect(said).to_be_in_viewport()
    expect(desk.page.locator(".layouts")).to_be_hidden()
    expect(picture).to_have_count(1)
    desk.settle()
    box = picture.bounding_box()
    assert box is not None
    shot = desk.pixels_on_screen()
    at = desk.transform
    # The upper third of the picture, as far as it is in the window.
    for across, down in ((0.2, 0.2), (0.5, 0.25), (0.8, 0.3)):
        x, y = across * 480, down * 320
        seen = shot[
            int(box["y"] + at["y"] + y * at["scale"]), int(box["x"] + at["x"] + x * at["scale"])
        ]
        assert np.abs(seen - RGB[int(y), int(x)]).max() < 40


SCRAMBLED = [
    b"",
    b"abc",
    b"\xff\xff\xff\xff",
    GOOD[:300],
    GOOD[:-1],
    GOOD + b"!",
    edited(GOOD, {"v": 2}),
    edited(GOOD, {"palette": []}),
    edited(GOOD, {"image": None}),
    edited(GOOD, {"image": {"type": "image/png", "bytes": 5}}),
    edited(GOOD, {"mask": {"bytes": -5, "w": 3, "h": 3}}),
    edited(GOOD, {"classes": [{"id": 1, "name": "sky", "colour": "red"}]}),
]


def test_a_packet_that_cannot_be_read_says_so(open_desk: OpenDesk) -> None:
    desk = open_desk(GOOD)
    for number, packet in enumerate(SCRAMBLED):
        desk.show(packet)
        assert desk.state == "broken", number
        expect(desk.page.get_by_role("alert")).to_contain_text("could not be read")
        assert not desk.colours().any()
        assert not desk.canvas(".image .picture").any()
        # And it recovers; what is sound already is not taken for the next damaged one.
        desk.show(OTHER)
        assert desk.state == "ready"


@pytest.mark.parametrize("width", [1400, 390])
def test_a_picture_the_browser_cannot_decode_says_so(open_desk: OpenDesk, width: int) -> None:
    desk = open_desk(GOOD, viewport={"width": width, "height": 900})
    desk.show(build_packet(RGB, IDS, classes=CLASSES, image_bytes=b"not a picture"))
    assert desk.state == "broken"
    expect(desk.page.get_by_role("alert")).to_contain_text("picture that came could not be shown")
    # What there is nothing to do with is not there.
    for part in (".layouts", ".drawing", ".legend", ".zoom", ".confidence"):
        expect(desk.page.locator(part)).to_be_hidden()
    assert not desk.canvas(".image .picture").any()
    assert not desk.colours().any()


def test_a_confidence_that_cannot_be_read_costs_the_mask_nothing(open_desk: OpenDesk) -> None:
    damaged = bytearray(GOOD)
    damaged[-2000:] = bytes(2000)
    desk = open_desk(bytes(damaged))
    assert desk.state == "ready"
    desk.point_at(5, 5)
    expect(desk.page.locator(".readout")).to_contain_text("area of")
    assert desk.readout().startswith("sky id 1 x 5 y 5 area of ")
    expect(desk.page.locator(".mask .caption.over")).to_contain_text(
        "its confidences could not be read"
    )


def test_a_mask_that_must_be_cut_is_no_mask_without_its_confidences(open_desk: OpenDesk) -> None:
    live = build_packet(RGB, IDS, confidence=SURE, classes=CLASSES, cut_to=0)
    damaged = bytearray(live)
    damaged[-2000:] = bytes(2000)
    desk = open_desk(live)
    desk.show(edited(bytes(damaged), {"answer": "damaged"}))
    assert desk.state == "broken"
    expect(desk.page.get_by_role("alert")).to_contain_text("The mask that came could not be read")
    assert not desk.colours().any()
    assert desk.canvas(".image .picture").any()
    expect(desk.page.locator(".present .row")).to_have_count(0)
    desk.show(live)
    assert desk.state == "ready"
    shown = cut(IDS, SURE, 50, 0, SIZE_WH)
    np.testing.assert_array_equal(desk.colours(), desk.expected_colours(shown, SIZE_WH, {0}))


def test_an_old_browser_is_told_so(open_desk: OpenDesk) -> None:
    desk = open_desk(GOOD, fresh=True)
    desk.page.add_init_script("delete globalThis.DecompressionStream")
    desk.open(GOOD)
    assert desk.state == "broken"
    expect(desk.page.get_by_role("alert")).to_contain_text("browser is too old")
