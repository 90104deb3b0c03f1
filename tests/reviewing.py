"""Reviewers without a browser, deciding as fast as the desk lets them."""

from __future__ import annotations

import time
import uuid
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

import httpx

from components import store
from components.inference.wire import parse_answer
from components.intake import take_bytes
from components.model.prediction import Answer
from components.store.database import Database
from components.ui.routes import OUTBOX, PAGE_HEADER
from tests.pictures import make_answer, make_jpeg
from tests.websession import WebSession


@dataclass
class Reviewer:
    """One reviewer in a session of their own.

    Attributes:
        name: decisions are signed with it.
        address: of the desk.
        project: its id.
        goes_ahead: whether they go on by themselves to what was fetched ahead, as a browser does;
            otherwise the desk says which picture is next.
        posts: whether decisions go to the desk's own route; otherwise through the page.
        decided: ids of the decisions that the desk said are stored.
        seen: pictures that were served, in order.
        waits: seconds from each decision to the next picture.
    """

    name: str
    address: str
    project: str
    goes_ahead: bool = False
    posts: bool = True
    decided: list[str] = field(default_factory=list)
    seen: list[str] = field(default_factory=list)
    waits: list[float] = field(default_factory=list)


def fill_project(database: Database, count: int) -> str:
    """A project of small pictures of noise, each with an answer; its id."""
    project = store.projects.create_project(
        database, name="Noise", model="demo-scene/1", confidence=50, by="Lead", now=1
    )
    prediction = parse_answer(make_answer())
    answer = Answer(prediction, "http://127.0.0.1", "demo-scene/1", 50, 0.1, 1000, 1000, 1)
    for at in range(count):
        image = take_bytes(make_jpeg((320, 240), seed=at), name=f"{at}.jpg")
        item, _ = store.items.add_item(
            database, project.id, image, image.data, name=image.name, by="Lead", now=1
        )
        store.items.keep_answer(
            database, item.id, answer, cut_to=None, areas=(), mean_confidence=None, now=1
        )
    return project.id


async def review_for(reviewer: Reviewer, seconds: float) -> None:
    """Decide until the time is over, or nothing is left that nobody else has open.

    Raises:
        AssertionError: the desk did not store a decision, or refused it.
    """
    # Cookies do not tell ports apart, so the desk's have the port in their name.
    cookie = f"mask_desk_name_{reviewer.address.rpartition(':')[2]}"
    session = WebSession(reviewer.address, "review", {cookie: quote(reviewer.name)})
    await session.open(project=reviewer.project)
    ends = time.monotonic() + seconds
    async with httpx.AsyncClient(base_url=reviewer.address, timeout=120) as client:
        while time.monotonic() < ends:
            state = session.read_part("bar:deciding")
            if state["card"] is None:
                break
            subject = state["card"]["subject"]
            reviewer.seen.append(subject)
            decision = {
                "kind": "decide",
                "id": uuid.uuid4().hex,
                "subject": subject,
                "answer": state["card"]["answer"],
                "move": "approved",
                "reasons": [],
                "classes": [],
                "note": "",
            }
            began = time.monotonic()
            reply = await _send(session, client if reviewer.posts else None, decision)
            assert decision["id"] in reply["saved"], reply
            move = {
                "kind": "at",
                "seq": state["seq"] + 1,
                "subject": state["next"][0] if reviewer.goes_ahead and state["next"] else "",
                "pending": [],
                "ahead": 6,
                "passing": False,
                "is_back": False,
            }
            await session.send("decision_bar", "move", move)
            reviewer.waits.append(time.monotonic() - began)
            assert session.read_part("bar:deciding")["seq"] == move["seq"]
            reviewer.decided.append(decision["id"])
    await session.close()


async def _send(
    session: WebSession, client: httpx.AsyncClient | None, event: dict[str, Any]
) -> dict[str, Any]:
    """What the desk says to an event; sent through the page where there is no client."""
    known = session.read_data("outbox")
    sent = {"owner": known["owner"], "events": [event]}
    if client is None:
        await session.send("outbox", "events", sent)
        return session.read_data("outbox")
    answer = await client.post(f"/{OUTBOX}", json=sent, headers={PAGE_HEADER: known["token"]})
    answer.raise_for_status()
    reply: dict[str, Any] = answer.json()
    return reply
