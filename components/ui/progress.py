"""How far a project is: in a line over the picture, and when nothing is left."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any, Final

import streamlit as st

from components import session
from components.model.review import NEEDING, VERDICTS, Person, Project, Status
from components.ui.places import find_page
from components.ui.scene import Scene, measure_second_look
from components.ui.sitting import Sitting
from components.ui.wording import count_pictures

if TYPE_CHECKING:
    from components.store.projects import Progress

_COUNTED: Final[dict[Status, str]] = {
    "approved": "approved",
    "needs_fix": "to be fixed",
    "rejected": "rejected",
}


def describe_progress(project: Project, scene: Scene) -> dict[str, Any]:
    """How far the project is, as the line over the picture takes it.

    Returns:
        "done" and "total" pictures, "said": what is done with them, "rest": what it comes to,
        "verb": for the progress bar's name.
    """
    done, total, said, rest = _tell_progress(project, scene)
    verb = "decided" if scene.looked_at is None else "looked at"
    return {"done": done, "total": total, "said": said, "rest": rest, "verb": verb}


def show_way_out(sitting: Sitting) -> None:
    """That pictures of a list of one's own are gone through, and the way back to the queue.

    What list it is and the way out of it stand over the page where it was put together elsewhere.
    """
    if sitting.wish is not None and session.LIST not in st.session_state:
        with st.container(horizontal=True, vertical_alignment="center", key="own_list"):
            st.html('<p class="desk-sub">You walk through the pictures you chose.</p>')
            st.button(
                "Back to my queue",
                icon=":material/close:",
                type="tertiary",
                key="leave_list",
                on_click=sitting.leave_list,
            )


def _tell_progress(project: Project, scene: Scene) -> tuple[int, int, str, str]:
    """How many pictures are done, of how many, what is done with them, and what it comes to."""
    if scene.looked_at is not None:
        # What the project comes to would tell what was said before.
        return *scene.looked_at, "looked at", ""
    progress = scene.progress
    own = f", {_count_own(progress):,} by you" if project.needed > 1 else ""
    return count_done(progress), progress.total, f"decided{own}", count_verdicts(progress)


def count_verdicts(progress: Progress) -> str:
    """What the decisions so far come to, and what is left: "2 approved, 1 rejected, 6 left"."""
    said = [
        f"{progress.by_status[status]:,} {_COUNTED[status]}"
        for status in _COUNTED
        if progress.by_status.get(status)
    ]
    return ", ".join([*said, f"{progress.total - count_done(progress):,} left"])


def count_done(progress: Progress) -> int:
    """Pictures that nobody has to decide about any more."""
    return progress.total - sum(
        progress.by_status.get(status, 0) for status in (*NEEDING, "no_answer")
    )


def show_end(who: Person, sitting: Sitting, progress: Progress) -> None:
    """What stands there when no picture is left for this person."""
    title, text = _tell_end(who, sitting, progress)
    st.html(f'<div class="desk-empty"><h2>{escape(title)}</h2><p>{escape(text)}</p></div>')
    with st.container(horizontal=True, horizontal_alignment="center", vertical_alignment="center"):
        if sitting.held:
            st.button("Look again", icon=":material/refresh:", key="look_again")
        if progress.total and st.button(
            "See all pictures", icon=":material/grid_view:", key="to_sheet"
        ):
            st.session_state[session.REVIEW_MODE] = "sheet"
            st.rerun()
        if who.may("lead"):
            st.page_link(find_page("add"), label="Add pictures", width="content")


def _tell_end(who: Person, sitting: Sitting, progress: Progress) -> tuple[str, str]:
    looked_at = measure_second_look(who, sitting)
    if looked_at is not None:
        return "That was the list", (
            f"You looked at {looked_at[0]:,} of {count_pictures(looked_at[1])} a second time."
        )
    if not progress.total:
        if who.may("lead"):
            return "No pictures yet", "Pictures are added on the page Add."
        return "No pictures yet", "Whoever leads this project has not added pictures yet."
    if progress.by_status.get("no_answer", 0) == progress.total:
        return "No masks yet", (
            "The model has not answered about these pictures. On the page Add it is asked again."
        )
    if sitting.held:
        verb = "It comes" if sitting.held == 1 else "They come"
        return "Nothing for you at the moment", (
            f"{count_pictures(sitting.held)} left, open at other people. {verb} to you when not "
            "decided within ten minutes."
        )
    left = progress.total - count_done(progress)
    verb = "waits" if left == 1 else "wait"
    others = f" {count_pictures(left)} {verb} for others to decide." if left else ""
    return "All done for you", (
        f"You decided {_count_own(progress):,} of {count_pictures(progress.total)}. Everybody’s "
        f"decisions together: {count_verdicts(progress)}.{others}"
    )


def _count_own(progress: Progress) -> int:
    return sum(progress.mine.get(move, 0) for move in VERDICTS)
