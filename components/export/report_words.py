"""How the report puts things."""

from __future__ import annotations

from datetime import date
from html import escape
from typing import Final

from components.model.review import Reason, Review, Status

STATUSES: Final[dict[str, str]] = {
    "open": "Undecided",
    "answered": "To be looked at again",
    "disagreed": "Reviewers disagree",
    "approved": "Approved",
    "needs_fix": "Needs fix",
    "rejected": "Rejected",
    "no_answer": "No mask yet",
}
REASONS: Final[dict[Reason, str]] = {
    "missed": "Missed something",
    "too_much": "Marked too much",
    "wrong_class": "Wrong class",
    "ragged": "Ragged edge",
    "bad_image": "Bad image",
    "other": "Something else",
}
_TURNS: Final = dict.fromkeys(
    [0x061C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A)]
)
"""Signs that turn the direction of what follows (Unicode Standard Annex 9, 2), to be left out: with
them "photo_gnp.exe" shows as "photo_exe.png". Letters of every script run their own way without."""
_MONTHS: Final = (
    *("Jan", "Feb", "Mar", "Apr", "May", "Jun"),
    *("Jul", "Aug", "Sep", "Oct", "Nov", "Dec"),
)


def spell(text: str) -> str:
    """A text that people or servers typed, as HTML: it shows in the order it has."""
    return escape(text.translate(_TURNS))


def write_day(day: date) -> str:
    """ "3 Nov 2026", whatever language the machine speaks."""
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


def write_count(number: int, what: str, many: str = "") -> str:
    """ "1 picture", "2,000 pictures"."""
    return f"{number:,} {what if number == 1 else many or what + 's'}"


def write_share(part: int, total: int) -> str:
    """ "12.3 %"; "" of nothing."""
    return f"{100 * part / total:.1f}\u00a0%" if total else ""


def describe(review: Review) -> str:
    """A decision's reasons in one line: "Wrong class (tree), ragged edge"; "" without any."""
    named = ", ".join(review.class_names)
    words = [REASONS[reason].lower() for reason in review.reasons]
    said = ", ".join(words)
    if named:
        said = f"{said} ({named})" if said else named
    return said[:1].upper() + said[1:]


def name_move(move: str) -> str:
    """What a line of the record did, in words: an answer is none of the statuses."""
    return "Answered" if move == "answered" else STATUSES[move]


def name_status(status: Status) -> str:
    """A status in words."""
    return STATUSES[status]
