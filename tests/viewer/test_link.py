"""The state in the page's address: written, restored anywhere, and unharmed by anything else."""

from __future__ import annotations

import numpy as np
import pytest
from playwright.sync_api import expect

from tests.viewer.conftest import OpenDesk
from tests.viewer.desk_page import DeskPage, Query
from tests.viewer.packets import build_packet, class_entry

pytestmark = pytest.mark.browser

RNG = np.random.default_rng(51)
SIZE_WH = (600, 400)
RGB = RNG.integers(0, 256, (400, 600, 3), np.uint8)
MASK = RNG.integers(0, 7, (20, 30), np.uint8)
ODD = ("a, b & c", "Tür", '"quoted" = 100 %', "one+two?#")
NAMED = [
    class_entry(0, "background", background=True),
    *(class_entry(i, name) for i, name in enumerate((*ODD, "sky", "sea"), 1)),
]
SURE = np.full((20, 30), 200, np.uint8)
PACKET = build_packet(RGB, MASK, confidence=SURE, classes=NAMED)


def expect_address(desk: DeskPage, *wanted: tuple[str, str]) -> None:
    """Wait until the address says exactly this beside the packet, in any order."""
    desk.page.wait_for_function(
        """wanted => {
          const pairs = [...new URLSearchParams(location.search)];
          const said = pairs.filter(([name]) => name !== "packet").sort();
          return JSON.stringify(said) === JSON.stringify(wanted);
        }""",
        arg=sorted([list(pair) for pair in wanted]),
    )


def read_address(desk: DeskPage) -> Query:
    pairs = desk.page.evaluate("[...new URLSearchParams(location.search)]")
    return tuple((name, value) for name, value in pairs if name != "packet")


def test_the_address_follows_and_keeps_what_is_anothers(open_desk: OpenDesk) -> None:
    stranger = ("stranger", "x, y")
    desk = open_desk(PACKET, (stranger,))
    expect_address(desk, stranger)
    desk.layout("Swipe")
    expect_address(desk, stranger, ("layout", "swipe"))
    handle = desk.page.get_by_role("slider", name="Border between picture and mask")
    handle.press("ArrowLeft")
    expect_address(desk, stranger, ("layout", "swipe"), ("split", "48"))
    desk.layout("Side by side")
    said = [stranger, ("layout", "side")]
    for name in ODD:
        desk.eye(name).click()
        said.append(("hide", name))
    expect_address(desk, *said)
    desk.row("sky").locator(".solo").click()
    desk.slide("Opacity of the mask", 5)
    desk.focus()
    desk.press("p", "d", "h")
    said += [("only", "sky"), ("opacity", "5"), ("style", "outline"), ("patterns", "1")]
    said.append(("heat", "1"))
    expect_address(desk, *said)
    # Python writing its own part leaves this one alone, at the latest a moment later.
    desk.click_quietly("Write the address")
    said[0] = ("stranger", "a b")
    expect_address(desk, *said)
    # Taken back, it is no longer said.
    desk.press("h", "d", "p", "d", "n")
    expect_address(desk, ("stranger", "a b"), ("layout", "side"), ("opacity", "5"))


def visible_part(desk: DeskPage) -> tuple[float, float, float, float]:
    """Left, top, right, bottom of what the pane shows, in image pixels, within the image."""
    at = desk.transform
    sides = []
    for axis, side, size in (("x", "w", 600), ("y", "h", 400)):
        low, high = (-at[axis] / at["scale"], (at["pane"][side] - at[axis]) / at["scale"])
        sides.append((max(low, 0), min(high, size)))
    (left, right), (top, bottom) = sides
    return left, top, right, bottom


