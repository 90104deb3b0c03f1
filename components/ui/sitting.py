"""What a reviewer does at the moment: which picture is on screen, what is next, what is saved."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import streamlit as st

from components import desk, session
from components.errors import DeskError, NotSignedIn, StoreUnavailable
from components.model.review import Item, Person, Project
from components.store.lists import Wish
from components.store.queue import Turn
from components.ui import address
from components.ui.access import recall
from components.ui.notices import LOG, Tone
from components.ui.outbox import AWAY
from components.viewer.supply import SLOTS

_TRAIL_LENGTH = 500


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
        seq: the newest move of the browser's that this follows; it counts them.
        pending: pictures whose decisions were still on their way then.
        reach: how many pictures are to be ready beyond the one on screen.
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
    seq: int = 0
    pending: frozenset[str] = frozenset()
    reach: int = desk.AHEAD
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
    _follow(who, sitting, item_id)


def _follow(
    who: Person, sitting: Sitting, item_id: str, *, passing: bool = False, is_back: bool = False
) -> None:
    """Put a picture on screen that is this project's, and find out what comes after it."""
    if sitting.wish is None and who.may("reviewer"):
        turn, other = desk.take_place(
            who,
            sitting.project_id,
            item_id,
            passing=passing,
            pending=sitting.pending,
            ahead=sitting.reach,
        )
        sitting.ahead, sitting.held = tuple(item.id for item in turn.ahead), turn.held
    else:
        _, other = desk.open_item(who, item_id)
        following = desk.list_following(
            who, sitting.project_id, sitting.wish or Wish(), item_id, sitting.reach
        )
        sitting.ahead = tuple(item.id for item in following)
    if other:
        sitting.told = ("info", f"{other} has this picture open as well.")
    _place(sitting, item_id, is_back=is_back)


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
        _follow(who, sitting, sitting.trail[sitting.at + 1])
    elif sitting.wish is not None or not who.may("reviewer"):
        _walk(who, sitting, 1)
    else:
        _take_turn(
            sitting,
            desk.take_turn(
                who,
                sitting.project_id,
                after=sitting.item_id if passing else None,
                pending=sitting.pending,
                ahead=sitting.reach,
            ),
        )


def _take_turn(sitting: Sitting, turn: Turn) -> None:
    sitting.held = turn.held
    sitting.ahead = tuple(item.id for item in turn.ahead)
    if turn.item is None:
        sitting.item_id = None
    else:
        _place(sitting, turn.item.id)


def go_back(who: Person, sitting: Sitting) -> None:
    """To the previous picture.

    Raises:
        DeskError: the database is away.
    """
    if sitting.at > 0:
        _follow(who, sitting, sitting.trail[sitting.at - 1], is_back=True)
    elif sitting.wish is not None or not who.may("reviewer"):
        _walk(who, sitting, -1)


def take_move(who: Person, project: Project, move: dict[str, Any]) -> None:
    """Where the reviewer is now, or wants to be, as the decision bar tells it."""
    sitting = sit_down(project)
    address.heed()
    sitting.told = ("info", "")
    before = sitting.seq
    sitting.seq, sitting.pending = move["seq"], frozenset(move["pending"])
    sitting.reach = max(move["ahead"], desk.AHEAD)
    try:
        recall(who)
        if move["kind"] == "back":
            go_back(who, sitting)
        elif move["subject"]:
            step_to(who, sitting, move["subject"], passing=move["passing"], is_back=move["is_back"])
        else:
            go_on(who, sitting, passing=move["passing"])
        if move["kind"] == "back" or move["passing"]:
            _let_go(who, sitting)
        sitting.away = ""
    except StoreUnavailable as error:
        LOG.warning("%s", error.detail or error.message)
        # The browser stays where it is, and tells it once more.
        sitting.seq, sitting.away = before, AWAY
    except NotSignedIn as error:
        sitting.seq, sitting.told = before, ("error", error.message)
    except DeskError as error:
        sitting.told = ("error", error.message)


def _let_go(who: Person, sitting: Sitting) -> None:
    """What is passed over is others' again."""
    if who.may("reviewer"):
        keep = [id_ for id_ in (sitting.item_id, *sitting.ahead, *sitting.pending) if id_]
        desk.release_claims(who, keep=keep)


def step_to(
    who: Person, sitting: Sitting, item_id: str, *, passing: bool = False, is_back: bool = True
) -> None:
    """To a picture that was on screen before, or is said to be the next.

    Args:
        who: the reviewer.
        sitting: of this session.
        item_id: the picture.
        passing: whether others before it were passed over.
        is_back: whether it is one of those that were on screen, rather than shown once more.

    Raises:
        DeskError: there is none, or the database is away.
    """
    if item_id in sitting.trail or item_id in sitting.ahead:
        _follow(who, sitting, item_id, passing=passing, is_back=is_back)
    else:
        show_item(who, sitting, item_id)


def _walk(who: Person, sitting: Sitting, step: int) -> None:
    """Through the list, or all of the project, by somebody who has no queue."""
    wish = sitting.wish or Wish()
    if sitting.item_id is None:
        rows = desk.list_items(who, sitting.project_id, wish, limit=1).rows
        found: Item | None = rows[0].item if rows else None
    else:
        found = desk.find_neighbour(who, sitting.project_id, wish, sitting.item_id, step)
    if found is not None:
        if step < 0:
            sitting.trail.insert(0, found.id)
        _follow(who, sitting, found.id, is_back=step < 0)
    elif sitting.item_id is not None:
        sitting.told = (
            ("good", "That was the last picture of this list.")
            if sitting.wish is not None and step > 0
            else ("good", "There are no more pictures in this direction.")
        )


def _place(sitting: Sitting, item_id: str, *, is_back: bool = False) -> None:
    if item_id != sitting.item_id:
        sitting.confidence = None
    sitting.item_id = item_id
    sitting.ahead = tuple(id_ for id_ in sitting.ahead if id_ != item_id)
    trail, at = sitting.trail, sitting.at
    if item_id in trail[at : at + 2]:
        # Where one is already, or one further on a way gone before.
        sitting.at = trail.index(item_id, at)
    elif is_back and item_id in trail:
        # Its last place in the trail, should it have been there twice.
        sitting.at = max(place for place, known in enumerate(trail) if known == item_id)
    else:
        sitting.trail = [*trail[: at + 1], item_id][-_TRAIL_LENGTH:]
        sitting.at = len(sitting.trail) - 1
