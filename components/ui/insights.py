"""Insights: a project's numbers under one filter, in tabs of which only the open one is made."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Final

import streamlit as st

from components import desk, session
from components.errors import DeskError
from components.model.insights import Slice, Totals
from components.model.review import VERDICTS, Person, Project
from components.ui.access import recall
from components.ui.comparison import show_comparison
from components.ui.insights_card import View, show_figures
from components.ui.insights_classes import show_classes
from components.ui.insights_confidence import show_confidence
from components.ui.insights_people import show_people
from components.ui.insights_truth import show_truth
from components.ui.insights_verdicts import show_verdicts
from components.ui.insights_words import SHOWN, name_slice
from components.ui.notices import show_error, show_notice
from components.ui.places import find_page
from components.ui.projects import choose_project, tell_of_gone_project
from components.ui.report import show_report
from components.ui.wording import count_pictures

_ANY: Final = "Any"
_BATCH: Final = 10
_FEW: Final = 2
_AT_ONCE_SECONDS: Final = 0.7
"""What a page may take longer for pictures that are new since the last look."""


def show_insights(who: Person, connection: desk.Connection, projects: Sequence[Project]) -> None:
    """Project and filter, totals, and the charts of the open tab."""
    with st.container(key="insight_filters", horizontal=True, vertical_alignment="bottom"):
        with st.container(key="choosing_project", width=300):
            project = choose_project(projects, is_labelled=True)
        class_names = desk.list_class_names(who, project.id)
        slice_ = _choose_slice(class_names)
    tell_of_gone_project()
    show_report()
    view = View(who, project, slice_, name_slice(slice_), class_names=tuple(class_names))
    totals = desk.sum_totals(who, project.id, slice_)
    _show_totals(totals)
    _show_unmeasured(view)
    labels = ["Verdicts", "Classes", "Confidence", "Truth", "Compare"]
    if who.may("lead"):
        labels.append("People")
    opened = dict(
        zip(labels, st.tabs(labels, key=session.INSIGHTS_TAB, bind="query-params"), strict=True)
    )
    name = next((label for label, tab in opened.items() if tab.open), labels[0])
    with opened[name]:
        if not totals.items and name != "Compare":
            _show_none(who, is_filtered=slice_ != Slice())
            return
        try:
            if name == "Compare":
                show_comparison(connection, view)
            elif name == "People":
                show_people(view)
            else:
                {
                    "Verdicts": show_verdicts,
                    "Classes": show_classes,
                    "Confidence": show_confidence,
                    "Truth": show_truth,
                }[name](view, totals)
        except DeskError as error:
            show_error(error)


def _show_none(who: Person, *, is_filtered: bool) -> None:
    title, text = "No pictures yet", "Numbers appear here once the project has pictures."
    if is_filtered:
        title, text = "No picture is like that", "Choose another filter to see numbers."
    st.html(f'<div class="desk-empty"><h2>{title}</h2><p>{text}</p></div>')
    if not is_filtered and who.may("lead"):
        with st.container(horizontal=True, horizontal_alignment="center"):
            st.page_link(find_page("add"), label="Add pictures", width="content")


def _choose_slice(class_names: list[str]) -> Slice:
    shown = st.selectbox("Verdict", list(SHOWN), key="insight_status", persist_state="session")
    class_name = st.selectbox(
        "With class", [_ANY, *class_names], key="insight_class", persist_state="session"
    )
    name_part = st.text_input(
        "File name or group",
        key="insight_name",
        placeholder="Part of a name",
        persist_state="session",
    )
    return Slice(
        status=SHOWN.get(shown or "All", ()),
        class_name=None if class_name in (None, _ANY) else class_name,
        name_part=(name_part or "").strip(),
    )


def _show_totals(totals: Totals) -> None:
    decided = sum(totals.by_status.get(verdict, 0) for verdict in VERDICTS)
    figures = [
        (f"{totals.items:,}", "picture" if totals.items == 1 else "pictures"),
        (f"{totals.with_answer:,}", "with a mask"),
        (f"{decided:,}", "decided"),
        (f"{totals.by_status.get('approved', 0):,}", "approved"),
        (f"{totals.with_truth:,}", "with a truth mask"),
    ]
    with st.container(key="insight_totals"):
        show_figures(figures)


def _show_unmeasured(view: View) -> None:
    """A few pictures are measured at once; of many it is said, with a button."""
    pending = desk.count_unmeasured(view.who, view.project.id)
    if pending.pending:
        ends = time.monotonic() + _AT_ONCE_SECONDS
        while time.monotonic() < ends and desk.measure_next(view.who, view.project.id, _FEW):
            pass
        pending = desk.count_unmeasured(view.who, view.project.id)
    if not pending.pending:
        return
    with st.container(key="unmeasured", gap="small"):
        show_notice(
            "info",
            f"{count_pictures(pending.pending)} of {pending.items:,} with a mask "
            f"{'was' if pending.pending == 1 else 'were'} not measured yet. What is told of "
            "confidence, tiny islands and truth leaves them out.",
        )
        if st.button("Measure them now", icon=":material/straighten:", key="measure_now"):
            try:
                _measure(view, pending.pending)
            except DeskError as error:
                show_error(error)
                return
            st.rerun()


def _measure(view: View, pending: int) -> None:
    bar = st.progress(0.0, text="Measuring…")
    done = 0
    while done < pending:
        measured = desk.measure_next(recall(view.who), view.project.id, _BATCH)
        if not measured:
            break
        done += measured
        bar.progress(min(done / pending, 1.0), text=f"Measured {done:,} of {pending:,}")
