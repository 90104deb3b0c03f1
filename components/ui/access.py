"""The way in for people: sign in, log in or give a name; who one is, and the way out."""

from __future__ import annotations

from typing import Final, Literal
from urllib.parse import parse_qs, urlencode

import streamlit as st
from streamlit.errors import StreamlitAPIException

from components import session
from components.desk import access
from components.desk.cookies import list_wanted_cookies, read_cookie, want_cookie
from components.desk.login import list_providers
from components.errors import AccessError, DeskError, NotSignedIn
from components.model.review import Person, Role
from components.ui.notices import show_error, show_notice
from components.viewer.cookie import Cookie, cookies

_IN_WORDS: Final[dict[Role, str]] = {
    "viewer": "Viewer: looks at everything",
    "reviewer": "Reviewer: looks and decides",
    "lead": "Lead: looks, decides and manages",
}
_WAY_BACK: Final = "way_back"
_LONGEST_QUERY: Final = 300


def keep_cookies() -> None:
    """Called at each run by app.py: what the browser is to keep reaches it here."""
    # A place of its own, so that nothing else moves when there is something to keep.
    with st.container(key="cookies"):
        _write_cookies("cookie_writer")


def find_way_back() -> tuple[str, dict[str, list[str]]] | None:
    """Where a person wanted to go who was sent to log in and came back to the first page.

    Returns:
        The page's name and its query; None where they came by themselves.
    """
    try:
        if access.open_access().kind != "login" or access.find_person() is None:
            return None
    except DeskError:
        return None
    page, _, query = read_cookie(_WAY_BACK).partition("?")
    if not page or session.WENT_BACK in st.session_state:
        return None
    st.session_state[session.WENT_BACK] = True
    want_cookie(_WAY_BACK, "", 0)
    return page, parse_qs(query)


def admit(role: Role, *, needs_name: bool = True) -> Person:
    """Called by each page before it shows anything: who may not see it goes no further.

    Whoever is let in finds their name and the way out in the bar at the top.

    Args:
        role: what the page needs.
        needs_name: whether things are signed with the name there; where nobody has to sign in,
            it is asked for only then, and otherwise "" stands for somebody.
    """
    # Emptied as soon as somebody is let in; otherwise the browser would put what was in it into
    # what comes next on the page until that is whole.
    gate = st.empty()
    try:
        is_open = access.open_access().kind == "open"
        person = access.find_person()
    except DeskError as error:
        with gate.container(key="sign_in"):
            _show_refusal(error)
        st.stop()
    if person is None and is_open and not needs_name:
        return Person("", "lead", "open")
    if person is None:
        with gate.container(key="sign_in", border=True):
            show_sign_in()
        st.stop()
    if needs_name or not is_open:
        show_who(person)
    try:
        return access.require(person, role, needs_name=needs_name)
    except AccessError as error:
        with gate.container(key="sign_in"):
            show_error(error, title="This page is not for everybody.")
        st.stop()


def recall(who: Person) -> Person:
    """The person, looked up again: fragments and callbacks keep whoever was there when they began.

    Raises:
        NotSignedIn: somebody else is there now, or nobody, or in another role.
        StoreError: sign-ins cannot be looked up.
    """
    if access.find_person() != who:
        raise NotSignedIn(
            "You are no longer signed in. Sign in again; what was not stored yet is kept in "
            "this browser."
        )
    return who


def show_sign_in() -> None:
    """What there is to fill in or to press before one is let in."""
    kind = access.open_access().kind
    if kind == "login":
        st.html("<h2>Log in to this desk</h2>")
        _show_login()
    elif kind == "passphrase":
        _show_passphrase_form()
    else:
        _show_name_form("", label="Continue", title="What is your name?")


def show_who(person: Person) -> None:
    """A small menu in the bar, wherever on the page it is called: who one is, and the way out."""
    with (
        st.container(key="who"),
        st.popover(_shorten(person.name), icon=":material/account_circle:"),
    ):
        st.text(person.name)
        st.text(_IN_WORDS[person.role] if person.how != "open" else "Nobody has to sign in here.")
        if person.how == "login":
            st.button("Log out", icon=":material/logout:", on_click=_log_out, key="log_out")
        elif person.how == "passphrase":
            if st.button("Sign out", icon=":material/logout:", key="sign_out"):
                _sign_out()
        else:
            _show_name_form(person.name, label="Change name", title="")


