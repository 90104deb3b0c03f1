"""What was decided is not lost, whatever becomes of desk, database or browser meanwhile."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.chromium import ROOT, find_port, run_until_done
from tests.viewer.bar_page import BarPage
from tests.viewer.conftest import OpenBar
from tests.viewer.kept import put_outbox

pytestmark = pytest.mark.browser


def test_a_database_that_is_away_keeps_decisions_and_nobody_waits(open_bar: OpenBar) -> None:
    bar = open_bar()
    bar.put("away")
    bar.press("f", "3", "Enter")
    said = bar.page.locator(".said")
    expect(said).to_have_text("The database is away. 1 decision waits in this browser.")
    expect(bar.bar).to_have_attribute("data-subject", "b2")
    expect(bar.page.locator(".waiting")).to_have_text("1")
    bar.press("a")
    expect(bar.bar).to_have_attribute("data-subject", "c3")
    expect(said).to_have_text("The database is away. 2 decisions wait in this browser.")
    expect(bar.page.locator(".waiting")).to_have_text("2")
    expect(bar.bar).to_have_attribute("data-kept", "2")
    # They are sent again, the very same, until they are stored.
    kept = bar.outbox
    assert [event["subject"] for event in kept] == ["a1", "b2"]
    wait_heard(bar, kept[0]["id"], 2)
    assert bar.stored == []
    bar.drop("away")
    bar.expect_item("c3")
    expect(said).to_be_hidden()
    expect(bar.page.locator(".waiting")).to_be_hidden()
    assert [event["id"] for event in bar.stored] == [event["id"] for event in kept]
    assert [event["move"] for event in bar.stored] == ["needs_fix", "approved"]
    assert {event["id"] for event in bar.heard} == {event["id"] for event in kept}
    assert bar.outbox == []


def wait_heard(bar: BarPage, id_: str, count: int) -> None:
    """Wait until an event was sent so many times."""
    while [event["id"] for event in bar.heard].count(id_) < count:
        bar.page.wait_for_timeout(50)


def test_a_reload_and_a_closed_page_send_what_was_left(open_bar: OpenBar) -> None:
    bar = open_bar()
    bar.put("away")
    bar.press("x", "2")
    bar.panel.get_by_label("Note").fill("ümläut ✓")
    bar.press("Control+Enter")
    bar.expect_unsaved(1)
    bar.open()
    # What was decided is not asked for again.
    expect(bar.bar).to_have_attribute("data-subject", "b2")
    bar.expect_unsaved(1)
    context = bar.page.context
    bar.page.goto("about:blank")
    bar.drop("away")
    other = BarPage(context.new_page(), bar.address, bar.folder)
    other.open()
    other.expect_item("b2")
    (event,) = bar.stored
    assert (event["move"], event["reasons"], event["note"]) == (
        "rejected",
        ["too_much"],
        "ümläut ✓",
    )
    assert other.outbox == []
    other.page.close()
    bar.page.goto(bar.address)


def test_what_was_refused_is_said_and_let_go_of(open_bar: OpenBar) -> None:
    bar = open_bar()
    bar.put("refuse", "This picture was <b>archived</b> meanwhile.")
    bar.press("a")
    refusal = bar.page.get_by_role("alert").filter(has_text="archived")
    expect(refusal).to_have_text("This picture was <b>archived</b> meanwhile.")
    bar.expect_item("b2")
    assert bar.outbox == []
    # The next decision is another one's, and then nothing is said of the refusal any more.
    bar.drop("refuse")
    bar.press("s")
    bar.expect_item("c3")
    expect(bar.page.locator(".refusal")).to_be_hidden()
    assert [(event["subject"], event["move"]) for event in bar.stored] == [("b2", "skipped")]


def test_left_over_from_another_picture_it_is_sent_and_does_not_stand_in_the_way(
    open_bar: OpenBar,
) -> None:
    bar = open_bar()
    sent = {
        "kind": "decide",
        "id": "c" * 32,
        "subject": "d4",
        "answer": "answer-d4@50",
        "move": "rejected",
        "reasons": [],
        "classes": [],
        "note": "",
    }
    left = sent | {"project": "harbour", "owner": "ann", "order": 1}
    # Another person's are not this one's to send.
    foreign = left | {"id": "b" * 32, "owner": "bob", "order": 2}
    put_outbox(bar.page, [left, foreign, {"id": "junk", "owner": "ann"}])
    bar.open()
    bar.expect_item("a1")
    assert bar.stored == [sent]
    bar.press("a")
    bar.expect_item("b2")
    assert [event["id"] for event in bar.outbox if event["id"] != "junk"] == [foreign["id"]]
    assert {event["id"] for event in bar.heard} == {left["id"], bar.stored[1]["id"]}


def test_what_an_earlier_version_left_is_sent(open_bar: OpenBar) -> None:
    bar = open_bar()
    sent = {
        "kind": "decide",
        "id": "c" * 32,
        "subject": "d4",
        "answer": "answer-d4@50",
        "move": "rejected",
        "reasons": [],
        "classes": [],
        "note": "left",
    }
    name = "mask-desk:outbox:harbour ann"
    keep = "([name, text]) => localStorage.setItem(name, text)"
    # Neither what cannot be read nor what is no event stands in the way.
    bar.page.evaluate(keep, ["mask-desk:outbox:another ann", "not JSON"])
    bar.page.evaluate(keep, [name, json.dumps([None, sent, {"id": "junk"}, {}])])
    bar.open()
    bar.expect_item("a1")
    assert bar.stored == [sent]
    bar.page.wait_for_function("name => localStorage.getItem(name) === null", arg=name)
    bar.open()
    bar.expect_item("a1")
    assert len(bar.stored) == 1


def test_without_storage_it_still_sends_until_it_is_saved(open_bar: OpenBar) -> None:
    bar = open_bar()
    bar.page.evaluate(
        """() => {
          const fail = () => { throw new Error("full"); };
          Storage.prototype.setItem = IDBDatabase.prototype.transaction = fail;
        }"""
    )
    bar.put("away")
    bar.press("a")
    bar.expect_unsaved(1)
    bar.drop("away")
    bar.expect_item("b2")
    assert [event["move"] for event in bar.stored] == ["approved"]
    bar.page.reload()


def test_what_is_decided_before_the_outbox_knows_whose_it_is_is_not_lost(open_bar: OpenBar) -> None:
    bar = open_bar()
    bar.put("late")
    bar.open()
    bar.press("a")
    expect(bar.bar).to_have_attribute("data-subject", "b2")
    bar.expect_unsaved(1)
    bar.drop("late")
    name = bar.page.get_by_label("Name")
    name.fill("Ann")
    name.press("Enter")
    bar.expect_item("b2")
    assert [(event["subject"], event["move"]) for event in bar.stored] == [("a1", "approved")]
    assert bar.outbox == []


@contextmanager
def serve(port: int, folder: Path) -> Iterator[str]:
    """The bar's page on a port of its own, killed without a warning at the end."""
    options = [
        "--server.headless=true",
        "--server.fileWatcherType=none",
        "--server.address=127.0.0.1",
    ]
    script = str(Path(__file__).parent / "bar_app.py")
    command = [sys.executable, "-m", "streamlit", "run", script, f"--server.port={port}", *options]
    env = {**os.environ, "PYTHONPATH": str(ROOT), "MASK_DESK_TEST_BAR": str(folder)}
    with (folder / "log").open("w+") as log:
        server = subprocess.Popen(command, cwd=ROOT, env=env, stdout=log, stderr=subprocess.STDOUT)
        with run_until_done(server, f"http://127.0.0.1:{port}", (folder / "log").read_text):
            yield f"http://127.0.0.1:{port}"
            server.kill()


def test_a_desk_that_was_killed_gets_the_decision_when_it_is_back(
    browser: Browser, tmp_path: Path
) -> None:
    port = find_port()
    (tmp_path / "case").mkdir()
    with browser.new_context(reduced_motion="reduce") as context:
        with serve(port, tmp_path) as address:
            bar = BarPage(context.new_page(), address, tmp_path / "case")
            bar.open()
        # Nobody hears it now.
        bar.press("a")
        bar.expect_unsaved(1)
        expect(bar.page.locator(".said")).to_contain_text(
            "The desk cannot be reached; 1 decision waits in this browser and is sent when it is "
            "back."
        )
        assert bar.heard == []
        with serve(port, tmp_path):
            bar.expect_item("b2")
            assert [event["move"] for event in bar.stored] == ["approved"]
