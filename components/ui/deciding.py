"""One picture under review: what it is, the viewer, the decision."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any, Final

import streamlit as st

from components import desk, session
from components.display.packet import pack_header
from components.errors import AccessError, DeskError, StoreUnavailable
from components.model.review import Person, Project
from components.ui import address
from components.ui.access import recall
from components.ui.controls import hold_colours
from components.ui.faces import Face, arrange_slots, list_next
from components.ui.notices import LOG, show_notice
from components.ui.progress import show_end, show_line
from components.ui.remarks import describe_pin, take_remark
from components.ui.scene import Scene, look
from components.ui.sitting import (
    AWAY,
    Sitting,
    go_on,
    show_item,
    sit_down,
    step_to,
    take_event,
)
from components.ui.thread import show_thread
from components.ui.wording import MOVES
from components.viewer import viewer
from components.viewer.decision_bar import decision_bar
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
            show_line(project, sitting, scene)
            if scene.problem:
                show_notice("warning", scene.problem)
            show_thread(who, sitting, scene)
        if scene.face is not None:
            _show_picture(who, project, sitting, scene, scene.face)
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


def _show_picture(
    who: Person, project: Project, sitting: Sitting, scene: Scene, face: Face
) -> None:
    def hold_confidence(confidence: int) -> None:
        address.heed()
        sitting.confidence = confidence

    header = dict(face.header) | {
        "threshold": scene.confidence,
        "pins": [describe_pin(number, pin) for number, pin in enumerate(scene.pins, start=1)],
        "may_pin": who.may("reviewer"),
        "owner": _name_owner(who, project),
        "saved": list(sitting.saved),
        "refused": dict(sitting.refused),
    }
    viewer(
        pack_header(header),
        key=session.REVIEWER,
        height=_HEIGHT,
        on_confidence=hold_confidence,
        on_colours=hold_colours,
        on_remark=partial(take_remark, who, project) if who.may("reviewer") else None,
        supplied=list_next(sitting),
    )
    announce_wants(session.REVIEWER, arrange_slots(sitting))


def _name_owner(who: Person, project: Project) -> str:
    """Whose unsaved decisions and remarks a browser keeps."""
    return f"{project.id} {who.name}"


def _show_bar(
    who: Person, project: Project, sitting: Sitting, scene: Scene | None, trouble: str
) -> None:
    face = scene.face if scene else None
    has_decided = scene is None or any(scene.progress.mine.values())
    decision_bar(
        {
            "subject": face.item_id if face else "",
            # What was on screen when it was decided, also where it is sent again much later.
            "answer": f"{face.answer_id}@{scene.confidence}" if scene and face else "",
            "may": who.may("reviewer"),
            "mine": scene.mine.move if scene and scene.mine else "",
            "classes": tuple(_list_classes(face)) if face else (),
            "can_undo": who.may("reviewer") and has_decided,
            "can_back": sitting.can_go_back,
            "can_forward": scene is not None,
            "saved": tuple(sitting.saved),
            "refused": dict(sitting.refused),
            "owner": _name_owner(who, project),
            "busy": sitting.away or trouble,
        },
        key=session.DECIDING,
        on_event=partial(take_event, who, project),
    )


def _list_classes(face: Face) -> Iterator[dict[str, Any]]:
    """Classes a decision may concern: those in the picture, then those the model missed."""
    present = [area.info for area in face.areas if not area.info.is_background]
    yield from ({"name": info.name, "colour": info.colour} for info in present)
    names = {info.name for info in present}
    for listed in face.header["classes"]:
        if not listed["background"] and listed["name"] not in names:
            yield {"name": listed["name"], "colour": listed["colour"]}