def test_an_address_restores_all_of_it_in_another_window(open_desk: OpenDesk) -> None:
    desk = open_desk(PACKET)
    desk.layout("Swipe")
    desk.page.get_by_role("slider", name="Border between picture and mask").press("ArrowRight")
    for name in ODD:
        desk.eye(name).click()
    desk.slide("Opacity of the mask", 80)
    desk.focus()
    desk.press("1", "+", "+", "+", "ArrowRight", "ArrowUp")
    seen = desk.transform
    desk.page.wait_for_function("() => location.search.includes('view=')")
    wanted = visible_part(desk)
    expect(desk.page.locator(".map")).to_be_visible()
    # The address is written once all has come to rest.
    desk.page.wait_for_function(
        """([x, y]) => {
          const view = new URLSearchParams(location.search).get("view").split(",").map(Number);
          return Math.abs(view[0] - x) < 1 && Math.abs(view[1] - y) < 1;
        }""",
        arg=[-seen["x"] / seen["scale"], -seen["y"] / seen["scale"]],
    )
    query = read_address(desk)

    again = open_desk(PACKET, query)
    again.settle()
    assert again.desk.get_attribute("data-layout") == "swipe"
    expect(again.page.locator(".swipe-handle")).to_have_attribute("aria-valuenow", "52")
    expect(again.page.get_by_label("Opacity of the mask")).to_have_value("80")
    for name in ODD:
        expect(again.eye(name)).to_have_attribute("aria-pressed", "false")
    assert again.transform["scale"] == pytest.approx(seen["scale"], rel=0.01)
    assert visible_part(again) == pytest.approx(wanted, abs=1)
    hidden = {0, 1, 2, 3, 4}
    np.testing.assert_array_equal(again.colours(), again.expected_colours(MASK, SIZE_WH, hidden))

    for viewport in ({"width": 900, "height": 700}, {"width": 1800, "height": 1000}):
        other = open_desk(PACKET, query, viewport=viewport)
        other.settle()
        left, top, right, bottom = visible_part(other)
        assert left <= wanted[0] + 1
        assert top <= wanted[1] + 1
        assert right >= wanted[2] - 1
        assert bottom >= wanted[3] - 1
        # As large as the window allows.
        assert (
            min((right - left) / (wanted[2] - wanted[0]), (bottom - top) / (wanted[3] - wanted[1]))
            < 1.05
        )


def test_one_class_alone_and_the_drawing_come_back_too(open_desk: OpenDesk) -> None:
    said = (("only", "Tür"), ("style", "both"), ("patterns", "1"), ("layout", "overlay"))
    desk = open_desk(PACKET, said)
    desk.settle()
    assert desk.desk.get_attribute("data-style") == "both"
    expect(desk.page.get_by_role("button", name="Patterns")).to_have_attribute(
        "aria-pressed", "true"
    )
    expect(desk.row("Tür").locator(".solo")).to_have_attribute("aria-pressed", "true")
    shown = desk.colours()[..., 3] > 0
    wanted = desk.expected_colours(MASK, SIZE_WH, set(range(256)) - {2})[..., 3] > 0
    np.testing.assert_array_equal(shown, wanted)
    # A picture opened later is fitted: the link was for the first.
    desk.show(build_packet(255 - RGB, MASK, classes=NAMED))
    at = desk.transform
    assert at["scale"] == min(at["pane"]["w"] / 600, at["pane"]["h"] / 400)


JUNK: list[Query] = [
    (
        ("layout", "evil"),
        ("view", "NaN"),
        ("hide", "<script>alert(1)</script>"),
        ("opacity", "101"),
        ("style", "__proto__"),
        ("split", "-5"),
        ("heat", "maybe"),
        ("patterns", ""),
    ),
    (("view", "1,2,3"), ("opacity", "1e2"), ("layout", ""), ("hide", ""), ("split", "x")),
    (("view", "0,0,-5,5"), ("hide", "\x00"), ("style", "fill,both"), ("opacity", "60;")),
    (("view", "Infinity,0,1,1"), ("layout", "constructor"), ("hide", "background")),
]


def test_junk_in_the_address_does_no_harm(open_desk: OpenDesk) -> None:
    desk = open_desk(PACKET)
    fitted = desk.transform
    for query in JUNK:
        desk.open(PACKET, query)
        assert desk.state == "ready"
        assert desk.desk.get_attribute("data-layout") == "side"
        assert desk.desk.get_attribute("data-style") == "fill"
        expect(desk.page.get_by_label("Opacity of the mask")).to_have_value("60")
        assert desk.transform == fitted
        np.testing.assert_array_equal(desk.colours(), desk.expected_colours(MASK, SIZE_WH, {0}))
    # A place far off, or a point: some of the picture is in sight all the same.
    for view in ("1e300,1e300,1e300,1e300", "-1e9,-1e9,1,1", "5,5,1e-300,1e-300"):
        desk.open(PACKET, (("view", view),))
        assert desk.state == "ready"
        left, top, right, bottom = visible_part(desk)
        assert right > left
        assert bottom > top
        np.testing.assert_array_equal(desk.colours(), desk.expected_colours(MASK, SIZE_WH, {0}))
    # A class that is not here, alone: nothing is coloured, and one click shows all.
    desk.open(PACKET, (("only", "nobody"),))
    assert not desk.colours().any()
    desk.page.get_by_role("button", name="Show all").click()
    desk.settle()
    np.testing.assert_array_equal(desk.colours(), desk.expected_colours(MASK, SIZE_WH, {0}))
