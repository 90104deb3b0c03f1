"""What Streamlit 1.67 does to a page whose server was restarted: why components wait with sending.

`AppSession.request_rerun` hands a fragment's message to the script runner that is there. Where that
one has just come to its end it is replaced, and `_handle_scriptrunner_event_on_event_loop` drops
all it has emitted that still waits for the event loop ("Ignoring event from non-current
ScriptRunner"): elements, and the word that the run is over. In a session that runs for the first
time the page was cleared before. So the fragment is written where nothing is, `applyDelta` throws
"Bad delta path index" in the browser, and React takes the whole app off the page.

`components/viewer/leaving.js` holds what components send until the page has been run.
"""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenPage
from tests.browser.served import ServedDesk, serve_desk
from tests.browser.sockets import SocketWay
from tests.chromium import ROOT, find_port

pytestmark = pytest.mark.browser

_APP = Path(__file__).parent / "restarted"


def test_a_fragment_that_is_told_something_as_the_first_run_ends_breaks_the_page(
    open_page: OpenPage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    monkeypatch.setenv("STREAMLIT_BROWSER_GATHER_USAGE_STATS", "false")
    port = find_port()
    with serve_desk(tmp_path, root=_APP, port=port) as server:
        opened = open_page(server, fresh=True)
        page = opened.page
        way = SocketWay(page)
        page.goto(server.address)
        # The last run is a fragment's: after that, Streamlit runs the page as soon as it is back.
        page.get_by_role("button", name="Tell").click()
        expect(page.get_by_text("Told: True")).to_be_visible()
        expect(page.get_by_text("Line 9")).to_be_visible()
        os.kill(server.process_id, signal.SIGKILL)
    way.brings = False
    with serve_desk(tmp_path, root=_APP, port=port, wait="1") as server:
        _wait_for(page, server, "The script waits.")
        page.get_by_role("button", name="Tell").click()
        _wait_for(page, server, "The script is over.")
        way.bring()
        mended = "Streamlit keeps the page whole now: components may send while it is run."
        expect(page.get_by_test_id("stApp"), mended).to_have_count(0)
    faults = [fault for fault in opened.watch.faults if "Bad delta path index" in fault]
    assert faults, mended
    opened.watch.faults.clear()


def _wait_for(page: Page, server: ServedDesk, line: str) -> None:
    while line not in server.read_log():
        page.wait_for_timeout(50)
