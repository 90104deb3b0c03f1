"""Two models, or two confidences of one, side by side over the same pictures."""

from __future__ import annotations

from functools import cache
from html import escape
from pathlib import Path
from typing import Final

import streamlit as st

from components import desk
from components.display.charts.comparison import (
    GAIN_COLUMNS,
    chart_gains,
    chart_pairs,
    tabulate_gain,
)
from components.display.charts.comparison_words import (
    say_change,
    say_gains,
    say_small,
    sort_gains,
)
from components.errors import DeskError
from components.model.comparison import Comparison, Side
from components.model.comparison_summary import ClassGain, Gains, PairTotal, Summary
from components.model.review import Person, Project
from components.store.comparison_sides import Extent
from components.ui.access import recall
from components.ui.comparison_choice import choose_sides, name_side, show_no_second
from components.ui.comparison_pictures import show_pictures
from components.ui.insights_card import Card, View, show_chart, show_empty, show_figures, show_head
from components.ui.notices import show_error, show_notice
from components.ui.run_words import show_bar
from components.ui.selections import open_made
from components.ui.wording import count_pictures

_LOOK_SECONDS: Final = 1.0
_PAIRS: Final = Card(
    "compare_changes",
    "What became of what",
    about="Share of all pixels, by the class they have in A and in B.",
    clicks="Click a bar to open the pictures in which that happens, most pixels first.",
)
_GAINS: Final = Card(
    "compare_truth",
    "Which is nearer the truth",
    about="The difference of IoU with 95 % intervals: the range it would most likely stay in if "
    "other pictures like these had been taken. A ring says that it cannot be told.",
    clicks="Click a mark to open the pictures with that class, the largest difference first.",
)
_NONE_LIKE_THAT: Final = "No picture compared here is like that. Choose another filter above."
_NO_TRUTH: Final = (
    "No picture compared here has a truth mask, so which of the two is better cannot be told. "
    "Bring truth masks on the page Add: a PNG with one class id a pixel beside each picture, such "
    "as cat_mask.png beside cat.jpg."
)


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
        st.page_link("pages/add.py", label="Add", icon=":material/add_photo_alternate:")
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
    if summary.changed:
        left, right = st.columns(2, gap="medium")
        names = [name for pair in summary.pairs for name in (pair.a, pair.b)]
        with left:
            show_chart(
                view,
                _PAIRS,
                chart_pairs(summary, view.colour(names)),
                lambda place: _open_pair(view, found, summary.pairs[place]),
            )
        with right:
            _show_gains(view, found, summary.gains)
    else:
        _show_gains(view, found, summary.gains)
    show_pictures(view, found, summary)


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


def _show_gains(view: View, found: Comparison, gains: Gains | None) -> None:
    if gains is None:
        show_empty(_GAINS, _NO_TRUTH)
        return
    names = [gain.name for gain in gains.classes]
    ordered = sort_gains(gains)
    if ordered:
        show_chart(
            view,
            _GAINS,
            chart_gains(gains, view.colour(names)),
            lambda place: _open_gain(view, found, ordered[place]),
        )
    else:
        with st.container(key="insight_compare_truth", border=True):
            show_head(view, _GAINS, GAIN_COLUMNS, [tabulate_gain(gain) for gain in gains.classes])
            st.html(f'<p class="insight-says">{escape(say_gains(gains))}</p>')
    if gains.ignored:
        left_out = ", ".join(
            f"{escape(name)}: {pixels:,}" for name, pixels in sorted(gains.ignored.items())
        )
        st.html(
            f'<p class="desk-sub">Pixels whose truth nobody labelled do not count ({left_out}).</p>'
        )


def _open_pair(view: View, found: Comparison, pair: PairTotal) -> None:
    title = view.title(f"{pair.a} in A, {pair.b} in B")
    open_made(
        lambda: desk.select_became(
            recall(view.who), found.id, pair.a, pair.b, title=title, slice_=view.slice
        )
    )


def _open_gain(view: View, found: Comparison, gain: ClassGain) -> None:
    title = view.title(f"{gain.name} in A and in B")
    open_made(
        lambda: desk.select_gained(
            recall(view.who), found.id, gain.name, title=title, slice_=view.slice
        )
    )
