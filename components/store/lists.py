"""A project's pictures, filtered, sorted, and read page by page from where the last one ended."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

from sqlalchemy import Connection, func, select

from components.errors import Conflict
from components.model.review import STATUSES, Item, Move, Status
from components.store.cursor import pack_cursor, unpack_cursor
from components.store.database import Database
from components.store.pins import count_open
from components.store.reading import Reading
from components.store.rows import clean_text, make_item, unpack_class_map
from components.store.schema import answers, item_classes, items, standing, tallies

Sort = Literal["position", "name", "share", "mean_confidence", "disagreement"]
Mine = Literal["any", "undecided", "decided"]
Cursor = str
"""A place between two rows of a list; opaque, printable."""

_MOST_ROWS = 500
_MOST_READ: Final = 2_000


@dataclass(frozen=True, slots=True)
class Wish:
    """Which pictures are wanted, and in which order.

    Attributes:
        status: any of these; empty: all.
        class_name: only where this class is present.
        name_part: only where the file name has this in it; case does not count.
        mine: whether the reviewer who asks has a standing verdict.
        sort: "share" is of the class, and needs one; pictures without a mean confidence sort as
            if it were above all others. Pictures alike are sorted by position.
        descending: whether the largest comes first.
        selection: only pictures of the selection of this id; "position" is then the place there.
    """

    status: tuple[Status, ...] = ()
    class_name: str | None = None
    name_part: str = ""
    mine: Mine = "any"
    sort: Sort = "position"
    descending: bool = False
    selection: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """One picture in a list.

    Attributes:
        item: the picture.
        mine: what counts of the reviewer who asks.
        share: of the class that was wished for, 0–1; None without one.
        open_pins: pins not resolved.
    """

    item: Item
    mine: Move | None
    share: float | None
    open_pins: int


@dataclass(frozen=True, slots=True)
class Page:
    """A part of a list.

    Attributes:
        rows: in the order wished for.
        next: to pass as `after` for the page that follows; None where none does.
        previous: to pass as `before` for the page that came before; None on the first.
    """

    rows: tuple[Row, ...]
    next: Cursor | None
    previous: Cursor | None


def list_items(
    db: Database,
    project_id: str,
    wish: Wish,
    *,
    reviewer: str,
    after: Cursor | None = None,
    before: Cursor | None = None,
    limit: int = 48,
) -> Page:
    """A page of a project's pictures; a late page costs what the first one does.

    Args:
        db: where.
        project_id: of the project.
        wish: which, and in which order.
        reviewer: who asks.
        after: the `next` of another page of the same wish.
        before: the `previous` of another page of the same wish.
        limit: rows a page, at most 500.

    Raises:
        Conflict: a wish that cannot be, or a cursor of another one.
        StoreUnavailable: the database cannot be reached now.
    """
    wish = _check(wish)
    reviewer = clean_text(reviewer)
    limit = max(1, min(limit, _MOST_ROWS))
    start = after if after is not None else before
    place = None if start is None else unpack_cursor(start, _sign(wish))
    backwards = after is None and before is not None
    with db.read() as connection:
        reading = Reading(connection, clean_text(project_id), wish, reviewer)
        found = reading.read(place, backwards=backwards, limit=limit + 1)
        has_more = len(found) > limit
        found = found[:limit]
        if backwards:
            found.reverse()
        rows = _make_rows(connection, [make_item(row) for row in found], wish, reviewer)
    first, last = (_end(found, at, wish) for at in (0, -1))
    has_next = has_more or backwards
    has_previous = has_more if backwards else place is not None
    return Page(tuple(rows), last if has_next else None, first if has_previous else None)


def count_items(
    db: Database, project_id: str, wish: Wish, *, reviewer: str, limit: int = 1000
) -> int:
    """How many pictures a wish has.

    Args:
        db: where.
        project_id: of the project.
        wish: which.
        reviewer: who asks.
        limit: counting ends at one more than this, except where the number is known anyway.

    Raises:
        Conflict: a wish that cannot be.
        StoreUnavailable: the database cannot be reached now.
    """
    wish = _check(wish)
    with db.read() as connection:
        reading = Reading(connection, clean_text(project_id), wish, clean_text(reviewer))
        return reading.count(max(0, min(limit, 1_000_000)))


def find_neighbour(
    db: Database,
    project_id: str,
    wish: Wish,
    item_id: str,
    step: Literal[1, -1],
    *,
    reviewer: str,
) -> Item | None:
    """The picture that follows another in a list, or comes before it; None at the end.

    The one started from need not be in the list any more.

    Raises:
        Conflict: a wish that cannot be, or no such picture in this project.
        StoreUnavailable: the database cannot be reached now.
    """
    found = _list_beside(db, project_id, wish, item_id, reviewer, backwards=step < 0, limit=1)
    return found[0] if found else None


def list_following(
    db: Database, project_id: str, wish: Wish, item_id: str, *, reviewer: str, limit: int
) -> list[Item]:
    """The pictures that follow another in a list, at most so many.

    The one started from need not be in the list any more.

    Raises:
        Conflict: a wish that cannot be, or no such picture in this project.
        StoreUnavailable: the database cannot be reached now.
    """
    limit = max(0, min(limit, _MOST_ROWS))
    return _list_beside(db, project_id, wish, item_id, reviewer, backwards=False, limit=limit)


def _list_beside(
    db: Database,
    project_id: str,
    wish: Wish,
    item_id: str,
    reviewer: str,
    *,
    backwards: bool,
    limit: int,
) -> list[Item]:
    """The pictures next to another in a list, the nearest first."""
    wish = _check(wish)
    with db.read() as connection:
        reading = Reading(connection, clean_text(project_id), wish, clean_text(reviewer))
        place = reading.find_place(clean_text(item_id))
        return [make_item(row) for row in reading.read(place, backwards=backwards, limit=limit)]


def list_class_names(db: Database, project_id: str) -> list[str]:
    """Names of the classes that are present in a project's pictures, sorted."""
    statement = (
        select(tallies.c.what)
        .where(
            tallies.c.project_id == clean_text(project_id),
            tallies.c.kind == "class",
            tallies.c.n > 0,
        )
        .order_by(tallies.c.what)
    )
    with db.read() as connection:
        return list(connection.scalars(statement))


