"""The schema's way forward: numbered steps, only ever added to."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final

from sqlalchemy import Connection, func, insert, inspect, select

from components.errors import SchemaTooNew
from components.store.dialect import lock_schema
from components.store.schema import METADATA, schema_steps


def _create_first(connection: Connection) -> None:
    METADATA.create_all(connection, checkfirst=True)


STEPS: Final[tuple[Callable[[Connection], None], ...]] = (_create_first,)
"""Step n is the n-th, starting at 1; what stands here is never changed once it was released."""


def read_number(connection: Connection) -> int:
    """The number of the last step this database has taken; 0 for a new one."""
    if not inspect(connection).has_table(schema_steps.name):
        return 0
    return connection.scalar(select(func.coalesce(func.max(schema_steps.c.number), 0))) or 0


def check_number(number: int) -> None:
    """Refuse a schema this program does not know.

    Raises:
        SchemaTooNew: it is of a newer desk.
    """
    if number > len(STEPS):
        raise SchemaTooNew(
            f"This was written by a newer desk: its tables have the number {number}, and this desk "
            f"knows those up to {len(STEPS)}. Update this desk to open it.",
        )


def migrate(connection: Connection) -> None:
    """Take the steps that are missing, within the transaction of this connection.

    Raises:
        SchemaTooNew: it is of a newer desk.
    """
    lock_schema(connection)
    number = read_number(connection)
    check_number(number)
    for at, step in enumerate(STEPS[number:], number + 1):
        step(connection)
        connection.execute(insert(schema_steps).values(number=at, at=time.time_ns() // 1_000_000))