def _show_passphrase_form() -> None:
    with st.form("sign_in_form", border=False):
        st.html(
            "<h2>Sign in to this desk</h2><p class='desk-sub'>Your name stands beside what you "
            "decide. The passphrase comes from whoever runs the desk.</p>"
        )
        st.text_input(
            "Your name",
            max_chars=access.LONGEST_NAME,
            autocomplete="username",
            key=session.NAME_FIELD,
        )
        st.text_input(
            "Passphrase",
            type="password",
            max_chars=1000,
            autocomplete="current-password",
            key=session.WORD_FIELD,
        )
        st.form_submit_button("Sign in", type="primary", width="stretch", on_click=_try_to_sign_in)
    fault = st.session_state.pop(session.FAULT, None)
    if isinstance(fault, DeskError):
        show_error(fault)


def _try_to_sign_in() -> None:
    passphrase = st.session_state[session.WORD_FIELD]
    # Right or wrong, it stays neither in the page nor in the session.
    st.session_state[session.WORD_FIELD] = ""
    try:
        if not passphrase:
            raise AccessError("Type the passphrase, then sign in.")
        access.sign_in(st.session_state[session.NAME_FIELD], passphrase)
    except DeskError as error:
        st.session_state[session.FAULT] = error


def _show_name_form(name: str, *, label: str, title: str) -> None:
    with st.form("name_form", border=False):
        if title:
            st.html(
                f"<h2>{title}</h2><p class='desk-sub'>It stands beside what you decide, so that "
                "others know who it was. This browser remembers it.</p>"
            )
        typed = st.text_input(
            "Your name", value=name, max_chars=access.LONGEST_NAME, autocomplete="name"
        )
        kind: Literal["primary", "secondary"] = "primary" if title else "secondary"
        pressed = st.form_submit_button(label, type=kind, width="stretch")
    if not pressed:
        return
    try:
        access.give_name(typed)
    except DeskError as error:
        show_error(error)
    else:
        st.rerun()


def _show_login() -> None:
    if not access.open_access().roles:
        show_notice(
            "warning",
            "This desk does not say yet whom it lets in, so it lets in nobody. Whoever runs it "
            "names addresses or domains under [access] in its secrets, for example "
            'allow = ["example.org"], and restarts it.',
        )
        return
    _keep_way_back()
    for provider, called in list_providers().items():
        label = f"Log in with {called}" if called else "Log in"
        if st.button(label, type="primary", width="stretch", key=f"log_in_{provider}"):
            try:
                st.login(provider)
            except StreamlitAPIException as error:
                show_error(
                    DeskError(
                        "Logging in is not set up completely. Whoever runs this desk finds in its "
                        "log what is missing under [auth] in the secrets.",
                        str(error),
                    )
                )


def _keep_way_back() -> None:
    page = st.session_state.get(session.PAGE, "")
    query = urlencode({name: st.query_params.get_all(name) for name in st.query_params}, doseq=True)
    if len(query) <= _LONGEST_QUERY:
        want_cookie(_WAY_BACK, f"{page}?{query}", 600)
    with st.container(key="cookies_of_login"):
        _write_cookies("cookie_writer_of_login")


def _write_cookies(key: str) -> None:
    wanted = [
        Cookie(cookie.name, cookie.value.reveal(), cookie.seconds, cookie.id)
        for cookie in list_wanted_cookies()
    ]
    if wanted:
        cookies(wanted, key=key)


def _show_refusal(error: DeskError) -> None:
    if isinstance(error, NotSignedIn):
        show_error(error, title="This desk does not let you in.")
        st.button("Log out", icon=":material/logout:", on_click=_log_out, key="log_out")
    else:
        show_error(error, title="Nobody can be let in now.")
        st.button("Try again", icon=":material/refresh:")


def _log_out() -> None:
    access.drop_page_token()
    st.logout()


def _sign_out() -> None:
    try:
        access.sign_out()
    except DeskError as error:
        show_error(error, title="You are signed out here, but maybe not in other tabs.")
        return
    st.rerun()


def _shorten(name: str) -> str:
    # A label is Markdown; a name is shown as it was typed.
    short = name if len(name) <= 24 else name[:23] + "…"
    return "".join(f"\\{sign}" if sign in "\\`*_{}[]()<>#+-.!|~:$" else sign for sign in short)
