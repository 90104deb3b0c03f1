"""The `confidence` parameter, and the one definition of what it cuts.

The cut is defined on the confidence byte, not on the probability behind it: a pixel keeps its class
when byte / 255 >= percent / 100. Whoever holds the answer at 1 can therefore make the answer at any
higher percent by themselves and gets it bit for bit.
"""

from __future__ import annotations

import math
import re

from components.local_server.refusal import invalid

DEFAULT_PERCENT = 50.0
LOWEST_PERCENT = 1.0

# What a number may look like in a query; float() alone would also take "1_0" and "infinity".
_NUMBER = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?")


def parse_confidence(text: str | None) -> float:
    """Read the query parameter as a percent.

    As measured on Roboflow's own server: 1 and above are percents, numbers between 0 and 1 are
    fractions, 0 and negative numbers mean 1 percent, and the words "best" and "default" are taken.

    Args:
        text: the parameter as it came; None when it is absent.

    Returns:
        A percent, at least 1; above 100 nothing passes.

    Raises:
        Refusal: 422, with one entry for each way of reading that failed.
    """
    if text is None or text.strip() in ("best", "default"):
        return DEFAULT_PERCENT
    if not _NUMBER.fullmatch(text.strip()):
        raise invalid(_faults(text))
    number = float(text)
    if number <= 0:
        return LOWEST_PERCENT
    # Rounded so that "0.29" and "29" are the same percent in binary floating point.
    return number if number >= 1 else round(number * 100, 9)


def lowest_kept_byte(percent: float) -> int:
    """The smallest confidence byte that is not cut away at a threshold.

    Args:
        percent: threshold, as `parse_confidence` gives it.

    Returns:
        The smallest b with b / 255 >= percent / 100; 256 when no byte passes.
    """
    return min(256, math.ceil(min(percent, 1000.0) * 255 / 100))


def _faults(text: str) -> list[dict[str, object]]:
    words = "'best' or 'default'"
    return [
        {
            "type": "float_parsing",
            "loc": ["query", "confidence", "float"],
            "msg": "A number was expected, and the text could not be read as one",
            "input": text,
        },
        {
            "type": "literal_error",
            "loc": ["query", "confidence", "literal['best','default']"],
            "msg": f"One of the words {words} was expected",
            "input": text,
            "ctx": {"expected": words},
        },
    ]
