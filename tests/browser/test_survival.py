"""What goes wrong in the middle of a review loses nothing: a database away, a desk killed."""

from __future__ import annotations

import os
import random
import signal
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import OpenPage, StartDesk
from tests.browser.records import TEN, read_record
from tests.browser.review_page import ReviewPage
from tests.browser.served import serve_desk
from tests.chromium import find_port
from tests.postgres import Postgres, run_postgres

pytestmark = pytest.mark.browser


@pytest.fixture
def postgres() -> Iterator[Postgres]:
    """A PostgreSQL of the test's own, which it may stop."""
    with run_postgres() as server:
        yield server


def test_a_database_that_goes_away_in_mid_review(
    open_page: OpenPage, start_desk: StartDesk, samples: Path, postgres: Postgres
) -> None:
    url = postgres.create_database()
    desk = start_desk(database=url, holding=samples)
    opened = open_page(desk)
    review = ReviewPage(opened)
    review.open("Ana")
    review.wait_ready()
    review.press("a")
    name, subject = review.name.inner_text(), review.read_subject()
    postgres.stop()
    opened.page.keyboard.press("a")
    # The next picture is there at once; the decision is kept, and what is wrong is said.
    expect(review.bar).not_to_have_attribute("data-subject", subject)
    expect(review.name).not_to_have_text(name)
    expect(review.said).to_contain_text("database cannot be reached")
    expect(review.said).to_contain_text("1 decision waits in this browser")
    expect(review.waiting).to_have_text("1")
    expect(review.bar).to_have_attribute("data-kept", "1")
    second = review.look()
    opened.page.keyboard.press("a")
    expect(review.waiting).to_have_text("2")
    postgres.start()
    review.wait_saved()
    expect(review.said).to_be_hidden()
    expect(review.waiting).to_be_hidden()
    expect(opened.notices).to_have_count(0)
    assert review.count() == (3, TEN)
    record = read_record(desk, url)
    assert [line.item_id for line in record[:2]] == [second, subject]
    assert len(record) == 3
    assert url not in desk.read_log()


def test_a_decision_outlives_a_closed_browser_while_the_database_is_away(
    open_page: OpenPage, start_desk: StartDesk, samples: Path, postgres: Postgres
) -> None:
    url = postgres.create_database()
    desk = start_desk(database=url, holding=samples)
    opened = open_page(desk)
    review = ReviewPage(opened)
    review.open("Ana")
    review.wait_ready()
    subject = review.read_subject()
    postgres.stop()
    opened.page.keyboard.press("a")
    expect(review.bar).to_have_attribute("data-unsaved", "1")
    expect(review.bar).to_have_attribute("data-kept", "1")
    state = opened.page.context.storage_state(indexed_db=True)
    opened.page.context.close()
    postgres.start()
    again = ReviewPage(open_page(desk, storage_state=state))
    again.page.goto(f"{desk.address}/review")
    again.wait_ready()
    assert again.count() == (1, TEN)
    (line,) = read_record(desk, url)
    assert (line.item_id, line.move, line.reviewer) == (subject, "approved", "Ana")


def test_a_desk_killed_at_any_moment_comes_back_with_every_decision(
    open_page: OpenPage, samples: Path, tmp_path: Path
) -> None:
    port = find_port()
    randomly = random.Random(5)
    decided: list[str] = []
    review = None
    for round_ in range(6):
        with serve_desk(tmp_path, port=port, holding=samples) as desk:
            if review is None:
                opened = open_page(desk)
                # A desk that is gone refuses the browser, which is no fault of the page.
                opened.watch.is_forgiving = True
                review = ReviewPage(opened)
                review.open("Ana")
                review.wait_ready()
            else:
                # It finds the desk again by itself, sends what was not saved, and goes on.
                review.wait_ready()
                expect(review.bar).not_to_have_attribute("data-subject", decided[-1])
            if round_ == 5:
                break
            decided.append(review.read_subject())
            review.page.keyboard.press("a")
            review.page.wait_for_timeout(randomly.uniform(0, 150))
            os.kill(desk.process_id, signal.SIGKILL)
    record = read_record(desk)
    assert Counter(line.item_id for line in record) == Counter(decided)
    assert len(set(decided)) == 5


def test_a_desk_that_is_restarted_while_nobody_does_anything_hears_what_is_done_next(
    open_page: OpenPage, samples: Path, tmp_path: Path
) -> None:
    port = find_port()
    with serve_desk(tmp_path, port=port, holding=samples) as desk:
        opened = open_page(desk)
        opened.watch.is_forgiving = True
        review = ReviewPage(opened)
        review.open("Ana")
        review.wait_ready()
        # The whole page is run, and no part of it alone: nothing is under way when the desk dies.
        review.page.reload()
        review.wait_ready()
        os.kill(desk.process_id, signal.SIGKILL)
    app = review.page.get_by_test_id("stApp")
    # Who reviews is told in the desk's words what that means, not in Streamlit's.
    expect(app).to_have_attribute("data-test-connection-state", "PINGING_SERVER")
    told = app.evaluate("app => getComputedStyle(app, '::after').content")
    assert "what you decide is kept" in told
    dialog = review.page.get_by_test_id("stDialog")
    dialog.wait_for(state="attached")
    expect(dialog).to_be_hidden()
    with serve_desk(tmp_path, port=port, holding=samples) as desk:
        expect(app).to_have_attribute("data-test-connection-state", "CONNECTED")
        subject = review.read_subject()
        review.page.keyboard.press("a")
        expect(review.bar).not_to_have_attribute("data-subject", subject)
        review.wait_saved()
        (line,) = read_record(desk)
    assert (line.item_id, line.move) == (subject, "approved")


def test_two_browsers_review_on_postgresql(
    open_page: OpenPage, start_desk: StartDesk, samples: Path, postgres: Postgres
) -> None:
    url = postgres.create_database()
    # Two desks that share nothing but the database.
    first, second = (start_desk(database=url, holding=samples) for _ in range(2))
    ana, ben = ReviewPage(open_page(first)), ReviewPage(open_page(second))
    ana.open("Ana")
    ana.wait_ready()
    ben.open("Ben")
    ben.wait_ready()
    seen = []
    while ana.read_subject() or ben.read_subject():
        for review in (ana, ben):
            if subject := review.read_subject():
                seen.append(subject)
                review.press("a")
    assert len(seen) == len(set(seen)) == TEN
    record = read_record(first, url)
    assert {line.item_id for line in record} == set(seen)
    assert {line.reviewer for line in record} == {"Ana", "Ben"}
