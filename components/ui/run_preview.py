"""What is in a batch and what it would cost, before anything is sent."""

from __future__ import annotations

from html import escape

import streamlit as st

from components import desk
from components.desk.gathering import name_server
from components.model.review import Person
from components.model.run import LEFT, Run, RunCounts
from components.ui.notices import show_notice
from components.ui.places import find_page
from components.ui.run_acts import act
from components.ui.run_table import show_passed_over, show_reasons, show_table
from components.ui.run_words import count_calls, name_asked, show_bar, show_figures, write_size
from components.ui.wording import count_pictures

_MASKS_SHOWN = 100


def show_preview(who: Person, connection: desk.Connection, sight: desk.RunSight) -> None:
    """How far the reading is, what it found, what it would cost, and the way on."""
    run, counts = sight.run, sight.counts
    # Places of their own: what is beneath stays where and what it is while numbers come in.
    with st.container(key=f"reading_{run.id}", gap="small"):
        if run.is_reading:
            show_reading(run, counts)
    if not run.is_reading or counts.total:
        show_figures(_list_figures(run, counts))
        st.html(f'<p class="batch-cost">{_write_cost(run, counts)}</p>')
    can_ask = not sight.needs_connection or name_server(connection) == run.server
    if not can_ask and counts.calls_left:
        with st.container(key=f"elsewhere_{run.id}", gap="small"):
            _show_elsewhere(run, connection)
    with st.container(key=f"choices_{run.id}", horizontal=True, vertical_alignment="center"):
        label = name_start(run, counts)
        if label:
            st.button(
                label,
                type="primary",
                icon=":material/play_arrow:",
                disabled=not can_ask and bool(counts.calls_left),
                key=f"start_{run.id}",
                on_click=act,
                args=(who, run.id, desk.start_run, connection),
                help="The model is asked while the rest is looked through."
                if run.is_reading
                else None,
            )
        st.button(
            "Put away",
            icon=":material/close:",
            key=f"discard_{run.id}",
            on_click=act,
            args=(who, run.id, desk.cancel_run),
        )
    show_unreadable(who, run, counts)
    show_passed_over(who, run, counts)
    if not run.is_reading and run.kind != "again":
        masks = desk.list_unused_masks(who, run.id)
        if masks:
            show_table(
                masks[:_MASKS_SHOWN],
                title="Truth masks that cannot be used; their pictures can",
                total=len(masks),
            )


def _show_elsewhere(run: Run, connection: desk.Connection) -> None:
    now = name_server(connection)
    show_notice(
        "warning",
        f"This batch was made for {name_asked(run.server)}; this desk is connected to "
        f"{name_asked(now)} now. Set the page Connection to the first, then start it here.",
        title="Another server.",
    )
    st.page_link(find_page("connection"), label="Connection", icon=":material/lan:")


def show_reading(run: Run, counts: RunCounts) -> None:
    """How far the looking through is."""
    if run.expected is None:
        said = "Looking through what came…"
        if counts.total:
            said += f" {counts.total:,} read"
    else:
        files = "1 file" if run.expected == 1 else f"{run.expected:,} files"
        said = f"Looking through {files}… {counts.total:,} of {run.expected:,} read"
        # An archive holds more than was counted from outside.
        show_bar(min(counts.total, run.expected), run.expected, "Files looked through")
    st.html(f'<p class="desk-sub batch-now">{said}</p>')


def show_unreadable(who: Person, run: Run, counts: RunCounts) -> None:
    """What could not be read, each with its reason."""
    show_reasons(who, run, "unreadable", counts.count("unreadable"), title="Could not be read")


def name_start(run: Run, counts: RunCounts) -> str:
    """What the button says that lets the batch begin; "" where there is nothing to begin."""
    new = counts.count(*LEFT)
    if run.is_reading:
        return "Start now"
    if counts.calls_left:
        return f"Ask about {count_pictures(counts.calls_left)}"
    if new:
        return f"Add {count_pictures(new)}"
    if counts.with_truth:
        return f"Add {_count_masks(counts.with_truth)}"
    return ""


def _list_figures(run: Run, counts: RunCounts) -> list[tuple[str, str]]:
    new = counts.count(*LEFT)
    if run.kind == "again":
        return [(f"{new:,}", "picture" if new == 1 else "pictures")]
    figures = [(f"{new:,}", "new picture" if new == 1 else "new pictures")]
    if counts.size:
        figures.append((write_size(counts.size), "together"))
    for number, what in (
        (counts.count("known"), "in the project already"),
        (counts.count("twin"), "twice in this batch"),
        (counts.count("unreadable"), "could not be read"),
        (counts.with_answer, "with an answer of their own"),
        (counts.with_truth, "truth mask" if counts.with_truth == 1 else "truth masks"),
    ):
        if number:
            figures.append((f"{number:,}", what))
    return figures


def _write_cost(run: Run, counts: RunCounts) -> str:
    if not counts.calls_left:
        if run.is_reading:
            return "Nothing is sent before you say so."
        if counts.count(*LEFT):
            return "No call to a model is needed: every picture brought its answer along."
        if counts.with_truth:
            return "No new picture, and no call; the truth masks are new to the project."
        if run.kind == "again":
            return "There is no picture to ask about."
        if not counts.total:
            return "There is no picture in it. Put it away, and choose another one."
        if counts.count("known") or counts.count("twin"):
            return "Nothing new: the project has every picture of it already."
        return "None of it can be read as a picture, so there is nothing to add."
    calls = f"<strong>{count_calls(counts.calls_left)}</strong> to {escape(run.model)}"
    if run.is_reading:
        calls = f"So far {calls}"
    elif run.kind == "again":
        calls = f"At most {calls}"  # what it answered before is not asked again
    more = (
        ", and up to three more to find out how the model takes the confidence"
        if run.ask_at is None
        else ""
    )
    if not run.server:
        return f"{calls}{more}. The built-in demonstration server answers; its calls cost nothing."
    return f"{calls} at {escape(run.server)}{more}. Nothing is sent before you say so."


def _count_masks(number: int) -> str:
    return f"{number:,} truth mask" if number == 1 else f"{number:,} truth masks"
