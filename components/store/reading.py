"""How a list is read: from the index that ends the search soonest.

Every index of items and of their classes begins with project and shelf, so a list is read shelf by
shelf, each in order and each ended after as many rows as are wanted, and then merged. What the
index does not know is tested row by row; the tallies tell which index has fewer rows to test.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import Connection, Select, exists, func, select, tuple_, union_all

from components.errors import Conflict
from components.model.review import STATUSES
from components.store.cursor import Place
from components.store.naming import find_rarest
from components.store.schema import (
    item_classes,
    items,
    name_grams,
    places,
    selection_items,
    standing,
    tallies,
)

if TYPE_CHECKING:
    from components.store.lists import Wish

_FEW: Final = 2000
"""Rows that are sorted rather than read in order."""

_KEYS: Final = {
    "name": items.c.name_key,
    "mean_confidence": items.c.confidence_key,
    "disagreement": items.c.disagreement,
    "position": items.c.position,
}


class Reading:
    """A wish about a project, ready to be read."""

    def __init__(self, connection: Connection, project_id: str, wish: Wish, reviewer: str) -> None:
        self._connection = connection
        self._project_id = project_id
        self._wish = wish
        self._reviewer = reviewer
        self._shelves: Sequence[str] = wish.status or STATUSES
        self._counts: dict[tuple[str, str, str], int] | None = None
        self._seen: int | None = None

    def read(self, place: Place | None, *, backwards: bool, limit: int) -> list[Any]:
        """Rows of items with their `sort_key`.

        Args:
            place: begin beyond it; None for the beginning.
            backwards: read against the order wished for, rows as they are met.
            limit: at most so many.
        """
        parts = []
        falling = self._wish.descending != backwards
        by_position = self._wish.sort == "position" and not self._wish.selection
        for statement, key, position in self._select():
            if place is not None:
                if by_position:
                    here: Any = position
                    there: Any = place[1]
                else:
                    here, there = tuple_(key, position), tuple_(*place)
                statement = statement.where(here < there if falling else here > there)
            order = (position,) if by_position else (key, position)
            ordered = [column.desc() if falling else column.asc() for column in order]
            parts.append(select(statement.order_by(*ordered).limit(limit).subquery()))
        if not parts:
            return []
        found = (union_all(*parts) if len(parts) > 1 else parts[0]).subquery()
        ends = (found.c.sort_key, found.c.place)
        first = select(found).order_by(*(end.desc() if falling else end.asc() for end in ends))
        chosen = {row.id: row.sort_key for row in self._connection.execute(first.limit(limit))}
        rows = {
            row["id"]: row
            for row in self._connection.execute(
                select(items).where(items.c.id.in_(list(chosen)))
            ).mappings()
        }
        return [{**rows[name], "sort_key": key} for name, key in chosen.items() if name in rows]

    def count(self, limit: int) -> int:
        """How many rows there are, exactly where tallies know, else at most limit + 1."""
        wish = self._wish
        is_whole = not wish.name_part and not wish.selection
        if is_whole and wish.class_name is None:
            known, mine = self._count_shelves(), self._count_mine()
            return {"any": known, "decided": mine, "undecided": known - mine}[wish.mine]
        if is_whole and wish.mine == "any" and not wish.status:
            return self._tally("class", "", wish.class_name or "")
        total = 0
        for statement, _, position in self._select():
            # The position alone, which every index has.
            some = statement.with_only_columns(position).limit(limit + 1 - total).subquery()
            total += self._connection.scalar(select(func.count()).select_from(some)) or 0
            if total > limit:
                break
        return total

    def find_place(self, item_id: str) -> Place:
        """Where a picture is, or would be, in the order wished for.

        Raises:
            Conflict: there is no such picture in this project.
        """
        key: Any = _KEYS.get(self._wish.sort)
        if self._wish.selection and self._wish.sort == "position":
            place = select(selection_items.c.place).where(
                selection_items.c.selection_id == self._wish.selection,
                selection_items.c.item_id == items.c.id,
            )
            key = func.coalesce(place.scalar_subquery(), 0)
        elif key is None:
            share = (
                select(item_classes.c.share)
                .where(
                    item_classes.c.item_id == items.c.id,
                    item_classes.c.class_name == self._wish.class_name,
                )
                .scalar_subquery()
            )
            key = func.coalesce(share, 0.0)
        row = self._connection.execute(
            select(key, items.c.position).where(
                items.c.id == item_id, items.c.project_id == self._project_id
            )
        ).first()
        if row is None:
            raise Conflict("There is no such picture in this project. Go back to its list.")
        return row[0], row[1]

    def _select(self) -> list[tuple[Select[Any], Any, Any]]:
        """Statements whose rows together are the list, each with its sort key and position."""
        wish = self._wish
        if wish.selection:
            return [self._select_selected()]
        if wish.class_name is not None and (
            wish.sort in ("share", "position") or self._tally("class", "", wish.class_name) <= _FEW
        ):
            return [self._select_class(shelf) for shelf in self._list_shelves()]
        if wish.name_part:
            rarest = find_rarest(self._connection, self._project_id, wish.name_part)
            if rarest is not None and rarest[1] <= _FEW:
                return [self._select_named(rarest[0])] if rarest[1] else []
        if wish.mine == "decided" and self._count_mine() < self._count_shelves():
            few = self._count_mine() <= _FEW
            if few or (wish.sort == "position" and not wish.status):
                return [self._select_mine()]
        return [self._select_shelf(shelf) for shelf in self._list_shelves()]

    def _list_shelves(self) -> list[str]:
        """Those of the shelves that have something on them."""
        if self._wish.mine == "decided":
            return [one for one in self._shelves if self._tally("voice", self._reviewer, one)]
        return [one for one in self._shelves if self._tally("status", "", one)]

    def _select_shelf(self, shelf: str) -> tuple[Select[Any], Any, Any]:
        key = _KEYS[self._wish.sort]
        statement = select(
            items.c.id, key.label("sort_key"), items.c.position.label("place")
        ).where(
            items.c.project_id == self._project_id,
            items.c.shelf == shelf,
            *self._test_class(),
            *self._test_name(),
            *self._test_mine(items.c.id, items.c.position),
        )
        return statement, key, items.c.position

    def _select_named(self, gram: str) -> tuple[Select[Any], Any, Any]:
        key, position = _unindexed(_KEYS[self._wish.sort]), _unindexed(items.c.position)
        statement = (
            select(items.c.id, key.label("sort_key"), items.c.position.label("place"))
            .select_from(name_grams.join(items, items.c.id == name_grams.c.item_id))
            .where(
                name_grams.c.project_id == self._project_id,
                name_grams.c.gram == gram,
                items.c.shelf.in_(self._shelves),
                *self._test_class(),
                *self._test_name(),
                *self._test_mine(items.c.id, items.c.position),
            )
        )
        return statement, key, position

    def _select_class(self, shelf: str) -> tuple[Select[Any], Any, Any]:
        sort = self._wish.sort
        needs_item = sort not in ("share", "position") or bool(self._wish.name_part)
        key: Any = item_classes.c.share if sort == "share" else item_classes.c.position
        if sort not in ("share", "position"):
            key = _unindexed(_KEYS[sort])
        statement = select(
            item_classes.c.item_id.label("id"),
            key.label("sort_key"),
            item_classes.c.position.label("place"),
        ).where(
            item_classes.c.project_id == self._project_id,
            item_classes.c.class_name == self._wish.class_name,
            item_classes.c.shelf == shelf,
            *self._test_name(),
            *self._test_mine(item_classes.c.item_id, item_classes.c.position),
        )
        if needs_item:
            statement = statement.select_from(
                item_classes.join(items, items.c.id == item_classes.c.item_id)
            )
        return statement, key, item_classes.c.position

    def _select_mine(self) -> tuple[Select[Any], Any, Any]:
        sort = self._wish.sort
        key = standing.c.position if sort == "position" else _unindexed(_KEYS[sort])
        statement = (
            select(items.c.id, key.label("sort_key"), standing.c.position.label("place"))
            .select_from(standing.join(items, items.c.id == standing.c.item_id))
            .where(
                standing.c.project_id == self._project_id,
                standing.c.reviewer == self._reviewer,
                standing.c.is_voice == 1,
                items.c.shelf.in_(self._shelves),
                *self._test_class(),
                *self._test_name(),
            )
        )
        return statement, key, standing.c.position

    def _select_selected(self) -> tuple[Select[Any], Any, Any]:
        # A selection is not large: its pictures are looked at one by one.
        sort = self._wish.sort
        joined = selection_items.join(items, items.c.id == selection_items.c.item_id)
        key: Any = selection_items.c.place
        if sort == "share":
            of_class = (item_classes.c.item_id == items.c.id) & (
                item_classes.c.class_name == self._wish.class_name
            )
            joined = joined.join(item_classes, of_class)
            key = _unindexed(item_classes.c.share)
        elif sort != "position":
            key = _unindexed(_KEYS[sort])
        position = _unindexed(items.c.position)
        statement = (
            select(items.c.id, key.label("sort_key"), position.label("place"))
            .select_from(joined)
            .where(
                selection_items.c.selection_id == self._wish.selection,
                items.c.project_id == self._project_id,
                items.c.shelf.in_(self._shelves),
                *([] if sort == "share" else self._test_class()),
                *self._test_name(),
                *self._test_mine(items.c.id, items.c.position),
            )
        )
        return statement, key, position

    def _test_class(self) -> list[Any]:
        if self._wish.class_name is None:
            return []
        return [
            exists().where(
                item_classes.c.item_id == items.c.id,
                item_classes.c.class_name == self._wish.class_name,
            )
        ]

    def _test_name(self) -> list[Any]:
        if not self._wish.name_part:
            return []
        return [items.c.name_folded.contains(self._wish.name_part, autoescape=True)]

    def _test_mine(self, item_id: Any, position: Any) -> list[Any]:
        if self._wish.mine == "any":
            return []
        voice = exists().where(
            standing.c.item_id == item_id,
            standing.c.reviewer == self._reviewer,
            standing.c.is_voice == 1,
        )
        if self._wish.mine == "decided":
            return [voice]
        return [position >= self._find_seen(), ~voice]

    def _find_seen(self) -> int:
        """Every listed picture before this place has a verdict of the reviewer."""
        if self._seen is None:
            self._seen = (
                self._connection.scalar(
                    select(places.c.seen).where(
                        places.c.project_id == self._project_id,
                        places.c.reviewer == self._reviewer,
                    )
                )
                or 0
            )
        return self._seen

    def _count_shelves(self) -> int:
        return sum(self._tally("status", "", shelf) for shelf in self._shelves)

    def _count_mine(self) -> int:
        return sum(self._tally("voice", self._reviewer, shelf) for shelf in self._shelves)

    def _tally(self, kind: str, who: str, what: str) -> int:
        if self._counts is None:
            rows = self._connection.execute(
                select(tallies.c.kind, tallies.c.who, tallies.c.what, tallies.c.n).where(
                    tallies.c.project_id == self._project_id,
                    tallies.c.kind.in_(("status", "class", "voice")),
                    tallies.c.who.in_(("", self._reviewer)),
                )
            )
            self._counts = {(row.kind, row.who, row.what): row.n for row in rows}
        return self._counts.get((kind, who, what), 0)


def _unindexed(column: Any) -> Any:
    """The same value, so written that no index is taken for its order."""
    return func.coalesce(column, column)
