"""The whole state is a link: what one looks at, opened elsewhere or come back to."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import OpenPage, StartDesk
from tests.browser.desk_page import DeskPage
from tests.browser.served import ServedDesk

pytestmark = pytest.mark.browser

LINK = (
    "/inspect?picture=sample:lake&model=demo-scene/1&confidence=35&layout=overlay&hide=tree&hide=sky"
    "&style=both&opacity=80&view=200,150,300,220"
)


def read_state(page: DeskPage) -> dict[str, Any]:
    """Everything a link carries, as the page shows it."""
    page.viewer.evaluate("desk => desk.maskDesk.idle()")
    at = page.viewer.evaluate("desk => desk.maskDesk.transform()")
    middle = [(at["pane"][side] / 2 - at[axis]) / at["scale"] for side, axis in ("wx", "hy")]
    hidden = page.page.locator('.legend .eye[aria-pressed="false"]')
    return {
        "picture": page.chosen_tile.inner_text(),
        "confidence": page.slider.input_value(),
        "layout": page.viewer.get_attribute("data-layout"),
        "style": page.viewer.get_attribute("data-style"),
        "opacity": page.page.get_by_label("Opacity of the mask").input_value(),
        "hidden": sorted(hidden.evaluate_all("all => all.map(eye => eye.dataset.name)")),
        "middle": [round(at) for at in middle],
        "scale": round(at["scale"], 2),
    }


def test_a_link_opens_all_of_it_also_on_a_desk_just_started(
    start_desk: StartDesk, open_page: OpenPage
) -> None:
    page = open_page(start_desk(prepared=None))
    page.open(LINK)
    page.wait_ready()
    state = read_state(page)
    scale = state.pop("scale")
    assert state == {
        "picture": "Mountain lake",
        "confidence": "35",
        "layout": "overlay",
        "style": "both",
        "opacity": "80",
        "hidden": ["sky", "tree"],
        "middle": [350, 260],
    }
    assert scale > 1
    # It stands in the address as before.
    page.expect_in_address("layout", "overlay")
    assert {"hide", "view", "confidence", "picture"} <= set(parse_qs(urlsplit(page.page.url).query))


def test_the_copied_link_is_all_that_a_colleague_needs(
    open_page: OpenPage, desk: ServedDesk
) -> None:
    page = open_page(desk, permissions=["clipboard-read", "clipboard-write"])
    page.open_inspect("?confidence=62")
    page.tile("River in the morning").click()
    page.expect_shown("river.jpg")
    page.page.get_by_role("radio", name="Swipe").check(force=True)
    page.page.locator('.legend .eye[data-name="water"]').click()
    page.page.get_by_role("button", name="Show at 100 %").click()
    state = read_state(page)
    page.page.get_by_role("button", name="Copy a link to this view").click()
    expect(page.page.locator(".hint")).to_have_text("Link copied")
    link = page.page.evaluate("navigator.clipboard.readText()")
    query = parse_qs(urlsplit(link).query)
    assert link.startswith(f"{desk.address}/inspect?")
    assert set(query) == {"picture", "model", "confidence", "layout", "hide", "view"}
    assert query["model"] == ["demo-scene/1"]
    other = open_page(desk)
    other.open(link.removeprefix(desk.address))
    other.wait_ready()
    assert read_state(other) == state


def test_the_view_outlasts_pictures_pages_and_themes(desk_page: DeskPage) -> None:
    desk_page.open(LINK)
    desk_page.wait_ready()
    state = read_state(desk_page)
    desk_page.switch_to("Connection")
    expect(desk_page.page.get_by_role("heading", name="Server in use")).to_be_visible()
    desk_page.wait_idle()
    desk_page.switch_to("Inspect")
    desk_page.wait_ready()
    assert read_state(desk_page) == state
    desk_page.page.emulate_media(color_scheme="dark")
    desk_page.wait_ready()
    assert read_state(desk_page) == state
    # Another picture fits; how it is looked at stays.
    desk_page.tile("Harbour at dusk").click()
    desk_page.expect_shown("harbour.jpg")
    fitted = read_state(desk_page)
    kept = ("confidence", "layout", "style", "opacity", "hidden")
    assert {name: fitted[name] for name in kept} == {name: state[name] for name in kept}
    assert fitted["middle"] == pytest.approx([512, 341.5], abs=2)
    expect(desk_page.page).not_to_have_url(re.compile("view="))


def test_back_and_forward_go_to_what_the_address_says(desk_page: DeskPage) -> None:
    desk_page.open_inspect("?confidence=40")
    for title, name in (("Street in the morning", "street"), ("Mountain lake", "lake")):
        desk_page.tile(title).click()
        desk_page.expect_shown(f"{name}.jpg")
        desk_page.expect_in_address("picture", f"sample%3A{name}")
    desk_page.page.go_back()
    desk_page.expect_shown("street.jpg")
    desk_page.page.go_back()
    desk_page.expect_shown("harbour.jpg")
    desk_page.page.go_forward()
    desk_page.expect_shown("street.jpg")
    expect(desk_page.chosen_tile).to_have_text("Street in the morning")
    expect(desk_page.slider).to_have_value("40")


@pytest.mark.parametrize(
    "junk",
    [
        "layout=evil&style=%3Cb%3E&opacity=900&view=NaN,1,2,3",
        "view=1,2,-3,4&hide=%3Cscript%3Ealert(1)%3C/script%3E&split=abc",
        "only=nothing-of-that-name&heat=7&patterns=yes&stranger=stays",
    ],
)
def test_an_address_that_makes_no_sense_does_no_harm(desk_page: DeskPage, junk: str) -> None:
    desk_page.open_inspect(f"?{junk}")
    expect(desk_page.viewer).to_have_attribute("data-layout", "side")
    expect(desk_page.notices).to_have_count(0)
    if "stranger" in junk:
        desk_page.page.get_by_role("button", name="Show all").click()
        desk_page.page.get_by_role("radio", name="Swipe").check(force=True)
        desk_page.expect_in_address("layout", "swipe")
        desk_page.expect_in_address("stranger", "stays")
