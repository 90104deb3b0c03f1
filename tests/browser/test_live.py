"""The threshold in one's hand: what is seen while dragging is what the server would answer."""

from __future__ import annotations

import base64

import numpy as np
import pytest
from numpy.typing import NDArray
from playwright.sync_api import expect

from components.local_server import start
from tests.browser.conftest import OpenPage, StartDesk
from tests.browser.desk_page import DeskPage
from tests.browser.oracle import Truth, ask
from tests.pictures import make_jpeg
from tests.replay import recordings, replay

pytestmark = pytest.mark.browser

SIZE_WH = (160, 120)
# That a server's answer is the cut of its lowest one, at every threshold, is tested without a
# browser (tests/model/test_cut.py), and that a viewer shows every cut, with it (tests/viewer).
PERCENTS = (0, 1, *range(9, 99, 9), 40, 41, 100)

_READ = """(desk, [w, h]) => {
  const canvas = desk.querySelector(".colours");
  const at = desk.maskDesk.transform();
  const { data } = canvas.getContext("2d").getImageData(at.x, at.y, w, h);
  return btoa(String.fromCharCode(...new Uint8Array(data.buffer)));
}"""


def drag_to(page: DeskPage, percent: int) -> None:
    """Move the slider as a hand does that has not let go yet."""
    page.slider.evaluate(
        """(slider, percent) => {
          slider.value = String(percent);
          slider.dispatchEvent(new Event("input", { bubbles: true }));
        }""",
        percent,
    )
    page.viewer.evaluate("desk => desk.maskDesk.idle()")


def read_colours(page: DeskPage) -> NDArray[np.uint8]:
    """The colours over the mask at 100 %, uint8 (H, W, 4)."""
    text = page.viewer.evaluate(_READ, list(SIZE_WH))
    return np.frombuffer(base64.b64decode(text), np.uint8).reshape(SIZE_WH[1], SIZE_WH[0], 4)


def colour(page: DeskPage, truth: Truth) -> NDArray[np.uint8]:
    """What the canvas must hold for a server's answer."""
    table = np.zeros((256, 4), np.uint8)
    swatches: dict[str, str] = page.page.locator(".legend").evaluate(
        """legend => Object.fromEntries([...legend.querySelectorAll(".row")].map(row => [
          row.querySelector(".name").textContent, row.style.getPropertyValue("--colour")]))"""
    )
    for id_, name in truth.names.items():
        if name != "background":
            table[id_] = [*bytes.fromhex(swatches[name][1:]), 255]
    return table[truth.class_ids]


@pytest.mark.parametrize("model", ["demo-scene/1", "demo-object/1"])
def test_every_threshold_shows_what_the_server_answers(desk_page: DeskPage, model: str) -> None:
    picture = make_jpeg(SIZE_WH, seed=77)
    desk_page.open_inspect(f"?model={model}&confidence=40")
    desk_page.upload(("seventy-seven.jpg", picture))
    desk_page.expect_shown("seventy-seven.jpg")
    expect(desk_page.viewer).to_have_attribute("data-live", "")
    desk_page.page.get_by_role("button", name="Show at 100 %").click()
    desk_page.viewer.evaluate("desk => desk.maskDesk.idle()")
    seen = set()
    # A server of the test's own: the same models, asked directly.
    with start() as server:
        for percent in PERCENTS:
            drag_to(desk_page, percent)
            truth = ask(server.address, model, percent, picture)
            shown = read_colours(desk_page)
            np.testing.assert_array_equal(shown, colour(desk_page, truth), err_msg=str(percent))
            seen.add(shown.tobytes())
    assert len(seen) > 5


def test_the_newer_engine_is_live_after_two_calls(
    start_desk: StartDesk, open_page: OpenPage
) -> None:
    with replay(recordings("new")) as server:
        desk = start_desk(address=server.address, models="colour-seg/1")
        page = open_page(desk)
        page.open_inspect("?confidence=50")
        expect(page.viewer).to_have_attribute("data-live", "")
        assert server.confidences == [50, 1]
        assert set(page.legend()) == {"background", "red", "green", "blue"}
        before = page.legend()
        drag_to(page, 99)
        assert page.legend() == {"background": "100.0 %"}
        drag_to(page, 40)
        assert page.legend()["red"] != before["red"]
        # Any value is let go of, and none is a call; the chart follows.
        page.slider.press("ArrowRight")
        page.expect_asked(41)
        page.expect_in_address("confidence", "41")
        assert page.bars() == page.legend()
        assert server.confidences == [50, 1]
        expect(page.viewer.locator(".note")).to_be_hidden()


def test_the_older_engine_is_said_to_ignore_the_confidence(
    start_desk: StartDesk, open_page: OpenPage
) -> None:
    with replay(recordings("legacy")) as server:
        desk = start_desk(address=server.address, models="colour-seg/1")
        page = open_page(desk)
        page.open_inspect("?confidence=50")
        expect(page.viewer.locator(".note")).to_contain_text("ignores the confidence")
        expect(page.viewer).not_to_have_attribute("data-live", "")
        expect(page.page.get_by_role("button", name="What changes")).to_be_disabled()
        legend, calls = page.legend(), len(server.requests)
        page.slider.press("End")
        page.expect_in_address("confidence", "100")
        page.wait_ready()
        assert page.legend() == legend
        assert len(server.requests) == calls
        # How sure the model was can be seen all the same.
        page.page.get_by_role("button", name="How sure").click()
        expect(page.page.locator(".heat-legend")).to_be_visible()
