"""What a reviewer does at the moment: which picture is on screen, what is next, what is saved."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from typing import Any

import streamlit as st

from components import desk, session
from components.errors import DeskError, NotSignedIn, StoreUnavailable
from components.model.review import Decision, Item, Person, Project
from components.store.lists import Wish
from components.store.queue import Turn
from components.store.reviews import Outcome
from components.ui import address
from components.ui.access import recall
from components.ui.notices import LOG, Tone
from components.ui.wording import MOVES
from components.viewer.supply import SLOTS

_TRAIL_LENGTH = 500
AWAY = (
    "The desk’s database cannot be reached. What you decided is kept in this browser, and saved as "
    "soon as the database is back."
)


@dataclass
class Sitting:
    """One reviewer at one project.

    Attributes:
        project_id: of the project.
        item_id: the picture on screen; None before the first and after the last.
        ahead: pictures that come next, as far as is known.
        trail: pictures that were on screen, in order.
        at: which of the trail is on screen.
        wish: the list that is walked through; None for the queue.
        blind_since: UTC milliseconds; what was said before is not shown. None where all is.
        confidence: the threshold chosen for this picture; None for the project's.
        saved, refused: ids of events that are stored, and of those that never will be and why.
        away: what is said while the database is away.
        held: pictures that others have open, where nothing else is left.
        told: tone and sentence about what just happened; "" for nothing.
        slots: pictures whose bytes the browser has, or is about to get.
        faces: what is known of those pictures, by id.
    """

    project_id: str
    item_id: str | None = None
    ahead: tuple[str, ...] = ()
    trail: list[str] = field(default_factory=list)
    at: int = -1
    wish: Wish | None = None
    blind_since: int | None = None
    confidence: int | None = None
    saved: deque[str] = field(default_factory=lambda: deque(maxlen=60))
    refused: dict[str, str] = field(default_factory=dict)
    away: str = ""
    held: int = 0
    told: tuple[Tone, str] = ("info", "")
    slots: list[str] = field(default_factory=lambda: [""] * SLOTS)
    faces: dict[str, Any] = field(default_factory=dict)

    def leave_list(self) -> None:
        """Back to the queue."""
        self.wish, self.item_id, self.confidence = None, None, None
        self.trail.clear()
        self.at = -1
        self.told = ("info", "")
        # A picture of the list is not the next one of the queue.
        st.query_params.pop(session.ITEM, None)

    @property
    def can_go_back(self) -> bool:
        """Whether a picture was on screen before this one."""
        return self.wish is not None or self.at > 0


def sit_down(project: Project) -> Sitting:
    """This session's sitting at a project; a new one where it sat at another."""
    sitting = st.session_state.get(session.SITTING)
    if not isinstance(sitting, Sitting) or sitting.project_id != project.id:
        sitting = st.session_state[session.SITTING] = Sitting(project.id)
    return sitting


def return_to_queue(project: Project) -> None:
    """Whoever turns from all pictures to one by one wants the queue, not the list of before.

    Pictures that were put together in a list stay what is gone through until one leaves it.
    """
    if st.session_state.get(session.REVIEW_MODE) == "queue":
        sitting = sit_down(project)
        if sitting.wish is not None and session.LIST not in st.session_state:
            sitting.leave_list()


def show_item(who: Person, sitting: Sitting, item_id: str) -> None:
    """Put a picture on screen, and remember it for going back.

    Raises:
        DeskError: there is none, or the database is away.
    """
    if desk.find_item(who, item_id).project_id != sitting.project_id:
        raise DeskError("That picture belongs to another project.")
    _, other = desk.open_item(who, item_id)
    if other:
        sitting.told = ("info", f"{other} has this picture open as well.")
    _place(sitting, item_id)


def go_on(who: Person, sitting: Sitting, *, passing: bool = False) -> None:
    """To the next picture.

    Args:
        who: the reviewer.
        sitting: of this session.
        passing: whether the one on screen was not decided about, and so is not the next again.

    Raises:
        DeskError: the database is away.
    """
    if sitting.at < len(sitting.trail) - 1:
        sitting.at += 1
        _place(sitting, sitting.trail[sitting.at], is_new=False)
        return
    if sitting.wish is not None:
        if sitting.item_id is not None:
            following = desk.find_neighbour(
                who, sitting.project_id, sitting.wish, sitting.item_id, 1
            )
            if following is None:
                sitting.told = ("good", "That was the last picture of this list.")
            else:
                show_item(who, sitting, following.id)
        return
    if not who.may("reviewer"):
        _walk(who, sitting, 1)
        return
    _take_turn(
        sitting,
        desk.take_turn(who, sitting.project_id, after=sitting.item_id if passing else None),
    )


def _take_turn(sitting: Sitting, turn: Turn) -> None:
    sitting.ahead = tuple(item.id for item in turn.ahead)
    sitting.held = turn.held
    if turn.item is None:
        sitting.item_id = None
    else:
        _place(sitting, turn.item.id)


