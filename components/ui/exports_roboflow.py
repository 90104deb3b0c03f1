"""Back to Roboflow: what would be sent, the sending, and what came of it."""

from __future__ import annotations

from dataclasses import replace
from html import escape
from typing import TYPE_CHECKING, Final

import streamlit as st

from components import desk, session
from components.errors import DeskError
from components.model.review import Person, Project
from components.store.lists import Wish
from components.ui.access import recall
from components.ui.notices import LOG, show_error, show_notice
from components.ui.run_words import show_bar, show_figures, write_size
from components.ui.wording import count_pictures, write_when

if TYPE_CHECKING:
    from components.export.roboflow_upload import Plan
    from components.export.roboflow_uploads import Upload

_SECONDS: Final = 1.0
_APPROVED: Final = Wish(status=("approved",))
_SPLITS: Final = {"train": "Training", "valid": "Validation", "test": "Test"}
_SHOWN: Final = 20

_SAID_CHOSEN: Final = " The class, name and list chosen above hold here too."
_Wanted = tuple[str, str, bool, Wish]
"""The desk's project, the one at Roboflow, whether masks there are replaced, and which pictures."""
_Told = str | tuple[_Wanted, "Plan | None"]
"""What was asked for and what would be sent (None while that is not known), or why not."""


def show_handing_back(who: Person, project: Project, wish: Wish) -> None:
    """A card: where to, a dry run, and the upload that is under way or was the last.

    Args:
        who: a lead.
        project: whose pictures.
        wish: the page's choice of class, name and list holds here as well; of these pictures the
            approved ones go.
    """
    wish = replace(wish, status=("approved",))
    with st.container(border=True, key="handing_back", gap="small"):
        st.html(
            '<div class="export-head"><h2>Back to Roboflow</h2><p class="desk-sub">Approved '
            "pictures and their masks, into a project there, to train the next version with. "
            "Nothing is sent before you have seen what."
            f"{_SAID_CHOSEN if wish != _APPROVED else ''}</p></div>"
        )
        try:
            place = desk.find_roboflow(who)
            upload = desk.look_at_upload(who, project.id)
        except DeskError as error:
            show_error(error)
            return
        is_running = upload is not None and upload.state == "running"
        if not is_running:
            _show_form(who, project, place, wish)
        follow = st.fragment(run_every=_SECONDS if is_running else None)
        follow(_show_upload)(who, project, is_running, [upload])


def _show_form(who: Person, project: Project, place: desk.RoboflowPlace, wish: Wish) -> None:
    if not place.has_key:
        show_notice(
            "info",
            "No key is set. What would be sent can be seen without one; to send it, whoever runs "
            "the desk sets api_key under [roboflow] in its secrets.",
        )
    with st.container(key="handing_back_fields", horizontal=True, vertical_alignment="bottom"):
        target = st.text_input(
            "Project at Roboflow",
            value=place.project,
            key=f"roboflow_target_{project.id}",
            placeholder="my-workspace/my-project",
            max_chars=300,
            persist_state="session",
        )
        split = st.selectbox(
            "Used for",
            list(_SPLITS),
            format_func=_SPLITS.__getitem__,
            key="roboflow_split",
            persist_state="session",
        )
        overwrite = st.toggle(
            "Replace masks that are there",
            key="roboflow_overwrite",
            persist_state="session",
            help="Otherwise a picture that has annotations in that project keeps them.",
        )
        st.button(
            "See what would be sent",
            icon=":material/visibility:",
            key="dry_run",
            disabled=not target.strip(),
            on_click=_wish_for_plan,
            args=((project.id, target, overwrite, wish),),
        )
    told: _Told | None = st.session_state.get(session.UPLOAD_PLAN)
    # A place of its own, so that what comes and goes in it moves nothing else.
    with st.container(key="upload_plan_place", gap="small"):
        wanted = (project.id, target, overwrite, wish)
        if told == (wanted, None):
            with st.spinner("Looking at what is approved, and what was sent before…"):
                told = _look_over(who, wanted)
            st.session_state[session.UPLOAD_PLAN] = told
        if isinstance(told, str):
            show_notice("error", told)
        elif told is not None and told[0] == wanted and told[1] is not None:
            _show_plan(who, told[1], place, wanted, split or "train")


def _wish_for_plan(wanted: _Wanted) -> None:
    # Made in the run that follows, where it can be said what is being waited for.
    st.session_state[session.UPLOAD_PLAN] = (wanted, None)


