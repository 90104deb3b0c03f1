"""A batch on its way, and what came of it: numbers, the latest results, and what can be done."""

from __future__ import annotations

import base64
import time
from html import escape
from typing import Final

import streamlit as st

from components import desk, session
from components.model.review import Person
from components.model.run import LEFT, Run, RunCounts
from components.ui.notices import show_notice
from components.ui.places import find_page
from components.ui.run_acts import act, put_out_of_sight
from components.ui.run_preview import show_reading, show_unreadable
from components.ui.run_table import show_reasons
from components.ui.run_words import (
    show_bar,
    show_figures,
    write_left,
    write_rate,
    write_took,
)
from components.ui.wording import count_pictures

_HELD_SECONDS: Final = 3.0


def show_progress(who: Person, connection: desk.Connection, sight: desk.RunSight) -> None:
    """How far it is, how fast, what stands in its way; pausing, going on, ending."""
    run, counts = sight.run, sight.counts
    done, failed = counts.count("done"), counts.count("failed")
    total = done + failed + counts.count(*LEFT)
    show_bar(done + failed, total, "Pictures asked about", failed=failed)
    with st.container(key=f"reading_{run.id}", gap="small"):
        if run.is_reading:
            show_reading(run, counts)
    show_figures(_list_figures(run, counts, total))
    with st.container(key=f"notices_{run.id}", gap="small"):
        _show_hindrances(sight)
    with st.container(key=f"choices_{run.id}", horizontal=True, vertical_alignment="center"):
        if run.state == "paused" or sight.needs_connection:
            st.button(
                "Go on",
                type="primary",
                icon=":material/play_arrow:",
                key=f"resume_{run.id}",
                on_click=act,
                args=(who, run.id, desk.resume_run, connection),
            )
        else:
            st.button(
                "Pause",
                icon=":material/pause:",
                key=f"pause_{run.id}",
                on_click=act,
                args=(who, run.id, desk.pause_run),
            )
        _show_retry(who, connection, run, failed)
        _show_ending(who, run, counts)
        if done:
            st.page_link(find_page("review"), label="Review", icon=":material/rate_review:")
    _show_strip(who, sight)
    _show_reasons(who, run, counts)


def show_summary(who: Person, connection: desk.Connection, sight: desk.RunSight) -> None:
    """What came of it, until it is put out of sight."""
    run, counts = sight.run, sight.counts
    failed = counts.count("failed")
    figures = [
        (f"{counts.count('done'):,}", "answered"),
        *([(f"{failed:,}", "failed")] if failed else []),
        *_list_rest(counts),
        (f"{counts.calls:,}", "call" if counts.calls == 1 else "calls"),
    ]
    took = write_took(run)
    show_figures([*figures, (took, "from start to end")] if took else figures)
    said = _write_end(run, counts)
    if said:
        st.html(f'<p class="batch-cost">{said}</p>')
    with st.container(key=f"choices_{run.id}", horizontal=True, vertical_alignment="center"):
        if counts.count("done"):
            st.page_link(find_page("review"), label="Review them", icon=":material/rate_review:")
        if run.state == "done":
            _show_retry(who, connection, run, failed)
        st.button(
            "Put out of sight",
            icon=":material/close:",
            key=f"seen_{run.id}",
            on_click=put_out_of_sight,
            args=(run.id,),
        )
    _show_strip(who, sight)
    _show_reasons(who, run, counts)


def _write_end(run: Run, counts: RunCounts) -> str:
    done = counts.count("done")
    if run.state == "cancelled":
        came = (
            f"{count_pictures(done)} {'is' if done == 1 else 'are'}" if done else "nothing of it is"
        )
        return f"Ended early: {came} in the project, the rest was left out."
    # Calls tell nothing sure where some were in vain.
    spared = done - counts.calls
    if spared <= 0 or counts.count("failed"):
        return ""
    if run.kind == "again":
        return f"{count_pictures(spared)} had been answered like this before: no call was made."
    them = "it" if spared == 1 else "them"
    return f"{count_pictures(spared)} had an answer already: no call was made for {them}."


