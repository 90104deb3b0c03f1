"""Files of a batch that something was the matter with: each by its name, with the reason."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import Final

import streamlit as st

from components import desk, session
from components.model.review import Person
from components.model.run import Run, RunCounts, Task, TaskState

PAGE_LENGTH: Final = 100
_REASONS: Final[dict[TaskState, str]] = {
    "twin": "The same picture is in this batch under another name; it is added once.",
    "known": "The project has this very picture, with an answer.",
}


def show_reasons(who: Person, run: Run, state: TaskState, total: int, *, title: str) -> None:
    """Names and reasons of all pictures that came to this, a page at a time.

    Args:
        who: who looks.
        run: whose pictures.
        state: what they came to.
        total: how many there are.
        title: what they are called.
    """
    if not total:
        return
    trail = _hold_trail(run, state)
    rows = desk.list_tasks(who, run.id, (state,), limit=PAGE_LENGTH, after=trail[-1])
    if not rows and len(trail) > 1:  # tried again meanwhile
        del trail[1:]
        rows = desk.list_tasks(who, run.id, (state,), limit=PAGE_LENGTH)
    show_table(rows, title=title, total=total)
    if total <= PAGE_LENGTH and len(trail) == 1:
        return
    first = (len(trail) - 1) * PAGE_LENGTH + 1
    with st.container(
        horizontal=True, vertical_alignment="center", key=f"pager_{state}_{run.id}", gap="small"
    ):
        st.button(
            "Earlier",
            icon=":material/chevron_left:",
            disabled=len(trail) == 1,
            key=f"before_{state}_{run.id}",
            on_click=_go_back,
            args=(trail,),
        )
        st.button(
            "Further",
            icon=":material/chevron_right:",
            disabled=first + len(rows) > total,
            key=f"after_{state}_{run.id}",
            on_click=trail.append,
            args=(rows[-1].seq if rows else 0,),
        )
        st.html(f'<p class="desk-sub">{first:,} to {first + len(rows) - 1:,} of {total:,}</p>')


def show_passed_over(who: Person, run: Run, counts: RunCounts) -> None:
    """What came twice, and what the project has already: folded away, a page at a time."""
    number = counts.count("known", "twin")
    if not number or run.is_reading:
        return
    place = st.expander(
        f"{number:,} that {'is' if number == 1 else 'are'} not new",
        icon=":material/content_copy:",
        key=f"passed_over_{run.id}",
        on_change="rerun",
    )
    if place.open:
        with place:
            show_reasons(who, run, "twin", counts.count("twin"), title="Twice in this batch")
            show_reasons(who, run, "known", counts.count("known"), title="In the project already")


def show_table(rows: Sequence[Task], *, title: str, total: int) -> None:
    """A table that scrolls within bounds."""
    cells = "".join(
        f"<tr><td>{escape(task.name)}</td>"
        f"<td>{escape(task.problem or _REASONS.get(task.state, ''))}</td></tr>"
        for task in rows
    )
    st.html(
        f'<div class="batch-reasons"><h4>{escape(title)}: {total:,}</h4>'
        f'<div class="batch-scroll" tabindex="0" role="region" aria-label="{escape(title)}">'
        '<table><thead class="desk-spoken"><tr><th>File</th><th>Reason</th></tr></thead>'
        f"<tbody>{cells}</tbody></table></div></div>"
    )


def _hold_trail(run: Run, state: TaskState) -> list[int]:
    """Where the page on screen begins, after those before it."""
    trails: dict[tuple[str, str], list[int]] = st.session_state.setdefault(session.RUN_PAGES, {})
    return trails.setdefault((run.id, state), [0])


def _go_back(trail: list[int]) -> None:
    if len(trail) > 1:
        trail.pop()
