"""Insights: pictures that are worth a look first, as a strip of them and as a list."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import Final

import streamlit as st

from components import desk
from components.errors import DeskError
from components.model.insights import Ranked, RankKind, Totals
from components.ui.access import recall
from components.ui.insights_card import Card, View, go_where_led, show_head, show_nothing
from components.ui.insights_words import RANKS
from components.ui.notices import show_error
from components.ui.selections import open_picture, open_ranked
from components.ui.wording import STATUSES, count_pictures
from components.viewer.contact_sheet import SheetTile, contact_sheet

_SHOWN: Final = 7
_LISTED: Final = 500

_EMPTY: Final[dict[RankKind, str]] = {
    "low_confidence": "No picture of this filter came with a confidence mask.",
    "tiny_islands": "No picture of this filter has tiny islands.",
    "area_outlier": "No class covers far more or less of a picture here than elsewhere.",
    "disagreement": (
        "Reviewers do not disagree about any picture of this filter. How many look at each "
        "picture is set on the page Add."
    ),
    "worst_truth": "No picture of this filter has a truth mask that was measured.",
}
_COLUMNS: Final[dict[RankKind, str]] = {
    "low_confidence": "Mean confidence %",
    "tiny_islands": "Tiny islands",
    "area_outlier": "Widths of the box",
    "disagreement": "Verdicts that differ %",
    "worst_truth": "Mean IoU %",
}
_LEAST: Final[dict[RankKind, float]] = {
    "area_outlier": 1.5,
    "low_confidence": -1,
    "worst_truth": -1,
}
"""What is worth a look; within 1.5 widths of a box lies what its whiskers reach."""

_IN_PERCENT: Final = ("low_confidence", "disagreement", "worst_truth")


@st.fragment
def show_ranked(view: View, kinds: Sequence[RankKind], title: str, totals: Totals) -> None:
    """A strip of the first pictures by one of these kinds; the whole list at a click.

    Args:
        view: what the page is about.
        kinds: by what they may be ranked; a choice where there are more.
        title: over the card.
        totals: of the filter.
    """
    go_where_led()
    name = "_".join(kinds)
    if not totals.with_answer:
        return
    kind = st.session_state.get(f"rank_{name}") or kinds[0]
    try:
        ranked = desk.rank_items(recall(view.who), view.project.id, view.slice, kind, limit=_LISTED)
        ranked = [one for one in ranked if one.value > _LEAST.get(kind, 0)]
        thumbnails = _load_thumbnails(view, ranked[:_SHOWN])
    except DeskError as error:
        show_error(error)
        return
    card = Card(kind, title, about=RANKS[kind][1])
    factor = 100 if kind in _IN_PERCENT else 1
    rows = [
        (one.name, one.value * factor, one.detail, STATUSES[one.status], one.item_id)
        for one in ranked
    ]
    with st.container(key=f"insight_ranked_{name}", border=True):
        show_head(view, card, ("Picture", _COLUMNS[kind], "Class", "Verdict", "Id"), rows)
        if len(kinds) > 1:
            st.segmented_control(
                "Ranked by",
                kinds,
                format_func=lambda one: RANKS[one][0],
                key=f"rank_{name}",
                default=kinds[0],
                required=True,
                label_visibility="collapsed",
            )
        if not ranked:
            show_nothing(_EMPTY[kind])
            return
        contact_sheet(
            [
                SheetTile(
                    id=one.item_id,
                    title=one.name,
                    thumbnail=thumbnails.get(one.item_id, b""),
                    badge=one.status,
                    note=say_value(kind, one),
                )
                for one in ranked[:_SHOWN]
            ],
            chosen="",
            key=f"sheet_{kind}",
            on_pick=lambda item_id: open_picture(view.who, view.project, item_id),
            label=title,
        )
        more = f"The first {_LISTED:,}" if len(ranked) >= _LISTED else count_pictures(len(ranked))
        with st.container(
            horizontal=True, vertical_alignment="center", key=f"rest_{kind}", gap="small"
        ):
            st.html(f'<p class="insight-says">{escape(say_range(kind, ranked, more))}</p>')
            st.button(
                "Open as a list",
                icon=":material/grid_view:",
                key=f"list_{kind}",
                on_click=open_ranked,
                args=(
                    view.who,
                    view.project,
                    [one.item_id for one in ranked],
                    view.title(RANKS[kind][0]),
                    RANKS[kind][1],
                ),
            )


def say_value(kind: RankKind, one: Ranked) -> str:
    """What a picture is ranked by, under its name."""
    if kind == "tiny_islands":
        count = round(one.value)
        said = f"{count:,} tiny island" + ("" if count == 1 else "s")
    elif kind == "area_outlier":
        said = f"{one.value:.1f} × its box away"
    else:
        words = {"low_confidence": "sure", "disagreement": "differ", "worst_truth": "mean IoU"}
        said = f"{one.value * 100:.1f} % {words[kind]}"
    return f"{one.detail}: {said}" if one.detail else said


def say_range(kind: RankKind, ranked: Sequence[Ranked], more: str) -> str:
    """From what to what these pictures go; `more` says how many there are."""
    first, last = say_value(kind, ranked[0]), say_value(kind, ranked[-1])
    if len(ranked) == 1:
        return f"{more}: {first} ({ranked[0].name})."
    if first == last:
        return f"{more}, each with the same: {first}."
    return f"{more}, from {first} ({ranked[0].name}) to {last}."


def _load_thumbnails(view: View, ranked: Sequence[Ranked]) -> dict[str, bytes]:
    pictures = {one.item_id: desk.find_item(view.who, one.item_id).image_sha256 for one in ranked}
    found = desk.load_thumbnails(view.who, list(pictures.values()))
    return {item_id: found.get(sha256, b"") for item_id, sha256 in pictures.items()}
