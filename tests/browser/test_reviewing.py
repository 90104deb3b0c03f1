"""Reviewing ten pictures by keyboard, by mouse and by thumb, alone and with somebody beside."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import OpenPage, StartDesk
from tests.browser.records import TEN, read_record
from tests.browser.review_page import ReviewPage

pytestmark = pytest.mark.browser


def test_ten_pictures_by_keyboard_alone(open_page: OpenPage, start_desk: StartDesk) -> None:
    desk = start_desk()
    opened = open_page(desk)
    review = ReviewPage(opened)
    page = opened.page
    page.goto(f"{desk.address}/review")
    expect(page.get_by_role("textbox", name="Your name")).to_be_visible()
    # A desk that has just started runs the page twice; what is typed in between is lost.
    opened.wait_idle()
    for _ in range(30):
        if page.evaluate("document.activeElement.tagName") == "INPUT":
            break
        page.keyboard.press("Tab")
    page.keyboard.type("Ana")
    page.keyboard.press("Enter")
    make = page.get_by_role("button", name="Make a project from the samples")
    expect(make).to_be_visible()
    for _ in range(40):
        if make.evaluate("button => button === document.activeElement"):
            break
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    review.wait_ready()
    assert review.count() == (0, TEN)

    first = review.name.inner_text()
    review.press("a")
    assert review.count() == (1, TEN)
    assert review.name.inner_text() != first
    # Undone, it is back.
    review.press("u")
    expect(review.name).to_have_text(first)
    assert review.count() == (0, TEN)
    review.press("a")

    # A reason by its number, a note, and on.
    subject = review.read_subject()
    page.keyboard.press("f")
    expect(review.panel).to_be_visible()
    page.keyboard.press("3")
    page.keyboard.press("Tab")
    review.panel.locator("textarea").focus()
    page.keyboard.type("The boat is no building")
    page.keyboard.press("Control+Enter")
    expect(review.bar).not_to_have_attribute("data-subject", subject)
    review.wait_saved()
    # Pressed twice, it is rejected without a reason.
    subject = review.read_subject()
    page.keyboard.press("x")
    expect(review.panel).to_be_visible()
    page.keyboard.press("x")
    expect(review.bar).not_to_have_attribute("data-subject", subject)
    review.wait_saved()
    # Back to it and forward again.
    review.press("ArrowLeft")
    expect(review.state).to_have_text("You: Rejected")
    review.press("ArrowRight")

    # Put off, it comes last.
    put_off = review.name.inner_text()
    review.press("s")
    for _ in range(TEN - 4):
        assert review.name.inner_text() != put_off
        review.press("a")
    expect(review.name).to_have_text(put_off)
    review.press("a")
    expect(review.end).to_have_text("All done for you")

    record = read_record(desk)
    standing = [line for line in record if line.is_standing]
    assert len(standing) == TEN
    assert {line.reviewer for line in record} == {"Ana"}
    assert [line.move for line in standing].count("approved") == TEN - 2
    (fix,) = [line for line in standing if line.move == "needs_fix"]
    assert (fix.reasons, fix.note) == (("wrong_class",), "The boat is no building")
    assert [line.move for line in record].count("undone") == 1


def test_the_last_decision_can_be_undone_at_the_end(
    open_page: OpenPage, start_desk: StartDesk, samples: Path
) -> None:
    review = ReviewPage(open_page(start_desk(holding=samples)))
    review.open("Ana")
    review.wait_ready()
    for _ in range(TEN):
        review.press("a")
    expect(review.end).to_be_visible()
    review.press("u")
    assert review.count() == (TEN - 1, TEN)


def test_the_browsers_back_button_leads_to_the_picture_before(
    open_page: OpenPage, start_desk: StartDesk, samples: Path
) -> None:
    review = ReviewPage(open_page(start_desk(holding=samples)))
    review.open("Ana")
    review.wait_ready()
    first = review.read_subject()
    review.press("a")
    second = review.read_subject()
    review.press("a")
    third = review.read_subject()
    for subject in (second, first):
        review.page.go_back()
        expect(review.bar).to_have_attribute("data-subject", subject)
        review.wait_ready()
    expect(review.state).to_have_text("You: Approved")
    for subject in (second, third):
        review.page.go_forward()
        expect(review.bar).to_have_attribute("data-subject", subject)
        review.wait_ready()
    # And on from there, in a row, as fast as it goes.
    for _ in range(4):
        review.press("a")
    assert review.count() == (6, TEN)


def test_ten_pictures_by_mouse_and_after_closing_the_browser_all_is_there(
    open_page: OpenPage, start_desk: StartDesk, samples: Path
) -> None:
    desk = start_desk(holding=samples)
    first = open_page(desk)
    review = ReviewPage(first)
    review.open("Ana")
    review.wait_ready()
    # The threshold that it is decided at is part of the decision.
    first.slider.fill("80")
    first.slider.dispatch_event("change")
    expect(first.page.locator(".review-line")).to_have_attribute("data-confidence", "80")
    review.click("approved")
    review.bar.locator('[data-do="rejected"]').click()
    review.panel.get_by_role("button", name="bad image").click()
    before = review.read_subject()
    review.panel.get_by_role("button", name="Save and go on").click()
    expect(review.bar).not_to_have_attribute("data-subject", before)
    review.wait_saved()
    state = first.page.context.storage_state()
    first.page.context.close()

    second = open_page(desk, storage_state=state)
    again = ReviewPage(second)
    second.page.goto(f"{desk.address}/review")
    again.wait_ready()
    assert again.count() == (2, TEN)
    for _ in range(TEN - 2):
        again.click("approved")
    expect(again.end).to_have_text("All done for you")
    record = read_record(desk)
    assert len(record) == TEN
    assert record[-1].confidence == 80
    assert record[-2].reasons == ("bad_image",)


def test_ten_pictures_by_thumb(open_page: OpenPage, start_desk: StartDesk, samples: Path) -> None:
    desk = start_desk(holding=samples)
    opened = open_page(desk, viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    review = ReviewPage(opened)
    review.open("Ana")
    review.wait_ready()
    for at in range(TEN):
        before = review.look()
        review.page.wait_for_timeout(450)
        if at == 4:
            review.bar.locator('[data-do="needs_fix"]').tap()
            review.panel.get_by_role("button", name="missed something").tap()
            review.panel.get_by_role("button", name="Save and go on").tap()
        else:
            review.bar.locator('[data-do="approved"]').tap()
        expect(review.bar).not_to_have_attribute("data-subject", before)
        review.wait_saved()
    expect(review.end).to_have_text("All done for you")
    moves = [line.move for line in read_record(desk)]
    assert (moves.count("approved"), moves.count("needs_fix")) == (TEN - 1, 1)


def test_two_browsers_share_the_work_and_nothing_is_served_to_both(
    open_page: OpenPage, start_desk: StartDesk, samples: Path
) -> None:
    desk = start_desk(holding=samples)
    ana, ben = ReviewPage(open_page(desk)), ReviewPage(open_page(desk))
    ana.open("Ana")
    ana.wait_ready()
    ben.open("Ben")
    ben.wait_ready()
    seen: dict[str, set[str]] = {"Ana": set(), "Ben": set()}
    for _ in range(TEN):
        for who, review in (("Ana", ana), ("Ben", ben)):
            subject = review.read_subject()
            if not subject:
                continue
            seen[who].add(subject)
            review.press("a")
    assert not seen["Ana"] & seen["Ben"]
    assert min(len(seen["Ana"]), len(seen["Ben"])) >= 3
    for review in (ana, ben):
        expect(review.end).to_be_visible()
    record = read_record(desk)
    assert len({line.item_id for line in record}) == len(record) == TEN


def test_two_who_decide_the_same_are_both_kept_and_told(
    open_page: OpenPage, start_desk: StartDesk, samples: Path
) -> None:
    desk = start_desk(holding=samples)
    ana, ben = ReviewPage(open_page(desk)), ReviewPage(open_page(desk))
    ana.open("Ana")
    ana.wait_ready()
    link = ana.page.url
    assert f"item={ana.read_subject()}" in link
    # By the link, Ben opens what Ana has open.
    ben.open("Ben", link.partition("/review")[2])
    expect(ben.desk.notices.first).to_contain_text("Ana has this picture open as well.")
    assert ben.read_subject() == ana.read_subject()
    ana.press("a")
    before = ben.read_subject()
    ben.page.keyboard.press("x")
    ben.page.keyboard.press("x")
    expect(ben.bar).not_to_have_attribute("data-subject", before)
    ben.wait_saved()
    expect(ben.said).to_contain_text("Somebody else decided")
    expect(ben.said).to_contain_text("Ana: Approved")
    ana.press("a")
    expect(ana.desk.notices.first).to_contain_text("Ben decided")
    record = [line for line in read_record(desk) if line.item_id == before]
    assert {(line.reviewer, line.move, line.is_standing) for line in record} == {
        ("Ana", "approved", True),
        ("Ben", "rejected", True),
    }
