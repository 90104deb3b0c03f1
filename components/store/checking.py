"""Whether a row of a file that came from outside is one a desk could have written."""

from __future__ import annotations

import hashlib
import json
import math
import re
from collections.abc import Callable, Mapping
from typing import Any, Final, get_args

from sqlalchemy import BigInteger, Column, Float, Integer, LargeBinary, Table

from components.errors import Conflict
from components.model.comparison import ComparisonState
from components.model.review import (
    LONGEST_TEXT,
    REASONS,
    STATUSES,
    VERDICTS,
    Member,
    Policy,
)
from components.model.selection import MOST_SELECTED, SELECTION_KINDS
from components.store.comparison_rows import LONGEST_PROBLEM
from components.store.members import check_members
from components.store.record import EVENTS
from components.store.rows import (
    BUCKETS,
    LONGEST_INSTRUCTIONS,
    LONGEST_NAME,
    LONGEST_SIGNER,
    LONGEST_TITLE,
    check_model,
    clean_text,
)
from components.store.schema import REMOVED, blobs, projects

_LARGEST: Final = 2**63 - 1
_ID: Final = re.compile(r"[0-9a-f]{32}")
_SHA: Final = re.compile(r"[0-9a-f]{64}")
_ADDRESS: Final = re.compile(r"https?://[^\s<>]+", re.IGNORECASE)
_LAST_TIME: Final = 253_402_300_799_999  # the end of the year 9999, UTC milliseconds
_LONGEST_SIDE: Final = 100_000  # pixels
_MOST_PIXELS: Final = 200_000_000
_LONGEST_CLASS: Final = 1000
_LONGEST_REGION: Final = 2000
_MOST_CLASSES: Final = 256
_MOST_BYTES: Final = 2**53  # what a browser counts exactly

