"""Exports: which pictures, what as, what one would get, and the making of it."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Final

import streamlit as st

from components import desk, session
from components.errors import DeskError
from components.export.exhibition import Format
from components.model.review import STATUSES as ALL_STATUSES
from components.model.review import Person, Project, Status
from components.store.lists import Wish
from components.ui import address
from components.ui.access import recall
from components.ui.exports_jobs import show_jobs
from components.ui.exports_list import choose_list
from components.ui.exports_words import (
    MOST_BYTES,
    count_files,
    group_formats,
    propose_statuses,
    tell_for_whom,
)
from components.ui.notices import LOG, show_error, show_notice
from components.ui.places import find_page
from components.ui.run_words import show_figures, write_size
from components.ui.wording import STATUSES, count_pictures

if TYPE_CHECKING:
    from components.export.preview import Preview
    from components.store.projects import Progress

_ANY: Final = "Any"
_WITH_LICENCE: Final = frozenset({"coco"})


def show_exports(who: Person, project: Project) -> Wish:
    """The whole of it but Roboflow and the desk's own file; returns which pictures were chosen."""
    progress = desk.measure_progress(who, project.id)
    if not progress.total:
        st.html(
            '<div class="desk-empty"><h2>Nothing to hand on yet</h2><p>This project has no '
            "pictures. Add some, let the model answer, and decide.</p></div>"
        )
        with st.container(horizontal=True, horizontal_alignment="center", key="nothing_to_export"):
            st.page_link(find_page("add"), label="Add pictures", icon=":material/library_add:")
        return Wish()
    choosing, getting = st.columns([1.7, 1], gap="large")
    with choosing:
        # The choice of a format stands beneath that of pictures, which it makes a proposal for.
        pictures_place = st.container(key="export_pictures", gap="small")
        format_ = _choose_format()
        with pictures_place:
            wish = _choose_wish(who, project, progress, format_)
    with getting:
        with st.container(border=True, key="export_card", gap="small"):
            _show_card(who, project, format_, wish, progress)
        show_jobs(who, project)
    return wish


def _choose_format() -> Format:
    """One of all formats, in cards by what they are for; named in the address."""
    formats = desk.list_export_formats()
    by_key = {one.key: one for one in formats}
    if session.EXPORT_FORMAT not in st.session_state or address.follow(session.EXPORT_FORMAT):
        named = st.query_params.get(session.EXPORT_FORMAT, "")
        st.session_state[session.EXPORT_FORMAT] = named
    chosen = st.session_state[session.EXPORT_FORMAT]
    if chosen not in by_key:
        chosen = st.session_state[session.EXPORT_FORMAT] = formats[0].key
    address.write(session.EXPORT_FORMAT, chosen, default=formats[0].key)
    with st.container(key="export_formats", gap="small"):
        st.html("<h2 class='export-step'>What as</h2>")
        for place, (title, members) in enumerate(group_formats(formats).items()):
            key = f"export_group_{place}"
            keys = [one.key for one in members]
            st.session_state[key] = chosen if chosen in keys else None
            st.radio(
                title,
                keys,
                index=None,
                format_func=lambda one: by_key[one].title if one in by_key else "",
                captions=[_write_caption(one) for one in members],
                key=key,
                on_change=_pick,
                args=(key,),
                width="stretch",
            )
    return by_key[chosen]


def _write_caption(format_: Format) -> str:
    whom = tell_for_whom(format_)
    return f"**{whom}** {format_.about}" if whom else format_.about


def _pick(key: str) -> None:
    address.heed()
    if st.session_state[key] is not None:
        st.session_state[session.EXPORT_FORMAT] = st.session_state[key]


def _choose_wish(who: Person, project: Project, progress: Progress, format_: Format) -> Wish:
    """Which pictures; what is proposed is what the format is most often wanted with."""
    st.html("<h2 class='export-step'>Which pictures</h2>")
    present = [one for one in ALL_STATUSES if progress.by_status.get(one)]
    proposed = [one for one in propose_statuses(format_) if one in present]
    # The order of a page: decided ones first.
    present.sort(key=lambda one: _ORDER.index(one) if one in _ORDER else len(_ORDER))
    kind = "decided" if propose_statuses(format_) else "all"
    picked = st.pills(
        "Verdicts; none chosen means all pictures",
        present,
        selection_mode="multi",
        default=proposed,
        format_func=lambda one: f"{STATUSES[one]} {progress.by_status.get(one, 0):,}",
        key=f"export_status_{kind}_{project.id}",
        persist_state="session",
    )
    with st.container(key="export_filters", horizontal=True, vertical_alignment="bottom"):
        class_name = st.selectbox(
            "With class",
            [_ANY, *desk.list_class_names(who, project.id)],
            key=f"export_class_{project.id}",
            persist_state="session",
        )
        name_part = st.text_input(
            "File name or group",
            key="export_name",
            placeholder="Part of a name",
            persist_state="session",
        )
    selection = choose_list(who, project)
    chosen: tuple[Status, ...] = tuple(one for one in ALL_STATUSES if one in (picked or ()))
    return Wish(
        status=() if len(chosen) == len(present) else chosen,
        class_name=None if class_name in (None, _ANY) else class_name,
        name_part=(name_part or "").strip(),
        selection="" if selection is None else selection.id,
    )