def list_class_maps(db: Database, project_id: str) -> list[dict[int, str]]:
    """Class maps of the answers about a project's pictures, the most frequent first.

    Where there are very many pictures, the newest ones tell.
    """
    newest = (
        select(items.c.answer_id)
        .where(
            items.c.project_id == clean_text(project_id),
            items.c.shelf.in_(STATUSES),
            items.c.answer_id.is_not(None),
        )
        .order_by(items.c.position.desc())
        .limit(_MOST_READ)
        .subquery()
    )
    statement = (
        select(answers.c.class_map)
        .join(newest, newest.c.answer_id == answers.c.id)
        .group_by(answers.c.class_map)
        .order_by(func.count().desc(), answers.c.class_map)
    )
    with db.read() as connection:
        return [unpack_class_map(text) for text in connection.scalars(statement)]


def _check(wish: Wish) -> Wish:
    unknown = [status for status in wish.status if status not in STATUSES]
    if unknown:
        raise Conflict(f"A status is one of {', '.join(STATUSES)}. Choose again.")
    if wish.sort not in ("position", "name", "share", "mean_confidence", "disagreement"):
        raise Conflict("Pictures cannot be sorted like that. Choose again.")
    if wish.mine not in ("any", "undecided", "decided"):
        raise Conflict("Pictures cannot be filtered like that. Choose again.")
    if wish.sort == "share" and wish.class_name is None:
        raise Conflict("To sort by share, choose a class first.")
    return Wish(
        status=tuple(sorted(set(wish.status))),
        class_name=None if wish.class_name is None else clean_text(wish.class_name),
        name_part=clean_text(wish.name_part).casefold(),
        mine=wish.mine,
        sort=wish.sort,
        descending=wish.descending,
        selection=clean_text(wish.selection),
    )


def _sign(wish: Wish) -> list[Any]:
    sign = [wish.sort, wish.descending, wish.class_name if wish.sort == "share" else None]
    return [*sign, wish.selection] if wish.selection else sign


def _end(found: Sequence[Any], at: int, wish: Wish) -> Cursor | None:
    if not found:
        return None
    return pack_cursor((found[at]["sort_key"], found[at]["position"]), _sign(wish))


def _make_rows(connection: Connection, found: list[Item], wish: Wish, reviewer: str) -> list[Row]:
    ids = [item.id for item in found]
    stands = connection.execute(
        select(standing.c.item_id, standing.c.move).where(
            standing.c.item_id.in_(ids),
            standing.c.reviewer == reviewer,
            (standing.c.is_voice == 1) | (standing.c.move == "skipped"),
        )
    )
    mine: dict[str, Move] = dict(stands.all())
    shares: dict[str, float] = {}
    if wish.class_name is not None:
        shares = dict(
            connection.execute(
                select(item_classes.c.item_id, item_classes.c.share).where(
                    item_classes.c.item_id.in_(ids), item_classes.c.class_name == wish.class_name
                )
            ).all()
        )
    open_pins = count_open(connection, ids)
    return [
        Row(item, mine.get(item.id), shares.get(item.id), open_pins.get(item.id, 0))
        for item in found
    ]
