"""What a reviewer reads of an answer: under the pointer, in the legend, the chart and the table."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from components.samples import samples
from tests.browser.desk_page import DeskPage
from tests.browser.oracle import Truth, ask

pytestmark = pytest.mark.browser

SAMPLE = samples()[0]


def ask_again(desk_page: DeskPage) -> Truth:
    """The built-in server's own answer for the first sample, as the page shows it now."""
    server = desk_page.facts()["Server"].split(", ")[-1]
    confidence = int(desk_page.slider.input_value())
    return ask(server, "demo-scene/1", confidence, SAMPLE.path.read_bytes())


def test_pointing_at_a_pixel_tells_its_class_confidence_and_place(desk_page: DeskPage) -> None:
    desk_page.open_inspect()
    truth = ask_again(desk_page)
    desk_page.viewer.scroll_into_view_if_needed()
    height, width = truth.class_ids.shape
    seen = set()
    for x, y in [(10, 20), (width - 11, height - 9), (width // 2, height // 2), (70, 260)]:
        for pane in (".pane.image", ".pane.mask"):
            desk_page.point_at(x, y, pane)
            told_x, told_y = read_place(desk_page.readout())
            # A pixel of the screen is almost two of the picture here.
            assert abs(told_x - x) <= 2
            assert abs(told_y - y) <= 2
            assert re.sub(r" area of .*", "", desk_page.readout()) == truth.tell(told_x, told_y)
        seen.add(truth.names[int(truth.class_ids[y, x])])
    assert len(seen) >= 3
    desk_page.page.mouse.move(2, 2)
    expect(desk_page.shown_name()).to_have_text(SAMPLE.path.name)


@pytest.mark.parametrize("confidence", [30, 80])
def test_legend_chart_and_table_say_what_the_server_answered(
    desk_page: DeskPage, confidence: int
) -> None:
    desk_page.open_inspect(f"?confidence={confidence}")
    truth = ask_again(desk_page)
    counted = truth.count()
    marked = sorted(counted.keys() - {"background"}, key=lambda name: -counted[name])
    order = [*marked, "background"]
    total = truth.class_ids.size
    assert len(order) > 5

    rows = desk_page.table()
    assert [(row.name, row.pixels) for row in rows] == [(name, counted[name]) for name in order]
    assert [row.share for row in rows] == pytest.approx(
        [counted[name] / total * 100 for name in order], abs=1e-9
    )
    written = {name: write_share(counted[name] / total) for name in order}
    assert list(desk_page.bars().items()) == list(written.items())
    assert desk_page.legend() == written


def test_the_background_is_left_out_at_a_click_and_shares_stay(desk_page: DeskPage) -> None:
    desk_page.open_inspect()
    rows, bars = desk_page.table(), desk_page.bars()
    assert rows[-1].name == "background"
    desk_page.page.get_by_text("Leave out the background").click()
    # For a moment the old chart and the new one are both there.
    desk_page.page.wait_for_function(
        """() => {
            const charts = [...document.querySelectorAll(".st-key-areas .stPlotlyChart")];
            return charts.length === 1 && !charts[0].ariaLabel.includes("background");
        }"""
    )
    assert desk_page.table() == rows[:-1]
    assert list(desk_page.bars().items()) == list(bars.items())[:-1]
    # The choice stays for the next picture.
    desk_page.tile("Mountain lake").click()
    desk_page.expect_shown("lake.jpg")
    assert "background" not in desk_page.bars()
    assert "background" in desk_page.legend()


def test_a_class_has_one_colour_in_mask_legend_and_chart(desk_page: DeskPage) -> None:
    desk_page.open_inspect()
    truth = ask_again(desk_page)
    height, width = truth.class_ids.shape
    bars = dict(zip(desk_page.bars(), read_bar_colours(desk_page.page), strict=True))
    for x, y in [(10, 20), (width // 2, height - 160)]:
        name = truth.names[int(truth.class_ids[y, x])]
        swatch = desk_page.page.locator(".legend .row", has_text=name).locator(".swatch")
        colour = swatch.evaluate("element => getComputedStyle(element).backgroundColor")
        assert name != "background"
        red, green, blue, _ = desk_page.colour_at(x / width, y / height, "mask")
        assert f"rgb({red}, {green}, {blue})" == colour == bars[name]


def test_a_class_hidden_in_the_legend_keeps_its_place_in_the_table(desk_page: DeskPage) -> None:
    desk_page.open_inspect()
    rows = desk_page.table()
    name = rows[0].name
    row = desk_page.page.locator(f'.legend .eye[data-name="{name}"]')
    row.click()
    expect(row).to_have_attribute("aria-pressed", "false")
    assert desk_page.table() == rows
    desk_page.page.get_by_role("button", name="Show all").click()
    expect(row).to_have_attribute("aria-pressed", "true")


def read_place(readout: str) -> tuple[int, int]:
    """The x and y at the end of a read-out."""
    found = re.search(r"x ([\d,]+) y ([\d,]+)( area of [\d,]+ pixels?)?$", readout)
    assert found, readout
    x, y = (int(number.replace(",", "")) for number in found.groups()[:2])
    return x, y


def read_bar_colours(page: Page) -> list[str]:
    """Fill of each bar of the chart, in its order."""
    found: list[str] = page.locator(".st-key-areas .points .point path").evaluate_all(
        "bars => bars.map((bar) => getComputedStyle(bar).fill)"
    )
    return found


def write_share(share: float) -> str:
    """A share as the desk writes it: percent with one decimal."""
    return "< 0.1 %" if share < 0.0005 else f"{share * 100:.1f} %"
