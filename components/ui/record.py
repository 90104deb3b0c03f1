"""Who decided what, when, from which answer of the model; and what leads changed."""

from __future__ import annotations

from typing import Final

import streamlit as st

from components import desk
from components.model.review import Person, Project, Review
from components.store.reviews import Event
from components.ui.wording import MOVES, REASONS, find_zone

_LENGTH: Final = 200
_ANYBODY: Final = "Anybody"
_ANYTHING: Final = "Anything"


def show_record(who: Person, project: Project) -> None:
    """The record as a table that can be filtered, searched and saved as CSV."""
    with st.container(horizontal=True, vertical_alignment="bottom", key="record_filters"):
        people = desk.list_reviewers(who, project.id)
        reviewer = st.selectbox("Who", [_ANYBODY, *people], key="record_who")
        move = st.selectbox(
            "What",
            [_ANYTHING, *MOVES],
            format_func=lambda word: MOVES.get(word, word),
            key="record_what",
        )
    reviews = desk.list_record(
        who,
        project.id,
        reviewer=None if reviewer in (None, _ANYBODY) else reviewer,
        move=None if move in (None, _ANYTHING) else move,
        limit=_LENGTH,
    )
    if reviews:
        _show_table([_write_row(review) for review in reviews], key="record_table")
        if len(reviews) == _LENGTH:
            st.caption(f"The newest {_LENGTH} lines.")
    else:
        st.html('<p class="desk-sub">Nothing has been decided yet.</p>')
    events = desk.list_events(who, project.id, limit=_LENGTH)
    if events:
        st.subheader("Changes of the project", anchor=False)
        _show_table([_write_event(event) for event in events], key="event_table")


def _show_table(rows: list[dict[str, object]], *, key: str) -> None:
    # Slow to import, and only leads who look at the record need it.
    import pandas as pd

    table = pd.DataFrame(rows)
    table["When"] = pd.to_datetime(table["When"], unit="ms", utc=True).dt.tz_convert(find_zone())
    st.dataframe(table, hide_index=True, key=key)


def _write_row(review: Review) -> dict[str, object]:
    return {
        "When": review.at,
        "Who": review.reviewer,
        "Picture": review.item_name,
        "What": MOVES[review.move],
        "Counts": review.is_standing,
        "Reasons": ", ".join(REASONS[reason] for reason in review.reasons),
        "Classes": ", ".join(review.class_names),
        "Note": review.note,
        "Confidence": review.confidence if review.answer_id else None,
        "Model": review.model,
        "Answer": (review.answer_id or "")[:12],
        "Image": review.image_sha256[:12],
    }


def _write_event(event: Event) -> dict[str, object]:
    said = ", ".join(f"{name}: {value}" for name, value in event.detail.items())
    return {"When": event.at, "Who": event.actor, "What": event.kind, "More": said}
