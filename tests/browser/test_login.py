"""Who may open a desk, in a real browser: by passphrase, by login, by name alone."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest
from argon2 import PasswordHasher
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.desk_page import DeskPage
from tests.browser.looks import find_faults, find_small_targets
from tests.browser.prepared import Prepared
from tests.browser.served import ServedDesk, serve_desk
from tests.browser.watch import Watch
from tests.chromium import find_port
from tests.oidc import CLIENT_SECRET, COOKIE_SECRET, Provider, serve_provider
from tests.page_pool import PagePool

pytestmark = pytest.mark.browser

PASSPHRASE, LEAD_PASSPHRASE = "correct horse battery", "staple of a lead"
HASHER = PasswordHasher(time_cost=1, memory_cost=1024)
HASH, LEAD_HASH = HASHER.hash(PASSPHRASE), HASHER.hash(LEAD_PASSPHRASE)
LISTS = '[access]\nleads = ["Ana@Example.org"]\nallow = ["example.org"]\nviewers = ["e.example"]\n'


@pytest.fixture(scope="module")
def passphrase_desk(
    prepared: Prepared, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[ServedDesk]:
    """Reviewers and leads have a passphrase each."""
    with serve_desk(
        tmp_path_factory.mktemp("passphrase"),
        prepared=prepared,
        passphrase_hash=HASH,
        lead_passphrase_hash=LEAD_HASH,
    ) as served:
        yield served


@pytest.fixture(scope="module")
def provider() -> Iterator[Provider]:
    with serve_provider() as running:
        yield running


@pytest.fixture(scope="module")
def login_desk(
    prepared: Prepared, tmp_path_factory: pytest.TempPathFactory, provider: Provider
) -> Iterator[ServedDesk]:
    """People log in; ana@example.org is a lead, others there review, those at e.example look."""
    port = find_port()
    text = provider.write_secrets(f"http://127.0.0.1:{port}", LISTS)
    with serve_desk(
        tmp_path_factory.mktemp("login"), prepared=prepared, secrets=text, port=port
    ) as served:
        yield served


@contextmanager
def a_browser(
    page_pool: PagePool, desk: ServedDesk, *friends: str, **context: Any
) -> Iterator[DeskPage]:
    """One browser with one tab; at its end nothing may have gone wrong in any of its tabs.

    Args:
        page_pool: where its tab comes from.
        desk: the desk to open.
        friends: addresses other than the desk's that may be asked.
        context: options of Playwright's `Browser.new_context`.
    """
    context = {"viewport": {"width": 1400, "height": 900}, **context}
    watch = Watch(desk.address)
    with page_pool.lend(**context) as page:
        watch.listen(page)
        page.context.on("page", watch.listen)
        yield DeskPage(page, desk.address, watch)
        page.context.remove_listener("page", watch.listen)
        watch.stop(page)
    assert not watch.faults
    assert not [url for url in watch.strangers if not url.startswith(friends)]


def sign_in(page: Page, name: str, passphrase: str) -> None:
    page.get_by_label("Your name").fill(name)
    page.get_by_label("Passphrase").fill(passphrase)
    page.get_by_role("button", name="Sign in").click()


def find_who(page: Page) -> Any:
    """The menu that says who one is."""
    return page.locator(".st-key-who").get_by_role("button")


def expect_nothing_shown(page: Page) -> None:
    """Nothing of the desk but the way in."""
    expect(page.locator(".st-key-sign_in")).to_be_visible()
    expect(page.locator(".desk, .strip, .st-key-controls, .desk-facts")).to_have_count(0)
    expect(page.locator(".st-key-who")).to_have_count(0)


def read_cookies(context: BrowserContext) -> dict[str, str]:
    """The desk's cookies, by name without the port."""
    return {
        re.sub(r"_\d+$", "", str(cookie["name"])): str(cookie["value"])
        for cookie in context.cookies()
        if str(cookie["name"]).startswith("mask_desk_")
    }


def wait_for_token(page: Page) -> str:
    """The sign-in that the browser keeps, once it does."""
    while not (token := read_cookies(page.context).get("mask_desk_sign_in", "")):
        page.wait_for_timeout(50)
    assert len(token) > 40
    return token


# By passphrase


