"""The confidence in one's hand, live: every pixel and every share is the cut's own."""

from __future__ import annotations

import hashlib
import re
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import expect

from tests.viewer.conftest import OpenDesk
from tests.viewer.desk_page import DeskPage, colour_table
from tests.viewer.packets import (
    PALETTE,
    Gray,
    build_packet,
    class_entry,
    cut,
    format_share,
    stretch,
)

pytestmark = pytest.mark.browser

NAMED = [
    class_entry(0, "background", background=True),
    *(class_entry(i, f"class {i}") for i in range(1, 6)),
]
NAMES = {entry["id"]: entry["name"] for entry in NAMED} | {
    i: f"unlabelled {i}" for i in range(6, 256)
}

_SWEEP = """async (desk, percents) => {
  const slider = desk.querySelector(".confidence input");
  const canvas = desk.querySelector(".colours");
  const found = [];
  for (const percent of percents) {
    slider.value = percent;
    slider.dispatchEvent(new Event("input", { bubbles: true }));
    await desk.maskDesk.idle();
    const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
    const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", data));
    const rows = [...desk.querySelectorAll(".present .row")];
    found.push({
      percent,
      hash: [...hash].map(byte => byte.toString(16).padStart(2, "0")).join(""),
      shares: rows.map(row => [".name", ".share"].map(part => row.querySelector(part).innerText)),
    });
  }
  return found;
}"""


