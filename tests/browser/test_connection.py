"""The Connection page: who answers, testing it, and trying another server for oneself."""

from __future__ import annotations

import socket

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.conftest import OpenPage, StartDesk
from tests.browser.desk_page import DeskPage
from tests.browser.served import ServedDesk
from tests.pictures import make_answer
from tests.replay import replay, respond

pytestmark = pytest.mark.browser

TYPED_KEY = "typed-key-456"


def test_the_card_tells_who_answers_and_the_test_what_works(desk_page: DeskPage) -> None:
    desk_page.open("/connection")
    card = desk_page.page.locator(".desk-facts")
    expect(card).to_contain_text("http://127.0.0.1:")
    expect(card).to_contain_text("demo-scene/1, demo-object/1")
    expect(card).to_contain_text("none")
    expect(card).to_contain_text("whoever runs this desk")
    expect(find_findings(desk_page)).to_have_count(0)
    run_test(desk_page)
    expect_findings(
        desk_page,
        ("Works:", "The server answers."),
        ("Works:", "The model is there."),
        ("Works:", "It says how sure it is of each pixel."),
        ("Works:", "The confidence slider works."),
    )


def test_a_server_that_ignores_confidence_is_found_out(desk_page: DeskPage) -> None:
    with replay(respond("200 OK", make_answer())) as server:
        use_server(desk_page, server.address, key=TYPED_KEY)
        expect(desk_page.page.locator(".desk-facts")).to_contain_text("you, for this browser")
        run_test(desk_page)
        expect_findings(
            desk_page,
            ("Works:", "The server answers."),
            ("Works:", "The key is accepted and the model is there."),
            ("Worth knowing:", "The mask is smaller or larger than the picture."),
            ("Worth knowing:", "It does not say how sure it is of each pixel."),
            ("Worth knowing:", "The confidence slider changes nothing on the test picture."),
        )
        asked = [request.split(b"\r\n")[0].decode() for request in server.requests]
        assert [f"confidence={value}" in line for value, line in zip((1, 99), asked, strict=True)]
        assert all(f"api_key={TYPED_KEY}" in line for line in asked)


def test_an_unknown_key_garbage_and_a_closed_port_are_told_apart(desk_page: DeskPage) -> None:
    unauthorized = respond("401 Unauthorized", b'{"message": "This API key does not exist."}')
    with replay(unauthorized) as server:
        use_server(desk_page, server.address)
        run_test(desk_page)
        expect_findings(
            desk_page,
            ("Works:", "The server answers."),
            ("Does not work:", "does not know this key"),
        )
        expect(find_findings(desk_page).last).to_contain_text("This API key does not exist")
    with replay(respond("200 OK", b"<html>Welcome</html>")) as server:
        use_server(desk_page, server.address)
        run_test(desk_page)
        expect_findings(
            desk_page,
            ("Works:", "The server answers."),
            ("Does not work:", "Its answer is not a mask"),
        )
    # Taken, so that it is nobody else's, and listened to by nobody.
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        use_server(desk_page, f"http://127.0.0.1:{closed.getsockname()[1]}")
        run_test(desk_page)
    expect_findings(desk_page, ("Does not work:", "The server does not answer."))
    desk_page.page.get_by_role("button", name="Go back to the desk’s own server").click()
    expect(desk_page.page.locator(".desk-facts")).to_contain_text("whoever runs this desk")
    expect(find_findings(desk_page)).to_have_count(0)


def test_private_addresses_that_are_not_allowed_are_refused(desk_page: DeskPage) -> None:
    for address in ("http://10.0.0.1:9001", "http://169.254.169.254", "http://[::1]"):
        use_server(desk_page, address)
        run_test(desk_page)
        expect_findings(desk_page, ("Does not work:", "The server does not answer."))
        expect(find_findings(desk_page)).to_contain_text("does not connect to")
        expect(find_findings(desk_page)).to_contain_text("allow_hosts")


def test_a_loopback_server_is_never_asked_by_a_desk_that_allows_none(
    open_page: OpenPage, start_desk: StartDesk
) -> None:
    with replay(respond("200 OK", make_answer())) as server:
        page = open_page(start_desk())
        use_server(page, server.address)
        run_test(page)
        expect(find_findings(page)).to_contain_text("does not connect to")
        assert server.requests == []


def test_what_cannot_be_used_is_said_and_nothing_changes(desk_page: DeskPage) -> None:
    desk_page.open("/connection")
    for address, model, key, words in [
        ("", "my-data/3", "", "Type the address"),
        ("segment me", "my-data/3", "", "not an address"),
        ("https://example.org?api_key=x", "my-data/3", "", "field of its own"),
        ("ftp://example.org", "my-data/3", "", "not an address"),
        ("https://example.org", "my-data", "", "dataset and a version"),
        ("https://example.org", "my-data/3", "two words", "space or a sign"),
        ("https://example.org", "", "", "dataset and a version"),
    ]:
        fill_form(desk_page, address, model, key)
        expect(desk_page.notices).to_contain_text(words)
        expect(desk_page.page.locator(".desk-facts")).to_contain_text("whoever runs this desk")


def test_a_typed_server_answers_its_own_browser_session_and_no_other(
    open_page: OpenPage, desk: ServedDesk
) -> None:
    with replay(
        respond("200 OK", make_answer(class_map={"0": "background", "1": "roof"}))
    ) as server:
        mine, other = open_page(desk), open_page(desk)
        use_server(mine, server.address, key=TYPED_KEY)
        mine.switch_to("Inspect")
        mine.wait_ready()
        assert set(mine.legend()) == {"roof", "background"}
        assert mine.facts()["Model"] == "my-data/3"
        asked = len(server.requests)

        other.open_inspect()
        assert other.facts()["Model"] == "demo-scene/1"
        other.switch_to("Connection")
        expect(other.page.locator(".desk-facts")).to_contain_text("whoever runs this desk")
        assert len(server.requests) == asked

        # A reload begins a new session: what was typed is gone, as the page says.
        mine.page.reload()
        mine.wait_ready()
        assert mine.facts()["Model"] == "demo-scene/1"
        for frame in mine.watch.received:
            assert TYPED_KEY.encode() not in frame


def use_server(page: DeskPage, address: str, *, key: str = "") -> None:
    """Type a server into the form and use it."""
    fill_form(page, address, "my-data/3", key)
    expect(page.page.locator(".desk-facts")).to_contain_text(address)
    page.wait_idle()


def fill_form(page: DeskPage, address: str, model: str, key: str) -> None:
    """Type into the form and send it."""
    if not page.page.url.endswith("/connection"):
        page.open("/connection")
    page.page.get_by_text("Another server", exact=True).click()
    page.page.get_by_role("textbox", name="Address").fill(address)
    page.page.get_by_role("textbox", name="Model").fill(model)
    page.page.get_by_role("textbox", name="Key", exact=True).fill(key)
    page.page.get_by_role("button", name="Use this server").click()


def run_test(page: DeskPage) -> None:
    """Press the test button and wait for what it finds."""
    page.page.get_by_role("button", name="Test this connection").click()
    expect(find_findings(page).first).to_be_visible()
    page.wait_idle()


def find_findings(page: DeskPage) -> Locator:
    """One line for each thing found."""
    return page.page.locator(".desk-findings li")


def expect_findings(page: DeskPage, *findings: tuple[str, str]) -> None:
    """These signs and words, and no others."""
    expect(find_findings(page)).to_have_count(len(findings))
    for line, (sign, words) in zip(find_findings(page).all(), findings, strict=True):
        expect(line).to_contain_text(sign)
        expect(line).to_contain_text(words)
