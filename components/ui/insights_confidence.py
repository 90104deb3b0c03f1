"""Insights: how sure the model was, and what each confidence would show."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import streamlit as st

from components import desk
from components.display.charts.curves import chart_curves, chart_flips
from components.display.charts.sureness import (
    chart_confidences,
    chart_recommendations,
    recommend,
)
from components.model.insights import Totals
from components.model.thresholds import FEWEST_APPROVALS
from components.ui.insights_card import Card, View, show_chart, show_empty
from components.ui.insights_lists import show_ranked

_SURE: Final = Card(
    "confidence_by_class",
    "How sure the model was",
    about="Pixels of each class by confidence; each hill has the same area.",
    clicks="Click into a hill to open the pictures with that class.",
)
_CURVES: Final = Card(
    "threshold_curves",
    "What each confidence would show",
    about="Share of all pixels by class; the dotted line is where reviewers start.",
    link="Open these pictures",
    list_title="Pictures of the threshold",
)
_FLIPS: Final = Card(
    "threshold_flips",
    "Where classes vanish",
    about="How often a class leaves a picture altogether, by confidence.",
    clicks="Click a bar to open its pictures.",
)
_RECOMMENDED: Final = Card(
    "recommended_confidence",
    "Recommended confidence",
    about="The middle of the confidences that pictures with the class were approved at, with its "
    "95 % interval.",
    clicks="Click a point to open the pictures with that class.",
)
_NO_MASKS: Final = (
    "No picture of this filter has a confidence mask that the desk can cut. Whether the model’s "
    "server gives one is told on the page Connection."
)


def show_confidence(view: View, totals: Totals) -> None:
    """Distribution, curves, flips and recommendations; the least sure pictures."""
    confidence = view.project.confidence
    curves = desk.load_curves(view.who, view.project.id, view.slice)
    colours = view.colour(sorted(curves.bins))
    left, right = st.columns(2, gap="medium")
    with left:
        bins = {
            name: counts
            for name, counts in curves.bins.items()
            if name not in curves.backgrounds and counts.sum()
        }
        if bins:
            show_chart(view, _SURE, chart_confidences(bins, colours))
        else:
            show_empty(_SURE, _NO_MASKS)
    with right:
        _show_recommended(view)
    if curves.with_confidence:
        show_chart(view, _CURVES, chart_curves(curves, colours, confidence))
        if curves.flips.sum():
            show_chart(view, _FLIPS, chart_flips(curves, confidence))
        else:
            show_empty(_FLIPS, "No class leaves any of these pictures, whatever the confidence.")
    else:
        show_empty(_CURVES, _NO_MASKS)
        show_empty(_FLIPS, _NO_MASKS)
    show_ranked(view, ("low_confidence",), "Least sure", totals)


def _show_recommended(view: View) -> None:
    approved = desk.list_approved_confidences(view.who, view.project.id, view.slice)
    found = recommend(approved)
    if any(one.threshold is not None for one in found.values()):
        colours = view.colour(sorted(found))
        chart = chart_recommendations(approved, colours, view.project.confidence)
        show_chart(view, _RECOMMENDED, chart)
        return
    most = max((one.approvals for one in found.values()), default=0)
    show_empty(
        replace(_RECOMMENDED),
        f"At least {FEWEST_APPROVALS} approvals of pictures with the same class are needed; the "
        f"most there are of one is {most}. Approving at another confidence than the project’s "
        "counts as well.",
    )
