"""What a browser says somebody did, checked before anyone acts on it.

Whatever does not have the shape below is dropped: it did not come from these components.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import Any, Final, get_args

from components.model.review import LONGEST_TEXT, REASONS, Move

__all__ = ["MOST_AHEAD", "MOST_EVENTS", "check_events", "check_move"]

MOST_AHEAD: Final = 10
"""Pictures that a browser asks to have ready beyond the one on screen, at the most."""

MOST_EVENTS: Final = 50
"""An outbox sends no more than these at once."""

_ID: Final = re.compile(r"[0-9a-f]{32}")
_LONGEST_NAME: Final = 500
_MOST_CLASSES: Final = 256
_LONGEST_SIDE: Final = 100_000  # pixels; no picture that intake takes is longer
_MOVES: Final = get_args(Move)


class _Malformed(Exception):
    """An event is not what a component sends; never leaves this file."""


def check_events(events: Any) -> tuple[list[dict[str, Any]], list[str]]:
    """What an outbox sent, and the ids of what in it is nothing that one sends.

    Args:
        events: what came; what is no list of at most MOST_EVENTS counts as an empty one.

    Returns:
        The events in their order, each in one of these shapes:
        {"kind": "decide", "id", "subject", "answer", "move", "reasons", "classes", "note"};
        {"kind": "undo", "id", "project", "undoes"}, where `undoes` is the id of a decision, or ""
        for the newest; {"kind": "pin", "id", "subject", "x", "y", "text", "class_id",
        "class_name", "sureness", "region"}, where `class_id` and `sureness` (0–100) may be None
        and `region` is empty or {"pixels": int, "box": [x, y, w, h]} in pixels of the picture;
        {"kind": "reply", "id", "pin", "text"}; {"kind": "resolve" or "reopen", "id", "pin"}.
        Ids of events are 32 hex digits, texts have no characters that cannot be stored. Events
        without an id are dropped.
    """
    known: list[dict[str, Any]] = []
    malformed: list[str] = []
    if not isinstance(events, list) or len(events) > MOST_EVENTS:
        return known, malformed
    for event in events:
        try:
            fields = _check_mapping(event)
            id_ = _check_id(fields)
        except _Malformed:
            continue
        try:
            known.append(_check_event(fields, id_))
        except _Malformed:
            malformed.append(id_)
    return known, malformed


def check_move(event: Any) -> dict[str, Any] | None:
    """Where a reviewer is, as the decision bar tells it, or None where it is no such thing.

    Returns:
        {"kind": "at", "seq", "subject", "pending", "ahead", "passing", "is_back"} or {"kind":
        "back", "seq", "pending", "ahead", "passing"}: `seq` counts the moves of this page,
        `subject` is the picture on screen, "" where the browser knows none, `pending` are the
        pictures whose decisions are on their way, `ahead` is how many to have ready; whether
        others were passed over, and whether it was on screen before.
    """
    try:
        fields = _check_mapping(event)
        if fields.get("kind") not in ("at", "back"):
            return None
        told = {
            "kind": fields["kind"],
            "seq": _check_whole(fields.get("seq"), 2**53),
            "pending": _check_names(fields.get("pending")),
            "ahead": _check_whole(fields.get("ahead"), MOST_AHEAD),
            "passing": False,
        }
        if told["kind"] == "back":
            return told
        return told | {
            "subject": _check_text(fields, "subject", _LONGEST_NAME),
            "passing": fields.get("passing") is True,
            "is_back": fields.get("is_back") is True,
        }
    except _Malformed:
        return None


def _check_event(fields: Mapping[Any, Any], id_: str) -> dict[str, Any]:
    kind = fields.get("kind")
    told = {"kind": kind, "id": id_}
    if kind == "decide":
        if fields.get("move") not in _MOVES:
            raise _Malformed
        return told | {
            "subject": _check_name(fields, "subject"),
            "answer": _check_text(fields, "answer", _LONGEST_NAME),
            "move": fields["move"],
            "reasons": _check_reasons(fields.get("reasons")),
            "classes": _check_names(fields.get("classes")),
            "note": _check_text(fields, "note", LONGEST_TEXT),
        }
    if kind == "undo":
        undoes = fields.get("undoes") or ""
        return told | {
            "project": _check_name(fields, "project"),
            "undoes": undoes and _check_id(fields, "undoes"),
        }
    if kind in ("resolve", "reopen"):
        return told | {"pin": _check_id(fields, "pin")}
    if kind == "reply":
        return told | {"pin": _check_id(fields, "pin"), "text": _check_words(fields)}
    if kind == "pin":
        class_id, sureness = fields.get("class_id"), fields.get("sureness")
        return told | {
            "subject": _check_text(fields, "subject", _LONGEST_NAME),
            "x": _check_number(fields.get("x"), _LONGEST_SIDE),
            "y": _check_number(fields.get("y"), _LONGEST_SIDE),
            "text": _check_words(fields),
            "class_id": None if class_id is None else _check_whole(class_id, 255),
            "class_name": _check_text(fields, "class_name", _LONGEST_NAME),
            "sureness": None if sureness is None else _check_number(sureness, 100),
            "region": _check_region(fields.get("region")),
        }
    raise _Malformed


def _check_mapping(event: Any) -> Mapping[Any, Any]:
    if not isinstance(event, Mapping):
        raise _Malformed
    return event


def _check_id(fields: Mapping[Any, Any], name: str = "id") -> str:
    value = fields.get(name)
    if not isinstance(value, str) or not _ID.fullmatch(value):
        raise _Malformed
    return value


def _check_text(fields: Mapping[Any, Any], name: str, longest: int) -> str:
    value = fields.get(name)
    if not isinstance(value, str) or len(value) > longest:
        raise _Malformed
    return _clean(value)


def _check_name(fields: Mapping[Any, Any], name: str) -> str:
    if not (value := _check_text(fields, name, _LONGEST_NAME)):
        raise _Malformed
    return value


def _check_words(fields: Mapping[Any, Any]) -> str:
    if not (text := _check_text(fields, "text", LONGEST_TEXT).strip()):
        raise _Malformed
    return text


def _clean(text: str) -> str:
    # No database keeps a zero byte or half of a split sign.
    return text.replace("\0", "").encode("utf-8", "ignore").decode("utf-8")


def _check_reasons(values: Any) -> list[str]:
    if not isinstance(values, list) or any(value not in REASONS for value in values):
        raise _Malformed
    return list(dict.fromkeys(values))


def _check_names(values: Any) -> list[str]:
    if not isinstance(values, list) or len(values) > _MOST_CLASSES:
        raise _Malformed
    return list(
        dict.fromkeys(_check_text({"name": value}, "name", _LONGEST_NAME) for value in values)
    )


def _check_number(value: Any, most: float) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise _Malformed
    # Compared before anything else: a whole number of any length is no number for `isfinite`.
    if not 0 <= value <= most or not math.isfinite(value):
        raise _Malformed
    return value


def _check_whole(value: Any, most: float) -> int:
    if (number := _check_number(value, most)) != int(number):
        raise _Malformed
    return int(number)


def _check_region(value: Any) -> dict[str, Any]:
    if value is None or value == {}:
        return {}
    fields = _check_mapping(value)
    box = fields.get("box")
    if not isinstance(box, list) or len(box) != 4:
        raise _Malformed
    return {
        "pixels": round(_check_number(fields.get("pixels"), 1e12)),
        "box": [_check_number(length, 1e6) for length in box],
    }
