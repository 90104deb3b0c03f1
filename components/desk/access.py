"""Who is at the desk, and what they may do: decided here, on the server, at each run."""

from __future__ import annotations

import ipaddress
import math
import os
import secrets
import unicodedata
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import streamlit as st

from components import session, store
from components.desk.connection import open_desk, read_section
from components.desk.cookies import read_cookie, want_cookie
from components.desk.login import find_login
from components.desk.page_tokens import page_tokens
from components.errors import AccessError, NotSignedIn, StoreError, WrongPassphrase
from components.model.clock import read_clock
from components.model.review import ROLES, Person, Role
from components.settings import (
    AccessSettings,
    RoleName,
    Secret,
    read_access_settings,
)

if TYPE_CHECKING:
    from components.store.people import Limit

LONGEST_NAME: Final = 80

_CHECK_MS = 30_000
_NAME_SECONDS = 365 * 24 * 3600
_WHO_MAY: Final[Mapping[Role, str]] = {
    "viewer": "People who are signed in",
    "reviewer": "Reviewers and leads",
    "lead": "Leads",
}


@dataclass(frozen=True, slots=True)
class _Held:
    """What a browser session knows of its own sign-in; without a token it has signed out."""

    token: Secret
    person: Person | None = None
    checked_at: int = 0
    sign_outs: int = 0


@st.cache_resource(show_spinner=False)
def open_access() -> AccessSettings:
    """Who may open this desk, as it is set.

    Raises:
        SettingsError: the settings cannot be used; tried again at the next call.
    """
    has_login = st.secrets.load_if_toml_exists() and "auth" in st.secrets
    return read_access_settings(read_section("access"), os.environ, has_login=has_login)


def require(who: Person | None, role: Role, *, needs_name: bool = True) -> Person:
    """The person, where they may do what this role may.

    Args:
        who: from `find_person`; None where nobody is signed in.
        role: what is needed.
        needs_name: whether something is signed with the name.

    Raises:
        NotSignedIn: there is nobody.
        AccessError: there is somebody, who may not.
    """
    if who is None or (needs_name and not who.name):
        raise NotSignedIn("Nobody is signed in here, or not any more. Sign in, then do it again.")
    if not who.may(role):
        raise AccessError(
            f"{_WHO_MAY[role]} may do this; you are signed in as a {who.role}. Ask whoever runs "
            "this desk for another role."
        )
    return who


def find_person() -> Person | None:
    """Who this browser session belongs to; None where nobody has signed in or given a name yet.

    Raises:
        NotSignedIn: somebody logged in whom the desk does not let in, and why.
        SettingsError: the settings cannot be used.
        StoreError: sign-ins cannot be looked up.
    """
    settings = open_access()
    if settings.kind == "login":
        return find_login(settings)
    if settings.kind == "passphrase":
        return _find_signed_in(settings)
    try:
        name = clean_name(st.session_state.get(session.NAME) or read_cookie("name"))
    except AccessError:
        return None
    return Person(name, "lead", "open")


def clean_name(text: str) -> str:
    """A name as decisions are signed with: 1–80 signs, single spaces.

    Raises:
        AccessError: empty, too long, or with signs that cannot be seen.
    """
    name = " ".join(unicodedata.normalize("NFC", text).split())
    if not 0 < len(name) <= LONGEST_NAME or not name.isprintable():
        raise AccessError(
            f"A name has 1 to {LONGEST_NAME} signs that can be seen. It stands beside what you "
            "decide. Type yours."
        )
    return name


def give_name(text: str) -> Person:
    """Where nobody has to sign in: from now on this name, in this browser.

    Raises:
        AccessError: this is no name, or people sign in here.
    """
    if open_access().kind != "open":
        raise AccessError("On this desk people sign in; a name alone does not do.")
    name = clean_name(text)
    st.session_state[session.NAME] = name
    want_cookie("name", name, _NAME_SECONDS)
    return Person(name, "lead", "open")


