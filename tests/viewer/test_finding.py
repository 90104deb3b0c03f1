"""Finding a class however small, and the size of the area that is pointed at."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from playwright.sync_api import expect

from tests.viewer.conftest import OpenDesk
from tests.viewer.desk_page import DeskPage
from tests.viewer.flood import label_regions, measure_regions
from tests.viewer.packets import build_packet, class_entry, cut

pytestmark = pytest.mark.browser

RNG = np.random.default_rng(41)
NAMED = [
    class_entry(0, "background", background=True),
    class_entry(1, "sea"),
    class_entry(2, "buoy"),
    class_entry(3, "boat"),
]
BIG_WH = (2000, 1500)
SEA = np.ones((1500, 2000), np.uint8)
ISLAND = (1603, 402)
SEA[402, 1602:1605] = 2
SEA[100:140, 200:280] = 3
SEA[900, 300] = 3
SEA[1200:1203, 1000:1004] = 3
PACKET = build_packet(
    np.full((1500, 2000, 3), 120, np.uint8), SEA, classes=NAMED, image_kind="JPEG"
)


def wait_lit(desk: DeskPage, lit: bool) -> None:
    """Wait until something is, or nothing is, drawn over the mask."""
    desk.desk.evaluate(
        """async (desk, lit) => {
          const flash = desk.querySelector(".flash");
          const isLit = () => flash.getContext("2d")
            .getImageData(0, 0, flash.width, flash.height).data.some(Boolean);
          while (isLit() !== lit) await new Promise(requestAnimationFrame);
        }""",
        lit,
    )


def find(desk: DeskPage, name: str) -> None:
    """Click and wait until it is drawn, all in the browser: it lasts for two seconds only."""
    desk.row(name).locator(".locate").evaluate(
        """async button => {
          const desk = button.closest(".desk");
          button.click();
          const { idle } = desk.maskDesk;
          while (!desk.querySelector(".hint.shown")) await idle();
          await idle();
        }"""
    )


def find_next(desk: DeskPage, name: str, times: int) -> list[dict[str, Any]]:
    """Click once, and again in the same moment; returns the transform after each further click."""
    found: list[dict[str, Any]] = (
        desk.row(name)
        .locator(".locate")
        .evaluate(
            """async (button, times) => {
          const { transform, idle } = button.closest(".desk").maskDesk;
          button.click();
          const seen = [];
          for (let time = 0; time < times; time++) {
            button.click();
            seen.push(transform());
          }
          await idle();
          return seen;
        }""",
            times,
        )
    )
    return found


def test_an_island_of_three_pixels_is_found(open_desk: OpenDesk) -> None:
    desk = open_desk(PACKET)
    page, hint = desk.page, desk.page.locator(".hint")
    assert desk.transform["scale"] < 0.5
    find(desk, "buoy")
    flash, at = desk.canvas(".flash").astype(int), desk.transform
    expect(hint).to_have_text("buoy: one area of 3 pixels")
    expect(page.locator(".spoken")).to_have_text("buoy: one area of 3 pixels")
    place = [(middle + 0.5) * at["scale"] for middle in ISLAND]
    x, y = at["x"] + place[0], at["y"] + place[1]
    v, u = np.indices(flash.shape[:2]) + 0.5
    away = np.hypot(u - x, v - y)
    # Outside the picture nothing; far from the island a dark veil, all of the sea under it.
    inside = desk.spread(SEA) >= 0
    assert not flash[~inside & (away > 20)].any()
    veil = flash[inside & (away > 20)]
    assert (veil[:, :3] == 0).all()
    assert ((veil[:, 3] > 100) & (veil[:, 3] < 230)).all()
    # A bright ring around it, with a dark rim for bright pictures.
    ring = flash[(away > 10.3) & (away < 11.7)]
    assert (ring[:, :3].mean(1) > 200).mean() > 0.9
    rim = flash[((away > 12.6) & (away < 13.2)) | ((away > 8.8) & (away < 9.4))]
    assert (rim[:, :3].mean(1) < 80).mean() > 0.9
    assert page.locator(".flash").evaluate("flash => flash.getAnimations().length") == 0

    # It ends by itself. Asked twice, one is there, the three pixels large enough to be seen.
    wait_lit(desk, lit=False)
    find_next(desk, "buoy", 1)
    flash, at = desk.canvas(".flash").astype(int), desk.transform
    x, y = (
        at[axis] + (middle + 0.5) * at["scale"] for axis, middle in zip("xy", ISLAND, strict=True)
    )
    assert 0 < x < at["pane"]["w"]
    assert 0 < y < at["pane"]["h"]
    assert at["scale"] >= 4
    wanted = desk.spread(SEA) == 2
    assert wanted.sum() == pytest.approx(3 * at["scale"] ** 2, rel=0.2)
    assert 3 * at["scale"] > 14, "large enough to need no ring"
    assert (flash[wanted] == (0, 0x72, 0xB2, 255)).all()
    # The mask is as it was.
    wait_lit(desk, lit=False)
    np.testing.assert_array_equal(desk.colours(), desk.expected_colours(SEA, BIG_WH, {0}))


def test_one_area_after_the_other_is_shown(open_desk: OpenDesk) -> None:
    desk = open_desk(PACKET)
    desk.layout("Overlay")
    find(desk, "boat")
    expect(desk.page.locator(".hint")).to_have_text("boat: 3 areas, the smallest 1 pixel")
    wait_lit(desk, lit=False)
    middles = ((300.5, 900.5), (1002, 1201.5), (240, 120), (300.5, 900.5))
    for at, middle in zip(find_next(desk, "boat", 4), middles, strict=True):
        pane = at["pane"]
        seen = [
            (pane[side] / 2 - at[axis]) / at["scale"] for side, axis in (("w", "x"), ("h", "y"))
        ]
        assert seen == pytest.approx(middle, abs=1)
    # While it is out of sight it is fitted first.
    wait_lit(desk, lit=False)
    find(desk, "buoy")
    at = desk.transform
    assert at["scale"] == min(at["pane"]["w"] / 2000, at["pane"]["h"] / 1500)


def test_a_line_too_thin_for_the_screen_is_ringed(open_desk: OpenDesk) -> None:
    mask = np.ones((1500, 2000), np.uint8)
    mask[200:1300, 1003] = 2
    desk = open_desk(
        build_packet(np.full((1500, 2000, 3), 90, np.uint8), mask, classes=NAMED, image_kind="JPEG")
    )
    find(desk, "buoy")
    white = (desk.canvas(".flash")[..., :3] == 255).all(axis=-1)
    rows, columns = np.nonzero(white)
    at = desk.transform
    # Around the whole line, and nowhere else.
    assert rows.min() <= at["y"] + 200 * at["scale"]
    assert rows.max() >= at["y"] + 1300 * at["scale"]
    assert np.abs(columns - (at["x"] + 1003.5 * at["scale"])).max() <= 14
    expect(desk.page.locator(".hint")).to_contain_text("one area of 1,100 pixels")


def test_it_flashes_where_motion_is_welcome(open_desk: OpenDesk) -> None:
    desk = open_desk(PACKET, reduced_motion="no-preference")
    running = (
        desk.row("buoy")
        .locator(".locate")
        .evaluate(
            """button => {
          button.click();
          return button.closest(".desk").querySelector(".flash").getAnimations().length;
        }"""
        )
    )
    assert running == 1


def read_regions(desk: DeskPage, width: int, height: int) -> np.ndarray:
    """The viewer's region sizes at every image pixel, as soon as it knows them."""
    found = desk.desk.evaluate(
        """async (desk, [width, height]) => {
          const { regionAt, idle } = desk.maskDesk;
          while (!regionAt(0, 0)) await idle();
          const sizes = [];
          for (let at = 0; at < width * height; at++)
            sizes.push(regionAt(at % width, Math.floor(at / width)));
          return sizes;
        }""",
        [width, height],
    )
    return np.array(found).reshape(height, width)


