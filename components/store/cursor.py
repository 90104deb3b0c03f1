"""A place in a list as text that can be passed around."""

from __future__ import annotations

import base64
import binascii
import json
from typing import Any

from components.errors import Conflict

Place = tuple[float | int | str, int]
"""A sort key and a position."""


def pack_cursor(place: Place, sign: list[Any]) -> str:
    """A place as printable text, signed with the order it belongs to."""
    text = json.dumps([*sign, *place], separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode()


def unpack_cursor(cursor: str, sign: list[Any]) -> Place:
    """As `pack_cursor` packed it.

    Raises:
        Conflict: not a cursor, or one of another order.
    """
    try:
        *signed, key, position = json.loads(base64.urlsafe_b64decode(cursor.encode()))
    except (ValueError, binascii.Error, TypeError, RecursionError) as error:
        raise _refuse() from error
    is_text = sign[0] == "name"
    if (
        signed != sign
        or not isinstance(position, int)
        or not isinstance(key, str if is_text else (int, float))
    ):
        raise _refuse()
    return key, position


def _refuse() -> Conflict:
    return Conflict("This page belongs to another list. Go to the first page.")
