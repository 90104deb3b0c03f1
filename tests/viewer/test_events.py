"""Only what has the shape of an event gets past the door."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.viewer.events import MOST_EVENTS, check_events, check_move

ID = "0123456789abcdef" * 2
DECIDE: dict[str, Any] = {
    "kind": "decide",
    "id": ID,
    "subject": "a1",
    "answer": "",
    "move": "needs_fix",
    "reasons": ["missed", "other"],
    "classes": ["road"],
    "note": "x" * 4000,
}
PIN: dict[str, Any] = {
    "kind": "pin",
    "id": ID,
    "subject": "a1",
    "x": 12.5,
    "y": 0,
    "text": "here",
    "class_id": 3,
    "class_name": "road",
    "sureness": 61.2,
    "region": {"pixels": 120, "box": [1, 2, 3.5, 4]},
}
UNDO = {"kind": "undo", "id": ID, "project": "p1", "undoes": ID[::-1]}
AT: dict[str, Any] = {
    "kind": "at",
    "seq": 7,
    "subject": "a1",
    "pending": ["b2", "c3"],
    "ahead": 6,
    "passing": True,
    "is_back": False,
}

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=5) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=8,
)


def check(event: Any) -> Any:
    """What becomes of an event: what is passed on of it, its id where it is refused, else None."""
    known, malformed = check_events([event])
    assert len(known) + len(malformed) <= 1
    return known[0] if known else malformed[0] if malformed else None


def test_what_is_whole_comes_through_as_it_is() -> None:
    assert check(DECIDE) == DECIDE
    # What the browser keeps with it for itself is left out.
    assert check(DECIDE | {"project": "p1", "name": "<b>", "order": 3}) == DECIDE
    assert check(UNDO | {"subject": "a1"}) == UNDO
    newest = {"kind": "undo", "id": ID, "project": "p1"}
    for undoes in ({}, {"undoes": ""}, {"undoes": None}):
        assert check(newest | undoes) == newest | {"undoes": ""}
    assert check(PIN) == PIN
    bare = PIN | {"class_id": None, "class_name": "", "sureness": None, "region": {}}
    assert check(bare) == bare
    for kind in ("resolve", "reopen"):
        event = {"kind": kind, "id": ID, "pin": ID}
        assert check(event) == event
    reply = {"kind": "reply", "id": ID, "pin": ID, "text": "yes"}
    assert check(reply | {"text": " yes\n"}) == reply


def test_events_keep_their_order_and_what_is_none_is_told_by_its_id() -> None:
    ids = [f"{at:032x}" for at in range(6)]
    sent: list[Any] = [
        DECIDE | {"id": ids[0]},
        DECIDE | {"id": ids[1], "move": "undone"},
        PIN | {"id": ids[2]},
        {"id": ids[3]},
        UNDO | {"id": ids[4]},
        # Without an id nobody waits for a word about it.
        None,
        "decide",
        DECIDE | {"id": "1"},
        {**DECIDE, "id": [ids[5]]},
    ]
    known, malformed = check_events(sent)
    assert [event["id"] for event in known] == [ids[0], ids[2], ids[4]]
    assert malformed == [ids[1], ids[3]]


def test_more_than_an_outbox_sends_at_once_is_nothing() -> None:
    known, malformed = check_events([DECIDE] * MOST_EVENTS)
    assert (len(known), malformed) == (MOST_EVENTS, [])
    for sent in ([DECIDE] * (MOST_EVENTS + 1), DECIDE, (DECIDE,), None, "", {}):
        assert check_events(sent) == ([], [])


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("kind", "decided"),
        ("kind", ["decide"]),
        ("id", ID[:-1]),
        ("id", ID.upper()),
        ("id", ID + "\n"),
        ("subject", ""),
        ("subject", "s" * 501),
        ("answer", None),
        ("move", "undone"),
        ("move", ["approved"]),
        ("reasons", ["ugly"]),
        ("reasons", "missed"),
        ("reasons", [["missed"]]),
        ("classes", [3]),
        ("classes", ["c"] * 257),
        ("note", "x" * 4001),
        ("note", 5),
    ],
)
def test_a_malformed_decision_is_refused(name: str, value: object) -> None:
    assert check(DECIDE | {name: value}) == (None if name == "id" else ID)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("project", ""),
        ("project", None),
        ("project", "p" * 501),
        ("undoes", "a1"),
        ("undoes", ID + "0"),
        ("undoes", 5),
        ("undoes", [ID]),
    ],
)
def test_a_malformed_undo_is_refused(name: str, value: object) -> None:
    assert check(UNDO | {name: value}) == ID


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("kind", "decide"),
        ("subject", None),
        ("x", 100_000.5),
        ("x", -0.1),
        ("y", 10**400),
        ("y", float("nan")),
        ("y", float("inf")),
        ("x", True),
        ("x", "3"),
        ("text", "  "),
        ("text", "x" * 4001),
        ("class_id", 256),
        ("class_id", 2.5),
        ("sureness", 101),
        ("region", {"pixels": 3, "box": [1, 2, 3]}),
        ("region", {"box": [1, 2, 3, 4]}),
        ("region", [1]),
        ("id", None),
    ],
)
def test_a_malformed_pin_is_refused(name: str, value: object) -> None:
    assert check(PIN | {name: value}) == (None if name == "id" else ID)


@pytest.mark.parametrize("kind", ["reply", "resolve", "reopen"])
def test_what_is_about_no_pin_is_refused(kind: str) -> None:
    assert check({"kind": kind, "id": ID, "pin": "p", "text": "t"}) == ID


def test_a_move_comes_through_as_it_is() -> None:
    assert check_move(AT | {"more": 1}) == AT
    assert check_move(AT | {"subject": "", "pending": []}) == AT | {"subject": "", "pending": []}
    assert check_move(AT | {"seq": 7.0, "passing": 1, "is_back": "yes"}) == AT | {
        "passing": False,
        "is_back": False,
    }
    assert check_move(AT | {"kind": "back"}) == {
        "kind": "back",
        "seq": 7,
        "pending": ["b2", "c3"],
        "ahead": 6,
        "passing": False,
    }


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("kind", "forward"),
        ("kind", None),
        ("seq", -1),
        ("seq", 1.5),
        ("seq", True),
        ("seq", 2**53 + 2),
        ("seq", "7"),
        ("subject", None),
        ("subject", "s" * 501),
        ("pending", None),
        ("pending", "b2"),
        ("pending", [1]),
        ("pending", ["b"] * 257),
        ("ahead", -1),
        ("ahead", 11),
        ("ahead", 2.5),
        ("ahead", None),
    ],
)
def test_a_malformed_move_is_dropped(name: str, value: object) -> None:
    assert check_move(AT | {name: value}) is None


def test_signs_that_no_database_keeps_are_left_out() -> None:
    event = check(DECIDE | {"note": "a\0b\ud800c", "classes": ["r\0d"]})
    assert (event["note"], event["classes"]) == ("abc", ["rd"])


@given(JSON, st.sampled_from(["", *DECIDE, *PIN, *UNDO, *AT]), st.sampled_from([DECIDE, PIN, UNDO]))
def test_nothing_that_can_come_breaks_the_check(value: Any, name: str, whole: Any) -> None:
    event = copy.deepcopy(whole) | {name: value} if name else value
    for sent in (event, [event], [event, event]):
        known, malformed = check_events(sent)
        assert json.dumps(known).encode()
        assert all(isinstance(id_, str) for id_ in malformed)
    move = check_move(copy.deepcopy(AT) | {name: value} if name else value)
    assert move is None or json.dumps(move).encode()
