"""What things of reviewing are called on pages, and how moments are written."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final
from zoneinfo import ZoneInfo

import streamlit as st

from components.model.review import Review, Status

MOVES: Final = {
    "approved": "Approved",
    "needs_fix": "Needs fix",
    "rejected": "Rejected",
    "skipped": "Skipped",
    "undone": "Undone",
    "answered": "Answered",
}

STATUSES: Final[dict[Status, str]] = {
    "open": "Undecided",
    "answered": "Answered, to be looked at again",
    "disagreed": "Reviewers disagree",
    "approved": "Approved",
    "needs_fix": "Needs fix",
    "rejected": "Rejected",
    "no_answer": "No mask yet",
}

REASONS: Final = {
    "missed": "missed something",
    "too_much": "marked too much",
    "wrong_class": "wrong class",
    "ragged": "ragged edge",
    "bad_image": "bad image",
    "other": "other",
}

ROLES: Final = {"viewer": "may look", "reviewer": "reviews", "lead": "leads"}


def count_pictures(number: int) -> str:
    """ "1 picture", "2,000 pictures"."""
    return f"{number:,} picture" if number == 1 else f"{number:,} pictures"


def write_when(at: int) -> str:
    """A moment, given in UTC milliseconds, in the reader's own zone: "23 Nov 2026, 18:40"."""
    moment = datetime.fromtimestamp(at / 1000, UTC).astimezone(find_zone())
    return f"{moment.day} {moment:%b %Y, %H:%M}"


def find_zone() -> ZoneInfo:
    """The zone of the reader's browser; UTC where it does not say."""
    try:
        return ZoneInfo(st.context.timezone or "UTC")
    except (KeyError, ValueError, OSError):
        return ZoneInfo("UTC")


def describe_review(review: Review) -> str:
    """What a reviewer said, in one line: "Needs fix: wrong class (tree). “…”"."""
    words = MOVES[review.move]
    reasons = ", ".join(REASONS[reason] for reason in review.reasons)
    classes = ", ".join(review.class_names)
    if reasons or classes:
        words += ": " + (f"{reasons} ({classes})" if reasons and classes else reasons or classes)
    return f"{words}. “{review.note}”" if review.note else words
