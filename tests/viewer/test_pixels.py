"""Every pixel of the mask is the one the ids ask for."""

from __future__ import annotations

import numpy as np
import pytest
from playwright.sync_api import expect

from tests.viewer.conftest import OpenDesk
from tests.viewer.flood import measure_regions
from tests.viewer.packets import PALETTE, build_packet, class_entry, encode_image, gray_png, stretch

pytestmark = pytest.mark.browser

BACKGROUND = [class_entry(0, "background", background=True)]


def random_rgb(rng: np.random.Generator, size_wh: tuple[int, int]) -> np.ndarray:
    return rng.integers(0, 256, (size_wh[1], size_wh[0], 3), np.uint8)


def random_mask(rng: np.random.Generator, size_wh: tuple[int, int]) -> np.ndarray:
    """Some noise and some areas, so that both runs and single pixels occur."""
    width, height = size_wh
    mask = rng.integers(0, 256, (height, width), np.uint8)
    for _ in range(6):
        x, y = rng.integers(0, width), rng.integers(0, height)
        mask[y : y + height // 3 + 1, x : x + width // 3 + 1] = rng.integers(0, 256)
    return mask


@pytest.mark.parametrize(
    ("image_wh", "mask_wh"),
    [
        ((300, 200), (300, 200)),
        ((1232, 821), (512, 512)),
        ((97, 61), (31, 89)),
        ((640, 17), (3, 5)),
        ((211, 307), (1024, 1024)),
        ((1, 1), (1, 1)),
        ((2000, 1500), (777, 333)),
    ],
)
def test_painted_colours_are_the_tables_at_fit_and_at_every_zoom(
    open_desk: OpenDesk, image_wh: tuple[int, int], mask_wh: tuple[int, int]
) -> None:
    rng = np.random.default_rng(sum(image_wh + mask_wh))
    mask = random_mask(rng, mask_wh)
    desk = open_desk(build_packet(random_rgb(rng, image_wh), mask, classes=BACKGROUND))
    desk.focus()
    for keys in ([], ["1"], ["+", "+", "+"], ["ArrowRight", "ArrowDown", "-"], ["0"]):
        desk.press(*keys)
        shown = desk.colours()
        assert shown[..., 3].any()
        np.testing.assert_array_equal(shown, desk.expected_colours(mask, image_wh, {0}))


def test_at_100_percent_the_canvas_holds_the_floor_stretched_mask(open_desk: OpenDesk) -> None:
    rng = np.random.default_rng(5)
    mask = random_mask(rng, (53, 47))
    desk = open_desk(build_packet(random_rgb(rng, (389, 283)), mask, classes=BACKGROUND))
    desk.focus()
    desk.press("1")
    at = desk.transform
    assert at["scale"] == 1
    shown = desk.colours()[at["y"] : at["y"] + 283, at["x"] : at["x"] + 389]
    wanted = np.array([[*bytes.fromhex(colour[1:]), 255] for colour in PALETTE], np.uint8)
    wanted[0] = 0
    np.testing.assert_array_equal(shown, wanted[stretch(mask, (389, 283))])


@pytest.mark.parametrize("ratio", [1, 1.5, 2, 3])
def test_colours_are_exact_on_dense_screens(open_desk: OpenDesk, ratio: float) -> None:
    rng = np.random.default_rng(8)
    mask = random_mask(rng, (41, 67))
    desk = open_desk(
        build_packet(random_rgb(rng, (150, 120)), mask, classes=BACKGROUND),
        device_scale_factor=ratio,
    )
    box = desk.page.locator(".pane.mask").bounding_box()
    assert box is not None
    assert abs(desk.transform["pane"]["w"] - box["width"] * ratio) <= 1
    np.testing.assert_array_equal(desk.colours(), desk.expected_colours(mask, (150, 120), {0}))


def test_each_png_filter_is_undone(open_desk: OpenDesk) -> None:
    rng = np.random.default_rng(3)
    rows = 59
    mixed = rng.integers(0, 5, rows, np.uint8).tobytes()
    desk = open_desk(build_packet(random_rgb(rng, (83, rows))))
    for filters in (*(bytes([kind] * rows) for kind in range(5)), mixed):
        mask = random_mask(rng, (83, rows))
        desk.show(
            build_packet(
                random_rgb(rng, (83, rows)),
                gray_png(mask, filters=filters),
                mask_size_wh=(83, rows),
                classes=BACKGROUND,
            )
        )
        assert desk.state == "ready"
        np.testing.assert_array_equal(desk.colours(), desk.expected_colours(mask, (83, rows), {0}))


def test_without_a_worker_the_mask_is_the_same(open_desk: OpenDesk) -> None:
    rng = np.random.default_rng(4)
    mask = random_mask(rng, (60, 40))
    packet = build_packet(random_rgb(rng, (60, 40)), mask, classes=BACKGROUND)
    desk = open_desk(packet, fresh=True)
    # The way a content security policy refuses: no exception, an error event later.
    desk.page.add_init_script(
        """const Real = Worker;
        globalThis.refused = 0;
        globalThis.Worker = function (url) {
          refused++;
          return new Real("data:text/javascript,throw 1");
        };"""
    )
    desk.open(packet)
    # One for pictures, one for answers; neither is asked for again.
    assert desk.page.evaluate("refused") >= 2
    np.testing.assert_array_equal(desk.colours(), desk.expected_colours(mask, (60, 40), {0}))
    desk.point_at(20, 20)
    size = measure_regions(mask, (60, 40))[20, 20]
    expect(desk.page.locator(".region")).to_have_text(
        f"area of {size} pixel{'s' if size > 1 else ''}"
    )


def test_every_id_is_named_coloured_and_counted(open_desk: OpenDesk) -> None:
    mask = np.arange(256, dtype=np.uint8).reshape(16, 16)
    rgb = np.zeros((16, 16, 3), np.uint8)
    desk = open_desk(build_packet(rgb, mask, classes=[*BACKGROUND, class_entry(7, "seven")]))
    rows = desk.page.locator(".present .row")
    assert rows.count() == 256
    names = rows.locator(".name").all_inner_texts()
    expected = {f"unlabelled {i}" for i in range(1, 256) if i != 7} | {"background", "seven"}
    assert set(names) == expected
    assert names[-1] == "background"
    assert set(rows.locator(".share").all_inner_texts()) == {"0.4 %"}
    np.testing.assert_array_equal(desk.colours(), desk.expected_colours(mask, (16, 16), {0}))


def test_pixels_stay_crisp_above_100_percent(open_desk: OpenDesk) -> None:
    rng = np.random.default_rng(6)
    rgb = random_rgb(rng, (12, 9))
    desk = open_desk(build_packet(rgb, image_bytes=encode_image(rgb)))
    desk.focus()
    # 300 % is a whole enlargement: each pixel is a square of its own colour and no other.
    desk.press("1", "+", "+", "+")
    at = desk.transform
    assert at["scale"] == 3
    shown = desk.canvas(".image .picture")[at["y"] : at["y"] + 27, at["x"] : at["x"] + 36, :3]
    np.testing.assert_array_equal(shown, rgb.repeat(3, 0).repeat(3, 1))
    # Between whole ones the middle of each pixel still is its own colour.
    desk.press("-", "-")
    at = desk.transform
    assert at["scale"] == 1.5
    assert len(np.unique(desk.canvas(".image .picture").reshape(-1, 4), axis=0)) > 9 * 12


def test_both_panes_show_the_same_picture(open_desk: OpenDesk) -> None:
    rng = np.random.default_rng(9)
    rgb, mask = random_rgb(rng, (500, 300)), random_mask(rng, (50, 30))
    desk = open_desk(build_packet(rgb, mask, classes=BACKGROUND))
    desk.focus()
    for keys in ([], ["+", "+", "ArrowLeft"]):
        desk.press(*keys)
        left, right = desk.canvas(".image .picture"), desk.canvas(".mask .picture")
        # An odd width leaves one pane a column wider.
        width = min(left.shape[1], right.shape[1])
        assert abs(left.shape[1] - right.shape[1]) <= 1
        np.testing.assert_array_equal(left[:, :width], right[:, :width])


def test_a_large_picture_is_drawn_from_a_smaller_level_without_moving(open_desk: OpenDesk) -> None:
    y, x = np.mgrid[0:3000, 0:4000]
    rgb = np.stack([x * 255 // 4000, y * 255 // 3000, (x + y) % 2 * 255], -1).astype(np.uint8)
    desk = open_desk(build_packet(rgb, image_kind="JPEG"))
    desk.rest()
    at = desk.transform
    shown = desk.canvas(".image .picture").astype(int)
    for across, down in [(0.1, 0.1), (0.5, 0.5), (0.9, 0.3), (0.25, 0.8)]:
        px = shown[
            int(at["y"] + down * 3000 * at["scale"]), int(at["x"] + across * 4000 * at["scale"])
        ]
        assert abs(px[0] - across * 255) < 4
        assert abs(px[1] - down * 255) < 4
        assert abs(px[2] - 127) < 16
