"""The way in, through Streamlit's own test runner: open, by passphrase, by login."""

from __future__ import annotations

import logging
import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from argon2 import PasswordHasher
from streamlit.testing.v1 import AppTest

from components import desk, session
from tests.pages.desk_app import open_app, texts
from tests.postgres import run_postgres

PASSPHRASE, LEAD_PASSPHRASE = "correct horse battery", "staple of a lead"
HASHER = PasswordHasher(time_cost=1, memory_cost=32)
HASH, LEAD_HASH = HASHER.hash(PASSPHRASE), HASHER.hash(LEAD_PASSPHRASE)
AUTH = {
    "redirect_uri": "http://localhost:8501/oauth2callback",
    "cookie_secret": "cookie-secret-0123456789abcdef",
    "client_id": "mask-desk",
    "client_secret": "client-secret-7c1d",
    "server_metadata_url": "http://localhost:1/.well-known/openid-configuration",
}
LISTS = {"leads": ["Ana@example.org"], "reviewers": ["example.org"], "viewers": ["e.example"]}


@pytest.fixture
def own_data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """A desk whose sign-ins and failures are this test's alone."""
    monkeypatch.setenv("MASK_DESK_FOLDER", str(tmp_path))
    return monkeypatch


@pytest.fixture
def by_passphrase(own_data: pytest.MonkeyPatch) -> None:
    """Reviewers and leads have a passphrase each."""
    own_data.setenv("MASK_DESK_PASSPHRASE_HASH", HASH)
    own_data.setenv("MASK_DESK_LEAD_PASSPHRASE_HASH", LEAD_HASH)


def gate(role: str, needs_name: bool) -> None:
    """A page that lets in by role, and says who came in."""
    import streamlit as st

    from components.ui.access import admit, keep_cookies

    keep_cookies()
    who = admit(role, needs_name=needs_name)  # type: ignore[arg-type]
    st.text(f"let in: {who.name}, {who.role}, {who.how}")


def open_gate(
    role: str = "viewer",
    *,
    needs_name: bool = True,
    secrets: dict[str, Any] | None = None,
    user: dict[str, Any] | None = None,
) -> AppTest:
    app = AppTest.from_function(
        gate, default_timeout=60, kwargs={"role": role, "needs_name": needs_name}
    )
    if secrets is not None:
        app.secrets = secrets
    if user is not None:
        app.user = user
    return app.run()


def who_is_in(app: AppTest) -> str | None:
    """Who was let in; None for nobody."""
    assert not app.exception
    said = [text.value for text in app.text if text.value.startswith("let in: ")]
    return said[0].removeprefix("let in: ") if said else None


def sign_in(app: AppTest, name: str, passphrase: str) -> AppTest:
    app.text_input[0].set_value(name)
    app.text_input[1].set_value(passphrase)
    return app.button[0].click().run()


# Open


def test_where_nobody_signs_in_inspect_and_connection_ask_for_nothing() -> None:
    app = open_app()
    assert not app.exception
    assert [button.label for button in app.button if "in" in button.label.lower().split()] == []
    assert "What is your name" not in texts(app)
    app.switch_page("pages/connection.py").run()
    assert not app.exception
    assert "Try another server" in [heading.value for heading in app.subheader]
    assert who_is_in(open_gate(needs_name=False)) == ", lead, open"


def test_a_name_is_asked_once_and_may_be_changed() -> None:
    app = open_gate("lead")
    assert who_is_in(app) is None
    assert "What is your name?" in texts(app)
    app.text_input[0].set_value("\u202e").run()
    app.button[0].click().run()
    assert who_is_in(app) is None
    assert "1 to 80 signs" in texts(app)
    app.text_input[0].set_value(" Ana  *Ng* <b>")
    app.button[0].click().run()
    assert who_is_in(app) == "Ana *Ng* <b>, lead, open"
    (wanted,) = app.session_state[session.COOKIES].values()
    assert wanted.value.reveal() == "Ana *Ng* <b>"
    assert wanted.seconds == 365 * 24 * 3600
    # In the menu the name is text, and its label no Markdown.
    assert "Ana *Ng* <b>" in [text.value for text in app.text]
    app.text_input[0].set_value("Ben")
    app.button[0].click().run()
    assert who_is_in(app) == "Ben, lead, open"


# By passphrase


@pytest.mark.usefixtures("by_passphrase")
def test_each_passphrase_gives_its_role_and_nothing_is_shown_before() -> None:
    app = open_app()
    assert not app.exception
    assert not app.selectbox
    assert not app.dataframe
    assert "Sign in to this desk" in texts(app)
    app.switch_page("pages/connection.py").run()
    assert "Server in use" not in [heading.value for heading in app.subheader]

    app = open_gate()
    assert who_is_in(app) is None
    assert who_is_in(sign_in(app, "Ana", PASSPHRASE)) == "Ana, reviewer, passphrase"
    lead = open_gate("lead")
    assert who_is_in(sign_in(lead, "Lea", LEAD_PASSPHRASE)) == "Lea, lead, passphrase"
    refused = open_gate("lead")
    assert who_is_in(sign_in(refused, "Ana", PASSPHRASE)) is None
    assert "Leads may do this; you are signed in as a reviewer." in texts(refused)


