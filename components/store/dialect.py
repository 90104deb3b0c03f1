"""The few places where SQLite and PostgreSQL are spoken to differently."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Table, func, select
from sqlalchemy.dialects import postgresql, sqlite


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