def test_areas_are_as_large_as_flooding_finds_them(open_desk: OpenDesk) -> None:
    desk: DeskPage | None = None
    cases = [((60, 40), (60, 40)), ((97, 61), (31, 29)), ((40, 30), (83, 71)), ((5, 64), (3, 7))]
    for tone, (image_wh, mask_wh) in enumerate(cases):
        # Few classes: areas wind about and touch at corners.
        mask = RNG.integers(0, 3, (mask_wh[1], mask_wh[0]), np.uint8)
        sure = RNG.integers(0, 256, mask.shape, np.uint8)
        rgb = np.full((image_wh[1], image_wh[0], 3), tone, np.uint8)
        packet = build_packet(rgb, mask, confidence=sure, classes=NAMED, cut_to=0)
        if desk is None:
            desk = open_desk(packet)
        else:
            desk.show(packet)
        for percent in (50, 5, 80):
            desk.slide("Confidence", percent)
            shown = cut(mask, sure, percent, 0, mask_wh)
            np.testing.assert_array_equal(
                read_regions(desk, *image_wh), measure_regions(shown, image_wh)
            )
        uncut = build_packet(rgb + 100, mask, confidence=sure, classes=NAMED)
        desk.show(uncut)
        np.testing.assert_array_equal(
            read_regions(desk, *image_wh), measure_regions(mask, image_wh)
        )


def test_flooding_joins_at_corners() -> None:
    labels = label_regions(np.array([[1, 0, 0], [0, 1, 0], [2, 2, 1]], np.uint8))
    assert labels.tolist() == [[0, 1, 1], [1, 0, 1], [2, 2, 0]]
