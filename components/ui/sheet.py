"""All pictures of a project at a glance, filtered and sorted."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

import streamlit as st

from components import desk, session
from components.errors import DeskError
from components.model.review import NEEDING, Person, Project, Status
from components.store.lists import Cursor, Page, Row, Wish
from components.ui.notices import show_error
from components.ui.progress import count_verdicts
from components.ui.sitting import show_item, sit_down
from components.ui.wording import count_pictures
from components.viewer.contact_sheet import SheetTile, contact_sheet

if TYPE_CHECKING:
    from components.model.selection import Selection

PAGE_LENGTH: Final = 36
_COUNTED: Final = 1000

_SHOWN: Final[dict[str, tuple[Status, ...]]] = {
    "All": (),
    "Undecided": NEEDING,
    "Approved": ("approved",),
    "Needs fix": ("needs_fix",),
    "Rejected": ("rejected",),
    "Reviewers disagree": ("disagreed",),
    "Answered": ("answered",),
    "No mask yet": ("no_answer",),
}
_MINE: Final = {
    "By anybody": "any",
    "Not decided by me": "undecided",
    "Decided by me": "decided",
}
_SORTS: Final = {
    "As added": ("position", False),
    "File name": ("name", False),
    "Least sure first": ("mean_confidence", False),
    "Most disagreement first": ("disagreement", True),
}
_CLASS_SORTS: Final = {
    "Largest share first": ("share", True),
    "Smallest share first": ("share", False),
}


def show_sheet(who: Person, project: Project, selection: Selection | None = None) -> None:
    """Filters, thumbnails with their verdicts, and pages of them.

    Args:
        who: looks at them.
        project: whose pictures.
        selection: only these, in their order; None for all.
    """
    try:
        wish = _choose_wish(who, project, selection)
        cursors = _hold_cursors(wish)
        page = desk.list_items(who, project.id, wish, after=cursors["after"], limit=PAGE_LENGTH)
        is_all = wish == Wish(sort=wish.sort, descending=wish.descending)
        progress = desk.measure_progress(who, project.id) if is_all else None
        count = progress.total if progress else desk.count_items(who, project.id, wish)
        thumbnails = desk.load_thumbnails(who, [row.item.image_sha256 for row in page.rows])
    except DeskError as error:
        show_error(error)
        return
    if progress:
        found = f"{count_pictures(count)}: {count_verdicts(progress)}"
    else:
        found = count_pictures(count) if count <= _COUNTED else f"More than {_COUNTED:,} pictures"
    st.html(f'<p class="desk-sub">{found}</p>')
    if not page.rows:
        st.html(
            '<div class="desk-empty"><h2>No picture is like that</h2>'
            "<p>Choose another filter to see more.</p></div>"
        )
        return
    contact_sheet(
        [
            _make_tile(
                row, thumbnails.get(row.item.image_sha256, b""), is_blind=_is_blind(selection)
            )
            for row in page.rows
        ],
        chosen=sit_down(project).item_id or "",
        key="contact_sheet",
        on_pick=lambda item_id: _open(who, project, wish, item_id),
    )
    _show_pager(cursors, page)


def _is_blind(selection: Selection | None) -> bool:
    return selection is not None and selection.kind == "repeat"


def _choose_wish(who: Person, project: Project, selection: Selection | None) -> Wish:
    if _is_blind(selection) and selection is not None:
        # To filter by verdicts would tell them.
        return Wish(selection=selection.id)
    # A list that one comes to is whole, whatever all pictures were filtered by.
    own = f"_{selection.id}" if selection else ""
    with st.container(key="filters", horizontal=True, vertical_alignment="bottom"):
        shown = st.selectbox(
            "Show", list(_SHOWN), key=f"filter_status{own}", persist_state="session"
        )
        mine = st.selectbox(
            "Decided", list(_MINE), key=f"filter_mine{own}", persist_state="session"
        )
        names = desk.list_class_names(who, project.id)
        class_name = st.selectbox(
            "With class", ["Any", *names], key=f"filter_class{own}", persist_state="session"
        )
        with_class = class_name not in (None, "Any")
        sorts = {**_SORTS, **(_CLASS_SORTS if with_class else {})}
        if selection:
            del sorts["As added"]
            sorts = {"As listed": ("position", False), **sorts}
        sort = st.selectbox(
            "Sort by",
            list(sorts),
            key=f"filter_sort{own}",
            persist_state="session",
            help="With a class chosen, also by how much of the picture it covers.",
        )
        name_part = st.text_input(
            "File name or group",
            key=f"filter_name{own}",
            placeholder="Part of a name",
            persist_state="session",
        )
    by, descending = sorts.get(sort or "", ("position", False))
    wish = Wish(
        status=_SHOWN[shown or "All"],
        class_name=class_name if with_class else None,
        name_part=(name_part or "").strip(),
        mine=_MINE[mine or "By anybody"],  # type: ignore[arg-type]
        sort=by,  # type: ignore[arg-type]
        descending=descending,
    )
    return replace(wish, selection=selection.id) if selection else wish


def _hold_cursors(wish: Wish) -> dict[str, Any]:
    """Where the page on screen begins, and where those before it began."""
    held: dict[str, Any] | None = st.session_state.get(session.SHEET)
    if held is None or held["wish"] != wish:
        held = st.session_state[session.SHEET] = {"wish": wish, "after": None, "before": []}
    return held


def _make_tile(row: Row, thumbnail: bytes, *, is_blind: bool) -> SheetTile:
    item = row.item
    if is_blind:
        return SheetTile(id=item.id, title=item.name, thumbnail=thumbnail)
    note = f"{row.share * 100:.1f} %" if row.share is not None else ""
    return SheetTile(
        id=item.id,
        title=item.name,
        thumbnail=thumbnail,
        badge=item.status,
        mine=row.mine or "",
        note=note,
        pins=row.open_pins,
    )


def _open(who: Person, project: Project, wish: Wish, item_id: str) -> None:
    sitting = sit_down(project)
    sitting.trail.clear()
    sitting.at = -1
    sitting.ahead = ()
    sitting.wish = wish
    try:
        show_item(who, sitting, item_id)
    except DeskError as error:
        sitting.told = ("error", error.message)
    st.session_state[session.REVIEW_MODE] = "queue"


def _show_pager(cursors: dict[str, Any], page: Page) -> None:
    before: list[Cursor | None] = cursors["before"]
    if not before and page.next is None:
        return
    with st.container(horizontal=True, horizontal_alignment="center", key="pager"):
        if st.button("Earlier", icon=":material/chevron_left:", disabled=not before):
            cursors["after"] = before.pop()
            st.rerun()
        if st.button("Further", icon=":material/chevron_right:", disabled=page.next is None):
            before.append(cursors["after"])
            cursors["after"] = page.next
            st.rerun()
