"""One picture under review: what it is, the viewer, the decision."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from html import escape
from typing import Any, Final

import streamlit as st

from components import desk, session
from components.display.packet import pack_header
from components.errors import DeskError, InferenceError, StoreUnavailable
from components.model.review import (
    NEEDING,
    VERDICTS,
    Item,
    Person,
    Pin,
    Project,
    Remark,
    Review,
    Status,
)
from components.store.projects import Progress
from components.store.reviews import Notice
from components.ui import address
from components.ui.controls import hold_colours
from components.ui.faces import Face, arrange_slots, find_face
from components.ui.notices import LOG, show_error, show_notice
from components.ui.sitting import (
    AWAY,
    Sitting,
    go_on,
    show_item,
    sit_down,
    step_to,
    take_event,
)
from components.ui.wording import (
    MOVES,
    STATUSES,
    count_pictures,
    describe_review,
    write_when,
)
from components.viewer import viewer
from components.viewer.decision_bar import decision_bar
from components.viewer.supply import announce_wants

_HEIGHT = 620
_SCENE = "scene"
_COUNTED: Final[dict[Status, str]] = {
    "approved": "approved",
    "needs_fix": "to be fixed",
    "rejected": "rejected",
    "disagreed": "disagreed about",
}


@dataclass(frozen=True, slots=True)
class Scene:
    """All that is shown of one picture under review.

    Attributes:
        item: the picture.
        face: with its mask; None where there is none, and `problem` says why.
        confidence: the threshold it is shown at, percent 0–100.
        pins: remarks at places of it.
        reviews: what was decided about it that this person may see.
        mine: this person's verdict so far.
        progress: of the project.
        notices: what this person has to be told.
        problem: why there is no mask, or not the one that was wished; "" otherwise.
    """

    item: Item
    face: Face | None
    confidence: int
    pins: tuple[Pin, ...]
    reviews: tuple[Review, ...]
    mine: Review | None
    progress: Progress
    notices: tuple[Notice, ...]
    problem: str = ""


@st.fragment
def show_review(who: Person, connection: desk.Connection, project: Project) -> None:
    """The picture that is next for this person, and the means to decide about it."""
    sitting = sit_down(project)
    try:
        if sitting.item_id is None:
            _open_first(who, sitting)
        elif address.follow(session.ITEM):
            _open_named(who, sitting)
        scene = _look(who, connection, project, sitting)
        st.session_state[_SCENE] = scene
        if not sitting.refused:
            sitting.away = ""
    except StoreUnavailable as error:
        LOG.warning("%s", error.detail or error.message)
        # What is on screen stays, and so does a decision that could not be stored yet.
        sitting.away = sitting.away or AWAY
        scene = st.session_state.get(_SCENE)
    except DeskError as error:
        show_error(error)
        sitting.item_id = None
        scene = None
    top = st.container(key="review_top", gap="small")
    with top:
        _show_told(who, sitting, scene)
    if scene is None:
        address.write(session.ITEM, "", default="")
        progress = None if sitting.away else desk.measure_progress(who, project.id)
        if progress is not None:
            _show_end(who, sitting, progress)
        _show_bar(who, project, sitting, None)
        return
    with top:
        _show_line(scene, sitting)
    address.write(session.ITEM, scene.item.id, default="")
    _show_picture(who, project, sitting, scene)
    _show_thread(who, scene)
    _show_bar(who, project, sitting, scene)


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


def _look(
    who: Person, connection: desk.Connection, project: Project, sitting: Sitting
) -> Scene | None:
    if sitting.item_id is None:
        return None
    item = desk.find_item(who, sitting.item_id)
    confidence = project.confidence if sitting.confidence is None else sitting.confidence
    reviews = desk.list_reviews(who, item.id)
    mine = next(
        (review for review in reviews if review.is_standing and review.reviewer == who.name), None
    )
    if mine is not None and sitting.confidence is None and mine.move in VERDICTS:
        confidence = sitting.confidence = mine.confidence
    face, problem = None, ""
    try:
        face = find_face(who, connection, sitting, item, confidence)
    except InferenceError as error:
        problem = error.message
        # The mask that was there stays, at the confidence it was made for.
        sitting.confidence, confidence = None, project.confidence
        face = sitting.faces.get(item.id) or find_face(who, connection, sitting, item, confidence)
    except StoreUnavailable:
        raise
    except DeskError as error:
        problem = item.problem or error.message
    return Scene(
        item,
        face,
        confidence if face is None or face.is_cut else face.confidence,
        tuple(desk.list_pins(who, item.id)),
        tuple(choose_visible(who, item, reviews, mine)),
        mine,
        desk.measure_progress(who, project.id),
        tuple(desk.list_notices(who, project.id)),
        problem,
    )


def choose_visible(
    who: Person, item: Item, reviews: Sequence[Review], mine: Review | None
) -> Sequence[Review]:
    """Independent looks stay independent: others' verdicts are seen once one has decided."""
    is_settled = item.status not in NEEDING or item.status == "answered"
    if who.role in ("viewer", "lead") or is_settled or mine is not None:
        return reviews
    return [review for review in reviews if review.reviewer == who.name]


