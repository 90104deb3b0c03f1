"""One picture under review: what it is, the viewer, the decision."""

from __future__ import annotations

from functools import partial
from typing import Any, Final

import streamlit as st

from components import desk, session
from components.errors import AccessError, DeskError, StoreUnavailable
from components.model.review import Person, Project
from components.ui import address
from components.ui.access import recall
from components.ui.cards import describe_card
from components.ui.controls import hold_colours
from components.ui.notices import LOG, show_notice
from components.ui.outbox import AWAY
from components.ui.progress import describe_progress, show_end, show_way_out
from components.ui.scene import Scene, look
from components.ui.sitting import Sitting, go_on, show_item, sit_down, step_to, take_move
from components.ui.slots import arrange_slots, list_next
from components.ui.thread import show_thread
from components.ui.wording import MOVES
from components.viewer import supplied_viewer
from components.viewer.decision_bar import decision_bar
from components.viewer.review_line import review_line
from components.viewer.supply import announce_wants

_HEIGHT: Final = 620
_SCENE: Final = "scene"


@st.fragment
def show_review(who: Person, connection: desk.Connection, project: Project) -> None:
    """The picture that is next for this person, and the means to decide about it."""
    try:
        # A fragment keeps what it was called with, however long ago that was.
        recall(who)
        project = desk.find_project(who, project.id)
    except AccessError:
        st.rerun()
    except DeskError as error:
        LOG.warning("%s", error.detail or error.message)
    if project.archived_at is not None:
        st.rerun()
    sitting = sit_down(project)
    scene, trouble = _find_scene(who, connection, project, sitting)
    top = st.container(key="review_top", gap="small")
    with top:
        _show_told(who, project, sitting, scene, trouble)
    if scene is None:
        if not trouble:
            show_end(who, sitting, desk.measure_progress(who, project.id))
    else:
        with top:
            review_line(key=session.DECIDING)
            show_way_out(sitting)
            if scene.problem:
                show_notice("warning", scene.problem)
            show_thread(who, sitting, scene)
        if scene.face is not None:
            _show_picture(who, sitting)
    _show_bar(who, project, sitting, scene, trouble)
    # Last: the browser takes its time over a new address, and the picture need not wait for it.
    address.write(session.ITEM, scene.item.id if scene else "", default="")


def _find_scene(
    who: Person, connection: desk.Connection, project: Project, sitting: Sitting
) -> tuple[Scene | None, str]:
    """What to show, and what is wrong with the database; "" where nothing is."""
    try:
        if sitting.item_id is None:
            _open_first(who, sitting)
        elif address.follow(session.ITEM):
            _open_named(who, sitting)
        try:
            scene = look(who, connection, project, sitting)
        except StoreUnavailable:
            raise
        except DeskError as error:
            # Taken out meanwhile, most likely: the next one.
            sitting.told = ("warning", error.message)
            sitting.item_id = None
            go_on(who, sitting)
            scene = look(who, connection, project, sitting)
    except StoreUnavailable as error:
        LOG.warning("%s", error.detail or error.message)
        # What is on screen stays, and so does a decision that could not be stored yet.
        known = st.session_state.get(_SCENE)
        is_same = isinstance(known, Scene) and known.item.project_id == project.id
        return (known if is_same else None), AWAY
    except DeskError as error:
        sitting.told = ("error", error.message)
        sitting.item_id = None
        return None, ""
    st.session_state[_SCENE] = scene
    return scene, ""


def _open_first(who: Person, sitting: Sitting) -> None:
    named = st.query_params.get(session.ITEM)
    if named and not sitting.trail:
        try:
            show_item(who, sitting, named)
            return
        except StoreUnavailable:
            raise
        except DeskError as error:
            sitting.told = ("warning", f"{error.message} Here is the next one.")
    go_on(who, sitting)


def _open_named(who: Person, sitting: Sitting) -> None:
    """Where the browser's back and forward buttons lead."""
    named = st.query_params.get(session.ITEM)
    if named and named != sitting.item_id:
        step_to(who, sitting, named)


def _show_told(
    who: Person, project: Project, sitting: Sitting, scene: Scene | None, trouble: str
) -> None:
    tone, text = sitting.told
    if text:
        show_notice(tone, text)
    if sitting.away or trouble:
        show_notice("warning", sitting.away or trouble)
    if not who.may("reviewer"):
        st.html('<p class="desk-sub">You may look here; deciding is for reviewers.</p>')
    # Whoever is done is told of what others decided as well.
    alone = () if scene or trouble else desk.list_notices(who, project.id)
    for notice in scene.notices if scene else alone:
        with st.container(horizontal=True, vertical_alignment="center", wrap=False):
            show_notice(
                "warning",
                f"{notice.other} decided {notice.item_name} as well: {MOVES[notice.other_move]}; "
                f"you: {MOVES[notice.my_move]}. Both decisions are kept.",
            )
            st.button(
                "Understood",
                key=f"notice_{notice.id}",
                type="tertiary",
                on_click=_see_notice,
                args=(who, sitting, notice.id),
            )


def _see_notice(who: Person, sitting: Sitting, notice_id: str) -> None:
    try:
        desk.see_notice(recall(who), notice_id)
    except DeskError as error:
        sitting.told = ("error", error.message)


def _show_picture(who: Person, sitting: Sitting) -> None:
    def hold_confidence(confidence: int, subject: str) -> None:
        # Let go of on a picture that has been left meanwhile, it is not this one's.
        if subject == sitting.item_id:
            address.heed()
            sitting.confidence = confidence

    supplied_viewer(
        key=session.REVIEWER,
        height=_HEIGHT,
        on_confidence=hold_confidence,
        on_colours=hold_colours,
        takes_remarks=who.may("reviewer"),
    )
    announce_wants(session.REVIEWER, arrange_slots(sitting))


def _show_bar(
    who: Person, project: Project, sitting: Sitting, scene: Scene | None, trouble: str
) -> None:
    is_blind = sitting.blind_since is not None
    decision_bar(
        {
            "seq": sitting.seq,
            "project": project.id,
            "card": describe_card(who, scene, is_blind=is_blind) if scene else None,
            "next": list_next(sitting),
            "progress": describe_progress(project, scene) if scene else None,
            "may": who.may("reviewer"),
            "undoable": None if trouble else _describe_undoable(who, project),
            "can_back": sitting.can_go_back,
            "can_forward": scene is not None,
            "busy": sitting.away or trouble,
        },
        key=session.DECIDING,
        viewer=session.REVIEWER,
        on_move=partial(take_move, who, project),
    )


def _describe_undoable(who: Person, project: Project) -> dict[str, Any] | None:
    if not who.may("reviewer"):
        return None
    try:
        review = desk.find_undoable(who, project.id)
    except DeskError as error:
        LOG.warning("%s", error.detail or error.message)
        return None
    if review is None:
        return None
    return {
        "id": review.id,
        "subject": review.item_id,
        "name": review.item_name,
        "move": review.move,
    }
