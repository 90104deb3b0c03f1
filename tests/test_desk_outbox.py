"""What an outbox sends is stored in its order, once, or kept waiting, or refused for good."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest

from components import desk
from components.errors import AccessError, NotSignedIn, StoreUnavailable
from components.model.review import Item, Person, Project
from components.settings import DATABASE_FILE
from components.ui.outbox import AWAY, take_events
from components.viewer.events import check_events
from tests.store.material import add_pictures, make_project

pytestmark = pytest.mark.usefixtures("fresh_desk")

ANA, BEN = Person("Ana", "reviewer"), Person("Ben", "reviewer")


@pytest.fixture(autouse=True)
def own_folder_of_the_test(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A database of the test's own, that does not wait long for a lock."""
    monkeypatch.setenv("MASK_DESK_FOLDER", str(tmp_path))
    monkeypatch.setattr("components.store.engines.BUSY_SECONDS", 0)


@contextmanager
def lock_out(folder: Path) -> Iterator[None]:
    """Somebody else writes into the database all the while, so that nothing can be stored."""
    with closing(sqlite3.connect(folder / DATABASE_FILE)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield
        other.rollback()


def fill(count: int = 3, **settings: Any) -> tuple[Project, list[Item]]:
    database = desk.open_desk().database
    project = make_project(database, **settings)
    return project, add_pictures(database, project, [f"{at}.jpg" for at in range(count)])


def decide(item: Item, move: str = "approved", **more: Any) -> dict[str, Any]:
    return {
        "kind": "decide",
        "id": desk.make_id(),
        "subject": item.id,
        "answer": f"{item.answer_id}@50",
        "move": move,
        "reasons": [],
        "classes": [],
        "note": "",
        **more,
    }


def pin(item: Item, **more: Any) -> dict[str, Any]:
    return {
        "kind": "pin",
        "id": desk.make_id(),
        "subject": item.id,
        "x": 12.5,
        "y": 3,
        "text": "<b>here</b>",
        "class_id": 1,
        "class_name": "road",
        "sureness": 61.2,
        "region": {"pixels": 9, "box": [1, 2, 3, 3]},
        **more,
    }


def check(*events: dict[str, Any]) -> list[dict[str, Any]]:
    """Events as they come through the door."""
    known, malformed = check_events(list(events))
    assert not malformed
    return known


def read_moves(item: Item) -> list[str]:
    return [review.move for review in desk.list_reviews(ANA, item.id)]


def test_all_kinds_are_stored_in_their_order() -> None:
    project, (first, second, _) = fill()
    why = {"reasons": ["ragged"], "classes": ["road"], "note": "Ü"}
    fix = decide(first, "needs_fix", **why)
    mistaken, right = decide(second, "rejected"), decide(second, "approved")
    undo = {
        "kind": "undo",
        "id": desk.make_id(),
        "project": project.id,
        "undoes": mistaken["id"],
    }
    here = pin(first)
    said = [
        {"kind": "reply", "id": desk.make_id(), "pin": here["id"], "text": "yes"},
        {"kind": "resolve", "id": desk.make_id(), "pin": here["id"]},
        {"kind": "reopen", "id": desk.make_id(), "pin": here["id"]},
    ]
    # A reply to a pin, and an undo of a decision, that come with it.
    sent = check(fix, mistaken, undo, right, here, *said)
    delivery = desk.deliver(ANA, sent)
    assert delivery.fault is None
    assert delivery.refused == {}
    assert delivery.saved == [event["id"] for event in sent]
    assert [outcome.review.id for outcome in delivery.outcomes] == [
        fix["id"],
        mistaken["id"],
        right["id"],
    ]
    taken = delivery.undone[undo["id"]]
    assert taken is not None
    assert taken.id == mistaken["id"]
    (review,) = desk.list_reviews(ANA, first.id)
    assert (review.reviewer, review.confidence, review.answer_id) == ("Ana", 50, first.answer_id)
    assert (review.reasons, review.class_names, review.note) == (("ragged",), ("road",), "Ü")
    assert read_moves(second) == ["rejected", "undone", "approved"]
    (stored,) = desk.list_pins(ANA, first.id)
    assert (stored.id, stored.author, stored.text) == (here["id"], "Ana", "<b>here</b>")
    assert (stored.x, stored.y, stored.class_id, stored.sureness) == (12.5, 3, 1, 61.2)
    assert [remark.act for remark in stored.remarks] == ["reply", "resolve", "reopen"]
    assert stored.is_open


def test_what_comes_twice_is_stored_once_and_said_to_be_stored() -> None:
    project, (first, second, _) = fill()
    here = pin(second)
    undo = {"kind": "undo", "id": desk.make_id(), "project": project.id, "undoes": ""}
    reply = {"kind": "reply", "id": desk.make_id(), "pin": here["id"], "text": "yes"}
    sent = check(decide(first), decide(second), undo, here, reply)
    for _ in range(3):
        delivery = desk.deliver(ANA, sent)
        assert delivery.saved == [event["id"] for event in sent]
        taken = delivery.undone[undo["id"]]
        assert taken is not None
        assert taken.item_id == second.id
    assert (read_moves(first), read_moves(second)) == (["approved"], ["approved", "undone"])
    (stored,) = desk.list_pins(ANA, second.id)
    assert len(stored.remarks) == 1
    # The same id with somebody else's name is not theirs, and takes nothing away.
    delivery = desk.deliver(BEN, check(sent[0]))
    assert list(delivery.refused) == [sent[0]["id"]]
    assert [review.reviewer for review in desk.list_reviews(ANA, first.id)] == ["Ana"]


def test_what_never_can_be_stored_is_refused_and_the_rest_goes_on() -> None:
    project, (first, second, third) = fill()
    desk.remove_item(Person("Lea", "lead"), first.id)
    gone, fine = decide(first), decide(second)
    other_answer = decide(third, answer=f"{second.answer_id}@50")
    strange = [decide(third, answer=answer) for answer in ("", "@", f"{third.answer_id}@x")]
    beside = pin(third, x=40.5)
    nowhere = {"kind": "reply", "id": desk.make_id(), "pin": "f" * 32, "text": "?"}
    last = pin(third)
    delivery = desk.deliver(ANA, check(gone, fine, other_answer, *strange, beside, nowhere, last))
    assert delivery.fault is None
    assert delivery.saved == [fine["id"], last["id"]]
    refused = [gone, other_answer, *strange, beside, nowhere]
    assert set(delivery.refused) == {event["id"] for event in refused}
    assert all(delivery.refused.values())
    assert read_moves(third) == []
    assert desk.measure_progress(ANA, project.id).by_status["approved"] == 1


def test_it_stops_at_the_first_that_cannot_be_stored_now(tmp_path: Path) -> None:
    _, (first, second, third) = fill()
    sent = check(decide(first), decide(second), decide(third))
    assert desk.deliver(ANA, sent[:1]).saved == [sent[0]["id"]]
    with lock_out(tmp_path):
        delivery = desk.deliver(ANA, sent[1:])
        assert isinstance(delivery.fault, StoreUnavailable)
        assert (delivery.saved, delivery.refused) == ([], {})
        answer = take_events(ANA, sent[1:])
        assert answer == {"saved": [], "refused": {}, "told": [], "away": AWAY}
    # Sent again, with what was stored before: all is there, in its order.
    assert take_events(ANA, sent) == {
        "saved": [event["id"] for event in sent],
        "refused": {},
        "told": [],
        "away": "",
    }
    assert [read_moves(item) for item in (first, second, third)] == [["approved"]] * 3


@pytest.mark.parametrize("who", [None, Person("", "lead"), Person("Vera", "viewer")])
def test_for_whoever_may_not_it_waits_and_is_not_refused(who: Person | None) -> None:
    _, (first, *_) = fill()
    sent = check(decide(first), pin(first))
    delivery = desk.deliver(who, sent)
    assert isinstance(delivery.fault, AccessError)
    assert isinstance(delivery.fault, NotSignedIn) == (who is None or not who.name)
    assert (delivery.saved, delivery.refused, delivery.outcomes) == ([], {}, [])
    answer = take_events(who, sent)
    assert answer["away"] == delivery.fault.message
    assert (answer["saved"], answer["refused"]) == ([], {})
    assert desk.list_pins(ANA, first.id) == []
    # Whoever may, sends them later.
    assert desk.deliver(ANA, sent).saved == [event["id"] for event in sent]


def test_an_outbox_is_told_what_its_sender_has_to_know() -> None:
    project, (first, *_) = fill()
    mine, late = decide(first, "rejected"), decide(first)
    assert take_events(ANA, [mine])["told"] == []
    nothing = {"kind": "undo", "id": desk.make_id(), "project": project.id, "undoes": "e" * 32}
    broken = {"id": desk.make_id(), "kind": "decide"}
    answer = take_events(BEN, [late, nothing, broken, None])
    assert answer["saved"] == [late["id"], nothing["id"]]
    assert list(answer["refused"]) == [broken["id"]]
    assert "It was not saved" in answer["refused"][broken["id"]]
    ((about, sentence), (about_undo, no_undo)) = answer["told"]
    assert about == late["id"]
    assert "Somebody else decided 0.jpg too (Ana: Rejected). Both decisions are kept." in sentence
    assert (about_undo, no_undo) == (nothing["id"], "There was nothing left to undo.")
    # And so is the other one.
    (notice,) = desk.list_notices(ANA, project.id)
    assert (notice.other, notice.item_id) == ("Ben", first.id)
