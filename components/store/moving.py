"""Pictures and masks moved from the database to the object storage, or back."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection, bindparam, func, select, update

from components.store import content
from components.store.database import Database
from components.store.schema import blobs

# What is in memory at once.
_GROUP: Final = 32
_GROUP_BYTES: Final = 32_000_000
_LISTED: Final = 1000


@dataclass(frozen=True, slots=True)
class Moved:
    """How much was moved.

    Attributes:
        count: pictures, thumbnails and masks.
        size: their bytes.
    """

    count: int = 0
    size: int = 0


def move_out(db: Database, tell: Callable[[Moved], None] | None = None) -> Moved:
    """Move what is in the database to the object storage.

    A desk may be open meanwhile. Ended at any moment, all is there, and the next call goes on: a
    row is emptied once its bytes were read back from the object storage and are what they were.

    Args:
        db: with an object storage.
        tell: is told how much was moved so far.

    Raises:
        SettingsError: no object storage is set, it is not there, or refuses this desk.
        StoreUnavailable: it or the database cannot be reached now.
    """
    objects = db.require_objects()
    moved = Moved()
    for group in list_groups(db.read, are_away=False):
        with db.read() as connection:
            found = content.find_blobs(connection, group)
        data = {sha256: one for sha256, one in found.items() if one is not None}
        objects.put(*data.values())
        objects.check(list(data))
        with db.write() as connection:
            connection.execute(
                update(blobs).where(blobs.c.sha256.in_(data)).values(data=b"", is_away=1)
            )
        moved = _count(moved, data.values())
        if tell is not None:
            tell(moved)
    return moved


def move_back(db: Database, tell: Callable[[Moved], None] | None = None) -> Moved:
    """Move what is in the object storage into the database; nothing is removed there.

    Other desks, and their copies, may need it still. As for the rest, as `move_out`.

    Raises:
        SettingsError, StoreUnavailable: as `move_out`.
        StoreError: something is lost or damaged there; what was moved so far stays moved.
    """
    objects = db.require_objects()
    moved = Moved()
    for group in list_groups(db.read, are_away=True):
        data = objects.get_many(group)
        with db.write() as connection:
            fill_rows(connection, data)
        moved = _count(moved, data.values())
        if tell is not None:
            tell(moved)
    return moved


def fill_rows(connection: Connection, data: dict[str, bytes]) -> None:
    """Put bytes, by their sha256, into rows that are there without them."""
    connection.execute(
        update(blobs)
        .where(blobs.c.sha256 == bindparam("of"))
        .values(data=bindparam("bytes"), is_away=0),
        [{"of": sha256, "bytes": one} for sha256, one in data.items()],
    )


def list_groups(
    read: Callable[[], AbstractContextManager[Connection]], *, are_away: bool
) -> Iterator[list[str]]:
    """The sha256 of what is away, or is not, in groups that fit into memory.

    Args:
        read: a connection that reads; asked for again and again, so that none is held.
        are_away: which of the two.
    """
    # Its length is known without reading it, while is_away stands behind all of its pages.
    length = func.length(blobs.c.data)
    wanted = (length == 0) & (blobs.c.size > 0) if are_away else length > 0
    last = ""
    while True:
        with read() as connection:
            rows = connection.execute(
                select(blobs.c.sha256, blobs.c.size)
                .where(wanted, blobs.c.sha256 > last)
                .order_by(blobs.c.sha256)
                .limit(_LISTED)
            ).all()
        if not rows:
            return
        group: list[str] = []
        size = 0
        for row in rows:
            if group and (len(group) == _GROUP or size + row.size > _GROUP_BYTES):
                yield group
                group, size = [], 0
            group.append(row.sha256)
            size += row.size
        yield group
        last = rows[-1].sha256


def _count(moved: Moved, data: Iterable[bytes]) -> Moved:
    sizes = [len(one) for one in data]
    return Moved(moved.count + len(sizes), moved.size + sum(sizes))