def sign_in(name: str, passphrase: str) -> Person:
    """Sign in with a passphrase: this tab now, this browser for 30 days.

    Raises:
        AccessError: this is no name, or there is no passphrase here.
        WrongPassphrase: it is wrong, or it is too early to try again.
        StoreError: sign-ins cannot be kept.
    """
    # Here, since most people never come by, and it takes time to import.
    from components.settings.passphrase import match_passphrase

    settings = open_access()
    if settings.kind != "passphrase":
        raise AccessError("This desk asks for no passphrase. Reload the page.")
    name = clean_name(name)
    database, now = open_desk().database, read_clock()
    limits = _make_limits()
    attempt = store.people.begin_attempt(database, limits, now=now)
    if not attempt.is_admitted:
        raise WrongPassphrase(
            f"The wrong passphrase came too often. Wait {_say(attempt.wait_ms)}, then try again."
        )
    ranked = sorted(settings.passphrases, key=ROLES.index, reverse=True)
    hashes = {role: settings.passphrases[role] for role in ranked}
    role = match_passphrase(passphrase, hashes)
    if role is None:
        then = f"Wait {_say(attempt.wait_ms)}, then try again." if attempt.wait_ms else "Try again."
        raise WrongPassphrase(f"That is not the passphrase of this desk. {then}")
    # Whoever knows a lesser passphrase gains no tries at a greater one by giving their own.
    own = [limit.key for limit in limits[:-1]] if role == ranked[0] else []
    store.people.forgive(database, [limit.key for limit in limits], wholly=own, now=now)
    token = Secret(secrets.token_urlsafe(32))
    store.people.keep_sign_in(
        database,
        token.reveal(),
        settings.passphrases[role].reveal(),
        name=name,
        role=role,
        now=now,
    )
    person = Person(name, role, "passphrase")
    st.session_state[session.SIGN_IN] = _Held(token, person, now, page_tokens.sign_outs)
    want_cookie("sign_in", token.reveal(), store.people.SIGN_IN_MS // 1000)
    return person


def sign_out() -> None:
    """End a sign-in with a passphrase, in all tabs of this browser; what the tab held is forgotten.

    Raises:
        StoreError: the sign-in could not be ended in the database; this tab has forgotten it.
    """
    token = _read_token()
    _forget_tab()
    want_cookie("sign_in", "", 0)
    if token:
        store.people.drop_sign_in(open_desk().database, token, _reveal(open_access().passphrases))
    page_tokens.sign_outs += 1


def _is_fresh(checked_at: int, sign_outs: int, now: int) -> bool:
    """Whether a sign-in that was looked up then still counts; nobody signed out here since."""
    return now - checked_at < _CHECK_MS and sign_outs == page_tokens.sign_outs


def _find_signed_in(settings: AccessSettings) -> Person | None:
    token = _read_token()
    if not token:
        return None
    held: _Held | None = st.session_state.get(session.SIGN_IN)
    known = held.person if held else None
    now = read_clock()
    if held and known and _is_fresh(held.checked_at, held.sign_outs, now):
        return known
    try:
        found = store.people.find_sign_in(
            open_desk().database, token, _reveal(settings.passphrases), now=now
        )
    except StoreError:
        # Who was let in is not thrown out in the middle of work because the database is away; all
        # that is kept is out of reach for them, too.
        if held is None or known is None:
            raise
        st.session_state[session.SIGN_IN] = replace(
            held, checked_at=now, sign_outs=page_tokens.sign_outs
        )
        return known
    if found is None:
        if known:
            _forget_tab()
        return None
    person = Person(found.name, found.role, "passphrase")
    st.session_state[session.SIGN_IN] = _Held(Secret(token), person, now, page_tokens.sign_outs)
    return person


def give_page_token(who: Person) -> Secret:
    """What this tab's page posts to the desk with, as this person; the same one while it lasts."""
    now = read_clock()
    known: Secret | None = st.session_state.get(session.POSTER)
    if known is not None and page_tokens.knows(known, who, now=now):
        return known
    drop_page_token()
    sign_in = Secret(_read_token()) if who.how == "passphrase" else None
    given = st.session_state[session.POSTER] = page_tokens.give(who, sign_in, now=now)
    return given


def drop_page_token() -> None:
    """This tab's page posts nothing any more."""
    known: Secret | None = st.session_state.pop(session.POSTER, None)
    if known is not None:
        page_tokens.drop(known)


def find_page_person(token: str) -> Person:
    """Whose page it is that posts with this token.

    Raises:
        NotSignedIn: nobody's, or they are no longer signed in, or in another role.
        StoreError: sign-ins cannot be looked up.
    """
    now = read_clock()
    holder = page_tokens.find(token, now=now)
    if holder.sign_in is not None and not _is_fresh(holder.checked_at, holder.sign_outs, now):
        found = store.people.find_sign_in(
            open_desk().database,
            holder.sign_in.reveal(),
            _reveal(open_access().passphrases),
            now=now,
        )
        if found is None or (found.name, found.role) != (holder.person.name, holder.person.role):
            page_tokens.drop(Secret(token))
            raise NotSignedIn("You are no longer signed in. Sign in again; nothing is lost.")
        holder.checked_at, holder.sign_outs = now, page_tokens.sign_outs
    return holder.person


def _forget_tab() -> None:
    """Whoever comes next in this tab finds nothing of whoever was there."""
    drop_page_token()
    kept = {session.DOOR, session.PAGE, session.BROWSER}
    for key in [key for key in st.session_state if key not in kept]:
        del st.session_state[key]
    st.session_state[session.SIGN_IN] = _Held(Secret(""))


def _read_token() -> str:
    held: _Held | None = st.session_state.get(session.SIGN_IN)
    # The browser's cookies are those it had when it connected; what this tab did since is newer.
    return held.token.reveal() if held else read_cookie("sign_in")


def _make_limits() -> list[Limit]:
    """Who is slowed down: the tab, then its network address, then everybody, but never for long."""
    browser = st.session_state.setdefault(session.BROWSER, uuid.uuid4().hex)
    limits = [store.people.Limit(f"tab {browser}")]
    try:
        address = ipaddress.ip_address(st.context.ip_address or "")
    except ValueError:
        address = None
    # A private address may be that of a proxy which everybody comes through.
    if address and address.is_global:
        limits.append(store.people.Limit(f"from {address}", free=15, longest_ms=120_000))
    return [*limits, store.people.Limit("all", free=60, first_ms=1_000, longest_ms=60_000)]


def _reveal(hashes: Mapping[RoleName, Secret]) -> dict[RoleName, str]:
    return {role: known.reveal() for role, known in hashes.items()}


def _say(wait_ms: int) -> str:
    seconds = math.ceil(wait_ms / 1000)
    return f"{seconds} s" if seconds <= 90 else f"{math.ceil(seconds / 60)} min"
