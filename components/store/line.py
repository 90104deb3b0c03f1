"""The pictures that are left for one reviewer, in the order in which they are handed out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

from sqlalchemy import Connection, Select, and_, exists, func, or_, select, union_all

from components.model.review import Item, Project
from components.store.dialect import put
from components.store.rows import BUCKETS, make_item
from components.store.schema import REMOVED, items, places, projects, standing
from components.store.settling import BACK, PUT_OFF, WANTED

_RUN: Final = 20


class Line:
    """The pictures that are left for one reviewer, in order.

    Its three parts are pictures that come back, that need a look, and that were put off. A place in
    it is the part's number and a number within the part.
    """

    def __init__(self, connection: Connection, project: Project, reviewer: str) -> None:
        self._connection = connection
        self._project = project
        self._reviewer = reviewer
        self._arc = _find_arc(project, reviewer)

    def find_start(self, item_id: str) -> tuple[int, int] | None:
        """The place of a picture, or where it would be; None where there is none of this id."""
        row = self._connection.execute(
            select(items.c.position, standing.c.due, standing.c.seq)
            .select_from(
                items.outerjoin(
                    standing,
                    and_(
                        standing.c.item_id == items.c.id,
                        standing.c.reviewer == self._reviewer,
                    ),
                )
            )
            .where(items.c.id == item_id, items.c.project_id == self._project.id)
        ).first()
        if row is None:
            return None
        if row.due == PUT_OFF:
            return 2, row.seq
        return (0 if row.due == BACK else 1), row.position

    def read(
        self,
        start: tuple[int, int] | None,
        without: frozenset[str],
        limit: int,
        lowest_held: int | None,
    ) -> list[Item]:
        """The first pictures from a place on, round to it again.

        Args:
            start: begin after it; None for the beginning.
            without: ids to leave out.
            limit: how many.
            lowest_held: the lowest position that others claim; the mark is kept at or below it.
        """
        found: dict[str, Item] = {}
        for part, above, below in _walk(start):
            missing = limit - len(found)
            if missing <= 0:
                break
            if part == 0:
                rows = self._read_due(BACK, items.c.position, above, below, without, missing)
            elif part == 2:
                rows = self._read_due(PUT_OFF, standing.c.seq, above, below, without, missing)
            else:
                low, seen = self._find_places()
                rows = self._read_wanted(max(above, low - 1), below, without, missing)
                high = low
                if above < low:
                    high = self._find_high(low, rows, below, lowest_held)
                self._write_places((low, seen), (high, self._find_unseen(seen)))
            found.update((row["id"], make_item(row)) for row in rows)
        return list(found.values())[:limit]

    def count_among(self, item_ids: frozenset[str]) -> int:
        """How many of these pictures are left for this reviewer."""
        if not item_ids:
            return 0
        wanted = self._select_wanted(WANTED).where(items.c.id.in_(item_ids))
        due = self._select_due((BACK, PUT_OFF)).where(items.c.id.in_(item_ids))
        both = union_all(wanted.with_only_columns(items.c.id), due.with_only_columns(items.c.id))
        return self._connection.scalar(select(func.count()).select_from(both.subquery())) or 0

    def _read_due(
        self, due: int, order: Any, above: int, below: int | None, without: frozenset[str], n: int
    ) -> list[Any]:
        statement = self._select_due((due,)).where(order > above).order_by(order).limit(n)
        if below is not None:
            statement = statement.where(order <= below)
        if without:
            statement = statement.where(items.c.id.not_in(without))
        return list(self._connection.execute(statement).mappings())

    def _read_wanted(
        self, above: int, below: int | None, without: frozenset[str], n: int
    ) -> list[Any]:
        shelves = []
        for shelf in WANTED:
            statement = self._select_wanted((shelf,)).where(items.c.position > above)
            if below is not None:
                statement = statement.where(items.c.position <= below)
            if without:
                statement = statement.where(items.c.id.not_in(without))
            # One ordered shelf at a time, so that an index ends each after n rows.
            shelves.append(select(statement.order_by(items.c.position).limit(n).subquery()))
        both = union_all(*shelves).subquery()
        return list(
            self._connection.execute(select(both).order_by(both.c.position).limit(n)).mappings()
        )

    def _select_wanted(self, shelves: Sequence[str]) -> Select[Any]:
        mine = exists().where(
            standing.c.item_id == items.c.id, standing.c.reviewer == self._reviewer
        )
        return select(items).where(
            items.c.project_id == self._project.id,
            items.c.shelf.in_(shelves) if len(shelves) > 1 else items.c.shelf == shelves[0],
            ~mine,
            *self._in_arc(shelves),
        )

    def _select_due(self, dues: Sequence[int]) -> Select[Any]:
        return (
            select(items)
            .select_from(standing.join(items, items.c.id == standing.c.item_id))
            .where(
                standing.c.project_id == self._project.id,
                standing.c.reviewer == self._reviewer,
                standing.c.due.in_(dues) if len(dues) > 1 else standing.c.due == dues[0],
                *self._in_arc(("open", "disagreed")),
            )
        )

    def _in_arc(self, shelves: Sequence[str]) -> list[Any]:
        """Conditions that an open picture is in this reviewer's share; others are anybody's."""
        if self._arc is None or "open" not in shelves:
            return []
        start, length = self._arc
        if length >= BUCKETS:
            return []
        end = start + length
        inside = and_(items.c.bucket >= start, items.c.bucket < min(end, BUCKETS))
        if end > BUCKETS:
            inside = or_(inside, items.c.bucket < end - BUCKETS)
        return [inside] if tuple(shelves) == ("open",) else [or_(items.c.shelf != "open", inside)]

    def _find_places(self) -> tuple[int, int]:
        row = self._connection.execute(
            select(places.c.low, places.c.seen).where(
                places.c.project_id == self._project.id, places.c.reviewer == self._reviewer
            )
        ).first()
        return (0, 1) if row is None else (row.low, row.seen)

    def _write_places(self, before: tuple[int, int], after: tuple[int, int]) -> None:
        """Remember where to begin, so that nobody looks below it again."""
        if after != before:
            row = {"project_id": self._project.id, "reviewer": self._reviewer}
            put(self._connection, places, [{**row, "low": after[0], "seen": after[1]}])

    def _find_high(
        self, low: int, rows: Sequence[Any], below: int | None, lowest_held: int | None
    ) -> int:
        """Below which place nothing is left, once it was looked for from `low` to `below`."""
        if rows:
            high = int(rows[0]["position"])
        elif below is not None:
            high = below + 1
        else:
            # No picture added later gets a lower place.
            last = self._connection.scalar(
                select(projects.c.last_position).where(projects.c.id == self._project.id)
            )
            high = (last or 0) + 1
        return max(low, high if lowest_held is None else min(high, lowest_held))

    def _find_unseen(self, seen: int) -> int:
        """The first place from `seen` on without a verdict of the reviewer."""
        while True:
            found = self._connection.scalars(
                select(standing.c.position)
                .where(
                    standing.c.project_id == self._project.id,
                    standing.c.reviewer == self._reviewer,
                    standing.c.is_voice == 1,
                    standing.c.position >= seen,
                )
                .order_by(standing.c.position)
                .limit(_RUN)
            ).all()
            run = [position for at, position in enumerate(found, seen) if position == at]
            seen += len(run)
            if len(run) < _RUN and not self._is_removed(seen):
                return seen
            seen += len(run) < _RUN

    def _is_removed(self, position: int) -> bool:
        found = self._connection.scalar(
            select(items.c.id).where(
                items.c.project_id == self._project.id,
                items.c.shelf == REMOVED,
                items.c.position == position,
            )
        )
        return found is not None


def _walk(start: tuple[int, int] | None) -> Iterator[tuple[int, int, int | None]]:
    """Parts of the line to read, each with the numbers to begin above and to end at."""
    if start is None:
        yield from ((part, -1, None) for part in range(3))
        return
    part, number = start
    yield part, number, None
    for step in (1, 2):
        yield (part + step) % 3, -1, None
    yield part, -1, number


def _find_arc(project: Project, reviewer: str) -> tuple[int, int] | None:
    """First bucket and number of buckets of a reviewer's share; None where all is everyone's.

    The shares lie end to end round a circle, each as many times as long as a picture needs
    reviews, so that every bucket is in exactly so many shares.
    """
    if not project.members:
        return None
    total = sum(member.share for member in project.members)
    before = 0.0
    for member in project.members:
        start = round(project.needed * BUCKETS * before / total)
        before += member.share
        if member.name == reviewer:
            end = round(project.needed * BUCKETS * before / total)
            return start % BUCKETS, min(end - start, BUCKETS)
    return 0, 0