def go_back(who: Person, sitting: Sitting) -> None:
    """To the picture before.

    Raises:
        DeskError: the database is away.
    """
    if sitting.at > 0:
        sitting.at -= 1
        _place(sitting, sitting.trail[sitting.at], is_new=False)
    elif sitting.wish is not None:
        _walk(who, sitting, -1)


def take_event(who: Person, project: Project, event: dict[str, Any]) -> None:
    """What the decision bar sent: a decision, an undoing, or a step back or forward."""
    sitting = sit_down(project)
    address.heed()
    sitting.told = ("info", "")
    id_ = str(event.get("id", ""))
    try:
        recall(who)
        if event["kind"] == "decide":
            _decide(who, sitting, event)
        elif event["kind"] == "undo":
            _undo(who, sitting, id_)
        elif event["kind"] == "back":
            go_back(who, sitting)
            _let_go(who, sitting)
        else:
            go_on(who, sitting, passing=True)
            _let_go(who, sitting)
        sitting.away = ""
    except StoreUnavailable as error:
        LOG.warning("%s", error.detail or error.message)
        sitting.away = AWAY
    except NotSignedIn as error:
        # Kept in the browser, for when this person is there again.
        sitting.told = ("error", error.message)
    except DeskError as error:
        sitting.told = ("error", error.message)
        if id_ and id_ not in sitting.saved:
            # It will never be stored; the browser need not send it again.
            sitting.refused[id_] = error.message


def _let_go(who: Person, sitting: Sitting) -> None:
    """What is passed over is others' again."""
    if who.may("reviewer"):
        keep = [id_ for id_ in (sitting.item_id, *sitting.ahead) if id_]
        desk.release_claims(who, keep=keep)


def _decide(who: Person, sitting: Sitting, event: dict[str, Any]) -> None:
    answer_id, _, percent = str(event["answer"]).partition("@")
    decision = Decision(
        id=event["id"],
        item_id=event["subject"],
        move=event["move"],
        confidence=int(percent) if percent.isdecimal() else -1,
        answer_id=answer_id,
        reasons=tuple(event["reasons"]),
        class_names=tuple(event["classes"]),
        note=event["note"],
    )
    # One from before a restart, sent once more, is stored without anything moving on screen.
    is_shown = event["subject"] == sitting.item_id
    if is_shown and sitting.wish is None and sitting.at == len(sitting.trail) - 1:
        outcome, turn = desk.decide_and_go_on(who, decision, sitting.project_id)
        _take_turn(sitting, turn)
    else:
        outcome = desk.decide(who, decision)
        if is_shown:
            go_on(who, sitting)
    sitting.saved.append(event["id"])
    _tell_of_others(sitting, outcome)


def _tell_of_others(sitting: Sitting, outcome: Outcome) -> None:
    if outcome.others:
        said = ", ".join(f"{other.reviewer}: {MOVES[other.move]}" for other in outcome.others)
        sitting.told = (
            "warning",
            f"Somebody else decided {outcome.item.name} too ({said}). Both decisions are kept.",
        )


def _undo(who: Person, sitting: Sitting, undo_id: str) -> None:
    undone = desk.undo(who, undo_id, sitting.project_id)
    sitting.saved.append(undo_id)
    if undone is None:
        sitting.told = ("info", "There is nothing to undo.")
        return
    sitting.told = ("info", f"Taken back for {undone.item_name}: decide anew.")
    step_to(who, sitting, undone.item_id)


def step_to(who: Person, sitting: Sitting, item_id: str) -> None:
    """To a picture that most likely was on screen before.

    Raises:
        DeskError: there is none, or the database is away.
    """
    if item_id not in sitting.trail:
        show_item(who, sitting, item_id)
        return
    desk.open_item(who, item_id)
    # Its last place in the trail, should it have been there twice.
    sitting.at = max(at for at, known in enumerate(sitting.trail) if known == item_id)
    _place(sitting, item_id, is_new=False)


def _walk(who: Person, sitting: Sitting, step: int) -> None:
    """Through the list, or all of the project, by somebody who has no queue."""
    wish = sitting.wish or Wish()
    if sitting.item_id is None:
        rows = desk.list_items(who, sitting.project_id, wish, limit=1).rows
        found: Item | None = rows[0].item if rows else None
    else:
        found = desk.find_neighbour(who, sitting.project_id, wish, sitting.item_id, step)
    if found is None:
        if sitting.item_id is not None:
            sitting.told = ("good", "There are no more pictures in this direction.")
        return
    if step < 0:
        sitting.trail.insert(0, found.id)
        sitting.at = 0
        desk.open_item(who, found.id)
        _place(sitting, found.id, is_new=False)
    else:
        show_item(who, sitting, found.id)


def _place(sitting: Sitting, item_id: str, *, is_new: bool = True) -> None:
    sitting.item_id = item_id
    sitting.confidence = None
    sitting.ahead = tuple(id_ for id_ in sitting.ahead if id_ != item_id)
    if is_new:
        del sitting.trail[sitting.at + 1 :]
        sitting.trail = [*sitting.trail, item_id][-_TRAIL_LENGTH:]
        sitting.at = len(sitting.trail) - 1
