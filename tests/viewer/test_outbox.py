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
from tests.viewer.bar_page import OUTBOX, BarPage
from tests.viewer.conftest import OpenBar

pytestmark = pytest.mark.browser


def test_a_database_that_is_away_keeps_the_picture_and_the_decision(open_bar: OpenBar) -> None:
    bar = open_bar()
    bar.put("away")
    bar.press("f", "3", "Enter")
    said = bar.page.locator(".said")
    expect(said).to_have_text("The database is away. Saving…")
    expect(bar.button("needs_fix")).to_have_attribute("aria-pressed", "true")
    for name in ("approved", "needs_fix", "rejected", "skipped", "undo", "forward"):
        expect(bar.button(name)).to_be_disabled()
    bar.press("a", "ArrowRight", "u", "f")
    expect(bar.panel).to_be_hidden()
    expect(bar.bar).to_have_attribute("data-subject", "a1")
    (kept,) = bar.outbox
    # It is sent again, the very same, until it is stored.
    bar.page.wait_for_timeout(3600)
    assert len(bar.heard) >= 2
    bar.drop("away")
    bar.expect_item("b2")
    expect(said).to_be_hidden()
    assert bar.stored == [kept]
    assert {event["id"] for event in bar.heard} == {kept["id"]}
    assert bar.outbox == []


def test_a_reload_and_a_closed_page_send_what_was_left(open_bar: OpenBar) -> None:
    bar = open_bar()
    bar.put("away")
    bar.press("x", "2")
    bar.panel.get_by_label("Note").fill("ümläut ✓")
    bar.press("Control+Enter")
    bar.expect_unsaved(1)
    bar.open()
    expect(bar.button("rejected")).to_have_attribute("aria-pressed", "true")
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
    bar.expect_item("a1")
    assert bar.outbox == []
    expect(bar.button("approved")).to_have_attribute("aria-pressed", "false")
    # It may be decided anew, and then nothing is said of the refusal any more.
    bar.drop("refuse")
    bar.press("s")
    bar.expect_item("b2")
    expect(bar.page.locator(".refusal")).to_be_hidden()
    assert [event["move"] for event in bar.stored] == ["skipped"]


def test_left_over_from_another_picture_it_is_sent_and_does_not_stand_in_the_way(
    open_bar: OpenBar,
) -> None:
    bar = open_bar()
    left = {
        "kind": "decide",
        "id": "c" * 32,
        "subject": "d4",
        "answer": "answer-d4",
        "move": "rejected",
        "reasons": [],
        "classes": [],
        "note": "",
    }
    keep = "([name, text]) => localStorage.setItem(name, text)"
    bar.page.evaluate(keep, [OUTBOX, json.dumps([left, {"id": "junk"}, None])])
    # Another person's are not this one's to send.
    foreign = [OUTBOX.replace("ann", "bob"), json.dumps([left | {"id": "b" * 32}])]
    bar.page.evaluate(keep, foreign)
    bar.open()
    bar.expect_item("a1")
    assert bar.stored == [left]
    bar.press("a")
    bar.expect_item("b2")
    assert bar.page.evaluate("name => localStorage.getItem(name)", foreign[0]) == foreign[1]
    assert len(bar.heard) == 2
    bar.page.evaluate(keep, [OUTBOX, "not JSON"])
    bar.open()
    bar.expect_item("a1")


def test_without_storage_it_still_sends_until_it_is_saved(open_bar: OpenBar) -> None:
    bar = open_bar()
    bar.page.evaluate("() => { Storage.prototype.setItem = () => { throw new Error('full'); }; }")
    bar.put("away")
    bar.press("a")
    bar.expect_unsaved(1)
    bar.drop("away")
    bar.expect_item("b2")
    assert [event["move"] for event in bar.stored] == ["approved"]
    bar.page.reload()


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
        expect(bar.page.locator(".said")).to_have_text("Saving…")
        assert bar.heard == []
        with serve(port, tmp_path):
            expect(bar.bar).to_have_attribute("data-subject", "b2")
            bar.expect_unsaved(0)
            assert [event["move"] for event in bar.stored] == ["approved"]
