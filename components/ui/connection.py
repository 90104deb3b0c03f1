"""Which server answers, trying another, and testing it."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from html import escape

import streamlit as st

from components import desk, session
from components.desk.trial import try_server
from components.diagnosis import Finding, try_connection
from components.errors import DeskError, SettingsError
from components.model.review import Person
from components.settings import (
    HOSTED_ADDRESS,
    Settings,
    check_address,
    check_key,
    check_model,
)
from components.ui.controls import write_chip
from components.ui.notices import show_error

LOG = logging.getLogger("mask_desk")

BUILT_IN, HOSTED, OWN = "Built-in", "Roboflow", "Another server"
_KEY_PLACES = {"In the address, as documented": "query", "In the Authorization header": "header"}

_SPOKEN = {"ok": "Works:", "bad": "Does not work:", "note": "Worth knowing:"}


def show_current(connection: desk.Connection) -> None:
    """Who answers now, and a way back to the desk's own server."""
    st.subheader("Server in use", anchor=False)
    settings = connection.settings
    is_typed = session.CONNECTION in st.session_state
    place = "in the Authorization header" if settings.key_in == "header" else "in the address"
    key = f"set, sent {place}" if settings.api_key else "none"
    facts = {
        "Address": settings.address,
        "Models" if len(connection.models) > 1 else "Model": ", ".join(
            choice.id for choice in connection.models
        ),
        "Key": key,
        "Set by": "you, for this browser session only" if is_typed else "whoever runs this desk",
    }
    rows = "".join(
        f"<div><dt>{escape(what)}</dt><dd>{escape(how)}</dd></div>" for what, how in facts.items()
    )
    findings: Sequence[Finding] = st.session_state.get(session.FINDINGS, ())
    works = all(finding.state != "bad" for finding in findings) if findings else None
    tested = "" if findings else "not tested yet"
    with st.container(border=True):
        st.html(
            f'<p class="desk-sub">{write_chip(connection.title, works)}{tested}</p>'
            f'<dl class="desk-facts">{rows}</dl>'
        )
        for choice in connection.models:
            if choice.about:
                st.html(
                    f'<p class="desk-sub"><strong>{escape(choice.id)}</strong> '
                    f"{escape(choice.about)}</p>"
                )
        with st.container(horizontal=True, vertical_alignment="center"):
            asked = st.button(
                "Test this connection",
                icon=":material/network_check:",
                type="primary",
            )
            st.caption("Sends a small picture twice.", width="content")
            if is_typed and st.button("Go back to the desk’s own server", icon=":material/undo:"):
                _forget_typed()
                st.rerun()
        if asked:
            _test(connection)
            st.rerun()
        show_findings(findings)


def _test(connection: desk.Connection) -> None:
    model = connection.find_model(st.session_state.get(session.MODEL)).id
    with st.spinner(f"Sending a small picture to {model} …"):
        findings = try_connection(connection, model)
    for finding in findings:
        if finding.detail:
            LOG.warning("Connection test: %s", finding.detail)
    st.session_state[session.FINDINGS] = findings


def show_findings(findings: Sequence[Finding]) -> None:
    """What a test found, one line a thing."""
    if not findings:
        return
    rows = "".join(
        f'<li class="{finding.state}"><p><span class="desk-spoken">{_SPOKEN[finding.state]}</span>'
        f"<strong>{escape(finding.title)}</strong></p><p>{escape(finding.text)}</p></li>"
        for finding in findings
    )
    st.html(f'<ul class="desk-findings">{rows}</ul>')


def show_form(who: Person) -> None:
    """Fields to try another server, for this browser session only; for leads."""
    st.subheader("Try another server", anchor=False)
    if not who.may("lead"):
        st.html(
            '<p class="desk-sub">Leads may try another server here. Ask whoever runs this desk for '
            "that role.</p>"
        )
        return
    st.html(
        '<p class="desk-sub">Only you, only until you close this tab: nothing is stored, and '
        "others on this desk are not affected.</p>"
    )
    kind = st.segmented_control(
        "Server",
        [BUILT_IN, HOSTED, OWN],
        default=HOSTED,
        required=True,
        key="try_kind",
        label_visibility="collapsed",
    )
    if kind == BUILT_IN:
        if st.button("Use the built-in server"):
            _use(who, Settings())
        return
    with st.form("try_server", border=False):
        address = HOSTED_ADDRESS
        if kind == OWN:
            address = st.text_input("Address", placeholder="https://inference.example.org:9001")
        left, right = st.columns(2)
        model = left.text_input(
            "Model",
            placeholder="my-dataset/3",
            help="Dataset and version, as they stand in the model’s address.",
        )
        key = right.text_input(
            "Key",
            type="password",
            autocomplete="off",
            placeholder="leave empty if none is needed",
            help="Stays on the desk’s server, in memory, for this browser session.",
        )
        place = st.radio("Where the key goes", list(_KEY_PLACES), horizontal=True)
        if st.form_submit_button("Use this server", icon=":material/swap_horiz:"):
            try:
                if not (address or "").strip():
                    raise SettingsError("Type the address of the server, then use it.")
                settings = Settings(
                    address=check_address(address or ""),
                    models=(check_model(model or ""),),
                    api_key=check_key(key or ""),
                    key_in="header" if _KEY_PLACES[place] == "header" else "query",
                    is_trusted=kind == HOSTED,
                )
            except DeskError as error:
                show_error(error)
            else:
                _use(who, settings)


def _use(who: Person, settings: Settings) -> None:
    try:
        new = try_server(who, settings)
    except DeskError as error:
        show_error(error)
        return
    _forget_typed()
    st.session_state[session.CONNECTION] = new
    st.rerun()


def _forget_typed() -> None:
    old = st.session_state.pop(session.CONNECTION, None)
    if isinstance(old, desk.Connection):
        old.client.close()
    st.session_state.pop(session.FINDINGS, None)
    st.session_state.pop(session.MODEL, None)


def show_how_to_keep() -> None:
    """How to set a server for everyone, by secrets or by environment."""
    st.subheader("Set it for everyone", anchor=False)
    st.html(
        '<p class="desk-sub">Whoever runs the desk sets the server once, in '
        "<code>.streamlit/secrets.toml</code> (on Streamlit Community Cloud: app settings, "
        "Secrets) or in the environment, which wins. Then restart the desk.</p>"
    )
    secrets, environment = st.tabs(["Secrets", "Environment"])
    secrets.code(
        "[inference]\n"
        f'address = "{HOSTED_ADDRESS}"\n'
        'models = ["my-dataset/3"]\n'
        'api_key = "YOUR_KEY"\n'
        "# Send the key as Authorization: Bearer:\n"
        '# key_in = "header"\n'
        "# Private hosts people may connect to and fetch from:\n"
        '# allow_hosts = ["localhost:9001"]',
        language="toml",
        wrap_lines=True,
    )
    environment.code(
        f"export MASK_DESK_ADDRESS={HOSTED_ADDRESS}\n"
        "export MASK_DESK_MODELS=my-dataset/3\n"
        "export MASK_DESK_API_KEY=YOUR_KEY\n"
        "export MASK_DESK_KEY_IN=query\n"
        "export MASK_DESK_ALLOW_HOSTS=localhost:9001",
        language="bash",
        wrap_lines=True,
    )
