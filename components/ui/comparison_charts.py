"""A comparison's charts: what became of what, and which side is nearer the truth."""

from __future__ import annotations

from html import escape
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
    say_gains,
    sort_gains,
)
from components.model.comparison import Comparison
from components.model.comparison_summary import ClassGain, Gains, PairTotal, Summary
from components.ui.access import recall
from components.ui.insights_card import Card, View, show_chart, show_empty, show_head
from components.ui.selections import open_made

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
_NO_TRUTH: Final = (
    "No picture compared here has a truth mask, so which of the two is better cannot be told. "
    "Bring truth masks on the page Add: a PNG with one class id a pixel beside each picture, such "
    "as cat_mask.png beside cat.jpg."
)


def show_charts(view: View, found: Comparison, summary: Summary) -> None:
    """What became of what where anything did, and beside it the truth; marks lead to pictures."""
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
