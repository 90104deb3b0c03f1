"""Insights: answers against the truth masks that came with pictures."""

from __future__ import annotations

from typing import Final, Literal

import streamlit as st

from components import desk
from components.display.charts import Chart
from components.display.charts.look import say_percent
from components.display.charts.truth import chart_classes, chart_confusion, score
from components.model.insights import Totals, TruthTotals
from components.ui.insights_card import (
    Card,
    View,
    draw,
    go_where_led,
    show_chart,
    show_empty,
    show_figures,
    show_head,
    show_sentence,
)
from components.ui.insights_lists import show_ranked
from components.ui.notices import show_notice
from components.ui.wording import count_pictures

_CLASSES: Final = Card(
    "truth_by_class",
    "How well each class is found",
    about="IoU is what truth and answer share, of what either of them has. At borders it is "
    "stricter: boundary IoU.",
    clicks="Click a bar to open the pictures with that class.",
    is_cut=True,
)
_TABLE: Final = Card("truth_table", "All figures by class")
_CONFUSION: Final = Card(
    "confusion_matrix",
    "What was taken for what",
    about="A row is what is true, a column what was answered.",
    clicks="Click a number beside the diagonal to open its pictures, the most mistaken first.",
)
_EMPTY: Final = (
    "No picture of this filter has a truth mask. Bring them on the page Add: a PNG with one class "
    "id a pixel beside each picture, such as cat_mask.png beside cat.jpg."
)
_KINDS: Final[dict[str, Literal["counts", "normalised"]]] = {
    "Pixels": "counts",
    "Percent of what is true": "normalised",
}


def show_truth(view: View, totals: Totals) -> None:
    """Overall figures, classes, the confusion matrix, the worst pictures."""
    truth = desk.load_truth_totals(view.who, view.project.id, view.slice)
    if not truth.items:
        waiting = " They are measured as soon as you press the button above." * bool(
            truth.unmeasured
        )
        for card in (_CLASSES, _CONFUSION):
            show_empty(
                card,
                f"{count_pictures(truth.unmeasured)} with a truth mask were not measured yet."
                f"{waiting}"
                if truth.unmeasured
                else _EMPTY,
            )
        return
    scores = score(truth)
    show_figures(
        [
            (say_percent(scores.mean_iou), "mean IoU"),
            (say_percent(scores.weighted_iou), "frequency-weighted IoU"),
            (say_percent(scores.pixel_accuracy), "pixel accuracy"),
            (f"{truth.items:,}", "pictures compared"),
            (f"{scores.pixels:,}", "pixels compared"),
        ]
    )
    _say_left_out(truth)
    chart = chart_classes(truth, view.colour(truth.names))
    show_chart(view, _CLASSES, chart)
    _show_table(view, chart)
    _show_confusion(view, truth)
    show_ranked(view, ("worst_truth",), "Furthest from the truth", totals)


def _say_left_out(truth: TruthTotals) -> None:
    if truth.ignored:
        named = ", ".join(f"{name}: {pixels:,}" for name, pixels in sorted(truth.ignored.items()))
        show_notice(
            "info",
            f"{sum(truth.ignored.values()):,} pixels whose truth is unknown are left out of all "
            f"figures ({named}).",
        )
    if truth.nameless:
        show_notice(
            "info",
            f"The truth of {count_pictures(truth.nameless)} came without class names, so its ids "
            "were taken to be the model’s.",
        )
    if truth.unmeasured:
        show_notice(
            "warning",
            f"{count_pictures(truth.unmeasured)} with a truth mask were not measured yet and are "
            "not in these figures.",
        )


def _show_table(view: View, chart: Chart) -> None:
    # Slow to import, and only this table needs it.
    import pandas as pd

    with st.container(key=f"insight_{_TABLE.key}", border=True):
        show_head(view, _TABLE, (), ())
        table = pd.DataFrame(list(chart.rows), columns=list(chart.columns))
        shares = [name for name in chart.columns if "pixels" not in name and name != "Class"]
        table[shares] = table[shares].astype(float) * 100
        percent = st.column_config.NumberColumn(format="%.1f %%", alignment="right")
        pixels = st.column_config.NumberColumn(format="localized", alignment="right")
        st.dataframe(
            table,
            hide_index=True,
            placeholder="",
            key="truth_figures",
            column_config={
                **dict.fromkeys(shares, percent),
                "True pixels": pixels,
                "Answered pixels": pixels,
            },
            alt="IoU, precision, recall, F1 and boundary IoU of each class",
        )
        show_sentence(
            "An empty cell is a figure that is not defined: a class that the truth, or the "
            "answer, does not have."
        )


@st.fragment
def _show_confusion(view: View, truth: TruthTotals) -> None:
    go_where_led()
    with st.container(key=f"insight_{_CONFUSION.key}", border=True):
        kind = _KINDS[st.session_state.get("confusion_kind") or "Pixels"]
        chart = chart_confusion(truth, kind)
        show_head(view, _CONFUSION, chart.columns, chart.rows)
        st.segmented_control(
            "Cells show",
            list(_KINDS),
            key="confusion_kind",
            default="Pixels",
            required=True,
            label_visibility="collapsed",
        )
        draw(view, _CONFUSION, chart)
        show_sentence(f"{chart.says} {view.counted_at}", _CONFUSION.clicks, is_table=True)
