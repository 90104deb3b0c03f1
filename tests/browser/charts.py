"""Charts in a browser: drawn, clicked at by the numbers of their axes, and the lists they open."""

from __future__ import annotations

import re

from playwright.sync_api import Locator, TimeoutError, expect

from tests.browser.desk_page import DeskPage

_FIND = """async (plot) => {
  for (let frame = 0; frame < 30 && !plot._hoverdata?.length; frame++)
    await new Promise(requestAnimationFrame);
  return Boolean(plot._hoverdata?.length);
}"""

# Where charts above are drawn late, those beneath them move.
_STAND_STILL = """async (plot) => {
  for (let last = "", same = 0; same < 10; ) {
    await new Promise(requestAnimationFrame);
    const now = JSON.stringify(plot.getBoundingClientRect());
    same = now === last ? same + 1 : 0;
    last = now;
  }
}"""

_COUNT_CLICKS = """(plot) => {
  window.deskTestClicks = 0;
  plot.on("plotly_click", () => window.deskTestClicks++);
}"""

_IS_TAKEN = "() => window.deskTestClicks > 0 || location.pathname.endsWith('/review')"

# Every card that is shown has its figure.
_ARE_DRAWN = """() => [...document.querySelectorAll(".stPlotlyChart")]
  .every((place) => !place.checkVisibility() || place.querySelector(".main-svg"))"""


def wait_drawn(page: DeskPage) -> None:
    """Wait until all charts of the tab that is open are drawn."""
    page.page.wait_for_function(_ARE_DRAWN)
    page.page.evaluate(
        "() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"
    )


def chart(page: DeskPage, key: str) -> Locator:
    """The figure of a card, drawn."""
    found = page.page.locator(f".st-key-chart_{key} .js-plotly-plot .main-svg").first
    expect(found).to_be_visible()
    page.wait_idle()
    # The card, since a figure is drawn anew when its width is known.
    # The browser's own scrolling: Playwright's gives up where the card is replaced meanwhile.
    scroll = "card => card.scrollIntoViewIfNeeded()"
    page.page.locator(f".st-key-chart_{key}").first.evaluate(scroll)
    expect(found).to_be_visible()
    return page.page.locator(f".st-key-chart_{key} .js-plotly-plot")


def click_at(figure: Locator, x: float, y: float) -> None:
    """Click a place of a chart by the numbers at its axes, and wait until Review opens."""
    page = figure.page
    page.wait_for_function(_ARE_DRAWN)
    figure.evaluate(_STAND_STILL)
    # A click is on what the chart has found beneath the pointer, which it looks for now and then;
    # a chart that is drawn anew in that moment has to look again, and takes the next click. One
    # that the chart has taken must open what it is for.
    for _ in range(3):
        figure.evaluate(_COUNT_CLICKS)
        for _ in range(50):
            place = find_place(figure, x, y)
            page.mouse.move(place[0] + 1, place[1])
            page.mouse.move(*place)
            if figure.evaluate(_FIND) and place == find_place(figure, x, y):
                break
        page.mouse.click(*place)
        try:
            page.wait_for_function(_IS_TAKEN, timeout=5_000)
        except TimeoutError:
            continue
        page.wait_for_url("**/review**")
        return
    raise AssertionError("A chart took none of three clicks.")


def find_place(figure: Locator, x: float, y: float) -> tuple[float, float]:
    """Where in the window the numbers at a chart's axes are."""
    across, down = figure.evaluate(
        """(plot, [x, y]) => {
          plot.scrollIntoViewIfNeeded();
          const { xaxis, yaxis } = plot._fullLayout;
          const box = plot.getBoundingClientRect();
          return [box.left + xaxis._offset + xaxis.c2p(x), box.top + yaxis._offset + yaxis.c2p(y)];
        }""",
        [x, y],
    )
    return across, down


def expect_list(page: DeskPage, title: str, count: int) -> None:
    """Wait until All pictures shows a list."""
    expect(page.page.locator(".chosen-list")).to_contain_text(title)
    expect(page.page.locator(".chosen-list")).to_contain_text(f"{count} picture")
    expect(page.page).to_have_url(re.compile(r"/review\?.*list=[0-9a-f]{32}"))
    expect(page.page.locator(".sheet [role=option]")).to_have_count(count)