def blots(rng: np.random.Generator, size_wh: tuple[int, int], count: int = 6) -> Gray:
    """Ids 0 to 5 in areas and specks."""
    width, height = size_wh
    mask = rng.integers(0, 6, (height, width), np.uint8)
    for _ in range(count):
        x, y = rng.integers(0, width), rng.integers(0, height)
        mask[y : y + height // 2 + 1, x : x + width // 2 + 1] = rng.integers(0, 6)
    return mask


def random_bytes(rng: np.random.Generator, size_wh: tuple[int, int]) -> Gray:
    return rng.integers(0, 256, (size_wh[1], size_wh[0]), np.uint8)


def gray_rgb(size_wh: tuple[int, int], tone: int = 90) -> np.ndarray:
    return np.full((size_wh[1], size_wh[0], 3), tone, np.uint8)


EVERY = tuple(range(101))
SOME = (0, 1, 2, 20, 40, 49, 50, 51, 60, 80, 98, 99, 100)
CASES: list[tuple[tuple[int, int], tuple[int, int], tuple[int, int], int, tuple[int, ...]]] = [
    # image, mask, confidence mask, what cut pixels become, thresholds
    ((97, 61), (97, 61), (97, 61), 0, EVERY),
    ((211, 137), (31, 89), (31, 89), 0, SOME),
    ((97, 61), (300, 200), (300, 200), 0, SOME),
    ((211, 137), (53, 47), (70, 29), 0, SOME),
    ((120, 80), (120, 80), (40, 27), 3, SOME),
    ((120, 80), (119, 81), (119, 81), 255, SOME),
]


def test_every_pixel_and_share_is_the_cuts_at_every_threshold(open_desk: OpenDesk) -> None:
    rng = np.random.default_rng(21)
    desk: DeskPage | None = None
    for tone, (image_wh, mask_wh, sure_wh, to, percents) in enumerate(CASES):
        mask, sure = blots(rng, mask_wh), random_bytes(rng, sure_wh)
        packet = build_packet(
            gray_rgb(image_wh, tone), mask, confidence=sure, classes=NAMED, cut_to=to
        )
        if desk is None:
            desk = open_desk(packet)
        else:
            desk.show(packet)
        table, pixels = colour_table({0}), image_wh[0] * image_wh[1]
        for found in desk.desk.evaluate(_SWEEP, percents):
            shown = cut(mask, sure, found["percent"], to, image_wh)
            wanted = table[desk.spread(shown)].tobytes()
            assert found["hash"] == hashlib.sha256(wanted).hexdigest(), (image_wh, found["percent"])
            counts = np.bincount(shown.ravel(), minlength=256)
            # Rows keep their places while the slider moves; their order says nothing here.
            assert dict(found["shares"]) == {
                NAMES[i]: format_share(int(counts[i]), pixels) for i in np.flatnonzero(counts)
            }
            assert len(found["shares"]) == np.count_nonzero(counts)


IMAGE_WH = (180, 120)
RNG = np.random.default_rng(5)
MASK, SURE = blots(RNG, IMAGE_WH), random_bytes(RNG, IMAGE_WH)
LIVE = build_packet(gray_rgb(IMAGE_WH), MASK, confidence=SURE, classes=NAMED, cut_to=0)
PIXELS = IMAGE_WH[0] * IMAGE_WH[1]


def test_the_curve_is_the_share_of_each_class_and_a_click_goes_there(open_desk: OpenDesk) -> None:
    desk = open_desk(LIVE)
    shares = {
        i: [(cut(MASK, SURE, percent, 0, IMAGE_WH) == i).sum() / PIXELS for percent in range(101)]
        for i in range(1, 6)
    }
    highest = max(values[0] for values in shares.values())

    def expect_curves(ids: list[int]) -> None:
        lines = desk.page.locator(".plot polyline")
        expect(lines).to_have_count(len(ids))
        assert {line.get_attribute("stroke") for line in lines.all()} == {PALETTE[i] for i in ids}
        top = max(shares[i][0] for i in ids)
        for line in lines.all():
            [i] = [i for i in ids if PALETTE[i] == line.get_attribute("stroke")]
            points = [pair.split(",") for pair in (line.get_attribute("points") or "").split()]
            assert [int(x) for x, _ in points] == list(range(101))
            drawn = [(1 - float(y) / 100) * top for _, y in points]
            np.testing.assert_allclose(drawn, shares[i], atol=1e-9)

    expect_curves([1, 2, 3, 4, 5])
    expect(desk.page.locator(".confidence .top")).to_have_text(
        format_share(round(highest * PIXELS), PIXELS)
    )
    # Of a class that is hidden there is no curve.
    desk.eye("class 2").click()
    expect_curves([1, 3, 4, 5])

    plot = desk.page.locator(".plot svg").bounding_box()
    assert plot is not None
    desk.page.mouse.move(plot["x"] + plot["width"] * 0.7, plot["y"] + 20)
    tip = desk.page.locator(".plot .tip")
    expect(tip).to_contain_text("At 70 %")
    for i in (1, 3, 4, 5):
        share = format_share(round(shares[i][70] * PIXELS), PIXELS)
        expect(tip).to_contain_text(f"class {i} {share}")
    desk.page.mouse.click(plot["x"] + plot["width"] * 0.7, plot["y"] + 20)
    expect(desk.page.get_by_label("Confidence", exact=True)).to_have_value("70")
    expect(desk.page.get_by_text('"confidence": [70]')).to_be_visible()
    now = desk.page.locator(".plot .now").bounding_box()
    assert now is not None
    assert now["x"] + now["width"] / 2 == pytest.approx(plot["x"] + plot["width"] * 0.7, abs=1.5)
    shown = cut(MASK, SURE, 70, 0, IMAGE_WH)
    np.testing.assert_array_equal(desk.colours(), desk.expected_colours(shown, IMAGE_WH, {0, 2}))
    # The curve can be put away.
    desk.page.get_by_role("button", name="Curve").click()
    expect(desk.page.locator(".plot")).to_be_hidden()


def changing(low: int, high: int, to: int) -> Any:
    """Where a pixel is marked at one confidence and not at the other."""
    at_low, at_high = (cut(MASK, SURE, percent, to, IMAGE_WH) for percent in (low, high))
    return at_low != at_high


@pytest.mark.parametrize("to", [0, 4])
def test_what_changes_is_striped_there_and_nowhere_else(open_desk: OpenDesk, to: int) -> None:
    """Cut pixels may become the background or, where a server has none, a class with a colour."""
    desk = open_desk(
        build_packet(gray_rgb(IMAGE_WH), MASK, confidence=SURE, classes=NAMED, cut_to=to)
    )
    toggle = desk.page.get_by_role("button", name="What changes")
    words = desk.page.locator(".changes")
    expect(toggle).to_have_attribute("aria-pressed", "false")
    toggle.click()
    expect(toggle).to_have_attribute("aria-pressed", "true")
    expect(words).to_contain_text("50 %")
    assert not desk.canvas(".flash").any()
    for percent in (70, 51, 30, 0, 100):
        desk.slide("Confidence", percent)
        flash = desk.canvas(".flash")
        differs = changing(percent, 50, to) & ((MASK != 0) if to else True)
        wanted = desk.spread(differs, beside=0) == 1
        np.testing.assert_array_equal(flash[..., 3] == 255, wanted)
        assert {tuple(pixel) for pixel in np.unique(flash[wanted], axis=0)} == {
            (0, 0, 0, 255),
            (255, 255, 255, 255),
        }
        changed = format_share(int(changing(percent, 50, to).sum()), PIXELS)
        expect(words).to_have_text(
            re.compile(rf"{re.escape(changed)}.* 50 % .*\b{percent} %|{percent} % .* 50 %")
        )
    desk.slide("Confidence", 50)
    assert not desk.canvas(".flash").any()
    desk.slide("Confidence", 60)
    toggle.click()
    desk.settle()
    expect(words).to_be_hidden()
    assert not desk.canvas(".flash").any()


# The seven colours that viridis has at even distances (matplotlib, CC0).
VIRIDIS = ["#440154", "#443983", "#31688e", "#21918c", "#35b779", "#90d743", "#fde725"]


def test_the_heat_view_shows_each_byte_in_the_ramps_colour(open_desk: OpenDesk) -> None:
    desk = open_desk(LIVE)
    anchors = np.array([[*bytes.fromhex(colour[1:])] for colour in VIRIDIS])
    places = np.linspace(0, 255, len(anchors))
    ramp = np.stack([np.interp(np.arange(256), places, channel) for channel in anchors.T], -1)
    # From dark to light all the way: the order is there also for who sees no colours.
    assert (np.diff(ramp @ [0.2126, 0.7152, 0.0722]) > 0).all()
    legend = desk.page.locator(".heat-legend")
    expect(legend).to_be_hidden()
    desk.focus()
    desk.press("h")
    expect(legend).to_be_visible()
    expect(legend).to_contain_text("100 % sure")

    def check(percent: int, hidden: int) -> None:
        shown = desk.colours()
        clear = desk.spread(cut(MASK, SURE, percent, 0, IMAGE_WH), beside=hidden) == hidden
        bytes_ = desk.spread(SURE)
        assert not shown[clear | (bytes_ < 0)].any()
        inside = ~clear & (bytes_ >= 0)
        assert (shown[inside][:, 3] == 255).all()
        assert np.abs(shown[inside][:, :3] - ramp[bytes_[inside]]).max() <= 1

    check(50, hidden=-1)
    desk.slide("Confidence", 20)
    desk.eye("class 3").click()
    desk.settle()
    check(20, hidden=3)
    desk.press("h")
    expect(legend).to_be_hidden()
    shown = cut(MASK, SURE, 20, 0, IMAGE_WH)
    np.testing.assert_array_equal(desk.colours(), desk.expected_colours(shown, IMAGE_WH, {0, 3}))


def test_a_readout_tells_what_a_live_cut_hides(open_desk: OpenDesk) -> None:
    desk = open_desk(LIVE)
    ids, sure = stretch(MASK, IMAGE_WH), stretch(SURE, IMAGE_WH)
    y, x = np.argwhere((ids == 2) & (sure == 79))[0]
    desk.point_at(int(x), int(y))
    readout = desk.page.locator(".readout")
    expect(readout).to_contain_text("not sure enough of class 2: 31.0 %")
    expect(readout.locator(".what")).to_have_text("background")
    desk.slide("Confidence", 30)
    expect(readout).to_contain_text("confidence 31.0 %")
    expect(readout.locator(".what")).to_have_text("class 2")
