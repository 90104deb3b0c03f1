"""A comparison's pictures by how much of them changed: one in three panes, all as thumbnails."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Final

import streamlit as st

from components import desk
from components.display.charts.comparison import find_colour
from components.display.charts.comparison_words import (
    say_pair,
    say_small,
)
from components.errors import DeskError
from components.model.classes import is_background_name
from components.model.comparison import Comparison
from components.model.comparison_summary import Summary
from components.model.review import VERDICTS, Status
from components.ui.access import recall
from components.ui.comparison_choice import name_side
from components.ui.insights_card import View
from components.ui.notices import show_error
from components.ui.selections import open_made, open_picture
from components.ui.wording import STATUSES, count_pictures
from components.viewer.contact_sheet import SheetTile, contact_sheet
from components.viewer.three import PaneSide, three_panes

if TYPE_CHECKING:
    from components.store.comparison_lists import Changed

_PAGE: Final = 12
_PAIRS: Final = 6
_AMONG: Final[dict[str, tuple[Status, ...]]] = {
    "Approved": ("approved",),
    "Decided": VERDICTS,
    "All": (),
}
_PICKED: Final = "compare_picked"
_SKIP: Final = "compare_skip"


def show_pictures(view: View, found: Comparison, summary: Summary) -> None:
    """The queue that can be made of it, the picture looked at, and all by change."""
    if summary.changed:
        _show_queue(view, found)
    with st.container(
        horizontal=True, horizontal_alignment="distribute", vertical_alignment="bottom",
        key="compare_pictures_head",
    ):  # fmt: skip
        st.html(
            '<div class="insight-head"><h3>Pictures, the most changed first</h3>'
            "<p>Choose one to see A, B and what differs between them.</p></div>"
        )
        among = st.segmented_control(
            "Among",
            list(reversed(_AMONG)),
            default="All",
            required=True,
            key="compare_among",
            label_visibility="collapsed",
        )
    status = _AMONG[among or "All"]
    at = (found.id, among, view.slice)
    held = st.session_state.get(_SKIP)
    skip = held[1] if held and held[0] == at else 0
    try:
        page = desk.list_changed(
            view.who, found.id, view.slice, status=status, skip=skip, limit=_PAGE + 1
        )
        thumbnails = desk.load_thumbnails(view.who, [one.item.image_sha256 for one in page])
    except DeskError as error:
        show_error(error)
        return
    if not page:
        st.html('<p class="insight-empty">No picture compared here has such a verdict.</p>')
        return
    picked = st.session_state.get(_PICKED)
    item_id = picked[1] if picked and picked[0] == (found.id, view.slice) else page[0].item.id
    with st.container(key="compare_picture", gap="small"):
        _show_picture(view, found, item_id)
    contact_sheet(
        [_make_tile(one, thumbnails.get(one.item.image_sha256, b"")) for one in page[:_PAGE]],
        chosen=item_id,
        key="compare_sheet",
        on_pick=lambda one: st.session_state.update({_PICKED: ((found.id, view.slice), one)}),
        label="Pictures by change",
    )
    if skip or len(page) > _PAGE:
        with st.container(horizontal=True, horizontal_alignment="center", key="compare_pager"):
            for label, icon, step, is_off in (
                ("More changed", ":material/chevron_left:", -_PAGE, not skip),
                ("Less changed", ":material/chevron_right:", _PAGE, len(page) <= _PAGE),
            ):
                st.button(
                    label,
                    icon=icon,
                    key=f"compare_page_{step}",
                    disabled=is_off,
                    on_click=lambda to: st.session_state.update({_SKIP: (at, max(0, to))}),
                    args=(skip + step,),
                )


def _show_picture(view: View, found: Comparison, item_id: str) -> None:
    try:
        sight = desk.see_change(view.who, found.id, item_id)
    except DeskError as error:
        show_error(error)
        return
    one = sight.changed
    names = [name for pair in one.pairs for name in (pair.a, pair.b)]
    colours = view.colour(
        [
            *names,
            *sight.a.answer.prediction.class_map.values(),
            *sight.b.answer.prediction.class_map.values(),
        ]
    )
    with st.container(
        horizontal=True, horizontal_alignment="distribute", vertical_alignment="center",
        key="compare_picture_head",
    ):  # fmt: skip
        st.html(
            f'<p class="compare-name"><strong>{escape(one.item.name)}</strong> '
            f"<span>{escape(STATUSES[one.item.status])}, {say_small(one.changed)} changed"
            "</span></p>"
        )
        st.button(
            "Open in Review",
            icon=":material/rate_review:",
            key="compare_open",
            on_click=open_picture,
            args=(view.who, view.project, one.item.id),
        )
    a, b = (
        PaneSide(name_side(side), stored.answer.prediction, side.confidence, stored.cut_to)
        for side, stored in ((found.a, sight.a), (found.b, sight.b))
    )
    three_panes(
        sight.image,
        a,
        b,
        key="compare_panes",
        note=f"{say_small(one.changed)} changed" if one.changed else "none",
        colours=colours,
    )
    st.html(_write_pairs(one, colours))


def _write_pairs(one: Changed, colours: dict[str, str]) -> str:
    if not one.pairs:
        return '<p class="desk-sub">Both say the same about every pixel of this picture.</p>'
    pixels = one.size_wh[0] * one.size_wh[1]
    cells = "".join(
        f'<li><i style="background:{find_colour(pair.a, colours)}"></i>'
        f'<i style="background:{find_colour(pair.b, colours)}"></i>'
        f"{escape(say_pair(pair, pixels))}</li>"
        for pair in one.pairs[:_PAIRS]
    )
    more = len(one.pairs) - _PAIRS
    rest = f"<li>and {more:,} more</li>" if more > 0 else ""
    key = "In the difference each place has the colour of what it became in B"
    if any(is_background_name(pair.b) for pair in one.pairs):
        key += "; striped in its old colour where B marks nothing any more"
    return (
        f'<ul class="compare-pairs" aria-label="What changed">{cells}{rest}</ul>'
        f'<p class="desk-sub">{key}.</p>'
    )


def _make_tile(one: Changed, thumbnail: bytes) -> SheetTile:
    return SheetTile(
        id=one.item.id,
        title=one.item.name,
        thumbnail=thumbnail,
        badge=one.item.status,
        note=f"{say_small(one.changed)} changed" if one.changed else "the same in both",
    )


def _show_queue(view: View, found: Comparison) -> None:
    with st.container(border=True, key="compare_queue", gap="small"):
        st.html(
            '<div class="insight-head"><h3>Review only what changed</h3><p>What is the same in '
            "both need not be looked at again. The pictures come as a list of their own.</p></div>"
        )
        with st.container(horizontal=True, vertical_alignment="bottom", key="compare_queue_choice"):
            among = st.selectbox(
                "Among",
                list(_AMONG),
                key="compare_queue_among",
                persist_state="session",
                format_func=lambda one: f"{one} pictures",
            )
            percent = st.number_input(
                "Changed by more than, % of the picture",
                0.0,
                100.0,
                1.0,
                0.5,
                key="compare_queue_above",
                format="%.1f",
                persist_state="session",
            )
            status, above = _AMONG[among or "Approved"], float(percent or 0.0) / 100
            count = desk.count_changed(view.who, found.id, view.slice, status=status, above=above)
            total = desk.count_changed(view.who, found.id, view.slice, status=status)
            st.button(
                f"Review {count_pictures(count)}" if count else "Review them",
                type="primary" if count else "secondary",
                icon=":material/rate_review:",
                key="compare_review",
                disabled=not count,
                on_click=_review,
                args=(view, found, among or "Approved", above),
            )
        says = _say_queue(among or "Approved", above * 100, count, total)
        st.html(f'<p class="insight-says">{escape(says)}</p>')


def _say_queue(among: str, percent: float, count: int, total: int) -> str:
    word = "" if among == "All" else f"{among.lower()} "
    if not total:
        return f"No picture compared here is {word.strip()} yet."
    if count == total:
        return f"All of {total:,} {word}pictures changed by more than {percent:g} %."
    rest = total - count
    need = f"the other {rest:,} need not be looked at again" if count else "none needs another look"
    return (
        f"{count:,} of {total:,} {word}{'picture' if total == 1 else 'pictures'} changed by more "
        f"than {percent:g} %; {need}."
    )


def _review(view: View, found: Comparison, among: str, above: float) -> None:
    """In a callback: put them in a list, and go there."""
    open_made(
        lambda: desk.select_changed(
            recall(view.who),
            found.id,
            title=view.title(f"Changed between {name_side(found.a)} and {name_side(found.b)}"),
            detail=f"{among} pictures, more than {above * 100:g} % of each changed, most first.",
            status=_AMONG[among],
            above=above,
            slice_=view.slice,
        )
    )
