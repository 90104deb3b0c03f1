"""Deciding waits for nobody: what the browser does by itself, and what it makes up for later."""

from __future__ import annotations

import os
import re
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Route, expect

from tests.browser.conftest import OpenPage, StartDesk
from tests.browser.records import TEN, read_record
from tests.browser.review_page import ReviewPage
from tests.browser.served import ServedDesk, serve_desk
from tests.chromium import ROOT, find_port
from tests.relay import Relay, open_relay

pytestmark = pytest.mark.browser

_AWAY = re.compile("network is away|desk cannot be reached")


@pytest.fixture
def desk(start_desk: StartDesk, samples: Path) -> ServedDesk:
    """A desk of the test's own with the ten samples."""
    return start_desk(holding=samples)


@pytest.fixture
def relay(desk: ServedDesk) -> Iterator[Relay]:
    """The network to that desk."""
    with open_relay(int(desk.address.rpartition(":")[2])) as relay:
        yield relay


@pytest.fixture
def review(open_page: OpenPage, desk: ServedDesk, relay: Relay) -> ReviewPage:
    """Ana at her first picture, with all slots filled."""
    opened = open_page(desk, fresh=True)
    opened.address = relay.address
    opened.watch.address = relay.address
    # A network that is away is no fault of the page.
    opened.watch.is_forgiving = True
    review = ReviewPage(opened)
    review.open("Ana")
    review.wait_ready()
    review.wait_supplied(6)
    return review


def test_any_number_is_decided_without_a_network_and_sent_when_it_is_back(
    review: ReviewPage, desk: ServedDesk, relay: Relay
) -> None:
    relay.cut()
    decided = []
    for at in range(5):
        decided.append(review.look())
        review.page.keyboard.press("a")
        expect(review.bar).not_to_have_attribute("data-subject", decided[-1])
        expect(review.waiting).to_have_text(str(at + 1))
    expect(review.bar).to_have_attribute("data-kept", "5")
    expect(review.said).to_contain_text(_AWAY)
    expect(review.said).to_contain_text("5 decisions wait in this browser and are sent when it is")
    # Undo names what it takes back; nobody has heard of it yet, and nobody ever will.
    undo = review.bar.locator('[data-do="undo"]')
    expect(undo).to_have_attribute("title", re.compile("Undo “Approved” for .+"))
    review.page.keyboard.press("u")
    expect(review.bar).to_have_attribute("data-subject", decided[-1])
    expect(review.waiting).to_have_text("4")
    assert not read_record(desk)
    relay.mend()
    review.wait_saved()
    record = read_record(desk)
    assert [line.item_id for line in reversed(record)] == decided[:4]
    assert {line.move for line in record} == {"approved"}
    assert review.read_subject() == decided[-1]
    assert review.count() == (4, TEN)


def test_keys_for_a_picture_that_nobody_has_seen_do_nothing_and_say_so(
    review: ReviewPage, desk: ServedDesk, relay: Relay
) -> None:
    relay.cut()
    for _ in range(3 * TEN):
        review.page.keyboard.press("a")
        if review.bar.get_attribute("data-loading") == "true":
            break
    expect(review.bar).to_have_attribute("data-loading", "true")
    waiting = int(review.waiting.inner_text())
    # The one that was on screen, and those that were fetched ahead.
    assert waiting >= 6
    for key in "axfs":
        review.page.keyboard.press(key)
        expect(review.said).to_contain_text("The next picture is loading. That key did nothing")
    expect(review.waiting).to_have_text(str(waiting))
    relay.mend()
    review.wait_ready()
    record = read_record(desk)
    assert len(record) == len({line.item_id for line in record}) == waiting
    assert review.read_subject() not in {line.item_id for line in record}


def test_what_waits_is_sent_from_any_page_after_a_reload(
    review: ReviewPage, desk: ServedDesk, relay: Relay
) -> None:
    relay.cut()
    first = review.look()
    review.page.keyboard.press("a")
    expect(review.bar).to_have_attribute("data-kept", "1")
    review.page.route("**/desk/outbox", _refuse)
    relay.mend()
    page = review.page
    page.goto(f"{relay.address}/insights")
    waits = page.locator(".outbox-waiting")
    # The route is closed to it, and the page's own way is open.
    expect(waits).to_have_attribute("data-unsaved", "0")
    (line,) = read_record(desk)
    assert (line.item_id, line.reviewer) == (first, "Ana")


def _refuse(route: Route) -> None:
    # As a proxy answers that knows one page only.
    route.fulfill(status=200, content_type="text/html", body="<p>no such page</p>")


