"""What a page posts to the desk with: whose it is, how long it lasts, and what ends it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from streamlit.testing.v1 import AppTest

from components import desk, session, store
from components.desk import access, page_tokens
from components.desk.page_tokens import LASTING_MS, PageTokens
from components.errors import NotSignedIn
from components.model.review import Person
from components.settings import Secret

ANA = Person("Ana", "reviewer")
PASSPHRASE = "correct horse"
HASHER = PasswordHasher(time_cost=1, memory_cost=32)
NOW = 1_800_000_000_000


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], None]:
    """The desk's clock, to be put forward by milliseconds."""
    now = [NOW]
    monkeypatch.setattr(access, "read_clock", lambda: now[0])

    def put_forward(milliseconds: int) -> None:
        now[0] += milliseconds

    return put_forward


@pytest.fixture
def own_data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """A desk whose sign-ins are this test's alone; reviewers and leads have a passphrase."""
    monkeypatch.setenv("MASK_DESK_FOLDER", str(tmp_path))
    monkeypatch.setenv("MASK_DESK_PASSPHRASE_HASH", HASHER.hash(PASSPHRASE))
    monkeypatch.setenv("MASK_DESK_LEAD_PASSPHRASE_HASH", HASHER.hash("staple of a lead"))
    return monkeypatch


def gate() -> None:
    """A page that gives a token to whoever is in, and has a button for going."""
    import streamlit as st

    from components.desk import access

    with st.form("in"):
        name, passphrase = st.text_input("Name"), st.text_input("Passphrase")
        if st.form_submit_button("Sign in"):
            access.sign_in(name, passphrase)
    with st.form("named"):
        name = st.text_input("Name alone")
        if st.form_submit_button("Name"):
            access.give_name(name)
    if st.button("Sign out"):
        access.sign_out()
    who = access.find_person()
    if who is not None:
        access.give_page_token(who)


def click(app: AppTest, label: str) -> AppTest:
    next(button for button in app.button if button.label == label).click()
    app.run()
    assert not app.exception
    return app


def sign_in(name: str = "Ana", passphrase: str = PASSPHRASE) -> AppTest:
    app = AppTest.from_function(gate, default_timeout=60).run()
    app.text_input[0].set_value(name)
    app.text_input[1].set_value(passphrase)
    return click(app, "Sign in")


def read_token(app: AppTest) -> str:
    given = app.session_state[session.POSTER]
    assert isinstance(given, Secret)
    assert given.reveal() not in repr(given)
    return given.reveal()


def expect_gone(token: str) -> None:
    with pytest.raises(NotSignedIn, match=r"nothing is lost"):
        access.find_page_person(token)


# Tokens by themselves


def test_a_token_is_its_holders_for_a_day() -> None:
    tokens = PageTokens()
    first, second = (tokens.give(ANA, None, now=NOW).reveal() for _ in range(2))
    assert first != second
    assert min(len(first), len(second)) >= 43
    assert tokens.find(first, now=NOW + LASTING_MS).person == ANA
    for nobodys in ("", "x", first[:-1], first + "=", first.swapcase()):
        with pytest.raises(NotSignedIn):
            tokens.find(nobodys, now=NOW)
    for now in (NOW + LASTING_MS + 1, NOW):
        # Once it is over it is over, whatever becomes of the clock.
        with pytest.raises(NotSignedIn):
            tokens.find(first, now=now)
    tokens.drop(Secret(second))
    tokens.drop(Secret("unknown"))
    with pytest.raises(NotSignedIn):
        tokens.find(second, now=NOW)


