"""Only what has the shape of an event gets past the door."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.viewer.events import check_decision, check_remark

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
SIZE_WH = (100, 50)

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=5) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=8,
)


def test_what_is_whole_comes_through_as_it_is() -> None:
    assert check_decision(DECIDE) == DECIDE
    assert check_decision({"kind": "undo", "id": ID, "subject": "a1", "more": 1}) == {
        "kind": "undo",
        "id": ID,
        "subject": "a1",
    }
    assert check_decision({"kind": "back", "id": "x"}) == {"kind": "back"}
    assert check_remark(PIN, SIZE_WH) == PIN
    bare = PIN | {"class_id": None, "class_name": "", "sureness": None, "region": {}}
    assert check_remark(bare, SIZE_WH) == bare
    for kind in ("resolve", "reopen"):
        event = {"kind": kind, "id": ID, "pin": ID}
        assert check_remark(event, SIZE_WH) == event
    reply = {"kind": "reply", "id": ID, "pin": ID, "text": "yes"}
    assert check_remark(reply | {"text": " yes\n"}, None) == reply


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
def test_a_malformed_decision_is_dropped(name: str, value: object) -> None:
    assert check_decision(DECIDE | {name: value}) is None


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("kind", "decide"),
        ("x", 100.5),
        ("x", -0.1),
        ("y", 51),
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
def test_a_malformed_pin_is_dropped(name: str, value: object) -> None:
    assert check_remark(PIN | {name: value}, SIZE_WH) is None


@pytest.mark.parametrize("kind", ["reply", "resolve", "reopen"])
def test_what_is_about_no_pin_is_dropped(kind: str) -> None:
    assert check_remark({"kind": kind, "id": ID, "pin": "p", "text": "t"}, SIZE_WH) is None


def test_signs_that_no_database_keeps_are_left_out() -> None:
    event = check_decision(DECIDE | {"note": "a\0b\ud800c", "classes": ["r\0d"]})
    assert event is not None
    assert (event["note"], event["classes"]) == ("abc", ["rd"])


@given(JSON, st.sampled_from(["", *DECIDE, *PIN]), st.booleans())
def test_nothing_that_can_come_breaks_the_check(value: Any, name: str, is_pin: bool) -> None:
    whole = copy.deepcopy(PIN if is_pin else DECIDE)
    event = whole | {name: value} if name else value
    for found in (check_decision(event), check_remark(event, SIZE_WH)):
        assert found is None or json.dumps(found).encode()