def test_what_waits_of_somebody_else_is_sent_by_nobody_else(
    review: ReviewPage, desk: ServedDesk, relay: Relay
) -> None:
    relay.cut()
    review.page.keyboard.press("a")
    expect(review.bar).to_have_attribute("data-kept", "1")
    relay.mend()
    review.page.context.clear_cookies()
    review.page.goto(f"{relay.address}/insights")
    waits = review.page.locator(".outbox-waiting")
    expect(waits).to_contain_text("1 decision or remark by Ana is waiting in this browser")
    review.page.goto(f"{relay.address}/review")
    review.sign("Ben")
    review.wait_ready()
    assert not read_record(desk)
    review.page.get_by_role("button", name="Ben").click()
    review.page.get_by_role("textbox", name="Your name").fill("Ana")
    review.page.keyboard.press("Enter")
    expect(review.page.get_by_role("button", name="Ana")).to_be_visible()
    review.wait_saved()
    (line,) = read_record(desk)
    assert line.reviewer == "Ana"


def test_a_desk_without_routes_of_its_own_takes_decisions_through_the_page(
    open_page: OpenPage, samples: Path, tmp_path: Path
) -> None:
    # As where something else than `streamlit run app.py` runs the script.
    for name in ("pages", "components", ".streamlit"):
        (tmp_path / name).symlink_to(ROOT / name)
    script = "from components.ui.front import show_page\n\nshow_page()\n"
    (tmp_path / "app.py").write_text(script, encoding="utf-8")
    folder = tmp_path / "own"
    folder.mkdir()
    with serve_desk(folder, root=tmp_path, holding=samples) as desk:
        opened = open_page(desk, fresh=True)
        posted: list[str] = []
        opened.page.on("request", lambda sent: posted.append(sent.url))
        review = ReviewPage(opened)
        review.open("Ana")
        review.wait_ready()
        decided = []
        for _ in range(TEN):
            decided.append(review.look())
            review.press("a")
        expect(review.end).to_have_text("All done for you")
        assert [line.item_id for line in reversed(read_record(desk))] == decided
        assert not [url for url in posted if "desk/outbox" in url]


def test_what_is_typed_survives_a_reload_and_a_restart(
    open_page: OpenPage, samples: Path, tmp_path: Path
) -> None:
    port = find_port()
    with serve_desk(tmp_path, port=port, holding=samples) as desk:
        opened = open_page(desk, fresh=True)
        opened.watch.is_forgiving = True
        review = ReviewPage(opened)
        page = review.page
        review.open("Ana")
        review.wait_ready()
        review.press("a")
        subject = review.look()
        # A remark that is being written at a place.
        page.keyboard.press("m")
        page.locator(".panes").first.click(position={"x": 200, "y": 150})
        page.locator(".composer textarea").fill("The mast is")
        page.reload()
        review.wait_ready()
        assert review.read_subject() == subject
        expect(page.locator(".composer textarea")).to_have_value("The mast is")
        page.locator(".composer .cancel").click()
        page.keyboard.press("f")
        review.panel.get_by_role("button", name="Wrong class").click()
        review.panel.locator("textarea").fill("A boat, no buil")
        os.kill(desk.process_id, signal.SIGKILL)
    with serve_desk(tmp_path, port=port) as desk:
        expect(page.get_by_test_id("stApp")).to_have_attribute(
            "data-test-connection-state", "CONNECTED"
        )
        expect(review.panel.locator("textarea")).to_have_value("A boat, no buil")
        page.reload()
        expect(review.panel.locator("textarea")).to_have_value("A boat, no buil")
        chosen = review.panel.get_by_role("button", name="Wrong class")
        expect(chosen).to_have_attribute("aria-pressed", "true")
        expect(page.locator(".composer")).to_be_hidden()
        review.panel.locator("textarea").fill("A boat, no building")
        page.keyboard.press("Control+Enter")
        expect(review.bar).not_to_have_attribute("data-subject", subject)
        review.wait_saved()
        line = read_record(desk)[0]
    assert (line.item_id, line.reasons, line.note) == (
        subject,
        ("wrong_class",),
        "A boat, no building",
    )


def test_a_quick_reviewer_decides_each_picture_once(review: ReviewPage, desk: ServedDesk) -> None:
    decided = []
    for _ in range(8 * TEN):
        subject = review.read_subject()
        review.page.keyboard.press("a")
        if subject and review.read_subject() != subject:
            decided.append(subject)
        if review.end.is_visible():
            break
    expect(review.end).to_have_text("All done for you")
    review.wait_saved()
    stored = [line.item_id for line in read_record(desk)]
    assert len(stored) == len(set(stored)) == TEN
    # Each that was seen to be taken, and no other twice.
    assert len(decided) == len(set(decided))
    assert set(decided) <= set(stored)
