"""Which picture a reviewer gets next, and who has which one open."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import (
    Connection,
    and_,
    delete,
    func,
    or_,
    select,
    update,
)

from components.model.review import NEEDING, Item, Project
from components.store.database import Database
from components.store.dialect import lock_queues, put
from components.store.line import Line
from components.store.rows import clean_text, load_item, load_project
from components.store.schema import claims, items, standing

CLAIM_MS: Final = 600_000
"""How long a picture stays with whoever has it open, milliseconds."""

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


@dataclass(frozen=True, slots=True)
class _Holds:
    """What others' claims keep from a reviewer, by item id.

    Attributes:
        all: pictures whose looks are all given or claimed.
        firm: those of them that are open, or next at whoever holds them ahead: a browser goes on
            to that one by itself.
        lowest: the lowest position among the pictures that others claim; None without any.
    """

    all: frozenset[str]
    firm: frozenset[str]
    lowest: int | None


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
        Conflict: no such project or picture, or it was taken out.
        StoreUnavailable: nothing can be written now.
    """
    reviewer = clean_text(reviewer)
    with db.write() as connection:
        item, other = _open_item(connection, item_id, reviewer, now)
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
    holds = _find_holds(connection, project, reviewer, now)
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
    _write_claims(connection, project.id, reviewer, opened, following, passed, holds, now)
    return Turn(first, tuple(following), held)


def _find_lowest(
    connection: Connection, passed: Collection[str], lowest_held: int | None
) -> int | None:
    if not passed:
        return lowest_held
    lowest = connection.scalar(select(func.min(items.c.position)).where(items.c.id.in_(passed)))
    return min((low for low in (lowest, lowest_held) if low is not None), default=None)


def claim_item(db: Database, item_id: str, reviewer: str, *, now: int) -> str | None:
    """Claim a picture that was opened by a link or from the contact sheet.

    One that needs nobody's look is not claimed, so that it comes at once to whoever it is for as
    soon as it does.

    Returns:
        The name of another who has it open; it is claimed nevertheless. None where nobody has.

    Raises:
        Conflict: no such picture, or it was taken out.
        StoreUnavailable: nothing can be written now.
    """
    with db.write() as connection:
        return _open_item(connection, item_id, clean_text(reviewer), now)[1]


def _open_item(
    connection: Connection, item_id: str, reviewer: str, now: int
) -> tuple[Item, str | None]:
    item = load_item(connection, clean_text(item_id))
    lock_queues(connection, [item.project_id])
    # It may have been settled while this waited.
    item = load_item(connection, item.id)
    other = connection.scalar(
        select(claims.c.reviewer)
        .where(
            claims.c.item_id == item.id,
            claims.c.reviewer != reviewer,
            claims.c.kind == "open",
            claims.c.until > now,
        )
        .order_by(claims.c.until, claims.c.reviewer)
        .limit(1)
    )
    if item.status in NEEDING:
        put(connection, claims, [_make_claim(item, reviewer, "open", now)])
    return item, other


def keep_claims(db: Database, reviewer: str, item_ids: Sequence[str], *, now: int) -> None:
    """Keep for another while what this reviewer has claimed; a claim that ran out stays so."""
    mine = and_(
        claims.c.reviewer == clean_text(reviewer),
        claims.c.item_id.in_([clean_text(item_id) for item_id in item_ids]),
        claims.c.until > now,
    )
    with db.write() as connection:
        _lock_claims(connection, mine)
        connection.execute(update(claims).where(mine).values(until=now + CLAIM_MS))


def release_claims(db: Database, reviewer: str, *, keep: Sequence[str] = ()) -> None:
    """Let go of what this reviewer has claimed, in all projects, but for the items to keep."""
    mine = and_(
        claims.c.reviewer == clean_text(reviewer),
        claims.c.item_id.not_in([clean_text(item_id) for item_id in keep]),
    )
    with db.write() as connection:
        _lock_claims(connection, mine)
        connection.execute(delete(claims).where(mine))