@pytest.mark.usefixtures("by_passphrase")
def test_signing_out_forgets_what_the_tab_held() -> None:
    app = sign_in(open_gate(), "Ana", PASSPHRASE)
    app.session_state[session.TRAY] = ["a picture of Ana's"]
    token = app.session_state[session.SIGN_IN].token.reveal()
    app.button(key="sign_out").click().run()
    assert who_is_in(app) is None
    assert session.TRAY not in app.session_state
    (wanted,) = app.session_state[session.COOKIES].values()
    assert (wanted.value.reveal(), wanted.seconds) == ("", 0)
    assert who_is_in(app.run()) is None
    assert token not in texts(app)


@pytest.mark.usefixtures("by_passphrase")
def test_the_fifth_wrong_one_begins_a_wait_for_that_tab_alone(
    caplog: pytest.LogCaptureFixture,
) -> None:
    app = open_gate()
    with caplog.at_level(logging.DEBUG):
        for number in range(5):
            assert "Wait" not in texts(app)
            assert who_is_in(sign_in(app, "Eve", f"guess number {number}")) is None
            assert "That is not the passphrase of this desk." in texts(app)
            # The name stays in its field, what was tried does not.
            assert [field.value for field in app.text_input] == ["Eve", ""]
        assert "Wait 30 s, then try again." in texts(app)
        assert who_is_in(sign_in(app, "Eve", PASSPHRASE)) is None
        assert "The wrong passphrase came too often." in texts(app)
        assert who_is_in(sign_in(open_gate(), "Ana", PASSPHRASE)) == "Ana, reviewer, passphrase"
    for secret in (PASSPHRASE, "guess number", HASH):
        assert secret not in caplog.text


@pytest.mark.usefixtures("by_passphrase")
def test_a_lesser_passphrase_gives_no_more_tries_at_the_greater() -> None:
    tab = open_gate()
    for _ in range(4):
        sign_in(tab, "Eve", "a wrong guess")
    assert who_is_in(sign_in(tab, "Eve", PASSPHRASE)) == "Eve, reviewer, passphrase"
    tab.button(key="sign_out").click().run()
    sign_in(tab, "Eve", "a wrong guess")
    assert "Wait 30 s" in texts(tab)


@pytest.mark.usefixtures("by_passphrase")
def test_what_is_missing_is_said_and_counts_as_no_failure() -> None:
    app = open_gate()
    for _ in range(6):
        sign_in(app, "Ana", "")
        assert "Type the passphrase" in texts(app)
        sign_in(app, "  ", PASSPHRASE)
        assert "1 to 80 signs" in texts(app)
    assert who_is_in(sign_in(app, "Ana", PASSPHRASE)) == "Ana, reviewer, passphrase"


def test_settings_that_cannot_be_used_let_in_nobody(own_data: pytest.MonkeyPatch) -> None:
    own_data.setenv("MASK_DESK_PASSPHRASE_HASH", "not a hash")
    app = open_gate(needs_name=False)
    assert who_is_in(app) is None
    assert "passphrase_hash is an Argon2 hash" in texts(app)
    app = open_app()
    assert not app.selectbox
    assert "Nobody can be let in now." in texts(app)


def test_a_database_that_cannot_be_reached_lets_in_nobody(
    own_data: pytest.MonkeyPatch, by_passphrase: None
) -> None:
    own_data.setenv("MASK_DESK_DATABASE", "postgresql://ana:hunter2@127.0.0.1:1/desk")
    app = sign_in(open_gate(), "Ana", PASSPHRASE)
    assert who_is_in(app) is None
    assert "desk-error" in texts(app)
    assert "hunter2" not in texts(app)


def check_again(app: AppTest) -> AppTest:
    """Run it as if the last look at who is signed in were long ago."""
    app.session_state[session.SIGN_IN] = replace(app.session_state[session.SIGN_IN], checked_at=0)
    return app.run()


@pytest.mark.usefixtures("by_passphrase")
def test_signing_out_elsewhere_ends_it_here_and_forgets_what_the_tab_held(tmp_path: Path) -> None:
    app = sign_in(open_gate(), "Ana", PASSPHRASE)
    app.session_state[session.TRAY] = ["a picture of Ana's"]
    assert who_is_in(check_again(app)) == "Ana, reviewer, passphrase"
    with closing(sqlite3.connect(tmp_path / "desk.sqlite3")) as file, file:
        assert file.execute("DELETE FROM sign_ins").rowcount == 1
    assert who_is_in(app.run()) == "Ana, reviewer, passphrase"
    assert who_is_in(check_again(app)) is None
    assert session.TRAY not in app.session_state
    assert "Sign in to this desk" in texts(app)