def _look_over(who: Person, wanted: _Wanted) -> _Told:
    project_id, target, overwrite, wish = wanted
    try:
        plan = desk.look_over_upload(who, project_id, wish, target, overwrite=overwrite)
    except DeskError as error:
        LOG.warning("%s: %s", type(error).__name__, error.detail or error.message)
        return error.message
    return wanted, plan


def _show_plan(
    who: Person, plan: Plan, place: desk.RoboflowPlace, wanted: _Wanted, split: str
) -> None:
    figures = [
        (f"{plan.images:,}", "picture to send" if plan.images == 1 else "pictures to send"),
        (f"{plan.masks:,}", "mask to send" if plan.masks == 1 else "masks to send"),
    ]
    if plan.images:
        figures.append((write_size(plan.image_bytes), "of pictures"))
    show_figures(figures)
    if plan.names:
        rest = plan.masks - len(plan.names)
        more = f" and {count_pictures(rest)} more" if rest > 0 else ""
        st.html(f'<p class="batch-cost">{escape(", ".join(plan.names))}{more}</p>')
    if plan.left_out:
        rows = "".join(
            f'<li class="note"><p>{count_pictures(number)} left out: {escape(reason)}.</p></li>'
            for reason, number in plan.left_out.items()
        )
        st.html(f'<ul class="desk-findings export-notes">{rows}</ul>')
    if not plan.masks:
        nothing = "There is nothing new to send."
        if not plan.left_out:
            is_all = wanted[-1] == _APPROVED
            nothing = "No picture is approved yet." if is_all else "None of these is approved yet."
        st.html(f'<p class="batch-cost">{nothing}</p>')
        return
    if plan.doubt:
        show_notice("warning", plan.doubt)
    st.button(
        f"Send {plan.masks:,} {'mask' if plan.masks == 1 else 'masks'} to {place.host}",
        type="primary",
        icon=":material/cloud_upload:",
        disabled=not place.has_key,
        key="begin_upload",
        on_click=_begin,
        args=(who, wanted, split),
    )


def _begin(who: Person, wanted: _Wanted, split: str) -> None:
    project_id, target, overwrite, wish = wanted
    try:
        desk.begin_upload(recall(who), project_id, wish, target, split=split, overwrite=overwrite)
    except DeskError as error:
        LOG.warning("%s: %s", type(error).__name__, error.detail or error.message)
        st.session_state[session.UPLOAD_PLAN] = error.message
        return
    st.session_state.pop(session.UPLOAD_PLAN, None)


def _show_upload(
    who: Person, project: Project, was_running: bool, ready: list[Upload | None]
) -> None:
    """The part of the page that is run by itself while something is sent."""
    with st.container(key="upload_progress", gap="small"):
        try:
            upload = ready.pop() if ready else desk.look_at_upload(recall(who), project.id)
        except DeskError as error:
            show_error(error)
            return
        if upload is None:
            return
        is_running = upload.state == "running"
        if is_running != was_running:
            st.rerun()
        sending = upload.sending
        if is_running:
            show_bar(sending.done, sending.total or 0, "Masks sent", failed=sending.failed)
        elif sending.stopped:
            show_notice("warning", sending.stopped, title="Not all was sent.")
        else:
            show_notice(
                "good",
                f"All of it is at Roboflow, in {upload.target}. Sent by {upload.by}, "
                f"{write_when(upload.ended_at)}.",
            )
        show_figures(_list_figures(upload))
        if sending.problems:
            rows = "".join(
                f'<li class="bad"><p>{escape(one)}</p></li>' for one in sending.problems[:_SHOWN]
            )
            st.html(f'<ul class="desk-findings export-notes">{rows}</ul>')
        if is_running:
            st.button(
                "Stop",
                icon=":material/stop:",
                key="stop_upload",
                on_click=_stop,
                args=(who, project),
                help="What was sent stays sent; the next upload goes on from there.",
            )


def _stop(who: Person, project: Project) -> None:
    try:
        desk.cancel_upload(recall(who), project.id)
    except DeskError as error:
        st.session_state[session.UPLOAD_PLAN] = error.message


def _list_figures(upload: Upload) -> list[tuple[str, str]]:
    sending = upload.sending
    total = "" if sending.total is None else f"of {sending.total:,} masks sent"
    figures = [
        (f"{sending.masks:,}", total or "masks sent"),
        (f"{sending.images:,}", "new picture" if sending.images == 1 else "new pictures"),
    ]
    for number, what in (
        (sending.were_there, "were there already"),
        (sending.kept, "kept the mask they had"),
        (sending.failed, "not taken"),
    ):
        if number:
            figures.append((f"{number:,}", what))
    return figures