def _find_holds(connection: Connection, project: Project, reviewer: str, now: int) -> _Holds:
    rows = connection.execute(
        select(
            claims.c.item_id,
            claims.c.reviewer,
            claims.c.kind,
            items.c.shelf,
            items.c.reviews,
            items.c.position,
        )
        .select_from(claims.join(items, items.c.id == claims.c.item_id))
        .where(
            claims.c.project_id == project.id,
            claims.c.until > now,
            claims.c.reviewer != reviewer,
        )
    ).all()
    waiting: Mapping[str, int] = {}
    answered = sorted({row.item_id for row in rows if row.shelf == "answered"})
    if answered:
        waiting = dict(
            connection.execute(
                select(standing.c.item_id, func.count())
                .where(standing.c.item_id.in_(answered), standing.c.waits == 1)
                .group_by(standing.c.item_id)
            ).all()
        )
    nearest: dict[str, int] = {}
    for row in rows:
        if row.kind == "ahead":
            nearest[row.reviewer] = min(nearest.get(row.reviewer, row.position), row.position)
    # Of each claim, whether it is firm.
    claimed: dict[str, list[bool]] = {}
    looks: dict[str, int] = {}
    for row in rows:
        is_firm = row.kind == "open" or row.position == nearest[row.reviewer]
        claimed.setdefault(row.item_id, []).append(is_firm)
        if row.shelf == "answered":
            looks[row.item_id] = waiting.get(row.item_id, 1)
        elif row.shelf == "open":
            looks[row.item_id] = project.needed - row.reviews
        else:
            # Where they disagree, one more at a time.
            looks[row.item_id] = 1
    return _Holds(
        frozenset(name for name, firm in claimed.items() if len(firm) >= looks[name]),
        frozenset(name for name, firm in claimed.items() if sum(firm) >= looks[name]),
        min((row.position for row in rows), default=None),
    )


def _write_claims(
    connection: Connection,
    project_id: str,
    reviewer: str,
    opened: Item | None,
    following: Sequence[Item],
    kept: Collection[str],
    holds: _Holds,
    now: int,
) -> None:
    """Claim what is open and what follows; what was held ahead is let go of, unless it is kept."""
    found = [*following] if opened is None else [opened, *following]
    ids = [item.id for item in found]
    mine = claims.c.reviewer == reviewer
    connection.execute(
        delete(claims).where(
            claims.c.project_id == project_id,
            or_(
                claims.c.until <= now,
                and_(mine, claims.c.kind == "ahead", claims.c.item_id.not_in([*ids, *kept])),
            ),
        )
    )
    if kept:
        # Decided about already: nobody takes it over before that is here.
        connection.execute(
            update(claims).where(mine, claims.c.item_id.in_(kept)).values(kind="open")
        )
    if not found:
        return
    if opened is not None and opened.id in holds.all:
        # Taken over from whoever held it ahead.
        connection.execute(
            delete(claims).where(claims.c.item_id == opened.id, claims.c.kind == "ahead", ~mine)
        )
    already = set(
        connection.scalars(
            select(claims.c.item_id).where(mine, claims.c.item_id.in_(ids), claims.c.kind == "open")
        )
    )
    if opened is not None:
        already.add(opened.id)
    put(
        connection,
        claims,
        [
            _make_claim(item, reviewer, "open" if item.id in already else "ahead", now)
            for item in found
        ],
    )


def _make_claim(item: Item, reviewer: str, kind: str, now: int) -> dict[str, Any]:
    return {
        "item_id": item.id,
        "reviewer": reviewer,
        "project_id": item.project_id,
        "kind": kind,
        "until": now + CLAIM_MS,
    }


def _lock_claims(connection: Connection, which: Any) -> None:
    found = connection.scalars(select(claims.c.project_id).where(which).distinct())
    lock_queues(connection, list(found))
