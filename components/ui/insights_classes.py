"""Insights: how much classes cover, where they are, which come together."""

from __future__ import annotations

from typing import Final

import streamlit as st

from components import desk
from components.display.charts.classes import chart_presence, chart_shares, chart_together
from components.model.insights import Totals
from components.ui.insights_card import Card, View, show_chart, show_empty
from components.ui.insights_lists import show_ranked

_SHARES: Final = Card(
    "class_shares",
    "Share of the picture",
    about="Each class where it appears: the box holds the middle half of the pictures, its line "
    "is the middle one, the dashed line the mean.",
    clicks="A point is a picture far from the others: click it to open it.",
    is_cut=True,
)
_PRESENCE: Final = Card(
    "class_presence",
    "Pictures a class appears in",
    clicks="Click a bar to open its pictures.",
    is_cut=True,
)
_TOGETHER: Final = Card(
    "classes_together",
    "Classes that come together",
    about="In how many pictures two classes are both present; a class with itself: at all.",
    clicks="Click a number to open these pictures.",
    is_cut=True,
)
_NOTHING: Final = (
    "No picture of this filter has a mask. Pictures get their masks on the page Add; or choose "
    "another filter."
)


def show_classes(view: View, totals: Totals) -> None:
    """Shares as box plots, presence, and which classes are in pictures together."""
    boxes = desk.summarise_shares(view.who, view.project.id, view.slice)
    if not boxes:
        for card in (_SHARES, _PRESENCE, _TOGETHER):
            show_empty(card, _NOTHING)
        return
    show_chart(view, _SHARES, chart_shares(boxes, view.colour([box.class_name for box in boxes])))
    left, right = st.columns(2, gap="medium")
    with left:
        counts = desk.count_presence(view.who, view.project.id, view.slice)
        colours = view.colour([one.class_name for one in counts])
        show_chart(view, _PRESENCE, chart_presence(counts, totals.with_answer, colours))
    with right:
        together = desk.count_together(view.who, view.project.id, view.slice)
        if len(together.names) > 1:
            show_chart(view, _TOGETHER, chart_together(together))
        else:
            show_empty(_TOGETHER, "There is only one class in these pictures.")
    show_ranked(view, ("area_outlier", "tiny_islands"), "Look at these first", totals)
