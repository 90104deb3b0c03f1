"""Which picture a reviewer gets next."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection, func, select

from components.model.review import NEEDING, Item
from components.store.claiming import find_holds, open_item, write_claims
from components.store.database import Database
from components.store.dialect import lock_queues
from components.store.line import Line
from components.store.rows import clean_text, load_project
from components.store.schema import items

_MOST_AHEAD: Final = 20


@dataclass(frozen=True, slots=True)
class Turn:
    """What a reviewer is handed.

    Attributes:
        item: the picture to decide about; None where none is left.
        ahead: those that are likely to follow, to fetch beforehand.
        held: pictures this reviewer would get, were they not open at somebody else.
    """

    item: Item | None
    ahead: tuple[Item, ...]
    held: int


def take_next(
    db: Database,
    project_id: str,
    reviewer: str,
    *,
    now: int,
    ahead: int = 2,
    after: str | None = None,
    pending: Collection[str] = (),
) -> Turn:
    """Hand a reviewer the next picture, and claim it and those that follow.

    First come pictures that were answered and wait for this reviewer, then those that need a look,
    by position, last those this reviewer put off, the longest ago first. Kept back are pictures
    that others have claimed as far as no further look is needed. Where nothing else is left, the
    last of those that others only hold ahead is taken over, but never the next one of anybody, to
    which their browser goes by itself.

    Args:
        db: where.
        project_id: of the project.
        reviewer: who asks.
        now: UTC milliseconds.
        ahead: how many to claim beside the one handed out, at most 20.
        after: an item's id: begin after it and come back to it last.
        pending: items whose decisions are still on their way; none of them is handed out.

    Raises:
        Conflict: no such project.
        StoreUnavailable: nothing can be written now.
    """
    with db.write() as connection:
        return hand_out(
            connection, project_id, reviewer, now=now, ahead=ahead, after=after, pending=pending
        )


def take_place(
    db: Database,
    project_id: str,
    reviewer: str,
    item_id: str,
    *,
    now: int,
    ahead: int = 2,
    passing: bool = False,
    pending: Collection[str] = (),
) -> tuple[Turn, str | None]:
    """Follow a reviewer to a picture: claim it and those that come after it.

    A browser goes on by itself from what it has fetched ahead, and tells afterwards where it is.

    Args:
        db: where.
        project_id: of the project.
        reviewer: who.
        item_id: the picture on their screen.
        now: UTC milliseconds.
        ahead: how many to claim beside it, at most 20.
        passing: whether what follows begins behind this picture, because the reviewer passed over
            others before it.
        pending: items whose decisions are still on their way; none of them follows.

    Returns:
        The turn, whose item is the one on screen, and the name of another who has it open; None
        where nobody has.

    Raises:
        Conflict: no such project, no such picture in it, or it was taken out.
        StoreUnavailable: nothing can be written now.
    """
    reviewer = clean_text(reviewer)
    with db.write() as connection:
        item, other = open_item(connection, item_id, reviewer, now, project_id)
        turn = hand_out(
            connection,
            project_id,
            reviewer,
            now=now,
            ahead=ahead,
            after=item.id if passing else None,
            pending=pending,
            shown=item,
        )
        return turn, other


def hand_out(
    connection: Connection,
    project_id: str,
    reviewer: str,
    *,
    now: int,
    ahead: int,
    after: str | None = None,
    pending: Collection[str] = (),
    shown: Item | None = None,
) -> Turn:
    """Do within a transaction what `take_next` does, or `take_place` with a picture shown.

    Raises:
        Conflict: no such project.
    """
    project_id, reviewer = clean_text(project_id), clean_text(reviewer)
    wanted = max(0, min(ahead, _MOST_AHEAD)) + (shown is None)
    lock_queues(connection, [project_id])
    project = load_project(connection, project_id)
    line = Line(connection, project, reviewer)
    holds = find_holds(connection, project, reviewer, now)
    start = None if after is None else line.find_start(clean_text(after))
    passed = frozenset(clean_text(item_id) for item_id in pending)
    if shown is not None:
        passed |= {shown.id}
    # The line keeps in mind below which place nothing is left; what is only passed over is left.
    lowest = _find_lowest(connection, passed, holds.lowest)
    found = line.read(start, holds.all | passed, wanted, lowest)
    if not found and holds.all and shown is None:
        # From the end, so that two who work on the rest from both ends seldom meet.
        found = line.read(start, holds.firm | passed, len(holds.all), lowest)[-1:]
    held = line.count_among(holds.all - {item.id for item in found} - passed)
    if shown is None:
        first, following = (found[0] if found else None), found[1:]
    else:
        first, following = shown, found
    # A picture that needs nobody's look stays free for whoever it is for as soon as it does.
    opened = first if shown is None or shown.status in NEEDING else None
    write_claims(connection, project.id, reviewer, opened, following, passed, holds, now)
    return Turn(first, tuple(following), held)


def _find_lowest(
    connection: Connection, passed: Collection[str], lowest_held: int | None
) -> int | None:
    if not passed:
        return lowest_held
    lowest = connection.scalar(select(func.min(items.c.position)).where(items.c.id.in_(passed)))
    return min((low for low in (lowest, lowest_held) if low is not None), default=None)
