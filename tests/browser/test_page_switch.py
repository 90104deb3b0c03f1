"""Going to another page and back keeps what one was looking at."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import OpenPage, StartDesk
from tests.browser.desk_page import DeskPage
from tests.browser.review_page import ReviewPage
from tests.pictures import make_jpeg

pytestmark = pytest.mark.browser


def test_picture_model_and_confidence_outlast_a_visit_to_another_page(desk_page: DeskPage) -> None:
    desk_page.open_inspect("?confidence=30")
    desk_page.upload(("orchard.jpg", make_jpeg((200, 150), seed=41)))
    desk_page.expect_shown("orchard.jpg")
    desk_page.choose_model("demo-object/1")
    expect(desk_page.page.locator(".legend")).to_contain_text("object")
    desk_page.slider.focus()
    desk_page.page.keyboard.press("ArrowRight")
    desk_page.expect_asked(31)
    desk_page.page.get_by_text("Leave out the background").click()
    ticks = desk_page.page.locator(".st-key-areas .js-plotly-plot .ytick text")
    expect(ticks.filter(has_text="background")).to_have_count(0)
    desk_page.wait_idle()
    legend, bars = desk_page.legend(), desk_page.bars()
    assert "background" not in bars

    desk_page.switch_to("Connection")
    expect(desk_page.page.get_by_role("heading", name="Server in use")).to_be_visible()
    desk_page.wait_idle()
    desk_page.switch_to("Inspect")
    desk_page.expect_shown("orchard.jpg")
    expect(desk_page.slider).to_have_value("31")
    expect(desk_page.page.get_by_role("combobox", name="Model")).to_have_value("demo-object/1")
    expect(desk_page.chosen_tile).to_have_text("orchard.jpg")
    facts = desk_page.facts()
    assert facts["Model"] == "demo-object/1"
    assert facts["Confidence"] == "31 of 100"
    assert (desk_page.legend(), desk_page.bars()) == (legend, bars)
    # The address tells the same, so that it can be passed on.
    desk_page.expect_in_address("confidence", "31")
    assert "model=demo-object" in desk_page.page.url


def test_the_name_in_the_bar_leads_to_the_inspect_page(desk_page: DeskPage) -> None:
    desk_page.open("/connection")
    desk_page.page.get_by_test_id("stLogoLink").click()
    desk_page.wait_ready()
    assert "/inspect" in desk_page.page.url


# Another view of the same page, and a key that was meant for the one before. Not in the very same
# moment, of which Streamlit sends one message only.
_TURN = """([view, press]) => {
  const named = [...document.querySelectorAll('[data-testid="stMain"] button')];
  named.find((button) => button.innerText.includes(view)).click();
  const key = new KeyboardEvent("keydown", { key: "a", code: "KeyA", bubbles: true });
  if (press) setTimeout(() => document.dispatchEvent(key), 5);
}"""


def test_what_is_decided_while_another_view_is_on_its_way_is_kept_and_that_view_comes(
    start_desk: StartDesk, samples: Path, open_page: OpenPage
) -> None:
    review = ReviewPage(open_page(start_desk(holding=samples)))
    review.open("Ana")
    review.wait_ready()
    taken = 0
    for _ in range(3):
        subject = review.look()
        review.page.evaluate(_TURN, ["All pictures", True])
        expect(review.page.locator(".sheet")).to_be_visible()
        review.page.wait_for_timeout(1000)
        review.desk.wait_idle()
        expect(review.page.get_by_test_id("stException")).to_have_count(0)
        expect(review.page.locator(".sheet")).to_be_visible()
        review.page.evaluate(_TURN, ["One by one", False])
        review.wait_ready()
        # Where the key came too late, the bar was gone and took nothing.
        taken += review.read_subject() != subject
        assert review.count()[0] == taken
    assert taken


# A link to another page, and a key that decides before that page begins to come.
_LEAVE = """(link) => {
  document.querySelector(link).click();
  document.dispatchEvent(new KeyboardEvent("keydown", { key: "a", code: "KeyA", bubbles: true }));
}"""
_LINKS = (
    '[data-testid="stTopNavLink"][href$="insights"]',
    '.st-key-phone_pages a[href$="insights"]',
)


def test_what_is_decided_while_the_page_is_left_is_kept_and_the_other_page_comes(
    start_desk: StartDesk, samples: Path, open_page: OpenPage
) -> None:
    review = ReviewPage(open_page(start_desk(holding=samples)))
    review.open("Ana")
    review.wait_ready()
    for link in _LINKS:
        subject = review.look()
        review.page.evaluate(_LEAVE, link)
        expect(review.page).to_have_url(re.compile("/insights.*project="))
        # The heading of the numbers, also after whatever else was under way.
        told = review.page.get_by_role("combobox", name="With class")
        expect(told).to_be_visible()
        review.page.wait_for_timeout(1000)
        review.desk.wait_idle()
        expect(told).to_be_visible()
        review.desk.switch_to("Review")
        # What was decided in that moment is stored now.
        expect(review.bar).to_have_attribute("data-unsaved", "0")
        expect(review.bar).not_to_have_attribute("data-subject", subject)
        review.wait_ready()
    assert review.count()[0] == len(_LINKS)
