"""The schema's way forward: numbered steps, only ever added to."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Final

from sqlalchemy import Connection, func, insert, inspect, select

from components.errors import SchemaTooNew
from components.model.clock import read_clock
from components.store.dialect import lock_schema
from components.store.schema import schema_steps

_WORDS: Final = {
    "sqlite": {
        "text": "TEXT",
        "bytes": "BLOB",
        "seq": "INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT",
        "rowless": "WITHOUT ROWID",
    },
    "postgresql": {
        "text": 'TEXT COLLATE "C"',
        "bytes": "BYTEA",
        "seq": "BIGSERIAL NOT NULL PRIMARY KEY",
        "rowless": "",
    },
}
"""What the files of the steps call differently on the two databases."""


def _run(connection: Connection, name: str) -> None:
    words = _WORDS[connection.dialect.name]
    script = (Path(__file__).with_name(name)).read_text(encoding="utf-8").split("\n\n", 1)[1]
    for statement in script.split(";\n"):
        if statement.strip():
            connection.exec_driver_sql(statement.format(**words))


STEPS: Final[tuple[Callable[[Connection], None], ...]] = (
    partial(_run, name="step_1.sql"),
    partial(_run, name="step_2.sql"),
    partial(_run, name="step_3.sql"),
)
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
        connection.execute(insert(schema_steps).values(number=at, at=read_clock()))
