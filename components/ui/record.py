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
_EVENTS: Final = {
    "project_created": "Made the project",
    "project_changed": "Changed a setting",
    "project_archived": "Put the project away",
    "project_reopened": "Took the project out again",
    "item_added": "Added a picture",
    "item_removed": "Took a picture out",
    "item_restored": "Put a picture back",
    "run_started": "Started a batch",
    "run_cancelled": "Cancelled a batch",
}
_FIELDS: Final = {
    "name": "name",
    "model": "model",
    "confidence": "confidence",
    "instructions": "instructions",
    "needed": "reviews needed",
    "policy": "when reviewers disagree",
    "members": "who reviews",
    "shows_names": "names on the page Insights",
}


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
    moments = pd.to_datetime(table["When"], unit="ms", utc=True).dt.tz_convert(find_zone())
    # The reader's own clock; with a zone the table would turn it back.
    table["When"] = moments.dt.tz_localize(None)
    when = st.column_config.DatetimeColumn(format="D MMM YYYY, HH:mm:ss")
    st.dataframe(table, hide_index=True, key=key, column_config={"When": when})


def _write_row(review: Review) -> dict[str, object]:
    return {
        "When": review.at,
        "Who": review.reviewer,
        "Picture": review.item_name,
        "What": MOVES[review.move],
        "Counts now": review.is_standing,
        "Reasons": ", ".join(REASONS[reason] for reason in review.reasons),
        "Classes": ", ".join(review.class_names),
        "Note": review.note,
        "Confidence": None if review.move in ("undone", "answered") else review.confidence,
        "Model": review.model,
        "Answer id": (review.answer_id or "")[:12],
        "Picture id": review.image_sha256[:12],
    }


def _write_event(event: Event) -> dict[str, object]:
    detail = event.detail
    said = str(detail.get("name", ""))
    if "field" in detail:
        field = _FIELDS.get(str(detail["field"]), str(detail["field"]))
        said = (
            f"{field}: {_write_value(detail.get('before'))} → {_write_value(detail.get('after'))}"
        )
    if "source" in detail:
        said = f"{detail['source']}: {detail.get('model', '')} at {detail.get('confidence', '')} %"
    return {
        "When": event.at,
        "Who": event.actor,
        "What": _EVENTS.get(event.kind, event.kind),
        "More": said,
    }


def _write_value(value: object) -> str:
    if isinstance(value, list):
        shares = [f"{one[0]} {one[1] * 100:g} %" for one in value]
        return ", ".join(shares) or "everyone"
    return "–" if value is None else str(value)
