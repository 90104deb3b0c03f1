"""A database: SQLite in a file or PostgreSQL on a server, opened, written to and let go of."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, Literal

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.exc import ArgumentError, SQLAlchemyError

from components.errors import Conflict, SchemaTooNew, SettingsError, StoreUnavailable
from components.store.deskfile import DeskFile, connect, make_file, refuse_saved
from components.store.faults import translate
from components.store.migrations import migrate

Kind = Literal["sqlite", "postgresql"]

BUSY_SECONDS: Final = 15
CONNECT_SECONDS: Final = 5
STATEMENT_SECONDS: Final = 30

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
        self._file: DeskFile | None = None
        # Writers of one process queue here rather than polling SQLite's lock.
        self._turn = threading.Lock() if kind == "sqlite" else None

    def __repr__(self) -> str:
        return f"Database({self.label!r})"

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """A connection within one transaction that is on disk once the block ends.

        Raises:
            StoreUnavailable: the database cannot be reached or written now.
            StoreError: what was to be written goes against a rule of the tables.
            Conflict: a value that cannot be stored.
        """
        with self._take_turn(), self._attend(), self._engine.connect() as plain:
            connection = plain.execution_options(**{_WRITES: True})
            with connection.begin():
                yield connection
                if self._file is not None:
                    self._file.check()

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A connection within one transaction that only reads.

        Raises:
            StoreUnavailable: the database cannot be reached now.
        """
        with self._attend(), self._engine.connect() as connection, connection.begin():
            yield connection

    @contextmanager
    def read_snapshot(self) -> Iterator[Connection]:
        """As `read`, and all that is read is as it was at one moment."""
        with self._attend(), self._engine.connect() as plain:
            connection = plain
            if self.kind == "postgresql":
                connection = plain.execution_options(isolation_level="REPEATABLE READ")
            with connection.begin():
                yield connection

    def put_away(self, *blobs: bytes) -> None:
        """Bring bytes to where pictures and masks are kept, before a transaction names them.

        Nothing is done where they are kept in the database itself: they go with the transaction.
        """

    def ping(self) -> None:
        """Ask for an answer.

        Raises:
            StoreUnavailable: none came.
        """
        with self.read() as connection:
            connection.execute(text("SELECT 1"))

    def close(self) -> None:
        """Let go of all connections."""
        if self._file is not None:
            self._file.let_go()
        self._engine.dispose()

    def open(self, path: Path | None = None) -> None:
        """Make the tables, or move them forward.

        Args:
            path: of a SQLite database; from now on its file is watched.

        Raises:
            StoreUnavailable: it cannot be reached or written now.
            SchemaTooNew: a newer desk wrote it.
        """
        with self.write() as connection:
            self._move_forward(connection)
        if path is not None:
            self._file = DeskFile(path, self._engine, self._reopen, BUSY_SECONDS)

    def _reopen(self) -> None:
        try:
            with self._engine.connect() as plain:
                connection = plain.execution_options(**{_WRITES: True})
                with connection.begin():
                    self._move_forward(connection)
        except SchemaTooNew as error:
            # What was to be written is written once this desk is updated or its file is back.
            raise StoreUnavailable(error.message, error.detail) from error

    def _move_forward(self, connection: Connection) -> None:
        if self.kind == "sqlite":
            refuse_saved(connection, self.label)
        migrate(connection)

    @contextmanager
    def _attend(self) -> Iterator[None]:
        with self.translating():
            if self._file is None:
                yield
                return
            with self._file.attend():
                yield

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
        StoreUnavailable: it cannot be reached or written now, or what is there is not a desk's.
        SchemaTooNew: a newer desk wrote it.
    """
    address = _read_address(url)
    path = None
    if address.get_backend_name() == "sqlite":
        path = Path(address.database or "")
        make_file(path)
        database = Database(_make_sqlite(address, path), "sqlite", path.name)
    else:
        label = f"PostgreSQL at {address.host or 'this machine'}/{address.database}"
        database = Database(_make_postgresql(address), "postgresql", label)
    try:
        database.open(path)
    except BaseException:
        database.close()
        raise
    return database


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


def _make_sqlite(address: URL, path: Path) -> Engine:
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