def _list_figures(run: Run, counts: RunCounts, total: int) -> list[tuple[str, str]]:
    failed, left = counts.count("failed"), counts.count(*LEFT)
    figures = [
        (f"{counts.count('done'):,}", f"of {total:,} done"),
        (f"{left:,}", "waiting"),
    ]
    if failed:
        figures.append((f"{failed:,}", "failed"))
    if run.state == "running" and left:
        if counts.rate is not None:
            figures.append(write_rate(counts.rate))
        if counts.seconds_left is not None and not run.is_reading:
            figures.append((write_left(counts.seconds_left), "left"))
    figures.append((f"{counts.calls:,}", "call made" if counts.calls == 1 else "calls made"))
    return figures


def _list_rest(counts: RunCounts) -> list[tuple[str, str]]:
    return [
        (f"{number:,}", what)
        for number, what in (
            (counts.count("known"), "in the project before"),
            (counts.count("twin"), "twice in the batch"),
            (counts.count("unreadable"), "could not be read"),
        )
        if number
    ]


def _show_hindrances(sight: desk.RunSight) -> None:
    run = sight.run
    if run.state == "paused":
        if run.reason:
            show_notice("warning", run.reason, title="Paused.")
        else:
            show_notice("info", "Nothing more is asked until you go on.", title="Paused.")
    if sight.trouble:
        show_notice("warning", sight.trouble, title="It waits.")
    if sight.needs_connection:
        server = run.server or "the built-in demonstration server"
        show_notice(
            "warning",
            f"It asks {server}, and this desk is connected to another one. Connect to that on the "
            "page Connection, then go on here.",
            title="Nobody asks.",
        )
        st.page_link(find_page("connection"), label="Connection", icon=":material/lan:")


def _show_retry(who: Person, connection: desk.Connection, run: Run, failed: int) -> None:
    if not failed:
        return
    st.button(
        f"Try {'the one that failed' if failed == 1 else f'the {failed:,} failed'} again",
        icon=":material/refresh:",
        key=f"retry_{run.id}",
        on_click=act,
        args=(who, run.id, desk.retry_run, connection),
    )


def _show_ending(who: Person, run: Run, counts: RunCounts) -> None:
    left = counts.count(*LEFT)
    with st.popover("Cancel", icon=":material/close:", key=f"ending_{run.id}"):
        rest = (
            f"{count_pictures(left)} not asked about yet will be left out. " if left else ""
        ) + "What was answered stays in the project."
        st.html(f"<p>{rest} A batch that was cancelled cannot be taken up again.</p>")
        st.button(
            "Cancel the batch",
            type="primary",
            key=f"cancel_{run.id}",
            on_click=act,
            args=(who, run.id, desk.cancel_run),
        )


def _show_reasons(who: Person, run: Run, counts: RunCounts) -> None:
    failed = counts.count("failed")
    show_reasons(who, run, "failed", failed, title="Failed, with the last reason")
    show_unreadable(who, run, counts)


def _show_strip(who: Person, sight: desk.RunSight) -> None:
    """The latest results; changed only now and then, so that they can be looked at."""
    if not sight.latest:
        return
    held: dict[str, tuple[float, str]] = st.session_state.setdefault(session.RUN_STRIPS, {})
    since, html = held.get(sight.run.id, (0.0, ""))
    now = time.monotonic()
    if not html or sight.run.state != "running" or now - since >= _HELD_SECONDS:
        html = _write_strip(who, sight)
        held[sight.run.id] = (now, html)
    st.html(html)


def _write_strip(who: Person, sight: desk.RunSight) -> str:
    known = [task.image_sha256 for task in sight.latest if task.image_sha256]
    thumbnails = desk.load_thumbnails(who, known)
    tiles = "".join(
        '<li><img alt="" src="data:image/jpeg;base64,'
        f'{base64.b64encode(thumbnails[task.image_sha256]).decode()}">'
        f"<span>{escape(task.name)}</span></li>"
        for task in sight.latest
        if task.image_sha256 in thumbnails
    )
    return f'<ul class="batch-strip" aria-label="The latest results">{tiles}</ul>'
