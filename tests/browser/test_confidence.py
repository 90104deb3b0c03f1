"""The confidence in one's hand: the slider, the address, the cache; and the model beside it."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.desk_page import DeskPage

pytestmark = pytest.mark.browser


def test_dragging_the_slider_changes_mask_areas_and_address(desk_page: DeskPage) -> None:
    desk_page.open_inspect()
    before = desk_page.legend()
    desk_page.slider.scroll_into_view_if_needed()
    track = desk_page.slider.bounding_box()
    assert track is not None
    mouse = desk_page.page.mouse
    x, y = track["x"] + track["width"] / 2, track["y"] + track["height"] / 2
    mouse.move(x, y)
    mouse.down()
    mouse.move(x - track["width"] * 0.1, y, steps=4)
    mouse.move(x - track["width"] * 0.3, y, steps=4)
    mouse.up()
    value = int(desk_page.slider.input_value())
    assert 10 < value < 30
    desk_page.expect_asked(value)
    desk_page.expect_in_address("confidence", str(value))
    expect(desk_page.viewer.locator(".confidence output")).to_have_text(f"{value} %")
    after = desk_page.legend()
    assert after != before
    # Less is asked of the model, so less is left to the background.
    assert read_share(after["background"]) < read_share(before["background"])


def test_arrow_keys_move_the_slider_and_nothing_is_asked_again(desk_page: DeskPage) -> None:
    desk_page.open_inspect("?confidence=60")
    desk_page.expect_asked(60)
    assert desk_page.facts()["Asked at"].startswith("1 of 100")
    mask, background = desk_page.legend(), desk_page.table()[-1]
    answer = desk_page.viewer.get_attribute("data-answer")
    desk_page.slider.focus()
    desk_page.page.keyboard.press("ArrowRight")
    desk_page.expect_asked(61)
    desk_page.expect_in_address("confidence", "61")
    assert "not again for this value" in desk_page.facts()["Time taken"]
    assert desk_page.table()[-1].name == background.name == "background"
    assert desk_page.table()[-1].pixels > background.pixels
    desk_page.page.keyboard.press("ArrowLeft")
    desk_page.expect_asked(60)
    desk_page.expect_in_address("confidence", "60")
    expect(desk_page.viewer).to_have_attribute("data-answer", answer or "")
    assert desk_page.legend() == mask


def test_the_colours_on_the_screen_follow_the_slider(desk_page: DeskPage) -> None:
    desk_page.open_inspect("?confidence=1")
    places = [(x / 12, y / 12) for x in range(1, 12) for y in range(1, 12)]
    at_first = [desk_page.colour_at(*place, "mask")[3] > 0 for place in places]
    desk_page.slider.focus()
    desk_page.page.keyboard.press("End")
    desk_page.expect_asked(100)
    at_last = [desk_page.colour_at(*place, "mask")[3] > 0 for place in places]
    assert sum(at_first) > len(places) / 2
    assert sum(at_last) < sum(at_first)
    # Whatever is marked at the highest confidence was marked at the lowest.
    assert all(before or not after for before, after in zip(at_first, at_last, strict=True))


@pytest.mark.parametrize(("value", "shown"), [("999", 100), ("-5", 0), ("abc", 50)])
def test_a_confidence_that_is_none_does_no_harm(
    desk_page: DeskPage, value: str, shown: int
) -> None:
    desk_page.open_inspect(f"?confidence={value}")
    expect(desk_page.slider).to_have_value(str(shown))
    desk_page.expect_asked(shown)
    expect(desk_page.page.locator(".desk-error, .desk-warning")).to_have_count(0)


def test_a_model_is_chosen_and_stands_in_the_address(desk_page: DeskPage) -> None:
    desk_page.open_inspect()
    scene = desk_page.legend()
    desk_page.choose_model("demo-object/1")
    desk_page.page.wait_for_url("**/inspect?model=demo-object*")
    expect(desk_page.page.locator(".legend")).to_contain_text("object")
    desk_page.wait_ready()
    assert set(desk_page.legend()) == {"object", "background"} != set(scene)
    address = desk_page.page.url.removeprefix(desk_page.address)
    desk_page.open(address)
    desk_page.wait_ready()
    assert desk_page.facts()["Model"] == "demo-object/1"


def test_a_model_that_is_not_there_gives_way_to_the_first(desk_page: DeskPage) -> None:
    desk_page.open_inspect("?model=nobody/9")
    assert desk_page.facts()["Model"] == "demo-scene/1"
    expect(desk_page.notices).to_have_count(0)


def read_share(text: str) -> float:
    """The number in "12.8 %"."""
    return float(text.strip("<> %"))
