"""Reviewers and leads beside each other: sent back, walked through, signed out, clicked twice."""

from __future__ import annotations

from pathlib import Path

import pytest
from argon2 import PasswordHasher
from playwright.sync_api import expect

from tests.browser.conftest import OpenPage, StartDesk
from tests.browser.records import TEN, read_record
from tests.browser.review_page import ReviewPage

pytestmark = pytest.mark.browser

PASSPHRASE = "correct horse battery"


def test_a_picture_sent_back_comes_first_to_whoever_asked_for_the_fix(
    open_page: OpenPage, start_desk: StartDesk, samples: Path
) -> None:
    desk = start_desk(holding=samples)
    rita, lea = ReviewPage(open_page(desk)), ReviewPage(open_page(desk))
    rita.open("Rita")
    rita.wait_ready()
    name = rita.name.inner_text()
    rita.page.keyboard.press("f")
    rita.page.keyboard.press("3")
    rita.page.keyboard.press("Enter")
    expect(rita.name).not_to_have_text(name)
    lea.open("Lea")
    lea.wait_ready()
    lea.page.get_by_text("All pictures", exact=True).click()
    lea.page.get_by_role("option", name=name).or_(
        lea.page.locator("button", has_text=name)
    ).first.click()
    expect(lea.name).to_have_text(name)
    expect(lea.page.locator(".review-said")).to_contain_text("wrong class")
    lea.page.get_by_role("button", name="Answer it").click()
    lea.page.get_by_role("textbox", name="Your answer").fill("Rails <b>count</b> as road")
    lea.page.get_by_role("button", name="Send back").click()
    expect(lea.desk.notices.first).to_contain_text("was sent back to Rita")
    # Her browser goes on to what it has fetched ahead, and there hears of it.
    rita.press("a")
    rita.press("a")
    expect(rita.name).to_have_text(name)
    expect(rita.page.locator(".review-last")).to_contain_text("Rails <b>count</b> as road")
    rita.press("a")
    moves = [line.move for line in read_record(desk) if line.item_name == name]
    assert moves == ["approved", "answered", "needs_fix"]


def test_the_arrows_walk_the_chosen_pictures_and_a_button_leads_back(
    open_page: OpenPage, start_desk: StartDesk, samples: Path
) -> None:
    review = ReviewPage(open_page(start_desk(holding=samples)))
    review.open("Ana")
    review.wait_ready()
    names = []
    review.page.get_by_text("All pictures", exact=True).click()
    tiles = review.page.locator(".sheet button, .grid button")
    expect(tiles.first).to_be_visible()
    names = [text.split("\n")[0] for text in tiles.all_inner_texts()]
    assert len(names) == TEN
    tiles.nth(6).click()
    expect(review.name).to_have_text(names[6])
    # The name is there before the bar that hears the keys.
    review.wait_ready()
    review.press("ArrowRight")
    expect(review.name).to_have_text(names[7])
    review.press("ArrowLeft")
    review.press("ArrowLeft")
    expect(review.name).to_have_text(names[5])
    review.look()
    review.page.get_by_role("button", name="Back to my queue").click()
    expect(review.name).to_have_text(names[0])
    expect(review.page.get_by_role("button", name="Back to my queue")).to_have_count(0)


def test_a_double_click_makes_one_whole_project(open_page: OpenPage, start_desk: StartDesk) -> None:
    review = ReviewPage(open_page(start_desk()))
    review.open("Ana")
    review.page.get_by_role("button", name="Make a project from the samples").dblclick()
    review.wait_ready()
    assert review.count() == (0, TEN)
    # Away in the midst of it, and back.
    opened = open_page(start_desk())
    other = ReviewPage(opened)
    other.open("Ben")
    opened.page.get_by_role("button", name="Make a project from the samples").click()
    expect(opened.page.get_by_text("Adding the sample pictures")).to_be_visible()
    opened.switch_to("Connection")
    expect(opened.page.get_by_role("heading", name="Server in use")).to_be_visible()
    opened.switch_to("Review")
    other.wait_ready()
    assert other.count() == (0, TEN)


def test_a_double_click_on_a_verdict_decides_one_picture(
    open_page: OpenPage, start_desk: StartDesk, samples: Path
) -> None:
    desk = start_desk(holding=samples)
    review = ReviewPage(open_page(desk))
    review.open("Ana")
    review.wait_ready()
    review.look()
    review.bar.locator('[data-do="approved"]').dblclick(delay=30)
    review.page.wait_for_timeout(1500)
    review.wait_saved()
    assert len(read_record(desk)) == 1


def test_whoever_signs_out_in_one_tab_decides_in_no_other(
    open_page: OpenPage, start_desk: StartDesk, samples: Path
) -> None:
    hash_ = PasswordHasher(time_cost=1, memory_cost=32).hash(PASSPHRASE)
    desk = start_desk(passphrase_hash=hash_, holding=samples)
    opened = open_page(desk)
    # Who is no longer signed in is refused, which a browser's console tells.
    opened.watch.is_forgiving = True
    page = opened.page
    opened.open("/review")
    page.get_by_role("textbox", name="Your name").fill("Ana")
    page.get_by_role("textbox", name="Passphrase").fill(PASSPHRASE)
    page.keyboard.press("Enter")
    review = ReviewPage(opened)
    review.wait_ready()
    review.press("a")
    other = page.context.new_page()
    other.goto(f"{desk.address}/inspect")
    other.get_by_role("button", name="Ana").click()
    other.get_by_role("button", name="Sign out").click()
    expect(other.get_by_role("textbox", name="Passphrase")).to_be_visible()
    page.keyboard.press("a")
    expect(page.get_by_role("textbox", name="Passphrase")).to_be_visible()
    assert len(read_record(desk)) == 1
    # Signed in again, what was decided meanwhile is stored.
    page.get_by_role("textbox", name="Your name").fill("Ana")
    page.get_by_role("textbox", name="Passphrase").fill(PASSPHRASE)
    page.keyboard.press("Enter")
    review.wait_ready()
    assert len(read_record(desk)) == 2
