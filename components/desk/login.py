"""Logging in with an account, by Streamlit's own login: who it is, and whether they are let in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from components.errors import NotSignedIn
from components.model.review import Person
from components.settings import AccessSettings, fold_address, is_address


def list_providers() -> dict[str | None, str]:
    """Where people can log in, as `st.login` takes it, each with what to call it."""
    section: Mapping[str, Any] = st.secrets.get("auth", {})
    named: dict[str | None, str] = {
        key: key.capitalize()
        for key, value in section.items()
        if hasattr(value, "keys") and "client_id" in value
    }
    return named if named and "client_id" not in section else {None: "", **named}


def find_login(settings: AccessSettings) -> Person | None:
    """Who is logged in and on the desk's lists; None where nobody has logged in.

    Raises:
        NotSignedIn: somebody is whom the desk does not let in, and why.
    """
    user = st.user.to_dict()
    if user.get("is_logged_in") is not True:
        return None
    address = fold_address(str(user.get("email") or ""))
    if not is_address(address):
        raise NotSignedIn(
            "You are logged in, but your account came without an e-mail address, and this desk "
            "knows people by theirs. Log out and use another account, or tell whoever runs this "
            "desk."
        )
    # Providers that vouch for all their addresses leave the claim out; some send it as a text.
    if "email_verified" in user and user["email_verified"] not in (True, "true"):
        raise NotSignedIn(
            f"You are logged in as {address}, but where you logged in nobody has made sure that "
            "this address is yours. Confirm it there, log out here, and log in again."
        )
    if not settings.roles:
        raise NotSignedIn(
            f"You are logged in as {address}, but this desk does not say yet whom it lets in, so "
            "it lets in nobody. Whoever runs it names addresses or domains under [access] in its "
            'secrets, for example allow = ["example.org"], and restarts it.'
        )
    role = settings.find_role(address)
    if role is None:
        raise NotSignedIn(
            f"You are logged in as {address}, which is not on this desk’s list. Ask whoever runs "
            "it to add you, or log out and use another account."
        )
    return Person(address, role, "login")
