"""Two models, or two confidences of one, side by side over the same pictures."""

from __future__ import annotations

from functools import cache
from html import escape
from pathlib import Path
from typing import Final

import streamlit as st

from components import desk, session
from components.display.charts.comparison_words import say_change, say_small
from components.errors import DeskError
from components.model.comparison import Comparison, Side
from components.model.comparison_summary import Summary
from components.model.review import Person, Project
from components.store.comparison_sides import Extent
from components.ui.access import recall
from components.ui.comparison_charts import show_charts
from components.ui.comparison_choice import choose_sides, name_side, show_no_second
from components.ui.comparison_pictures import show_pictures
from components.ui.insights_card import View, show_figures
from components.ui.notices import show_error, show_notice
from components.ui.places import find_page
from components.ui.run_words import show_bar
from components.ui.wording import count_pictures

_LOOK_SECONDS: Final = 1.0
_NONE_LIKE_THAT: Final = "No picture compared here is like that. Choose another filter above."


def show_comparison(connection: desk.Connection, view: View) -> None:
    """Choose A and B; what differs, where, and which is nearer the truth.

    Args:
        connection: whose models can be asked for a second answer.
        view: what the page is about; A and B are compared over the whole project, and told of are
            the pictures of its filter.
    """
    who, project = view.who, view.project
    st.html(_read_style())
    known = desk.list_known_answers(who, project.id)
    earlier = desk.list_comparisons(who, project.id)
    chosen = choose_sides(who, project, known, earlier)
    if chosen is None:
        show_no_second(connection, project, bool(known))
        return
    a, b = chosen
    if a == b:
        show_notice(
            "info", "A and B are the same. Choose another confidence or another model for one."
        )
        return
    found = next((one for one in earlier if (one.a, one.b) == (a, b)), None)
    extent = desk.measure_extent(who, project.id, a, b)
    _say_extent(extent, a, b)
    if not extent.both:
        return
    if found is None:
        _offer(who, project, a, b)
        return
    _show_found(view, found)
    _offer_removal(who, found)


@cache
def _read_style() -> str:
    text = Path(__file__).with_name("comparison.css").read_text(encoding="utf-8")
    return f"<style>{text}</style>"


def _say_extent(extent: Extent, a: Side, b: Side) -> None:
    if not extent.both:
        missing = "neither" if not (extent.a or extent.b) else "A" if not extent.a else "B"
        text = {
            "neither": "No picture of this project has answers like these.",
            "A": f"No picture has an answer of {name_side(a)}.",
            "B": f"No picture has an answer of {name_side(b)}.",
        }[missing]
        if extent.a and extent.b:
            text = "No picture has answers of both: each has been asked about other pictures."
        show_notice(
            "info",
            f"{text} Ask for them on the page Add, by “Ask another model”, then come back.",
        )
        st.page_link(find_page("add"), label="Add", icon=":material/add_photo_alternate:")
        return
    if extent.both == extent.items:
        says = f"Both are known for all {count_pictures(extent.items)} of this project."
        if extent.items == 1:
            says = "Both are known for the one picture of this project."
    else:
        says = f"Both are known for {extent.both:,} of {count_pictures(extent.items)}."
        missing_a, missing_b = extent.items - extent.a, extent.items - extent.b
        lacks = [
            f"{letter} is missing for {number:,}"
            for letter, number in (("A", missing_a), ("B", missing_b))
            if number
        ]
        says += f" {' and '.join(lacks)}; these are left out."
    st.html(f'<p class="desk-sub">{says}</p>')


def _offer(who: Person, project: Project, a: Side, b: Side) -> None:
    if not who.may("lead"):
        show_notice("info", "These two have not been compared yet. Ask a lead to do it.")
        return
    with st.container(horizontal=True, vertical_alignment="center", key="compare_offer"):
        if st.button("Compare", type="primary", icon=":material/compare:", key="compare_begin"):
            try:
                desk.begin_comparison(recall(who), project.id, a, b)
            except DeskError as error:
                show_error(error)
                return
            st.rerun()
        st.html(
            '<p class="desk-sub">Nothing is asked of a model: the stored answers are compared, in '
            "the background. You may leave the page meanwhile.</p>"
        )


