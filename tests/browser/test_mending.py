"""A page that Streamlit's client cannot mend loads itself anew, once, and is as it was."""

from __future__ import annotations

import os
import re
import signal
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from components.settings import StoreSettings
from components.store.database import open_database
from tests.browser.conftest import OpenPage, StartDesk
from tests.browser.desk_page import DeskPage
from tests.browser.review_page import ReviewPage
from tests.browser.served import ServedDesk, serve_desk
from tests.browser.sockets import SocketWay
from tests.chromium import find_port
from tests.reviewing import fill_project

pytestmark = pytest.mark.browser

_SCROLL = """() => document.querySelector('[data-testid="stMain"]').scrollTop"""


def test_a_page_on_which_the_client_threw_is_as_it_was(
    start_desk: StartDesk, open_page: OpenPage
) -> None:
    opened, way, review = _open_review(open_page, start_desk())
    review.press("a")
    subject = review.look()
    before = _zoom_and_scroll(opened)
    _mark(opened)
    way.break_page()
    _expect_loaded_anew(opened)
    review.wait_ready()
    assert review.read_subject() == subject
    assert review.count()[0] == 1
    _expect_at(opened, before)
    _forgive(opened)


def test_a_page_whose_app_is_gone_comes_back(start_desk: StartDesk, open_page: OpenPage) -> None:
    opened, _, review = _open_review(open_page, start_desk())
    _mark(opened)
    opened.page.evaluate("document.querySelector('#root').replaceChildren()")
    _expect_loaded_anew(opened)
    review.wait_ready()


def test_a_page_that_hears_of_no_run_after_its_desk_was_away_comes_back(
    open_page: OpenPage, tmp_path: Path
) -> None:
    port = find_port()
    with serve_desk(tmp_path, port=port) as desk:
        opened, way, review = _open_review(open_page, desk)
        opened.watch.is_forgiving = True
        subject = review.look()
        _mark(opened)
        os.kill(desk.process_id, signal.SIGKILL)
    # What asks for a run is lost, until the page is loaded anew.
    way.takes = False
    opened.page.once("domcontentloaded", lambda _: setattr(way, "takes", True))
    with serve_desk(tmp_path, port=port):
        expect(opened.page.get_by_test_id("stApp")).to_have_attribute(
            "data-test-connection-state", "CONNECTED"
        )
        _expect_loaded_anew(opened)
        review.wait_ready()
        assert review.read_subject() == subject


def test_what_is_decided_before_a_restarted_desk_has_run_the_page_is_sent_after_that(
    open_page: OpenPage, tmp_path: Path
) -> None:
    port = find_port()
    with serve_desk(tmp_path, port=port) as desk:
        opened, way, review = _open_review(open_page, desk)
        opened.watch.is_forgiving = True
        subject = review.look()
        os.kill(desk.process_id, signal.SIGKILL)
    app = opened.page.get_by_test_id("stApp")
    expect(app).not_to_have_attribute("data-test-connection-state", "CONNECTED")
    # A page that was mended many times is left alone for long.
    opened.page.evaluate(
        "sessionStorage.setItem('mask_desk_mended', JSON.stringify({ at: Date.now(), times: 9 }))"
    )
    # The page has been run, and the browser does not know it yet.
    way.brings = False
    way.sent.clear()
    with serve_desk(tmp_path, port=port) as desk:
        expect(app).to_have_attribute("data-test-connection-state", "CONNECTED")
        opened.page.keyboard.press("a")
        expect(review.bar).to_have_attribute("data-unsaved", "1")
        while not way.has_finished:
            opened.page.wait_for_timeout(50)
        assert [message.fragment_id for message in way.sent] == [""]
        way.bring()
        review.wait_saved()
        expect(review.bar).not_to_have_attribute("data-subject", subject)
        assert review.count()[0] == 1
    assert "does not exist anymore" not in desk.read_log()


def test_a_page_that_breaks_again_at_once_is_not_loaded_in_a_circle(
    start_desk: StartDesk, open_page: OpenPage
) -> None:
    desk = start_desk()
    opened = open_page(desk, fresh=True)
    opened.page.clock.install()
    way = SocketWay(opened.page)
    opened.open_inspect()
    _mark(opened)
    way.break_page()
    expect(opened.page.get_by_test_id("stApp")).to_have_count(0)
    opened.page.clock.fast_forward(5_000)
    _expect_loaded_anew(opened)
    opened.wait_ready()
    _mark(opened)
    way.break_page()
    expect(opened.page.get_by_test_id("stApp")).to_have_count(0)
    for _ in range(5):
        opened.page.clock.fast_forward(10_000)
    assert _is_marked(opened)
    for _ in range(5):
        opened.page.clock.fast_forward(10_000)
    _expect_loaded_anew(opened)
    opened.wait_ready()
    _forgive(opened)


def test_a_long_run_is_left_alone(start_desk: StartDesk, open_page: OpenPage) -> None:
    opened = open_page(start_desk(), fresh=True)
    opened.page.clock.install()
    way = SocketWay(opened.page)
    opened.open_inspect()
    _mark(opened)
    way.takes = False
    opened.page.evaluate(
        """document.querySelector('[data-testid="stApp"]')
            .setAttribute("data-test-script-state", "running")"""
    )
    for _ in range(12):
        opened.page.clock.fast_forward(10_000)
    assert _is_marked(opened)


_ON_RELOAD = (
    """() => addEventListener("mask-desk-reloading", () => { window.isReloading = true; })"""
)


def _open_review(open_page: OpenPage, desk: ServedDesk) -> tuple[DeskPage, SocketWay, ReviewPage]:
    opened = open_page(desk, fresh=True, viewport={"width": 1200, "height": 500})
    way = SocketWay(opened.page)
    review = ReviewPage(opened)
    database = open_database(StoreSettings(folder=desk.data).url)
    fill_project(database, 3)
    database.close()
    review.open("Ana")
    review.wait_ready()
    return opened, way, review


def _zoom_and_scroll(opened: DeskPage) -> tuple[dict[str, Any], float]:
    opened.page.locator(".pane.image").click()
    opened.page.keyboard.press("+")
    expect(opened.page).to_have_url(re.compile("view="))
    opened.page.evaluate(
        """() => document.querySelector('[data-testid="stMain"]').scrollTo(0, 150)"""
    )
    scrolled = opened.page.evaluate(_SCROLL)
    assert scrolled > 0
    return opened.viewer.evaluate("desk => desk.maskDesk.transform()"), scrolled


def _expect_at(opened: DeskPage, before: tuple[dict[str, Any], float]) -> None:
    opened.page.wait_for_function(f"top => ({_SCROLL})() === top", arg=before[1])
    scale = opened.viewer.evaluate("desk => desk.maskDesk.transform().scale")
    assert scale == pytest.approx(before[0]["scale"], rel=0.02)


def _mark(opened: DeskPage) -> None:
    opened.page.evaluate("() => { window.isFromBefore = true; }")


def _is_marked(opened: DeskPage) -> bool:
    return bool(opened.page.evaluate("() => window.isFromBefore === true"))


def _expect_loaded_anew(opened: DeskPage) -> None:
    opened.page.wait_for_function("() => window.isFromBefore !== true")


def _forgive(opened: DeskPage) -> None:
    """That Streamlit's client threw is what was wanted."""
    opened.watch.faults[:] = [
        fault for fault in opened.watch.faults if "Bad delta path" not in fault
    ]