def test_a_page_gets_another_token_before_its_own_ends() -> None:
    tokens = PageTokens()
    given = tokens.give(ANA, None, now=NOW)
    assert tokens.knows(given, ANA, now=NOW + LASTING_MS // 2 - 1)
    assert not tokens.knows(given, ANA, now=NOW + LASTING_MS // 2)
    for other in (Person("Ben", "reviewer"), Person("Ana", "lead")):
        assert not tokens.knows(given, other, now=NOW)
    assert not tokens.knows(Secret("unknown"), ANA, now=NOW)


def test_where_there_are_too_many_the_oldest_goes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(page_tokens, "_MOST", 3)
    tokens = PageTokens()
    given = [tokens.give(ANA, None, now=NOW).reveal() for _ in range(4)]
    with pytest.raises(NotSignedIn):
        tokens.find(given[0], now=NOW)
    assert [tokens.find(token, now=NOW).person for token in given[1:]] == [ANA] * 3


# With the desk's access


@pytest.mark.usefixtures("own_data")
def test_a_tab_keeps_its_token_and_signing_out_ends_it(clock: Callable[[int], None]) -> None:
    app, other = sign_in(), sign_in("Lea", "staple of a lead")
    token = read_token(app)
    assert access.find_page_person(token) == Person("Ana", "reviewer", "passphrase")
    assert access.find_page_person(read_token(other)) == Person("Lea", "lead", "passphrase")
    assert read_token(app.run()) == token
    click(app, "Sign out")
    assert session.POSTER not in app.session_state
    expect_gone(token)
    access.find_page_person(read_token(other))
    clock(LASTING_MS // 2)
    before = read_token(other)
    assert read_token(other.run()) != before
    expect_gone(before)


@pytest.mark.usefixtures("own_data")
def test_a_sign_in_that_ended_elsewhere_ends_the_tokens_of_all_its_tabs(
    clock: Callable[[int], None],
) -> None:
    app = sign_in()
    token = read_token(app)
    # The same browser's other tab: the same sign-in, another token, and there somebody signs out.
    held = app.session_state[session.SIGN_IN]
    other = AppTest.from_function(gate, default_timeout=60)
    other.session_state[session.SIGN_IN] = held
    other.run()
    assert read_token(other) != token
    click(other, "Sign out")
    # At once: nobody has to wait until it would be looked up again.
    expect_gone(token)


def test_a_sign_in_is_not_looked_up_at_each_post(
    own_data: pytest.MonkeyPatch, clock: Callable[[int], None]
) -> None:
    app = sign_in()
    token = read_token(app)
    # As another desk on the same database ends it.
    held = app.session_state[session.SIGN_IN]
    hashes = {role: hash_.reveal() for role, hash_ in access.open_access().passphrases.items()}
    store.people.drop_sign_in(desk.open_desk().database, held.token.reveal(), hashes)
    assert access.find_page_person(token).name == "Ana"
    clock(30_000)
    expect_gone(token)
    clock(-30_000)
    expect_gone(token)


def test_another_passphrase_ends_it(
    own_data: pytest.MonkeyPatch, clock: Callable[[int], None]
) -> None:
    token = read_token(sign_in())
    clock(30_000)
    assert access.find_page_person(token).name == "Ana"
    own_data.setenv("MASK_DESK_PASSPHRASE_HASH", HASHER.hash("another horse"))
    access.open_access.clear()
    assert access.find_page_person(token).name == "Ana"
    clock(30_000)
    expect_gone(token)


@pytest.mark.usefixtures("own_data")
def test_a_role_that_changed_ends_it(clock: Callable[[int], None]) -> None:
    token = read_token(sign_in())
    holder = page_tokens.page_tokens.find(token, now=NOW)
    # As if it had been given to somebody who was more than the sign-in says now.
    holder.person = Person("Ana", "lead", "passphrase")
    assert access.find_page_person(token).role == "lead"
    clock(30_000)
    expect_gone(token)


def test_where_names_are_given_another_name_gets_another_token(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MASK_DESK_FOLDER", str(tmp_path))
    app = AppTest.from_function(gate, default_timeout=60).run()
    tokens = []
    for name in ("Ana", "Ben"):
        app.text_input[2].set_value(name)
        click(app, "Name")
        tokens.append(read_token(app))
        assert access.find_page_person(tokens[-1]) == Person(name, "lead", "open")
    expect_gone(tokens[0])