def _show_told(who: Person, sitting: Sitting, scene: Scene | None) -> None:
    tone, text = sitting.told
    if text:
        show_notice(tone, text)
    if sitting.away:
        show_notice("warning", sitting.away)
    for sentence in list(sitting.refused.values())[-1:]:
        show_notice("error", sentence, title="That decision could not be stored.")
    for notice in scene.notices if scene else ():
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
                on_click=desk.see_notice,
                args=(who, notice.id),
            )


def _show_line(scene: Scene, sitting: Sitting) -> None:
    done, total = _count_done(scene.progress), scene.progress.total
    share = 100 * done / max(total, 1)
    state = STATUSES[scene.item.status]
    if scene.mine is not None:
        state = f"You: {MOVES[scene.mine.move]}"
    where = " · in a list of your own" if sitting.wish is not None else ""
    st.html(
        f'<div class="review-line" data-confidence="{scene.confidence}"><div class="review-name">'
        f"<strong>{escape(scene.item.name)}</strong>"
        f'<span class="review-state review-{escape(scene.item.status)}">{escape(state)}'
        f"</span></div>"
        f'<div class="review-progress"><span>{done:,} of {total:,} decided{where}'
        f"<small>{escape(count_verdicts(scene.progress))}</small></span>"
        f'<i role="progressbar" aria-valuemin="0" aria-valuemax="{total}" aria-valuenow="{done}" '
        f'aria-label="Pictures decided"><b style="width:{share:.1f}%"></b></i></div></div>'
    )
    if scene.problem:
        show_notice("warning", scene.problem)


def count_verdicts(progress: Progress) -> str:
    """What the decisions so far come to, and what is left: "2 approved, 1 rejected, 6 left"."""
    said = [
        f"{progress.by_status[status]:,} {_COUNTED[status]}"
        for status in _COUNTED
        if progress.by_status.get(status)
    ]
    left = progress.total - _count_done(progress)
    return ", ".join([*said, f"{left:,} left"])


def _count_done(progress: Progress) -> int:
    return progress.total - sum(
        progress.by_status.get(status, 0) for status in (*NEEDING, "no_answer")
    )


def _show_picture(who: Person, project: Project, sitting: Sitting, scene: Scene) -> None:
    if scene.face is None:
        return

    def hold_confidence(confidence: int) -> None:
        address.heed()
        sitting.confidence = confidence

    header = dict(scene.face.header) | {
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
        on_remark=partial(_take_remark, who, project) if who.may("reviewer") else None,
        supplied=sitting.ahead,
    )
    announce_wants(session.REVIEWER, arrange_slots(sitting))


def _name_owner(who: Person, project: Project) -> str:
    """Whose unsaved decisions and remarks a browser keeps."""
    return f"{project.id} {who.name}"


def describe_pin(number: int, pin: Pin) -> Mapping[str, Any]:
    """A pin as the viewer takes it."""
    return {
        "id": pin.id,
        "number": number,
        "x": pin.x,
        "y": pin.y,
        "text": pin.text,
        "author": pin.author,
        "when": write_when(pin.at),
        "class_name": pin.class_name,
        "sureness": pin.sureness,
        "is_open": pin.is_open,
        "replies": [
            {
                "id": remark.id,
                "author": remark.author,
                "when": write_when(remark.at),
                "act": remark.act,
                "text": remark.text,
            }
            for remark in pin.remarks
        ],
    }


