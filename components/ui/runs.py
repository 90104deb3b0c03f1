"""The batches of a project: those on their way, one under the other, and those before."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import Final

import streamlit as st

from components import desk, session
from components.errors import DeskError
from components.model.review import Person, Project
from components.model.run import Run
from components.ui.access import recall
from components.ui.notices import show_error
from components.ui.run_acts import is_seen, show_told
from components.ui.run_preview import show_preview
from components.ui.run_progress import show_progress, show_summary
from components.ui.run_words import name_model, name_state, show_head, write_numbers
from components.ui.wording import write_when
from components.viewer.arrival import bring_to

_SUMMARIES: Final = 3
_LARGE: Final = 3000
_QUICK_SECONDS, _CALM_SECONDS, _SLOW_SECONDS = 1.0, 2.0, 5.0

Stamp = tuple[tuple[str, str, bool], ...]


def show_runs(who: Person, connection: desk.Connection, project: Project) -> bool:
    """Batches on their way, followed as long as anything of them changes.

    Returns:
        Whether more pictures may come into the project by themselves.
    """
    sights = _look(who, project)
    paces = [pace for pace in map(_find_pace, sights) if pace]
    follow = st.fragment(run_every=min(paces) if paces else None)
    follow(_show_followed)(who, connection, project, _stamp(sights), [sights])
    begun, times = st.session_state.get(session.RUN_BEGUN, ("", 0))
    # Always there, so that what is beneath stays what it is.
    with st.container(key="bringing"):
        if any(sight.run.id == begun for sight in sights):
            bring_to(f".st-key-batch_{begun}", id=f"{begun} {times}", key="bring_to_batch")
    return any(sight.run.state in ("running", "paused") for sight in sights if _find_pace(sight))


def show_earlier(who: Person, project: Project) -> None:
    """Batches that are over, in a compact list."""
    runs = desk.list_runs(who, project.id)
    shown = {run.id for run in _list_shown(runs)}
    earlier = [run for run in runs if run.id not in shown]
    if not earlier:
        return
    place = st.expander(
        "Earlier batches", icon=":material/history:", key="earlier_batches", on_change="rerun"
    )
    if not place.open:
        return
    rows = []
    for run in earlier:
        counts = desk.look_at_run(who, run.id).counts
        cells = (
            run.source,
            write_when(run.created_at),
            run.created_by,
            name_model(run),
            write_numbers(counts),
            name_state(run),
        )
        rows.append("<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in cells) + "</tr>")
    head = "".join(
        f"<th>{name}</th>" for name in ("What", "When", "Who", "Model", "Came to", "State")
    )
    with place:
        st.html(
            '<div class="batch-scroll batch-earlier" tabindex="0" role="region" '
            f'aria-label="Earlier batches"><table><thead><tr>{head}</tr></thead>'
            f"<tbody>{''.join(rows)}</tbody></table></div>"
        )


def _show_followed(
    who: Person,
    connection: desk.Connection,
    project: Project,
    stamp: Stamp,
    ready: list[list[desk.RunSight]],
) -> None:
    """The part of the page that is run by itself.

    Args:
        who: who was there when the whole page ran.
        connection: whose model may be asked.
        project: whose batches.
        stamp: how they stood then.
        ready: what was looked up then, taken out at once.
    """
    with st.container(key="batches"):
        try:
            sights = ready.pop() if ready else _look(recall(who), project)
        except DeskError as error:
            show_error(error)
            return
        if _stamp(sights) != stamp:
            # How often to look depends on it, and so does the rest of the page.
            st.rerun()
        for sight in sights:
            with st.container(border=True, key=f"batch_{sight.run.id}", gap="small"):
                show_head(sight.run)
                show_told(sight.run.id)
                _show_card(who, connection, sight)


def _show_card(who: Person, connection: desk.Connection, sight: desk.RunSight) -> None:
    try:
        if sight.run.state == "preview":
            show_preview(who, connection, sight)
        elif sight.run.is_open:
            show_progress(who, connection, sight)
        else:
            show_summary(who, connection, sight)
    except DeskError as error:
        show_error(error)


def _look(who: Person, project: Project) -> list[desk.RunSight]:
    shown = _list_shown(desk.list_runs(who, project.id))
    return [desk.look_at_run(who, run.id) for run in shown]


def _list_shown(runs: Sequence[Run]) -> list[Run]:
    """Those that are not over, and the last ones that are, until they are put out of sight."""
    # What was only looked through and put away is over without a word.
    over = [run for run in runs if not run.is_open and run.started_at and not is_seen(run.id)]
    over = over[:_SUMMARIES]
    return [run for run in runs if run.is_open or run in over]


def _stamp(sights: Sequence[desk.RunSight]) -> Stamp:
    return tuple((sight.run.id, sight.run.state, bool(_find_pace(sight))) for sight in sights)


def _find_pace(sight: desk.RunSight) -> float:
    """Seconds until it is worth another look; 0 where nothing of it changes by itself."""
    run, counts = sight.run, sight.counts
    reads = run.is_reading and run.state in ("preview", "running")
    if run.state == "running" and sight.needs_connection and not reads:
        return _SLOW_SECONDS  # another desk may be at it
    if reads or run.state == "running":
        return _CALM_SECONDS if counts.total > _LARGE else _QUICK_SECONDS
    # What was being asked when it was paused is still taken in.
    if run.state == "paused" and counts.count("asking"):
        return _CALM_SECONDS
    return 0.0