def test_a_passphrase_opens_every_page_and_a_reload_stays_signed_in(
    page_pool: PagePool, passphrase_desk: ServedDesk
) -> None:
    with a_browser(page_pool, passphrase_desk) as desk:
        page = desk.page
        for path in ("/connection", "/inspect"):
            desk.open(path)
            expect_nothing_shown(page)
        sign_in(page, "  Ana   *Ng* <b>x</b> ", PASSPHRASE)
        desk.wait_ready()
        expect(find_who(page)).to_contain_text("Ana *Ng* <b>x</b>")
        wait_for_token(page)
        (cookie,) = [c for c in page.context.cookies() if "sign_in" in str(c["name"])]
        assert cookie["sameSite"] == "Strict"
        assert cookie["path"] == "/"

        page.reload()
        desk.wait_ready()
        expect(find_who(page)).to_contain_text("Ana *Ng*")

        # A reviewer may look at the connection, but not type another server.
        desk.switch_to("Connection")
        expect(page.get_by_text("Leads may try another server here")).to_be_visible()
        expect(page.get_by_role("button", name="Use this server")).to_have_count(0)

        # Signed out in one tab, the browser is; what that means for a tab that is open meanwhile
        # is tested where somebody decides in it.
        other = page.context.new_page()
        other.goto(passphrase_desk.address + "/connection")
        find_who(other).click()
        expect(other.get_by_text("Reviewer: looks and decides")).to_be_visible()
        other.get_by_role("button", name="Sign out").click()
        expect_nothing_shown(other)
        while "mask_desk_sign_in" in read_cookies(page.context):
            other.wait_for_timeout(50)
        other.reload()
        expect_nothing_shown(other)


def test_a_lead_may_try_another_server_and_what_was_typed_goes_with_them(
    page_pool: PagePool, passphrase_desk: ServedDesk
) -> None:
    with a_browser(page_pool, passphrase_desk) as desk:
        page = desk.page
        desk.open("/connection")
        sign_in(page, "Lea", LEAD_PASSPHRASE)
        page.get_by_text("Built-in", exact=True).click()
        page.get_by_role("button", name="Use the built-in server").click()
        expect(page.locator(".desk-facts")).to_contain_text("for this browser session only")
        find_who(page).click()
        page.get_by_role("button", name="Sign out").click()
        expect_nothing_shown(page)
        sign_in(page, "Ben", PASSPHRASE)
        expect(page.locator(".desk-facts")).to_contain_text("whoever runs this desk")
        expect(find_who(page)).to_contain_text("Ben")


def test_wrong_passphrases_are_told_how_long_to_wait_and_nothing_secret_leaks(
    page_pool: PagePool, prepared: Prepared, tmp_path: Path
) -> None:
    with (
        serve_desk(tmp_path, prepared=prepared, passphrase_hash=HASH) as served,
        a_browser(page_pool, served) as desk,
    ):
        page = desk.page
        desk.open("/inspect")
        guesses = [f"a wrong guess {number}" for number in range(5)]
        for guess in guesses:
            sign_in(page, "Eve", guess)
            expect(desk.notices).to_contain_text("That is not the passphrase")
            desk.wait_idle()
        expect(desk.notices).to_contain_text("Wait 30 s, then try again.")
        sign_in(page, "Eve", PASSPHRASE)
        expect(desk.notices).to_contain_text(re.compile("too often. Wait (30|[12]?[0-9]) s, then"))
        expect_nothing_shown(page)
        # Somebody else in another tab is not locked out by that.
        other = page.context.new_page()
        other.goto(served.address + "/connection")
        sign_in(other, "Ana", PASSPHRASE)
        expect(find_who(other)).to_contain_text("Ana")
        token = wait_for_token(page)

        shown = page.content() + other.content() + page.url + other.url
        for secret in (PASSPHRASE, HASH, *guesses):
            assert secret not in served.read_log()
            assert secret not in shown
            assert not [frame for frame in desk.watch.received if secret.encode() in frame]
        assert token not in served.read_log() + shown + "".join(desk.watch.urls)
        file = sqlite3.connect(f"file:{tmp_path / 'data' / 'desk.sqlite3'}?mode=ro", uri=True)
        assert token not in "\n".join(file.iterdump())
        file.close()


def test_a_sign_in_outlives_the_desk_but_not_its_passphrase(
    browser: Browser, tmp_path: Path
) -> None:
    port = find_port()
    with browser.new_context() as context:
        page = context.new_page()
        for passphrase_hash, is_in in ((HASH, None), (HASH, True), (LEAD_HASH, False)):
            with serve_desk(tmp_path, port=port, passphrase_hash=passphrase_hash) as served:
                page.goto(served.address + "/connection")
                if is_in is None:
                    DeskPage(page, served.address, Watch(served.address)).wait_idle()
                    sign_in(page, "Ana", PASSPHRASE)
                    wait_for_token(page)
                if is_in is False:
                    expect_nothing_shown(page)
                else:
                    expect(find_who(page)).to_contain_text("Ana")
                page.goto("about:blank")


# By login


def log_in(page_pool: PagePool, desk: ServedDesk, provider: Provider, **account: Any) -> Any:
    provider.account = account
    stack = ExitStack()
    opened = stack.enter_context(a_browser(page_pool, desk, provider.address))
    opened.open("/inspect?confidence=40&picture=sample:coffee")
    expect_nothing_shown(opened.page)
    while "mask_desk_way_back" not in read_cookies(opened.page.context):
        opened.page.wait_for_timeout(50)
    opened.page.get_by_role("button", name="Log in").click()
    expect(opened.page.get_by_role("button", name="Log in")).to_have_count(0)
    opened.page.wait_for_url(re.compile("/inspect"))
    opened.wait_idle()
    return stack, opened