def _show_found(view: View, found: Comparison) -> None:
    who = view.who
    sight = desk.look_at_comparison(who, found.id)
    if not sight.is_over:
        st.fragment(_follow, run_every=_LOOK_SECONDS)(who, found.id)
        if found.ended_at is None:
            return
    summary = desk.summarise_comparison(who, sight, view.slice)
    if summary.failed:
        _say_failed(view, found.id, summary.failed)
    if not summary.items:
        if sight.is_over:
            show_notice("info", _NONE_LIKE_THAT if view.said else "Nothing could be compared.")
        return
    _show_totals(view, summary)
    show_charts(view, found, summary)
    show_pictures(view, found, summary)


def _offer_removal(who: Person, found: Comparison) -> None:
    if not who.may("lead"):
        return
    with (
        st.container(horizontal=True, horizontal_alignment="right", key="compare_remove"),
        st.popover("Remove this comparison", icon=":material/delete:", type="tertiary"),
    ):
        st.html(
            '<p class="desk-sub">What was counted goes. Pictures, answers, verdicts and lists made '
            "of it stay, and the same two can be compared again.</p>"
        )
        st.button(
            "Remove it",
            icon=":material/delete:",
            key="compare_remove_now",
            on_click=_remove,
            args=(who, found.id),
        )


def _remove(who: Person, comparison_id: str) -> None:
    try:
        desk.remove_comparison(recall(who), comparison_id)
    except DeskError as error:
        st.session_state[session.ADD_REPORT] = [("error", error.message)]


def _follow(who: Person, comparison_id: str) -> None:
    """The part of the page that is run by itself until all is counted."""
    try:
        sight = desk.look_at_comparison(recall(who), comparison_id)
    except DeskError as error:
        show_error(error)
        return
    if sight.is_over:
        st.rerun()
    done = sight.total - sight.pending
    with st.container(border=True, key="compare_progress", gap="small"):
        if sight.comparison.problem:
            show_notice("error", sight.comparison.problem, title="It stopped.")
            if who.may("lead") and st.button(
                "Try again", icon=":material/refresh:", key="compare_retry"
            ):
                desk.retry_comparison(recall(who), comparison_id)
                st.rerun()
            return
        anew = sight.comparison.ended_at is not None
        words = "Answers changed: comparing anew" if anew else "Comparing"
        st.html(
            f'<p class="batch-now"><strong>{words}.</strong> {done:,} of '
            f"{count_pictures(sight.total)} done.</p>"
        )
        show_bar(done, sight.total, "Pictures compared")
        if sight.trouble:
            show_notice("warning", sight.trouble, title="It waits.")


def _say_failed(view: View, comparison_id: str, failed: int) -> None:
    with st.expander(f"{count_pictures(failed)} could not be compared", icon=":material/warning:"):
        for name, problem in desk.list_uncompared(view.who, comparison_id, view.slice):
            show_notice("warning", problem, title=f"{name}:")


def _show_totals(view: View, summary: Summary) -> None:
    with st.container(key="compare_totals", gap="small"):
        if view.said:
            st.html(
                f'<p class="desk-sub">What follows is about {count_pictures(summary.items)}: '
                f"{escape(view.said)}.</p>"
            )
        st.html(f'<p class="compare-says">{escape(say_change(summary))}</p>')
        if not summary.changed:
            return
        show_figures(
            [
                (say_small(summary.share), "of all pixels changed"),
                (say_small(summary.median), "in the median picture"),
                (f"{summary.changed_items:,} of {summary.items:,}", "pictures changed"),
                *(
                    [(f"{summary.gains.items:,}", "with a truth mask")]
                    if summary.gains is not None
                    else []
                ),
            ]
        )
