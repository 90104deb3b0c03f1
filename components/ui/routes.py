"""Routes of the desk's own beside Streamlit's, where it is served as an application that has them.

`streamlit run app.py` serves it so. Where something else runs the script, there are none, and what
they are for goes another way.
"""

from __future__ import annotations

import json
from typing import Any, Final

import streamlit as st
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from components.errors import DeskError, NotSignedIn
from components.ui.notices import LOG

OUTBOX: Final = "desk/outbox"
"""The path that an outbox posts to, from the desk's own address on."""

PAGE_HEADER: Final = "X-Mask-Desk-Page"
_MOST_BYTES: Final = 2_000_000

_served: list[bool] = []


def is_served() -> bool:
    """Whether this process serves the routes."""
    return bool(_served)


def list_routes() -> list[BaseRoute]:
    """All routes of the desk's own; whoever asks for them serves them."""
    _served.append(True)
    base = str(st.get_option("server.baseUrlPath")).strip("/")
    return [Route(f"/{base}/{OUTBOX}" if base else f"/{OUTBOX}", take_post, methods=["POST"])]


async def take_post(request: Request) -> Response:
    """Events of an outbox, as JSON {"owner", "events"}; answered as `outbox.take_events` does.

    400 where the body is no such thing, 401 where the page's token is nobody's, 413 where it is
    too large; the outbox then sends it through the page.
    """
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > _MOST_BYTES:
            return _refuse(413, "This is more than a page sends at once.")
    try:
        sent = json.loads(body)
    except ValueError:
        sent = None
    if not isinstance(sent, dict):
        return _refuse(400, "An outbox sends JSON with its events.")
    return await run_in_threadpool(_answer, request.headers.get(PAGE_HEADER, ""), sent)


def _answer(token: str, sent: dict[str, Any]) -> Response:
    # Here, since a server that starts has nothing to keep in Streamlit's caches yet.
    from components.desk import access
    from components.ui.outbox import take_events

    try:
        who = access.find_page_person(token)
        if sent.get("owner") != who.name:
            raise NotSignedIn("Somebody else is signed in on this page.")
    except NotSignedIn as error:
        return _refuse(401, error.message)
    except DeskError as error:
        LOG.warning("%s", error.detail or error.message)
        return _refuse(503, error.message)
    return JSONResponse(take_events(who, sent.get("events")))


def _refuse(status: int, message: str) -> Response:
    return JSONResponse({"message": message}, status_code=status)
