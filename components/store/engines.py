"""Engines: how connections to either kind of database are made and set up."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError

from components.errors import SettingsError
from components.store.deskfile import connect

BUSY_SECONDS: Final = 15
CONNECT_SECONDS: Final = 5
STATEMENT_SECONDS: Final = 30

WRITES: Final = "desk_writes"
"""The option of a connection whose transaction writes."""


def read_address(url: str) -> URL:
    """A database's address, with the driver the desk speaks to it by.

    Raises:
        SettingsError: not such an address.
    """
    expected = (
        "A database's address looks like sqlite:////folder/desk.sqlite3 or "
        "postgresql://user:password@host/database; what came is none. Change it."
    )
    if url.startswith("postgres://"):
        url = "postgresql://" + url.removeprefix("postgres://")
    try:
        address = make_url(url)
        backend = address.get_backend_name()
    except (ArgumentError, ValueError, AttributeError, TypeError):
        # The library's words repeat the address, and with it the password.
        raise SettingsError(expected) from None
    if address.drivername in ("postgresql", "postgresql+psycopg"):
        if not address.database:
            raise SettingsError(expected)
        return address.set(drivername="postgresql+psycopg")
    is_file = backend == "sqlite" and address.drivername in ("sqlite", "sqlite+pysqlite")
    if not is_file or address.database in (None, "", ":memory:") or address.query:
        raise SettingsError(expected)
    return address.set(drivername="sqlite+pysqlite")


def make_sqlite(address: URL, path: Path) -> Engine:
    """Connections to a file; a transaction with the option `WRITES` takes SQLite's lock at once."""
    engine = create_engine(
        address,
        creator=lambda: connect(path, BUSY_SECONDS),
        hide_parameters=True,
        pool_size=8,
        max_overflow=24,
        pool_timeout=BUSY_SECONDS,
    )

    @event.listens_for(engine, "connect")
    def prepare(dbapi: Any, _: Any) -> None:
        cursor = dbapi.cursor()
        try:
            for pragma in (
                f"busy_timeout = {BUSY_SECONDS * 1000}",
                "journal_mode = WAL",
                "synchronous = FULL",
                "foreign_keys = ON",
                "trusted_schema = OFF",
                "cache_size = -16000",
            ):
                cursor.execute(f"PRAGMA {pragma}")
        finally:
            cursor.close()

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        writes = connection.get_execution_options().get(WRITES)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


def make_postgresql(address: URL) -> Engine:
    """Connections to a server; none waits longer than the times above."""
    engine = create_engine(
        address,
        # Poolers between desk and server keep no prepared statements.
        connect_args={"connect_timeout": CONNECT_SECONDS, "prepare_threshold": None},
        hide_parameters=True,
        pool_pre_ping=True,
        pool_size=8,
        max_overflow=24,
        pool_timeout=BUSY_SECONDS,
    )

    @event.listens_for(engine, "connect")
    def prepare(dbapi: Any, _: Any) -> None:
        with dbapi.cursor() as cursor:
            cursor.execute(f"SET statement_timeout = {STATEMENT_SECONDS * 1000}")
            cursor.execute(f"SET lock_timeout = {BUSY_SECONDS * 1000}")
            cursor.execute(f"SET idle_in_transaction_session_timeout = {STATEMENT_SECONDS * 2000}")
        dbapi.commit()

    return engine