_ONE_OF: Final[Mapping[str, tuple[str, ...]]] = {
    "comparisons.state": get_args(ComparisonState),
    "events.kind": EVENTS,
    "images.media_type": ("image/jpeg", "image/png", "image/webp"),
    "projects.policy": get_args(Policy),
    "items.status": STATUSES,
    "items.shelf": (*STATUSES, REMOVED),
    "reviews.move": (*VERDICTS, "skipped", "undone", "answered"),
    "notices.other_move": VERDICTS,
    "notices.my_move": VERDICTS,
    "remarks.act": ("reply", "resolve", "reopen"),
    "selections.kind": SELECTION_KINDS,
}
_SIDE: Final = (1, _LONGEST_SIDE)
_AREA: Final = (1, _MOST_PIXELS)
_COUNT: Final = (0, _MOST_BYTES)
_SECONDS: Final = (0, 1e9)
_TIME: Final = (0, _LAST_TIME)
_BOUNDS: Final[Mapping[str, tuple[float, float]]] = {
    "answers.at": _TIME,
    "answers.attempts": _COUNT,
    "answers.confidence": (0, 100),
    # What the server says of the picture it saw, and the picture as it was before it was made
    # smaller, may be long and thin; their pixels are bounded below.
    "answers.confidence_height": _AREA,
    "answers.confidence_width": _AREA,
    "answers.cut_to": (0, 100),
    "answers.image_height": _COUNT,
    "answers.image_width": _COUNT,
    "answers.mask_height": _AREA,
    "answers.mask_width": _AREA,
    "answers.received_bytes": _COUNT,
    "answers.seconds": _SECONDS,
    "answers.sent_bytes": _COUNT,
    "answers.server_seconds": _SECONDS,
    "blobs.is_away": (0, 0),  # a file holds all of its bytes
    "comparisons.a_confidence": (0, 100),
    "comparisons.b_confidence": (0, 100),
    "comparisons.created_at": _TIME,
    "comparisons.ended_at": _TIME,
    "events.at": _TIME,
    "images.height": _SIDE,
    "images.original_bytes": _COUNT,
    "images.original_height": _AREA,
    "images.original_width": _AREA,
    "images.width": _SIDE,
    "item_classes.class_id": (0, 255),
    "item_classes.pixels": (0, _MOST_PIXELS),
    "item_classes.position": _COUNT,
    "item_classes.share": (0, 1.000001),
    "items.added_at": _TIME,
    "items.bucket": (0, BUCKETS - 1),
    "items.confidence_key": (0, 2),
    "items.disagreement": (0, 1),
    "items.mean_confidence": (0, 1),
    "items.position": _COUNT,
    "items.reviews": _COUNT,
    "notices.at": _TIME,
    "notices.seen_at": _TIME,
    "pins.at": _TIME,
    "pins.class_id": (0, 255),
    "pins.is_open": (0, 1),
    "pins.sureness": (0, 100),
    "pins.x": (0, _LONGEST_SIDE),
    "pins.y": (0, _LONGEST_SIDE),
    "projects.archived_at": _TIME,
    "projects.confidence": (0, 100),
    "projects.created_at": _TIME,
    "projects.last_position": _COUNT,
    "projects.needed": (1, 20),
    "projects.shows_names": (0, 1),
    "remarks.at": _TIME,
    "reviews.at": _TIME,
    "reviews.confidence": (0, 100),
    "selection_items.place": (1, MOST_SELECTED),
    "selections.created_at": _TIME,
    "selections.items": (1, MOST_SELECTED),
    "truths.added_at": _TIME,
    "truths.height": _AREA,
    "truths.width": _AREA,
}
# Shortest and longest, in signs. Where JSON is kept, a sign may take twelve.
_LENGTHS: Final[Mapping[str, tuple[int, int]]] = {
    "answers.address": (1, LONGEST_TEXT),
    "answers.inference_id": (0, LONGEST_TEXT),
    "answers.class_map": (2, 12 * _MOST_CLASSES * (_LONGEST_CLASS + 4)),
    "comparisons.created_by": (0, LONGEST_SIGNER),
    "comparisons.problem": (0, LONGEST_PROBLEM),
    "comparisons.title": (0, 0),
    "events.actor": (0, LONGEST_SIGNER),
    "events.detail": (2, 24 * (LONGEST_INSTRUCTIONS + 100)),
    "images.name": (0, 1000),
    "images.notes": (2, 12 * LONGEST_TEXT),
    "images.original_format": (0, LONGEST_TITLE),
    "images.url": (1, 100_000),
    "item_classes.class_name": (0, _LONGEST_CLASS),
    "items.added_by": (0, LONGEST_SIGNER),
    "items.grouping": (0, LONGEST_TITLE),
    "items.name": (0, LONGEST_NAME),
    "items.problem": (0, LONGEST_TEXT),
    "notices.other": (1, LONGEST_SIGNER),
    "notices.reviewer": (1, LONGEST_SIGNER),
    "pins.author": (1, LONGEST_SIGNER),
    "pins.class_name": (0, _LONGEST_CLASS),
    "pins.region": (2, _LONGEST_REGION),
    "pins.text": (0, LONGEST_TEXT),
    "projects.class_map": (2, 12 * _MOST_CLASSES * (_LONGEST_CLASS + 4)),
    "projects.created_by": (0, LONGEST_SIGNER),
    "projects.instructions": (0, LONGEST_INSTRUCTIONS),
    "projects.name": (1, LONGEST_TITLE),
    "remarks.author": (1, LONGEST_SIGNER),
    "remarks.text": (0, LONGEST_TEXT),
    "reviews.class_names": (2, 12 * _MOST_CLASSES * (LONGEST_TEXT + 4)),
    "reviews.item_name": (0, LONGEST_NAME),
    "reviews.note": (0, LONGEST_TEXT),
    "reviews.reviewer": (1, LONGEST_SIGNER),
    "selections.created_by": (1, LONGEST_SIGNER),
    "selections.detail": (0, LONGEST_TEXT),
    "selections.title": (1, LONGEST_TITLE),
    "truths.added_by": (0, LONGEST_SIGNER),
    "truths.class_map": (2, 12 * _MOST_CLASSES * (_LONGEST_CLASS + 4)),
}
_LONGEST: Final = 1_000_000
# Widths and heights that make a picture or a mask, and what their product may be.
_SIZES: Final[Mapping[str, tuple[str, ...]]] = {
    "answers": ("mask", "confidence"),
    "images": ("", "original"),
    "truths": ("",),
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
    for what in _SIZES.get(table.name, ()):
        width, height = (row[f"{what}_{side}".lstrip("_")] for side in ("width", "height"))
        if (width is None) != (height is None):
            raise refuse(f"{table.name}: a {what} size lacks a side")
        if width is not None and width * height > _MOST_PIXELS:
            raise refuse(f"{table.name}: a {what} size is too large")
    if table is projects and not _give_looks(json.loads(row["members"]), row["needed"]):
        raise refuse("projects.members cannot review it")


def check_blob(row: Mapping[str, Any]) -> bytes:
    """The bytes of a row of blobs.

    Raises:
        Conflict: they are not what its sha256 and size say.
    """
    check_row(blobs, row)
    data = bytes(row["data"])
    if hashlib.sha256(data).hexdigest() != row["sha256"] or len(data) != row["size"]:
        raise refuse("a picture or a mask is not what its sha256 says")
    return data


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
    shortest, longest = _LENGTHS.get(f"{column.table.name}.{column.name}", (0, _LONGEST))
    return (
        isinstance(value, str) and shortest <= len(value) <= longest and clean_text(value) == value
    )


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


def _give_looks(members: list[tuple[str, float]], needed: int) -> bool:
    given = tuple(Member(*one) for one in members)
    try:
        return check_members(given, needed) == given
    except Conflict:
        return False


def _is_model(text: str) -> bool:
    try:
        return check_model(text) == text
    except Conflict:
        return False


def _is_title(text: str) -> bool:
    return bool(text.strip()) and text == text.strip()


def _are_texts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(one, str) for one in value)


