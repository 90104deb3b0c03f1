"""Exports being made and made: how far they are, and their files to take along."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from html import escape
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any, BinaryIO, Final, cast

import streamlit as st

from components import desk, session
from components.errors import DeskError
from components.model.review import Person, Project
from components.ui.access import recall
from components.ui.exports_words import count_files, find_mime
from components.ui.notices import LOG, show_error, show_notice
from components.ui.run_words import show_bar, write_size
from components.ui.wording import count_pictures, write_when

if TYPE_CHECKING:
    from components.export.job import Job

_SECONDS: Final = 1.0
_STATES: Final = {
    "waiting": "In line",
    "running": "Being made",
    "done": "Ready",
    "failed": "Failed",
    "cancelled": "Cancelled",
}
_TONES: Final = {"running": "batch-on", "done": "batch-good", "failed": "review-rejected"}

Stamp = tuple[tuple[str, str], ...]


def show_jobs(who: Person, project: Project) -> None:
    """One's own exports of a project, followed as long as one of them is being made."""
    jobs = desk.list_exports(who, project.id)
    is_busy = any(not job.is_over for job in jobs)
    follow = st.fragment(run_every=_SECONDS if is_busy else None)
    follow(_show_followed)(who, project, _stamp(jobs), [jobs])


def _show_followed(who: Person, project: Project, stamp: Stamp, ready: list[list[Job]]) -> None:
    """The part of the page that is run by itself.

    Args:
        who: who was there when the whole page ran.
        project: whose exports.
        stamp: how they stood then.
        ready: what was looked up then, taken out at once.
    """
    with st.container(key="export_jobs", gap="small"):
        try:
            jobs = ready.pop() if ready else desk.list_exports(recall(who), project.id)
        except DeskError as error:
            show_error(error)
            return
        if _stamp(jobs) != stamp:
            # How often to look depends on it.
            st.rerun()
        # What is being made, and what was made last; the others take less room.
        near = [job for at, job in enumerate(jobs) if not job.is_over or not at]
        for job in near:
            with st.container(border=True, key=f"export_job_{job.id}", gap="small"):
                _show_job(who, job, is_newest=job is jobs[0])
        earlier = [job for job in jobs if job not in near]
        if earlier:
            with st.expander(
                f"{len(earlier):,} made before", icon=":material/history:", key="earlier_exports"
            ):
                for job in earlier:
                    with st.container(key=f"export_job_{job.id}", gap="small"):
                        _show_job(who, job, is_newest=False)
        if jobs:
            # Loaded by whoever listed them; by itself this page does without it.
            from components.export.job import MOST_KEPT

            st.html(
                f'<p class="desk-sub">Your {MOST_KEPT} newest exports are kept, over all projects, '
                "until the desk is restarted.</p>"
            )


def _stamp(jobs: list[Job]) -> Stamp:
    return tuple((job.id, job.state) for job in jobs)


def _show_job(who: Person, job: Job, *, is_newest: bool) -> None:
    st.html(
        f'<div class="batch-head"><h3>{escape(job.order.format.title)}</h3>'
        f'<span class="review-state {_TONES.get(job.state, "")}">{_STATES[job.state]}</span>'
        f'<p class="desk-sub">{escape(_describe(job))}</p></div>'
    )
    if job.state == "running":
        show_bar(job.done, job.total, "Pictures gone through")
    if job.state == "failed":
        show_notice("error", job.message)
    with st.container(key=f"export_acts_{job.id}", horizontal=True, vertical_alignment="center"):
        if job.state == "done":
            for place, part in enumerate(job.parts):
                which = f" {place + 1} of {len(job.parts)}" if len(job.parts) > 1 else ""
                st.download_button(
                    f"Save{which} ({write_size(part.size_bytes)})",
                    data=partial(_open, who, job.id, place),
                    file_name=part.name,
                    mime=find_mime(PurePosixPath(part.name).suffix),
                    icon=":material/download:",
                    type="primary" if is_newest and not place else "secondary",
                    key=f"save_{job.id}_{place}",
                    on_click="ignore",
                )
        if job.is_over:
            st.button(
                "Put away",
                icon=":material/close:",
                key=f"remove_{job.id}",
                on_click=_act,
                args=(who, desk.remove_export, job.id),
            )
        else:
            st.button(
                "Cancel",
                icon=":material/close:",
                key=f"cancel_{job.id}",
                on_click=_act,
                args=(who, desk.cancel_export, job.id),
            )


def _describe(job: Job) -> str:
    if job.state == "running":
        # Some formats go through the pictures more than once.
        return f"{job.done:,} of {job.total:,} steps" if job.total else "Beginning…"
    if job.state == "waiting":
        return "Begins when those before it are made."
    if job.state == "done":
        pictures = job.total // job.order.format.passes - job.left_out
        files = "" if len(job.parts) == 1 else f" in {count_files(len(job.parts))}"
        return f"{count_pictures(pictures)}{files}, {write_when(job.ended_at)}"
    return write_when(job.ended_at) if job.ended_at else ""


def _open(who: Person, job_id: str, part: int) -> BinaryIO:
    # Called at the press and outside of any page, where nobody can be looked up.
    return cast("BinaryIO", desk.open_export(who, job_id, part))


def _act(who: Person, verb: Callable[..., Any], job_id: str) -> None:
    st.session_state.pop(session.EXPORT_TOLD, None)
    try:
        verb(recall(who), job_id)
    except DeskError as error:
        LOG.warning("%s: %s", type(error).__name__, error.detail or error.message)
        st.session_state[session.EXPORT_TOLD] = error.message