@pytest.mark.usefixtures("by_passphrase")
def test_who_is_in_stays_in_while_the_database_is_away_and_nobody_else_comes_in(
    own_data: pytest.MonkeyPatch,
) -> None:
    with run_postgres() as server:
        own_data.setenv("MASK_DESK_DATABASE", server.create_database())
        app = sign_in(open_gate(), "Ana", PASSPHRASE)
        server.stop()
        assert who_is_in(check_again(app)) == "Ana, reviewer, passphrase"
        assert who_is_in(sign_in(open_gate(), "Ben", PASSPHRASE)) is None
        server.start()
        assert who_is_in(check_again(app)) == "Ana, reviewer, passphrase"
        assert who_is_in(sign_in(open_gate(), "Ben", PASSPHRASE)) == "Ben, reviewer, passphrase"
        desk.open_desk().database.close()


# By login


@pytest.mark.parametrize(
    ("claims", "who"),
    [
        ({"email": "ana@example.org", "email_verified": True}, "ana@example.org, lead, login"),
        ({"email": "ANA@EXAMPLE.ORG"}, "ana@example.org, lead, login"),
        (
            {"email": "ben@example.org", "email_verified": "true"},
            "ben@example.org, reviewer, login",
        ),
        ({"email": "eve@e.example"}, "eve@e.example, viewer, login"),
    ],
)
def test_who_is_listed_is_let_in(claims: dict[str, Any], who: str) -> None:
    secrets = {"auth": AUTH, "access": LISTS}
    app = open_gate(secrets=secrets, user={"is_logged_in": True, **claims})
    assert who_is_in(app) == who


@pytest.mark.parametrize(
    ("claims", "words"),
    [
        ({"email": "mallory@elsewhere.example"}, "which is not on this desk’s list"),
        ({"email": "ana@example.org.evil.example"}, "which is not on this desk’s list"),
        ({"email": "ana@sub.example.org"}, "which is not on this desk’s list"),
        ({"email": "ana@example.org", "email_verified": False}, "nobody has made sure"),
        ({"email": "ana@example.org", "email_verified": "false"}, "nobody has made sure"),
        ({"email": "ana@example.org", "email_verified": None}, "nobody has made sure"),
        ({"email": "ana@example.org", "email_verified": 2}, "nobody has made sure"),
        ({"name": "ana@example.org"}, "without an e-mail address"),
        ({"email": ["ana@example.org"]}, "without an e-mail address"),
        ({"email": "x@evil.example, ana@example.org"}, "without an e-mail address"),
        ({"email": ""}, "without an e-mail address"),
    ],
)
def test_who_is_not_is_told_why_and_may_log_out(claims: dict[str, Any], words: str) -> None:
    secrets = {"auth": AUTH, "access": LISTS}
    app = open_gate(secrets=secrets, user={"is_logged_in": True, **claims}, needs_name=False)
    assert who_is_in(app) is None
    assert words in texts(app)
    assert [button.label for button in app.button] == ["Log out"]


@pytest.mark.parametrize("user", [{}, {"is_logged_in": False}, {"email": "ana@example.org"}])
def test_who_has_not_logged_in_may(user: dict[str, Any]) -> None:
    app = open_gate(secrets={"auth": AUTH, "access": LISTS}, user=user, needs_name=False)
    assert who_is_in(app) is None
    assert [button.label for button in app.button] == ["Log in"]


@pytest.mark.parametrize("access", [{}, {"passphrase_hash": HASH}, {"allow": []}])
@pytest.mark.parametrize("is_logged_in", [True, False])
def test_a_login_without_lists_lets_in_nobody(access: dict[str, Any], is_logged_in: bool) -> None:
    user = {"is_logged_in": is_logged_in, "email": "ana@example.org"}
    for secrets in ({"auth": AUTH, "access": access}, {"auth": {}, "access": access}):
        app = open_gate(secrets=secrets, user=user, needs_name=False)
        assert who_is_in(app) is None
        assert "allow = [&quot;example.org&quot;]" in texts(app)


def test_lists_without_a_login_let_in_nobody() -> None:
    app = open_gate(secrets={"access": LISTS}, needs_name=False)
    assert who_is_in(app) is None
    assert "nobody logs in with one here" in texts(app)


def test_each_provider_has_a_button() -> None:
    named = {name: AUTH[name] for name in ("redirect_uri", "cookie_secret")}
    one = {name: AUTH[name] for name in AUTH if name not in named}
    secrets = {"auth": {**named, "google": one, "okta": one}, "access": LISTS}
    app = open_gate(secrets=secrets, needs_name=False)
    labels = [button.label for button in app.button]
    assert labels == ["Log in with Google", "Log in with Okta"]
