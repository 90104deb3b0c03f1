"""The few places where SQLite and PostgreSQL are spoken to differently."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from operator import itemgetter
from typing import Any

import numpy as np
from sqlalchemy import (
    Connection,
    Float,
    LargeBinary,
    Select,
    Table,
    func,
    literal_column,
    select,
    type_coerce,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.types import NullType


def insert_new(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert the rows whose key is not there yet; the others are left as they are."""
    if rows:
        connection.execute(_insert(connection, table).on_conflict_do_nothing(), list(rows))


def put(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows; where the primary key is there already, its other columns are replaced.

    Rows are written in the order of their keys, so that two who write the same ones wait for each
    other instead of both for ever.
    """
    if not rows:
        return
    keys = [column.name for column in table.primary_key]
    statement = _insert(connection, table)
    statement = statement.on_conflict_do_update(
        index_elements=keys,
        set_={name: statement.excluded[name] for name in rows[0] if name not in keys},
    )
    ordered = sorted(rows, key=lambda row: [row[key] for key in keys])
    connection.execute(statement, ordered)


def add_up(
    connection: Connection, table: Table, column: str, changes: Mapping[tuple[str, ...], int]
) -> None:
    """Add to a number kept by primary key; a key that is not there yet starts at 0."""
    keys = [key.name for key in table.primary_key]
    rows = [
        {**dict(zip(keys, key, strict=True)), column: change}
        for key, change in sorted(changes.items())
        if change
    ]
    if rows:
        statement = _insert(connection, table)
        # The rows go with the execution: as values of the statement they would have it compiled
        # anew for each number of them.
        connection.execute(
            statement.on_conflict_do_update(
                index_elements=keys,
                set_={column: table.c[column] + statement.excluded[column]},
            ),
            rows,
        )


def read_columns(connection: Connection, statement: Select[Any]) -> list[Any]:
    """A statement's rows as columns: many numbers or short bytes, read at once.

    Returns:
        A column: int64 (n,), float64 (n,) for those that are Float; for bytes a pair of all of
        them one after another and of their lengths, int64 (n,).
    """
    columns = list(statement.selected_columns)
    if connection.dialect.name == "postgresql":
        # As arrays: a row for each would take a parser's turn for each value.
        part = statement.subquery()
        wanted: list[Any] = []
        for own in part.c:
            if isinstance(own.type, LargeBinary):
                wanted += [
                    func.string_agg(own, literal_column("''::bytea")),
                    _collect(func.length(own)),
                ]
            else:
                wanted.append(_collect(own))
        found: list[Any] = list(connection.execute(select(*wanted)).one())
    else:
        found = []
        rows = connection.execute(statement).all()
        for at, column in enumerate(columns):
            # Turned as a whole, a tuple for each row would be made and taken apart.
            some = list(map(itemgetter(at), rows))
            if isinstance(column.type, LargeBinary):
                found += [b"".join(some), list(map(len, some))]
            else:
                found.append(some)
    read: list[Any] = []
    values = iter(found)
    for column in columns:
        if isinstance(column.type, LargeBinary):
            joined = next(values) or b""
            read.append((bytes(joined), np.array(next(values) or (), np.int64)))
        else:
            kind = np.float64 if isinstance(column.type, Float) else np.int64
            read.append(np.array(next(values) or (), kind))
    return read


def _collect(column: Any) -> Any:
    return type_coerce(func.array_agg(column), NullType())


def lock_queues(connection: Connection, project_ids: Iterable[str]) -> None:
    """Until the end of the transaction nobody else hands out, claims or reopens in these projects.

    SQLite has one writer at a time anyway.
    """
    if connection.dialect.name == "postgresql":
        for project_id in sorted(set(project_ids)):
            connection.execute(select(func.pg_advisory_xact_lock(_number(project_id))))


def lock_rules(connection: Connection, project_id: str, *, alone: bool) -> None:
    """Until the end of the transaction what a project asks for stays as it is.

    Args:
        connection: within a transaction that writes.
        project_id: of the project.
        alone: whether it is to be changed; then nobody else decides anything meanwhile.
    """
    if connection.dialect.name == "postgresql":
        number = _number(f"the rules of {project_id}")
        lock = func.pg_advisory_xact_lock if alone else func.pg_advisory_xact_lock_shared
        connection.execute(select(lock(number)))


def lock_schema(connection: Connection) -> None:
    """Until the end of the transaction nobody else moves the schema forward."""
    lock_queues(connection, ["the schema"])


def _number(name: str) -> int:
    return int.from_bytes(hashlib.sha256(name.encode("utf-8", "replace")).digest()[:8], signed=True)


def _insert(connection: Connection, table: Table) -> Any:
    if connection.dialect.name == "postgresql":
        return postgresql.insert(table)
    return sqlite.insert(table)