def _take_remark(who: Person, project: Project, event: dict[str, Any]) -> None:
    sitting = sit_down(project)
    address.heed()
    try:
        sitting.away = ""
        if event["kind"] == "pin":
            desk.add_pin(
                who,
                Pin(
                    id=event["id"],
                    item_id=event["subject"],
                    x=event["x"],
                    y=event["y"],
                    text=event["text"],
                    class_id=event.get("class_id"),
                    class_name=event.get("class_name") or "",
                    sureness=event.get("sureness"),
                    region=event.get("region") or {},
                ),
            )
        else:
            desk.add_remark(
                who,
                event["pin"],
                Remark(
                    id=event["id"], author="", at=0, act=event["kind"], text=event.get("text", "")
                ),
            )
        sitting.saved.append(event["id"])
    except StoreUnavailable as error:
        LOG.warning("%s", error.detail or error.message)
        sitting.away = AWAY
    except DeskError as error:
        sitting.refused[event["id"]] = error.message


def _show_thread(who: Person, scene: Scene) -> None:
    """What was said about the picture, and a word back where it needs a fix."""
    if not scene.reviews:
        return
    undone = {review.undoes for review in scene.reviews}
    lines = "".join(
        f"<li{' class=undone' if review.id in undone else ''}><strong>{escape(review.reviewer)}"
        f"</strong> <span>{escape(describe_review(review))}</span> "
        f"<small>{escape(write_when(review.at))}"
        f"{f', at confidence {review.confidence}' if review.move in VERDICTS else ''}</small></li>"
        for review in scene.reviews
        if review.move != "skipped"
    )
    if lines:
        st.html(f'<ul class="review-thread">{lines}</ul>')
    if scene.item.status == "needs_fix" and who.may("reviewer"):
        with st.form(f"answer_{scene.item.id}", border=False, clear_on_submit=True):
            note = st.text_input(
                "Answer, and send it back",
                placeholder="For example: rails count as road here",
                help="The picture comes back first to whoever asked for the fix.",
                max_chars=4000,
            )
            if st.form_submit_button("Send back", icon=":material/reply:"):
                _send_back(who, scene.item, note or "")


def _send_back(who: Person, item: Item, note: str) -> None:
    try:
        desk.answer_item(who, desk.make_id(), item.id, note)
    except DeskError as error:
        show_error(error)
        return
    st.rerun(scope="fragment")


def _show_end(who: Person, sitting: Sitting, progress: Progress) -> None:
    if not progress.total:
        title, text = (
            "No pictures yet",
            (
                "Pictures are added on the page Add."
                if who.may("lead")
                else "Whoever leads this project has not added pictures yet."
            ),
        )
    elif sitting.held:
        title = "Nothing for you at the moment"
        text = (
            f"{count_pictures(sitting.held)} left, open at other people. They come to you when "
            "they are not decided within ten minutes."
        )
    elif progress.by_status.get("no_answer", 0) != progress.total:
        title, text = "All done for you", _sum_up(progress)
    else:
        title, text = "No masks yet", "The model has not answered about these pictures yet."
    st.html(f'<div class="desk-empty"><h2>{escape(title)}</h2><p>{escape(text)}</p></div>')
    with st.container(horizontal=True, horizontal_alignment="center"):
        if sitting.held:
            st.button("Look again", icon=":material/refresh:", key="look_again")
        if progress.total and st.button(
            "See all pictures", icon=":material/grid_view:", key="to_sheet"
        ):
            st.session_state[session.REVIEW_MODE] = "sheet"
            st.rerun()
        if who.may("lead"):
            st.page_link("pages/add.py", label="Add pictures", width="content")


def _sum_up(progress: Progress) -> str:
    said = [
        f"{progress.by_status[status]:,} {STATUSES[status].lower()}"
        for status in STATUSES
        if progress.by_status.get(status)
    ]
    return f"{count_pictures(progress.total)}: " + ", ".join(said) + "."


def _show_bar(who: Person, project: Project, sitting: Sitting, scene: Scene | None) -> None:
    face = scene.face if scene else None
    decision_bar(
        {
            "subject": face.item_id if face else "",
            # What was on screen when it was decided, also where it is sent again much later.
            "answer": f"{face.answer_id}@{scene.confidence}" if scene and face else "",
            "may": who.may("reviewer"),
            "mine": scene.mine.move if scene and scene.mine else "",
            "classes": tuple(
                {"name": area.info.name, "colour": area.info.colour}
                for area in (face.areas if face else ())
                if not area.info.is_background
            ),
            "can_undo": who.may("reviewer")
            and (scene is None or any(scene.progress.mine.values())),
            "can_back": sitting.can_go_back,
            "can_forward": scene is not None,
            "saved": tuple(sitting.saved),
            "refused": dict(sitting.refused),
            "owner": _name_owner(who, project),
            "busy": sitting.away,
        },
        key=session.DECIDING,
        on_event=partial(take_event, who, project),
    )
