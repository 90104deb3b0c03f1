"""The desk's own route that an outbox posts to: what it takes, from whom, and what it answers."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import httpx
import pytest
from starlette.applications import Starlette
from streamlit import config

from components import store
from components.desk import access
from components.errors import StoreUnavailable
from components.settings import StoreSettings
from components.store.database import Database, open_database
from components.ui import routes
from tests.browser.served import ServedDesk, serve_desk
from tests.reviewing import fill_project
from tests.websession import WebSession

ANA = "Ana Ü"
PICTURES = 12


@dataclass
class Place:
    """A desk that is served, its database, and a page of it that is open.

    Attributes:
        card: of the picture that the page shows.
        token: that the page posts with.
    """

    served: ServedDesk
    database: Database
    project: str
    card: dict[str, Any]
    token: str

    def post(self, body: Any, token: str | None = None, **more: Any) -> httpx.Response:
        """Post as the page does; `body` as JSON, or `content` as it is."""
        headers = {routes.PAGE_HEADER: self.token if token is None else token}
        given = {"json": body, **more} if "content" not in more else more
        address = f"{self.served.address}/{routes.OUTBOX}"
        return httpx.post(address, headers=headers, timeout=60, **given)

    def count(self) -> int:
        return len(store.reviews.list_record(self.database, self.project, limit=1000))


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    folder = tmp_path_factory.mktemp("routes")
    with serve_desk(folder) as served:
        database = open_database(StoreSettings(folder=served.data).url)
        project = fill_project(database, PICTURES)
        session = open_session(served)

        async def open_page() -> None:
            await session.open(project=project)
            await session.close()

        asyncio.run(open_page())
        known = session.read_data("outbox")
        assert known["owner"] == ANA
        card = session.read_part("bar:deciding")["card"]
        yield Place(served, database, project, card, known["token"])
        database.close()


def open_session(served: ServedDesk) -> WebSession:
    cookie = f"mask_desk_name_{served.address.rpartition(':')[2]}"
    return WebSession(served.address, "review", {cookie: quote(ANA)})


def decide(card: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {
        "kind": "decide",
        "id": uuid.uuid4().hex,
        "subject": card["subject"],
        "answer": card["answer"],
        "move": "skipped",
        "reasons": [],
        "classes": [],
        "note": "a word of Ana’s",
        **more,
    }


def test_what_a_page_posts_is_stored_once_and_answered(place: Place) -> None:
    before = place.count()
    sent = [decide(place.card), decide(place.card, move="undone"), decide(place.card)]
    for _ in range(2):
        answer = place.post({"owner": ANA, "events": sent})
        assert answer.status_code == 200
        assert answer.headers["Content-Type"] == "application/json"
        said = answer.json()
        assert set(said) == {"saved", "refused", "told", "away"}
        assert said["saved"] == [sent[0]["id"], sent[2]["id"]]
        assert list(said["refused"]) == [sent[1]["id"]]
        assert said["away"] == ""
    assert place.count() == before + 2
    record = store.reviews.list_record(place.database, place.project, limit=1000)
    assert {line.reviewer for line in record} == {ANA}


def test_nobody_posts_for_somebody_else(place: Place) -> None:
    before = place.count()
    body = {"owner": ANA, "events": [decide(place.card)]}
    answers = [
        place.post(body, ""),
        place.post(body, "x" * 43),
        place.post(body, place.token[:-1]),
        place.post(body | {"owner": "Ben"}),
        place.post(body | {"owner": None}),
        place.post({"events": body["events"]}),
        httpx.post(f"{place.served.address}/{routes.OUTBOX}", json=body, timeout=60),
    ]
    for answer in answers:
        assert answer.status_code == 401
        assert list(answer.json()) == ["message"]
        assert place.token not in answer.text
    assert place.count() == before
    assert place.post(body).status_code == 200


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"null", b'"x"', b"\xff\xfe", b"\0"])
def test_what_is_no_outbox_is_said_to_be_none(place: Place, body: bytes) -> None:
    before = place.count()
    answer = place.post(None, content=body)
    assert answer.status_code == 400
    assert answer.json() == {"message": "An outbox sends JSON with its events."}
    assert place.count() == before


@pytest.mark.parametrize(
    "events", [None, {}, "x", [None, 5, [], {"id": "x"}], [{"id": ["a"]}]], ids=repr
)
def test_what_holds_no_event_stores_none(place: Place, events: Any) -> None:
    before = place.count()
    answer = place.post({"owner": ANA, "events": events})
    assert answer.status_code == 200
    assert answer.json() == {"saved": [], "refused": {}, "told": [], "away": ""}
    assert place.count() == before


@pytest.mark.parametrize("is_told", [True, False], ids=["told", "in pieces"])
def test_more_than_a_page_sends_is_not_taken(place: Place, is_told: bool) -> None:
    before = place.count()
    event = decide(place.card)
    start = f'{{"owner": "x", "events": [{{"id": "{event["id"]}", "note": "'.encode()

    def pieces() -> Iterator[bytes]:
        yield start
        for _ in range(25):
            yield b"n" * 100_000

    answer = place.post(None, content=b"".join(pieces()) if is_told else pieces())
    assert answer.status_code == 413
    assert place.count() == before


def test_the_route_is_for_posting_alone_and_the_pages_are_where_they_were(place: Place) -> None:
    before = place.count()
    for path in ("review", routes.OUTBOX):
        page = httpx.get(f"{place.served.address}/{path}", timeout=60)
        assert page.status_code == 200
        assert "text/html" in page.headers["Content-Type"]
    assert place.count() == before


def test_a_session_of_its_own_has_a_token_of_its_own(place: Place) -> None:
    session = open_session(place.served)

    async def reload() -> list[str]:
        await session.open(project=place.project)
        given = [session.read_data("outbox")["token"]]
        await session.send("decision_bar", "move", {"kind": "none"})
        given.append(session.read_data("outbox")["token"])
        await session.close()
        return given

    first, second = asyncio.run(reload())
    assert first == second
    assert first != place.token


def test_no_log_holds_a_token_or_what_was_said(place: Place) -> None:
    body = {"owner": ANA, "events": [decide(place.card), {"id": "f" * 32, "kind": "none"}]}
    assert place.post(body).status_code == 200
    assert place.post(body | {"owner": "Ben"}).status_code == 401
    log = place.served.read_log()
    assert log
    for secret in (place.token, "a word of Ana"):
        assert secret not in log


# Without a server


@pytest.fixture
def unserved(monkeypatch: pytest.MonkeyPatch) -> None:
    """Routes that this process asks for are not said to be served to the tests that follow."""
    monkeypatch.setattr(routes, "_served", [])


async def ask(path: str, content: bytes) -> httpx.Response:
    """Post to the routes alone."""
    app = Starlette(routes=routes.list_routes())
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://desk.example") as client:
        return await client.post(path, content=content, headers={routes.PAGE_HEADER: "t"})


@pytest.mark.usefixtures("unserved")
def test_where_sign_ins_cannot_be_looked_up_it_is_tried_later(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def find_page_person(token: str) -> None:
        raise StoreUnavailable("The database is away.", "Connection refused")

    monkeypatch.setattr(access, "find_page_person", find_page_person)
    assert not routes.is_served()
    answer = asyncio.run(ask(f"/{routes.OUTBOX}", b'{"owner": "Ana", "events": []}'))
    assert routes.is_served()
    assert answer.status_code == 503
    assert answer.json() == {"message": "The database is away."}


@pytest.mark.usefixtures("unserved")
@pytest.mark.parametrize(
    ("base", "path"),
    [
        ("", "/desk/outbox"),
        ("review", "/review/desk/outbox"),
        ("/a/b/", "/a/b/desk/outbox"),
    ],
)
def test_it_lies_beside_the_pages_wherever_the_desk_is_served(base: str, path: str) -> None:
    before = config.get_option("server.baseUrlPath")
    config.set_option("server.baseUrlPath", base)
    try:
        assert asyncio.run(ask(path, b"[]")).status_code == 400
        assert asyncio.run(ask(f"/elsewhere{path}", b"[]")).status_code == 404
    finally:
        config.set_option("server.baseUrlPath", before)