_ORDER: Final = ("approved", "needs_fix", "rejected", "disagreed", "answered", "open", "no_answer")


def _show_card(
    who: Person, project: Project, format_: Format, wish: Wish, progress: Progress
) -> None:
    """What one would get, and the button that makes it."""
    st.html(
        f'<div class="export-head"><h2>{escape(format_.title)}</h2>'
        f'<p class="desk-sub">{_name_pictures(wish, progress)}</p></div>'
    )
    has_pictures = False
    if format_.takes_pictures:
        has_pictures = st.toggle(
            "The pictures too",
            value=True,
            key="export_with_pictures",
            persist_state="session",
            help="Without them the export is much smaller; whoever opens it needs the pictures "
            "from elsewhere.",
        )
    licence = ""
    if format_.key in _WITH_LICENCE:
        licence = st.text_input(
            "Licence of the pictures",
            key=f"export_licence_{project.id}",
            placeholder="Not stated",
            max_chars=200,
            persist_state="session",
            help="Written into the file, so that whoever gets it knows what they may do.",
        ).strip()
    # A place of its own: what is beneath stays where it is while this is worked out.
    with st.container(key="export_preview_place", gap="small"):
        preview = _show_preview(who, project, format_, wish, progress, has_pictures=has_pictures)
    st.button(
        "Make it",
        type="primary",
        icon=":material/play_arrow:",
        width="stretch",
        disabled=preview is None or not preview.pictures,
        key="make_export",
        on_click=_begin,
        args=(who, project, format_, wish),
        kwargs={"has_pictures": has_pictures, "licence": licence},
    )
    told = st.session_state.get(session.EXPORT_TOLD)
    if told:
        show_notice("error", told)


def _name_pictures(wish: Wish, progress: Progress) -> str:
    words = ", ".join(STATUSES[one].lower() for one in wish.status)
    said = f"{words[:1].upper()}{words[1:]} pictures" if words else "All pictures"
    if wish.class_name:
        said += f" with {wish.class_name}"
    if wish.name_part:
        said += f" named “{wish.name_part}”"
    if wish.selection:
        said += " of the list"
    if said == "All pictures":
        return f"All {count_pictures(progress.total)} of the project"
    return escape(said)


def _show_preview(
    who: Person,
    project: Project,
    format_: Format,
    wish: Wish,
    progress: Progress,
    *,
    has_pictures: bool,
) -> Preview | None:
    """How many, how large, what is odd; None where it cannot be made."""
    key = (project.id, format_.key, wish, has_pictures, tuple(sorted(progress.by_status.items())))
    known, preview = st.session_state.get(session.EXPORT_PREVIEW, (None, None))
    if known != key or preview is None:
        try:
            with st.spinner("Looking at a few of the pictures…"):
                preview = desk.look_over_export(
                    who, project.id, format_.key, wish, has_pictures=has_pictures
                )
        except DeskError as error:
            show_error(error, title="This cannot be made.")
            return None
        st.session_state[session.EXPORT_PREVIEW] = (key, preview)
    found: Preview = preview
    figures = [(f"{found.pictures:,}", "picture" if found.pictures == 1 else "pictures")]
    if found.pictures:
        if not format_.is_single:
            figures.append((f"{found.files:,}", "files" if found.files != 1 else "file"))
        most = MOST_BYTES.get(format_.key)
        if most is not None and found.size_bytes > most:
            figures.append((f"< {write_size(most)}", "however many pictures"))
        else:
            figures.append((f"≈ {write_size(found.size_bytes)}", "together"))
    show_figures(figures)
    if found.names and found.pictures and not format_.is_single:
        _show_names(found)
    if found.warnings:
        notes = "".join(f'<li class="note"><p>{escape(one)}</p></li>' for one in found.warnings)
        st.html(f'<ul class="desk-findings export-notes">{notes}</ul>')
    return found


def _show_names(preview: Preview) -> None:
    rows = "".join(f"<li>{escape(name)}</li>" for name in preview.names)
    rest = preview.files - len(preview.names)
    more = f"<li>and {count_files(rest)} more</li>" if rest > 0 else ""
    st.html(f'<ul class="export-names" aria-label="The first files">{rows}{more}</ul>')


def _begin(
    who: Person, project: Project, format_: Format, wish: Wish, *, has_pictures: bool, licence: str
) -> None:
    st.session_state.pop(session.EXPORT_TOLD, None)
    try:
        recall(who)
        wished = (format_.key, wish, has_pictures, licence)
        for job in desk.list_exports(who, project.id):
            order = job.order
            same = (order.format.key, order.wish, order.has_pictures, order.licence) == wished
            if same and not job.is_over:
                return  # a double click
        desk.begin_export(
            who,
            project.id,
            format_.key,
            wish,
            has_pictures=has_pictures,
            licence=licence,
        )
    except DeskError as error:
        LOG.warning("%s: %s", type(error).__name__, error.detail or error.message)
        st.session_state[session.EXPORT_TOLD] = error.message
