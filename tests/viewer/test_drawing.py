"""How classes are drawn: areas, outlines, both, and patterns for who cannot tell colours apart."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from playwright.sync_api import expect

from tests.viewer.conftest import OpenDesk
from tests.viewer.desk_page import RGBA, DeskPage, colour_table
from tests.viewer.packets import PALETTE, Gray, build_packet, class_entry, cut, stretch

pytestmark = pytest.mark.browser

SIZE_WH = (320, 210)
RNG = np.random.default_rng(31)
RGB = np.full((210, 320, 3), 90, np.uint8)
BACKGROUND = class_entry(0, "background", background=True)


def draw_blobs() -> Gray:
    """Areas, thin lines and single pixels."""
    y, x = np.mgrid[0:210, 0:320]
    mask = np.zeros((210, 320), np.uint8)
    for i, (cx, cy, r) in enumerate([(60, 60, 50), (160, 120, 70), (270, 60, 45)], 1):
        mask[(x - cx) ** 2 + (y - cy) ** 2 < r * r] = i
    mask[150, :] = 4
    mask[:, 200:202] = 5
    mask[RNG.integers(0, 210, 60), RNG.integers(0, 320, 60)] = RNG.integers(0, 6, 60)
    return mask


MASK = draw_blobs()
SURE = RNG.integers(0, 256, (21, 32), np.uint8).repeat(10, 0).repeat(10, 1)
NAMED = [BACKGROUND, *(class_entry(i, f"class {i}") for i in range(1, 6))]
LIVE = build_packet(RGB, MASK, confidence=SURE, classes=NAMED, cut_to=0)


def outline(ids: NDArray[np.int_], reach: int) -> NDArray[np.bool_]:
    """Pixels that have another id straight above, below or beside them within a distance.

    Args:
        ids: shape (height, width), -1 outside the picture, which is no other id.
        reach: pixels.
    """
    found = np.zeros(ids.shape, bool)
    for distance in range(1, reach + 1):
        for axis in (0, 1):
            for other in (np.roll(ids, distance, axis), np.roll(ids, -distance, axis)):
                found |= (other != ids) & (other >= 0)
    return found & (ids >= 0)


def expect_drawn(desk: DeskPage, ids: NDArray[np.int_], style: str, clear: set[int]) -> None:
    reach = max(2, round(1.5 * desk.page.evaluate("devicePixelRatio")))
    table = colour_table(clear)
    nothing = np.zeros((*ids.shape, 4), np.uint8)
    lines = np.where(outline(ids, reach)[..., None], table[ids], 0)
    np.testing.assert_array_equal(
        desk.canvas(".lines"), nothing if style == "fill" else lines, err_msg=style
    )
    np.testing.assert_array_equal(
        desk.colours(), nothing if style == "outline" else table[ids], err_msg=style
    )


@pytest.mark.parametrize("ratio", [1, 2])
def test_outlines_are_where_another_class_is_near(open_desk: OpenDesk, ratio: int) -> None:
    desk = open_desk(LIVE, viewport={"width": 1100, "height": 800}, device_scale_factor=ratio)
    styles = {"Areas": "fill", "Outlines": "outline", "Both": "both"}
    lines = desk.page.locator(".lines")
    desk.slide("Opacity of the mask", 40)
    for name, style in styles.items():
        desk.page.locator(".styles").get_by_role("radio", name=name).check(force=True)
        for keys in ("0", "1"):
            desk.focus()
            desk.press(keys)
            ids = desk.spread(cut(MASK, SURE, 50, 0, SIZE_WH))
            expect_drawn(desk, ids, style, {0})
        # Beside areas lines stay strong however pale those are.
        expect(lines).to_have_css("opacity", "1" if style == "both" else "0.4")
    desk.eye("class 2").click()
    desk.slide("Confidence", 30)
    expect_drawn(desk, desk.spread(cut(MASK, SURE, 30, 0, SIZE_WH)), "both", {0, 2})
    # Key D goes round.
    for style in ("fill", "outline", "both"):
        desk.press("d")
        assert desk.desk.get_attribute("data-style") == style
        expect_drawn(desk, desk.spread(cut(MASK, SURE, 30, 0, SIZE_WH)), style, {0, 2})


STRIPES = np.arange(13, dtype=np.uint8)[None, :].repeat(3, 0)
ANIMALS = [
    *("cat", "dog", "horse", "cow", "sheep", "bird", "fish", "bear", "wolf", "fox", "owl", "bee"),
]
TWELVE = [BACKGROUND, *(class_entry(i, name) for i, name in enumerate(ANIMALS, 1))]


def read_tiles(desk: DeskPage, shown: RGBA) -> list[NDArray[np.bool_]]:
    """For each class its 16 × 16 hatching, true where it has the other colour.

    Asserts that each class has two colours, the palette's and one more, and that its hatching
    repeats every 16 pixels from the picture's corner on.
    """
    at, ids = desk.transform, desk.spread(stretch(STRIPES, SIZE_WH))
    table = colour_table({0})
    y, x = np.indices(ids.shape)
    place = (y - at["y"]) % 16 * 16 + (x - at["x"]) % 16
    tiles = []
    for i in range(1, 13):
        inside = ids == i
        own = (shown[inside] == table[i]).all(1)
        colours = np.unique(shown[inside], axis=0)
        assert len(colours) == 2, (i, colours)
        assert (colours[:, 3] == 255).all()
        assert own.any()
        spots = place[inside]
        other = np.bincount(spots, ~own, 256)
        every = np.bincount(spots, minlength=256)
        assert (every > 0).all(), "the class is too small on screen to see a whole tile"
        assert ((other == 0) | (other == every)).all()
        tiles.append((other > 0).reshape(16, 16))
    return tiles


def test_each_of_twelve_classes_has_a_hatching_of_its_own(open_desk: OpenDesk) -> None:
    desk = open_desk(build_packet(RGB, STRIPES, classes=TWELVE))
    desk.layout("Overlay")
    plain = desk.expected_colours(STRIPES, SIZE_WH, {0})
    np.testing.assert_array_equal(desk.colours(), plain)
    toggle = desk.page.get_by_role("button", name="Patterns")
    toggle.click()
    desk.settle()
    tiles = read_tiles(desk, desk.colours())
    assert len({tile.tobytes() for tile in tiles}) == 12
    # Enough of both colours that each is seen.
    assert all(0.1 < tile.mean() < 0.6 for tile in tiles)
    # It moves with the picture.
    desk.focus()
    desk.press("+")
    x, y = desk.where(160, 100)
    desk.page.mouse.move(x, y)
    desk.page.mouse.down()
    desk.page.mouse.move(x + 7, y - 5)
    desk.page.mouse.up()
    desk.settle()
    for before, after in zip(tiles, read_tiles(desk, desk.colours()), strict=True):
        np.testing.assert_array_equal(before, after)
    # The list shows it too, each class another.
    swatches = [
        desk.row(name).evaluate("row => row.style.getPropertyValue('--pattern')")
        for name in ANIMALS
    ]
    assert len({*swatches}) == 12
    assert all(swatch.startswith("url(data:image/png") for swatch in swatches)
    desk.press("0", "p")
    expect(toggle).to_have_attribute("aria-pressed", "false")
    np.testing.assert_array_equal(desk.colours(), plain)


def test_a_class_keeps_its_hatching_from_picture_to_picture(open_desk: OpenDesk) -> None:
    desk = open_desk(build_packet(RGB, STRIPES, classes=TWELVE))
    desk.layout("Overlay")
    desk.focus()
    desk.press("p")
    before = read_tiles(desk, desk.colours())
    desk.show(build_packet(RGB + 1, STRIPES[::-1].copy(), classes=TWELVE))
    for one, other in zip(before, read_tiles(desk, desk.colours()), strict=True):
        np.testing.assert_array_equal(one, other)
    assert PALETTE[1] in (desk.row("cat").get_attribute("style") or "")
