"""What a browser says somebody did, checked before anyone acts on it.

Whatever does not have the shape below is dropped: it did not come from these components.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import Any, Final, get_args

from components.model.review import LONGEST_TEXT, REASONS, Move

__all__ = ["check_decision", "check_remark"]

_ID: Final = re.compile(r"[0-9a-f]{32}")
_LONGEST_NAME: Final = 500
_MOST_CLASSES: Final = 256
_LONGEST_SIDE: Final = 100_000  # pixels; no picture that intake takes is longer
_MOVES: Final = get_args(Move)


class _Malformed(Exception):
    """An event is not what a component sends; never leaves this file."""


def check_decision(event: Any) -> dict[str, Any] | None:
    """An event of the decision bar, or None where it is none.

    Returns:
        {"kind": "decide", "id", "subject", "answer", "move", "reasons", "classes", "note"},
        {"kind": "undo", "id", "subject"}, {"kind": "back"} or {"kind": "forward"}; ids of events
        are 32 hex digits, reasons of REASONS, texts without signs that cannot be stored.
    """
    try:
        fields = _check_mapping(event)
        kind = fields.get("kind")
        if kind in ("back", "forward"):
            return {"kind": kind}
        if kind not in ("decide", "undo"):
            return None
        told = {"kind": kind, "id": _check_id(fields)}
        if kind == "undo":
            # After the last picture there is none on screen, and the last decision can be undone.
            return told | {"subject": _check_text(fields, "subject", _LONGEST_NAME)}
        if fields.get("move") not in _MOVES:
            return None
        told["subject"] = _check_name(fields, "subject")
        return told | {
            "answer": _check_text(fields, "answer", _LONGEST_NAME),
            "move": fields["move"],
            "reasons": _check_reasons(fields.get("reasons")),
            "classes": _check_names(fields.get("classes")),
            "note": _check_text(fields, "note", LONGEST_TEXT),
        }
    except _Malformed:
        return None


def check_remark(event: Any, size_wh: tuple[int, int] | None) -> dict[str, Any] | None:
    """An event about a pin, or None where it is none.

    Args:
        event: what came.
        size_wh: of the picture on screen, which a new pin has to lie in; None where a pin of
            another picture comes late and only its numbers can be checked.

    Returns:
        {"kind": "pin", "id", "subject", "x", "y", "text", "class_id", "class_name", "sureness",
        "region"}, {"kind": "reply", "id", "pin", "text"}, {"kind": "resolve", "id", "pin"} or
        {"kind": "reopen", "id", "pin"}; `class_id` and `sureness` (0–100) may be None, `region`
        empty, else {"pixels": int, "box": [x, y, w, h]} in pixels of the picture.
    """
    try:
        fields = _check_mapping(event)
        kind = fields.get("kind")
        told = {"kind": kind, "id": _check_id(fields)}
        if kind in ("resolve", "reopen"):
            return told | {"pin": _check_id(fields, "pin")}
        if kind == "reply":
            return told | {"pin": _check_id(fields, "pin"), "text": _check_words(fields)}
        if kind != "pin":
            return None
        width, height = size_wh or (_LONGEST_SIDE, _LONGEST_SIDE)
        class_id, sureness = fields.get("class_id"), fields.get("sureness")
        return told | {
            "subject": _check_text(fields, "subject", _LONGEST_NAME),
            "x": _check_number(fields.get("x"), width),
            "y": _check_number(fields.get("y"), height),
            "text": _check_words(fields),
            "class_id": None if class_id is None else _check_whole(class_id, 255),
            "class_name": _check_text(fields, "class_name", _LONGEST_NAME),
            "sureness": None if sureness is None else _check_number(sureness, 100),
            "region": _check_region(fields.get("region")),
        }
    except _Malformed:
        return None


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
