"""The pictures that are counted, as conditions of a query and as an array over positions.

A position is a picture's number within its project, given once. So a chart over all pictures reads
short rows in the order of an index, and takes those of the slice by one look into an array; no
join by picture is needed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, Select, exists, select

from components.errors import Conflict
from components.model.insights import Slice
from components.model.review import STATUSES
from components.store.dialect import read_columns
from components.store.rows import clean_text
from components.store.schema import REMOVED, item_classes, items, tallies

_AT_ONCE: Final = 500
_STRETCH: Final = 20_000


class Scope:
    """A slice of a project, ready to be counted."""

    def __init__(self, connection: Connection, project_id: str, wanted: Slice) -> None:
        """Begin.

        Args:
            connection: that reads.
            project_id: of the project.
            wanted: which of its pictures.

        Raises:
            Conflict: a slice that cannot be.
        """
        if any(status not in STATUSES for status in wanted.status):
            raise Conflict(f"A status is one of {', '.join(STATUSES)}. Choose again.")
        self.connection = connection
        self.project_id = clean_text(project_id)
        self.shelves: Sequence[str] = tuple(sorted(set(wanted.status))) or STATUSES
        self._class_name = None if wanted.class_name is None else clean_text(wanted.class_name)
        self._name_part = clean_text(wanted.name_part).casefold()

    @property
    def is_narrow(self) -> bool:
        """Whether more than the shelf decides what is in it."""
        return self._class_name is not None or bool(self._name_part)

    @property
    def is_whole(self) -> bool:
        """Whether all of the project's pictures are in it."""
        return len(self.shelves) == len(STATUSES) and not self.is_narrow

    def list_conditions(self) -> list[Any]:
        """What a row of items has to meet to be in the slice."""
        conditions = [items.c.project_id == self.project_id, items.c.shelf.in_(self.shelves)]
        if self._name_part:
            conditions.append(items.c.name_folded.contains(self._name_part, autoescape=True))
        if self._class_name is not None:
            # An index of the classes has their positions, and not their pictures' ids.
            there = select(item_classes.c.position).where(*self._meet_class(self._class_name))
            conditions.append(items.c.position.in_(there))
        return conditions

    def list_conditions_on(self, item_id: Any) -> list[Any]:
        """What a row that names a picture of the project has to meet; nothing where all do."""
        removed = exists().where(items.c.project_id == self.project_id, items.c.shelf == REMOVED)
        if self.is_whole and not self.connection.scalar(select(removed)):
            return []
        return [item_id.in_(select(items.c.id).where(*self.list_conditions()))]

    @cached_property
    def mask(self) -> NDArray[np.bool_]:
        """By position, whether the picture there is in the slice: bool (last position + 1,)."""
        if self._class_name is not None and not self._name_part:
            wanted = select(item_classes.c.position).where(*self._meet_class(self._class_name))
        else:
            wanted = select(items.c.position).where(*self.list_conditions())
        found = self.read_positions(wanted)
        mask = np.zeros(int(found.max(initial=0)) + 1, np.bool_)
        mask[found] = True
        return mask

    @cached_property
    def size(self) -> int:
        """How many pictures are in the slice."""
        return int(np.count_nonzero(self.mask))

    def has(self, positions: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Whether the pictures at these positions are in the slice."""
        within = positions < len(self.mask)
        return within & self.mask[np.where(within, positions, 0)]

    def read_positions(self, statement: Select[Any]) -> NDArray[np.int64]:
        """The one column of a statement: int64."""
        found: NDArray[np.int64] = read_columns(self.connection, statement)[0]
        return found

    def list_class_names(self) -> list[str]:
        """Classes that are present in the project's pictures, sorted."""
        statement = (
            select(tallies.c.what)
            .where(
                tallies.c.project_id == self.project_id, tallies.c.kind == "class", tallies.c.n > 0
            )
            .order_by(tallies.c.what)
        )
        return list(self.connection.scalars(statement))

    def read_class(self, name: str) -> NDArray[np.int64]:
        """Positions of the slice's pictures in which a class is present: int64."""
        found = self.read_positions(select(item_classes.c.position).where(*self._meet_class(name)))
        return found[self.has(found)] if self.is_narrow else found

    def read_shares(self, name: str) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """The same positions, ascending, and the class's shares there, float64."""
        statement = select(item_classes.c.position, item_classes.c.share)
        positions, shares = read_columns(self.connection, statement.where(*self._meet_class(name)))
        if self.is_narrow:
            kept = self.has(positions)
            positions, shares = positions[kept], shares[kept]
        order = np.argsort(positions)
        return positions[order], shares[order]

    def _meet_class(self, name: str) -> list[Any]:
        return [
            item_classes.c.project_id == self.project_id,
            item_classes.c.class_name == name,
            item_classes.c.shelf.in_(self.shelves),
        ]

    def walk(self, statement: Select[Any], position: Any) -> Iterator[list[Any]]:
        """The columns of a statement's rows, as `read_columns` gives them, some rows at a time.

        Rows of pictures that are not in the slice are among them, see `has`.

        Args:
            statement: whose first column is the position.
            position: that column.
        """
        for low in range(0, len(self.mask), _STRETCH):
            high = min(low + _STRETCH, len(self.mask))
            if self.mask[low:high].any():
                some = statement.where(position >= low, position < high).order_by(position)
                yield read_columns(self.connection, some)

    def name_positions(self, positions: Sequence[int]) -> dict[int, Any]:
        """Rows of items, with id, name and status, by position."""
        found = {}
        for start in range(0, len(positions), _AT_ONCE):
            some = [int(position) for position in positions[start : start + _AT_ONCE]]
            rows = self.connection.execute(
                select(items.c.position, items.c.id, items.c.name, items.c.status).where(
                    items.c.project_id == self.project_id,
                    items.c.shelf.in_(STATUSES),
                    items.c.position.in_(some),
                )
            )
            found.update({row.position: row for row in rows})
        return found
