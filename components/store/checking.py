"""Whether a row of a file that came from outside is one a desk could have written."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Mapping
from typing import Any, Final, get_args

from sqlalchemy import BigInteger, Column, Float, Integer, LargeBinary, Table

from components.errors import Conflict
from components.model.review import REASONS, STATUSES, VERDICTS, Policy
from components.store.rows import clean_text
from components.store.schema import REMOVED

_LONGEST: Final = 1_000_000
_LARGEST: Final = 2**63 - 1
_ID: Final = re.compile(r"[0-9a-f]{32}")
_SHA: Final = re.compile(r"[0-9a-f]{64}")
_ONE_OF: Final[Mapping[str, tuple[str, ...]]] = {
    "images.media_type": ("image/jpeg", "image/png", "image/webp"),
    "projects.policy": get_args(Policy),
    "items.status": STATUSES,
    "items.shelf": (*STATUSES, REMOVED),
    "reviews.move": (*VERDICTS, "skipped", "undone", "answered"),
    "notices.other_move": VERDICTS,
    "notices.my_move": VERDICTS,
    "remarks.act": ("reply", "resolve", "reopen"),
}
_BOUNDS: Final[Mapping[str, tuple[float, float]]] = {
    "answers.confidence": (0, 100),
    "answers.cut_to": (0, 100),
    "item_classes.class_id": (0, 255),
    "item_classes.share": (0, 1.000001),
    "items.mean_confidence": (0, 1),
    "pins.class_id": (0, 255),
    "pins.sureness": (0, 100),
    "projects.confidence": (0, 100),
    "projects.needed": (1, 20),
    "reviews.confidence": (0, 100),
}


def check_row(table: Table, row: Mapping[str, Any]) -> None:
    """See that a row is of the types, forms and bounds of its table.

    Raises:
        Conflict: it is not.
    """
    for column in table.columns:
        value = row[column.name]
        where = f"{table.name}.{column.name}"
        if value is None:
            if not column.nullable:
                raise refuse(f"{where} is missing")
        elif not (_is_of_type(column, value) and _is_in_form(where, column.name, value)):
            raise refuse(f"{where} is none")


def refuse(detail: str) -> Conflict:
    """The error for what no desk writes."""
    return Conflict(
        "What this file says contradicts itself, so nothing of it was opened. Save the desk again "
        "and open that file.",
        detail,
    )


def _is_of_type(column: Column[Any], value: Any) -> bool:
    if isinstance(column.type, LargeBinary):
        return isinstance(value, bytes)
    if isinstance(column.type, Float):
        return isinstance(value, (int, float)) and math.isfinite(value)
    if isinstance(column.type, (BigInteger, Integer)):
        return isinstance(value, int) and -_LARGEST <= value <= _LARGEST
    return isinstance(value, str) and len(value) <= _LONGEST and clean_text(value) == value


def _is_in_form(where: str, name: str, value: Any) -> bool:
    if where in _ONE_OF:
        return value in _ONE_OF[where]
    if where in _BOUNDS:
        low, high = _BOUNDS[where]
        return bool(low <= value <= high)
    if where in _FORMS:
        return _FORMS[where](value)
    if name.endswith("sha256"):
        return _SHA.fullmatch(value) is not None
    if name == "id" or name.endswith("_id") or name == "undoes":
        return where == "answers.inference_id" or _ID.fullmatch(value) is not None
    return True


def _is_json(test: Callable[[Any], bool]) -> Callable[[str], bool]:
    def is_it(text: str) -> bool:
        try:
            return test(json.loads(text))
        except (ValueError, RecursionError):
            return False

    return is_it


def _are_texts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(one, str) for one in value)


def _is_class_map(value: Any) -> bool:
    return isinstance(value, dict) and all(
        key.isascii() and key.isdecimal() and len(key) <= 9 and isinstance(name, str)
        for key, name in value.items()
    )


def _are_members(value: Any) -> bool:
    return isinstance(value, list) and all(
        isinstance(one, list)
        and len(one) == 2
        and isinstance(one[0], str)
        and isinstance(one[1], float)
        and 0 < one[1] <= 1
        for one in value
    )


_FORMS: Final[Mapping[str, Callable[[str], bool]]] = {
    "answers.class_map": _is_json(_is_class_map),
    "events.detail": _is_json(lambda value: isinstance(value, dict)),
    "images.notes": _is_json(_are_texts),
    "pins.region": _is_json(lambda value: isinstance(value, dict)),
    "projects.class_map": _is_json(_is_class_map),
    "projects.members": _is_json(_are_members),
    "reviews.class_names": _is_json(_are_texts),
    "reviews.reasons": _is_json(lambda value: _are_texts(value) and set(value) <= set(REASONS)),
}
