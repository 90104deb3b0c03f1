"""A database: SQLite in a file or PostgreSQL on a server, opened, written to and let go of."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, Literal

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.exc import ArgumentError, DataError, DBAPIError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from components.errors import Conflict, SettingsError, StoreError, StoreUnavailable
from components.store.migrations import migrate

Kind = Literal["sqlite", "postgresql"]

BUSY_SECONDS: Final = 15
CONNECT_SECONDS: Final = 5
STATEMENT_SECONDS: Final = 30

# PostgreSQL's SQLSTATE classes for "not now": connection, resources, shutting down, read only,
# given up on a lock or a deadlock.
_PASSING_STATES: Final = ("08", "53", "57", "25006", "40", "55P03", "58")
# SQLite's primary result codes: busy, locked, read only, interrupted, I/O, full, cannot open,
# permission, not a database, corrupt.
_PASSING_CODES: Final = frozenset({5, 6, 8, 9, 10, 13, 14, 3, 26, 11})
_WRITES: Final = "desk_writes"


class Database:
    """An open database; threads may share it.

    Attributes:
        kind: "sqlite" or "postgresql".
        label: what to call it on a page: a file's name, or server and database, never a user or a
            password.
    """

    def __init__(self, engine: Engine, kind: Kind, label: str) -> None:
        self.kind: Final = kind
        self.label: Final = label
        self._engine = engine
        # Writers of one process queue here rather than polling SQLite's lock.
        self._turn = threading.Lock() if kind == "sqlite" else None

    def __repr__(self) -> str:
        return f"Database({self.label!r})"

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """A connection within one transaction that is on disk once the block ends.

        Raises:
            StoreUnavailable: the database cannot be reached or written now.
            StoreError: it answered with an error.
            Conflict: a value that cannot be stored.
        """
        with self._take_turn(), self.translating(), self._engine.connect() as plain:
            connection = plain.execution_options(**{_WRITES: True})
            with connection.begin():
                yield connection

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A connection within one transaction that only reads.

        Raises:
            StoreUnavailable: the database cannot be reached now.
            StoreError: it answered with an error.
        """
        with self.translating(), self._engine.connect() as connection, connection.begin():
            yield connection

    @contextmanager
    def read_snapshot(self) -> Iterator[Connection]:
        """As `read`, and all that is read is as it was at one moment."""
        with self.translating(), self._engine.connect() as plain:
            connection = plain
            if self.kind == "postgresql":
                connection = plain.execution_options(isolation_level="REPEATABLE READ")
            with connection.begin():
                yield connection

    def ping(self) -> None:
        """Ask for an answer.

        Raises:
            StoreUnavailable: none came.
        """
        with self.read() as connection:
            connection.execute(text("SELECT 1"))

    def close(self) -> None:
        """Let go of all connections."""
        self._engine.dispose()

    @contextmanager
    def _take_turn(self) -> Iterator[None]:
        if self._turn is None:
            yield
            return
        if not self._turn.acquire(timeout=BUSY_SECONDS):
            raise StoreUnavailable(
                f"{self.label} is busy with other work. Nothing was saved; try again."
            )
        try:
            yield
        finally:
            self._turn.release()

    @contextmanager
    def translating(self) -> Iterator[None]:
        """Within the block the library's errors become the desk's."""
        try:
            yield
        except (UnicodeError, OverflowError) as error:
            raise Conflict(
                "A text or a number that came cannot be stored. Nothing was saved.", repr(error)
            ) from error
        except SQLAlchemyError as error:
            raise translate(error, self.label) from error


def open_database(url: str) -> Database:
    """Open a database; make its tables at first start, move them forward later.

    Args:
        url: "sqlite:////folder/desk.sqlite3" (the folder is made) or
            "postgresql://user:password@host/database".

    Raises:
        SettingsError: not such an address.
        StoreUnavailable: it cannot be reached or written now.
        SchemaTooNew: a newer desk wrote it.
        StoreError: what is there is not a desk's.
    """
    address = _read_address(url)
    if address.get_backend_name() == "sqlite":
        path = Path(address.database or "")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StoreUnavailable(
                f"The folder for {path.name} cannot be made. Choose another place for the desk's "
                "file, or make the folder.",
                str(error),
            ) from error
        database = Database(_make_sqlite(address), "sqlite", path.name)
    else:
        label = f"PostgreSQL at {address.host or 'this machine'}/{address.database}"
        database = Database(_make_postgresql(address), "postgresql", label)
    try:
        with database.write() as connection:
            migrate(connection)
    except BaseException:
        database.close()
        raise
    return database


def translate(error: SQLAlchemyError, label: str) -> StoreError:
    """The desk's error for one of the library's."""
    cause = error.orig if isinstance(error, DBAPIError) else error
    detail = f"{type(cause).__name__}: {cause}"
    if isinstance(error, DataError):
        return Conflict("A text or a number that came cannot be stored. Nothing was saved.", detail)
    if _is_passing(error):
        return StoreUnavailable(
            f"{label} cannot be reached or written at the moment, so nothing was saved. "
            "Try again; if it stays so, tell whoever runs this desk.",
            detail,
        )
    return StoreError(
        f"{label} answered with an error, so nothing was saved. Tell whoever runs this desk.",
        detail,
    )


def _is_passing(error: SQLAlchemyError) -> bool:
    if isinstance(error, PoolTimeout):
        return True
    if not isinstance(error, DBAPIError):
        return False
    if error.connection_invalidated:
        return True
    cause: Any = error.orig
    code = getattr(cause, "sqlite_errorcode", None)
    if code is not None:
        return code & 0xFF in _PASSING_CODES
    state = getattr(cause, "sqlstate", None)
    if state is not None:
        return str(state).startswith(_PASSING_STATES)
    # Without a state the server never answered.
    return type(cause).__name__ in ("OperationalError", "InterfaceError", "ConnectionTimeout")


def _read_address(url: str) -> URL:
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


def _make_sqlite(address: URL) -> Engine:
    engine = create_engine(
        address,
        # Transactions are begun below, by words of our own.
        connect_args={"timeout": BUSY_SECONDS, "isolation_level": None},
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
        writes = connection.get_execution_options().get(_WRITES)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


def _make_postgresql(address: URL) -> Engine:
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
