"""How the report puts things."""

from __future__ import annotations

from datetime import date
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
_MONTHS: Final = (
    *("Jan", "Feb", "Mar", "Apr", "May", "Jun"),
    *("Jul", "Aug", "Sep", "Oct", "Nov", "Dec"),
)


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


def name_status(status: Status) -> str:
    """A status in words."""
    return STATUSES[status]
