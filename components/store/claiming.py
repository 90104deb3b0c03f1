"""Who has which picture open or holds it ahead, so that two do not decide about one at once."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Connection, and_, delete, func, or_, select, update

from components.errors import Conflict
from components.model.review import NEEDING, Item, Project
from components.store.database import Database
from components.store.dialect import lock_queues, put
from components.store.rows import clean_text, load_item
from components.store.schema import claims, items, standing

CLAIM_MS: Final = 600_000
"""How long a picture stays with whoever has it open, milliseconds."""


@dataclass(frozen=True, slots=True)
class Holds:
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
        return open_item(connection, item_id, clean_text(reviewer), now)[1]


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


def open_item(
    connection: Connection, item_id: str, reviewer: str, now: int, project_id: str | None = None
) -> tuple[Item, str | None]:
    """Do within a transaction what `claim_item` does; in one project only, where it is named.

    Raises:
        Conflict: no such picture there, or it was taken out.
    """
    item = load_item(connection, clean_text(item_id))
    if project_id is not None and item.project_id != clean_text(project_id):
        raise Conflict("There is no such picture in this project. Go back to the project’s list.")
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


def find_holds(connection: Connection, project: Project, reviewer: str, now: int) -> Holds:
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
    return Holds(
        frozenset(name for name, firm in claimed.items() if len(firm) >= looks[name]),
        frozenset(name for name, firm in claimed.items() if sum(firm) >= looks[name]),
        min((row.position for row in rows), default=None),
    )


def write_claims(
    connection: Connection,
    project_id: str,
    reviewer: str,
    opened: Item | None,
    following: Sequence[Item],
    kept: Collection[str],
    holds: Holds,
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
