"""What is done to one class: hide, show alone, give a colour; and names of every kind."""

from __future__ import annotations

import json

import numpy as np
import pytest
from playwright.sync_api import expect

from tests.viewer.conftest import OpenDesk
from tests.viewer.desk_page import DeskPage, colour_table
from tests.viewer.packets import PALETTE, build_packet, class_entry, stretch

pytestmark = pytest.mark.browser

SIZE_WH = (60, 40)
RGB = np.full((40, 60, 3), 90, np.uint8)
MASK = np.array([[0, 1, 1, 1, 1, 1], [2, 2, 2, 2, 3, 3], [2, 2, 4, 3, 3, 3]], np.uint8)
NAMED = [
    class_entry(0, "background", background=True),
    *(class_entry(i, name) for i, name in enumerate(("sky", "water", "road", "tree"), 1)),
]
IDS = {entry["name"]: entry["id"] for entry in NAMED}
PACKET = build_packet(RGB, MASK, classes=NAMED)


def expect_shown(desk: DeskPage, *names: str) -> None:
    """These classes are coloured and said to be shown; no other."""
    desk.settle()
    clear = {i for name, i in IDS.items() if name not in names}
    np.testing.assert_array_equal(desk.colours(), desk.expected_colours(MASK, SIZE_WH, clear))
    for name in ("sky", "water", "road", "tree"):
        pressed = str(name in names).lower()
        expect(desk.eye(name)).to_have_attribute("aria-pressed", pressed)


def test_a_class_alone_and_with_others(open_desk: OpenDesk) -> None:
    desk = open_desk(PACKET)
    page = desk.page

    def only(name: str) -> None:
        desk.row(name).locator(".solo").click()

    expect_shown(desk, "sky", "water", "road", "tree")
    only("road")
    expect_shown(desk, "road")
    expect(desk.row("road").locator(".solo")).to_have_attribute("aria-pressed", "true")
    only("sky")
    expect_shown(desk, "sky")
    # Another beside the one alone; what is alone can be hidden too.
    desk.eye("water").click()
    expect_shown(desk, "sky", "water")
    desk.eye("sky").click()
    expect_shown(desk, "water")
    page.get_by_role("button", name="Show all").click()
    expect_shown(desk, "sky", "water", "road", "tree")
    # What was hidden before is hidden again once nothing is alone.
    desk.eye("tree").click()
    only("road")
    expect_shown(desk, "road")
    only("road")
    expect_shown(desk, "sky", "water", "road")
    only("tree")
    expect_shown(desk, "tree")
    desk.eye("tree").click()
    expect_shown(desk)
    desk.focus()
    desk.press("n")
    expect_shown(desk, "sky", "water", "road", "tree")
    # The background is no class to hide or to colour.
    background = desk.row("background")
    expect(background.locator("button:visible")).to_have_count(0)
    expect(background.locator("input")).to_have_count(0)


def test_an_own_colour_is_everywhere_and_stays(open_desk: OpenDesk) -> None:
    desk = open_desk(PACKET)
    page = desk.page
    reset = page.get_by_role("button", name="Reset colours")
    expect(reset).to_be_hidden()
    own = "#123456"

    def expect_colour(colour: str) -> None:
        table = colour_table({0}, own={IDS["road"]: colour})
        wanted = table[desk.spread(stretch(MASK, SIZE_WH))]
        np.testing.assert_array_equal(desk.colours(), wanted)
        expect(page.get_by_label("Colour of road")).to_have_value(colour)
        swatch = desk.row("road").locator(".swatch")
        rgb = ", ".join(str(value) for value in bytes.fromhex(colour[1:]))
        expect(swatch).to_have_css("background-color", f"rgb({rgb})")
        desk.point_at(55, 35)
        expect(page.locator(".readout .swatch")).to_have_css("background-color", f"rgb({rgb})")

    expect_colour(PALETTE[3])
    page.get_by_label("Colour of road").fill(own)
    desk.settle()
    expect_colour(own)
    expect(page.get_by_text(json.dumps([{"road": own}])[1:-1])).to_be_visible()
    assert desk.run_again()["colours"] == [{"road": own}]
    # In another answer road has another id and keeps its colour.
    moved = [class_entry(9, "road"), class_entry(3, "boat")]
    desk.show(build_packet(RGB, np.full((3, 3), 9, np.uint8), classes=moved))
    assert (desk.colours()[..., :3].max((0, 1)) == tuple(bytes.fromhex(own[1:]))).all()
    # A later visit knows it still, and tells Python once.
    desk.open(PACKET)
    expect_colour(own)
    expect(page.get_by_text(json.dumps([{"road": own}])[1:-1])).to_be_visible()
    assert desk.run_again()["colours"] == [{"road": own}]
    reset.click()
    desk.settle()
    expect_colour(PALETTE[3])
    expect(reset).to_be_hidden()
    expect(page.get_by_text('"colours": [{"road": "#123456"}, {}]')).to_be_visible()
    desk.open(PACKET)
    expect_colour(PALETTE[3])
    assert desk.run_again()["colours"] == []


HOSTILE = [
    "__proto__",
    "constructor",
    "<img src=x onerror=alert(1)>",
    "<b>bold</b> & 'quoted' \"twice\"",
    "x" * 200,
    "zażółć 道路 🌳",
]


def test_names_of_every_kind_are_names(open_desk: OpenDesk) -> None:
    classes = [class_entry(i, name) for i, name in enumerate(HOSTILE)]
    mask = np.arange(6, dtype=np.uint8).reshape(2, 3)
    desk = open_desk(build_packet(RGB, mask, classes=classes, name="<i>a & b</i>.png"))
    page = desk.page
    assert page.locator(".present .name").all_inner_texts() == HOSTILE
    assert page.locator(".desk :is(img, b.bold, .name *)").count() == 0
    expect(page.locator(".readout .what")).to_have_text("<i>a & b</i>.png")
    for number, name in enumerate(HOSTILE):
        desk.eye(name).click()
        desk.settle()
        shown = desk.expected_colours(mask, SIZE_WH, {number})
        np.testing.assert_array_equal(desk.colours(), shown)
        desk.eye(name).click()
        desk.row(name).locator(".solo").click()
        desk.settle()
        shown = desk.expected_colours(mask, SIZE_WH, set(range(256)) - {number})
        np.testing.assert_array_equal(desk.colours(), shown)
        desk.row(name).locator(".solo").click()
        desk.row(name).locator(".locate").click()
        expect(page.locator(".hint")).to_contain_text(f"{name}: one area of 400 pixels")
    for number, name in enumerate(HOSTILE):
        page.get_by_label(f"Colour of {name}", exact=True).fill(f"#0a0b{number:02x}")
        expect(page.get_by_label(f"Colour of {name}", exact=True)).to_have_value(
            f"#0a0b{number:02x}"
        )
    own = {number: f"#0a0b{number:02x}" for number in range(6)}
    named = {name: own[number] for number, name in enumerate(HOSTILE)}
    page.wait_for_function(
        'colour => document.body.innerText.includes(`"${colour}"}]}`)', arg=own[5]
    )
    assert desk.run_again()["colours"][-1] == named
    desk.open(build_packet(RGB, mask, classes=classes))
    wanted = colour_table(set(), own)[desk.spread(stretch(mask, SIZE_WH))]
    np.testing.assert_array_equal(desk.colours(), wanted)
    # Long names leave the page as wide as it is.
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
