"""The key: sent to the server, and to nobody and nowhere else, whatever goes wrong."""

from __future__ import annotations

import base64

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import OpenPage, StartDesk
from tests.browser.desk_page import DeskPage
from tests.pictures import make_answer
from tests.replay import Replay, replay, respond

pytestmark = pytest.mark.browser

KEY = "a-secret-key-123"

# What goes wrong, answer by answer, and a part of the sentence that has to be read then. Servers
# quote the key; so do these.
FAILURES = [
    (respond("401 Unauthorized", b'{"message": "api_key=a-secret-key-123 is unknown"}'), "key"),
    (respond("402 Payment Required", b'{"detail": "a-secret-key-123 is spent"}'), "credits"),
    (respond("503 Service Unavailable", b"try api_key=a-secret-key-123 later"), "not ready"),
    (respond("200 OK", b"a-secret-key-123 <html> is not an answer"), "JSON"),
    (respond("200 OK", make_answer()[:-20]), "JSON"),
    (None, "could not be reached"),
]
# Answers that pass by themselves are asked for three times before they are told.
TIMES = {2: 3, 5: 3}


@pytest.mark.parametrize("key_in", ["query", "header"])
def test_the_key_reaches_the_server_and_nobody_else(
    open_page: OpenPage, start_desk: StartDesk, key_in: str
) -> None:
    answers: list[bytes | None] = [respond("200 OK", make_answer())]
    for number, (answer, _) in enumerate(FAILURES):
        answers += [answer] * TIMES.get(number, 1)
    with replay(*answers) as server:
        desk = start_desk(address=server.address, models="my-data/3", api_key=KEY, key_in=key_in)
        page = open_page(desk)
        page.open_inspect("?confidence=40")
        assert "YOUR_KEY" in page.curl_command()
        assert page.facts()["Server"] == f"Your own inference server, {server.address}"
        expect_sent(server, key_in)

        for number, (_, word) in enumerate(FAILURES):
            asked = len(server.requests) + TIMES.get(number, 1)
            move_to(page, 41 + number)
            # The sentence before may hold the same word; a step taken too soon is never asked.
            while len(server.requests) < asked:
                page.page.wait_for_timeout(50)
            page.wait_idle()
            expect(page.notices.first).to_contain_text("No mask for this picture")
            expect(page.notices.first).to_contain_text(word)
            expect(page.page.get_by_role("button", name="Try again")).to_be_visible()
            # The picture stands there all the same, alone.
            expect(page.viewer).to_have_attribute("data-state", "empty")
            assert page.colour_at(0.5, 0.5)[3] == 255
            expect_nowhere(page.page.content() + page.viewer.inner_html())
        page.switch_to("Connection")
        expect(page.page.get_by_text("set, sent in the")).to_be_visible()
        page.page.get_by_role("button", name="Test this connection").click()
        expect(page.page.locator(".desk-findings")).to_contain_text("The server does not answer")
        expect_nowhere(page.page.content())

        assert page.watch.received
        for frame in page.watch.received:
            expect_nowhere(frame.decode("latin-1"))
        for url in page.watch.urls:
            expect_nowhere(url)
        log = desk.read_log()
        assert "401" in log
        expect_nowhere(log)
        expect_sent(server, key_in)


def move_to(page: DeskPage, confidence: int) -> None:
    """One step to the right, and wait for what comes of it."""
    page.slider.focus()
    page.page.keyboard.press("ArrowRight")
    page.expect_in_address("confidence", str(confidence))
    page.wait_idle()


def expect_sent(server: Replay, key_in: str) -> None:
    """The key travels where the setting says, in each request."""
    for request in server.requests:
        head = request.split(b"\r\n\r\n")[0].decode("latin-1")
        assert (f"api_key={KEY}" in head.splitlines()[0]) == (key_in == "query")
        assert (f"Bearer {KEY}" in head) == (key_in == "header")


def expect_nowhere(text: str) -> None:
    """Neither the key nor its base64 is in a text."""
    assert KEY not in text
    assert base64.b64encode(KEY.encode()).decode().rstrip("=") not in text