@pytest.mark.parametrize(
    ("account", "who", "role"),
    [
        ({"email": "ANA@example.org", "email_verified": True}, "ana@example.org", "Lead"),
        ({"email": "ben@example.org", "email_verified": "true"}, "ben@example.org", "Reviewer"),
        ({"email": "eve@e.example"}, "eve@e.example", "Viewer"),
    ],
)
def test_who_is_listed_logs_in_by_address_or_domain(
    page_pool: PagePool,
    login_desk: ServedDesk,
    provider: Provider,
    account: dict[str, Any],
    who: str,
    role: str,
) -> None:
    stack, desk = log_in(page_pool, login_desk, provider, **account)
    with stack:
        desk.wait_ready()
        expect(find_who(desk.page)).to_contain_text(who)
        # The way led over the provider and back to where it began.
        desk.expect_in_address("confidence", "40")
        expect(desk.chosen_tile).to_contain_text("Cup of coffee")
        while "mask_desk_way_back" in read_cookies(desk.page.context):
            desk.page.wait_for_timeout(50)
        desk.page.reload()
        desk.wait_ready()
        find_who(desk.page).click()
        expect(desk.page.get_by_text(re.compile(f"^{role}: "))).to_be_visible()
        desk.page.get_by_role("button", name="Log out").click()
        expect_nothing_shown(desk.page)
        desk.page.reload()
        expect_nothing_shown(desk.page)
    assert not provider.refused


@pytest.mark.parametrize(
    ("account", "words"),
    [
        (
            {"email": "mallory@elsewhere.example", "email_verified": True},
            "logged in as mallory@elsewhere.example, which is not on this desk’s list",
        ),
        ({"email": "ana@example.org", "email_verified": False}, "has made sure that this address"),
        ({"email": "<b>ana</b>@example.org"}, "without an e-mail address"),
    ],
)
def test_who_is_not_listed_or_not_confirmed_is_told_and_sees_nothing(
    page_pool: PagePool,
    login_desk: ServedDesk,
    provider: Provider,
    account: dict[str, Any],
    words: str,
) -> None:
    stack, desk = log_in(page_pool, login_desk, provider, **account)
    with stack:
        for path in ("/inspect", "/connection"):
            desk.open(path)
            expect_nothing_shown(desk.page)
            expect(desk.notices).to_contain_text(words)
        desk.page.get_by_role("button", name="Log out").click()
        expect(desk.page.get_by_role("button", name="Log in")).to_be_visible()
    assert not provider.refused


def test_a_login_without_lists_lets_in_nobody_and_says_what_to_set(
    page_pool: PagePool, prepared: Prepared, provider: Provider, tmp_path: Path
) -> None:
    port = find_port()
    text = provider.write_secrets(f"http://127.0.0.1:{port}")
    with (
        serve_desk(tmp_path, prepared=prepared, secrets=text, port=port) as served,
        a_browser(page_pool, served) as desk,
    ):
        desk.open("/inspect")
        expect_nothing_shown(desk.page)
        expect(desk.notices).to_contain_text('allow = ["example.org"]')
        expect(desk.page.get_by_role("button", name="Log in")).to_have_count(0)


def test_the_secrets_of_a_login_stay_secret(
    page_pool: PagePool, login_desk: ServedDesk, provider: Provider
) -> None:
    stack, desk = log_in(page_pool, login_desk, provider, email="ana@example.org")
    with stack:
        desk.wait_ready()
        for secret in (CLIENT_SECRET, COOKIE_SECRET):
            assert secret not in login_desk.read_log()
            assert secret not in desk.page.content() + "".join(desk.watch.urls)
            assert not [frame for frame in desk.watch.received if secret.encode() in frame]


# How it looks


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1400, 390])
def test_the_way_in_fits_and_can_be_read(
    page_pool: PagePool, passphrase_desk: ServedDesk, width: int, scheme: Any
) -> None:
    screen = {"width": width, "height": 844}
    with a_browser(page_pool, passphrase_desk, viewport=screen, color_scheme=scheme) as desk:
        desk.open("/inspect")
        sign_in(desk.page, "A" * 80, "a wrong guess")
        expect(desk.notices).to_be_visible()
        desk.wait_idle()
        assert find_faults(desk.page) == {}
        if width == 390:
            assert find_small_targets(desk.page) == []
        sign_in(desk.page, "A" * 80, PASSPHRASE)
        desk.wait_ready()
        find_who(desk.page).click()
        expect(desk.page.get_by_role("button", name="Sign out")).to_be_visible()
        assert find_faults(desk.page) == {}