def _are_class_names(value: Any) -> bool:
    return (
        _are_texts(value)
        and len(value) <= _MOST_CLASSES
        and all(len(name) <= LONGEST_TEXT for name in value)
    )


def _is_detail(value: Any) -> bool:
    """What `projects.note_event` is given: texts, numbers, and members before and after."""
    return isinstance(value, dict) and all(
        isinstance(one, str) if key in ("name", "field") else _is_plain(one) or _are_members(one)
        for key, one in value.items()
    )


def _is_plain(value: Any) -> bool:
    if isinstance(value, float):
        return math.isfinite(value)
    return value is None or isinstance(value, (str, int))


def _is_region(value: Any) -> bool:
    """{} or {"pixels": int, "box": [x, y, w, h]} in pixels of the picture."""
    if not isinstance(value, dict) or value.keys() - {"pixels", "box"}:
        return False
    box = value.get("box", [0, 0, 0, 0])
    return (
        _is_length(value.get("pixels", 0), 1e12)
        and isinstance(box, list)
        and len(box) == 4
        and all(_is_length(one, 1e6) for one in box)
    )


def _is_length(value: Any, most: float) -> bool:
    return (
        isinstance(value, (int, float)) and not isinstance(value, bool) and bool(0 <= value <= most)
    )


def _is_class_map(value: Any) -> bool:
    return isinstance(value, dict) and all(
        key.isascii()
        and key.isdecimal()
        and len(key) <= 3
        and key == str(int(key))
        and int(key) <= 255
        and isinstance(name, str)
        and len(name) <= _LONGEST_CLASS
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
    "answers.address": lambda value: _ADDRESS.fullmatch(value) is not None,
    "answers.class_map": _is_json(_is_class_map),
    "answers.model": _is_model,
    "comparisons.a_model": _is_model,
    "comparisons.b_model": _is_model,
    "events.detail": _is_json(_is_detail),
    "images.notes": _is_json(_are_texts),
    "images.url": lambda value: _ADDRESS.fullmatch(value) is not None,
    "pins.region": _is_json(_is_region),
    "projects.class_map": _is_json(_is_class_map),
    "projects.members": _is_json(_are_members),
    "projects.model": _is_model,
    "projects.name": _is_title,
    "reviews.class_names": _is_json(_are_class_names),
    "reviews.model": lambda value: value == "" or _is_model(value),
    "reviews.reasons": _is_json(lambda value: _are_texts(value) and set(value) <= set(REASONS)),
    "selections.title": _is_title,
    "truths.class_map": _is_json(_is_class_map),
}
