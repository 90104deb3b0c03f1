"""Insights: what was decided, when, and why."""

from __future__ import annotations

from typing import Final

import streamlit as st

from components import desk
from components.display.charts.verdicts import (
    chart_reasons,
    chart_reasons_by_class,
    chart_verdicts,
    choose_bucket,
)
from components.model.insights import Pick, Totals
from components.ui.insights_card import Card, View, show_chart, show_empty
from components.ui.insights_lists import show_ranked
from components.ui.wording import MOVES, REASONS

VERDICTS: Final = Card(
    "verdicts",
    "Verdicts over time",
    about="Each decision that was not taken back.",
    link="Open all decided",
    pick=Pick("decided"),
    list_title="Decided",
    clicks="Click a bar to open its pictures.",
)
_REASONS: Final = Card(
    "reasons", "Reasons", about="Why pictures were not approved.", link="Open these",
    pick=Pick("reason"), list_title="Decided with a reason",
    clicks="Click a bar to open its pictures.",
)  # fmt: skip
_BY_CLASS: Final = Card(
    "reasons_by_class", "Reasons by class", about="How often a reason was given of a class.",
    clicks="Click a number to open its pictures.",
)  # fmt: skip


def show_verdicts(view: View, totals: Totals) -> None:
    """Verdicts over time, reasons, and what reviewers do not agree on."""
    _show_over_time(view)
    left, right = st.columns(2, gap="medium")
    with left:
        reasons = desk.count_reasons(view.who, view.project.id, view.slice)
        if reasons:
            show_chart(view, _REASONS, chart_reasons(reasons, REASONS, MOVES))
        else:
            show_empty(
                _REASONS,
                "No reason was given yet. Needs fix and Reject on the page Review ask for one.",
            )
    with right:
        by_class = desk.count_reasons(view.who, view.project.id, view.slice, by_class=True)
        if any(one.class_name for one in by_class):
            show_chart(view, _BY_CLASS, chart_reasons_by_class(by_class, REASONS))
        else:
            show_empty(
                _BY_CLASS,
                "No class was named yet with a reason. Needs fix and Reject offer the classes of "
                "the picture.",
            )
    show_ranked(view, ("disagreement",), "Where reviewers disagree", totals)


def _show_over_time(view: View) -> None:
    # As finely as may be told first: that tells how long the bars should be.
    shortest = desk.find_shortest_stretch(view.who, view.project.id, view.slice)
    hours = desk.count_verdicts_over_time(
        view.who, view.project.id, view.slice, bucket_ms=shortest, zone=view.zone
    )
    if not any(one.move != "skipped" for one in hours):
        show_empty(
            VERDICTS,
            "Nothing has been decided yet. Verdicts given on the page Review appear here.",
        )
        return
    bucket = choose_bucket(min(one.start for one in hours), max(one.start for one in hours))
    bucket = max(bucket, shortest)
    counts = hours
    if bucket != shortest:
        counts = desk.count_verdicts_over_time(
            view.who, view.project.id, view.slice, bucket_ms=bucket, zone=view.zone
        )
    show_chart(view, VERDICTS, chart_verdicts(counts, MOVES, bucket, view.zone))
