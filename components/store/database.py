"""A database: SQLite in a file or PostgreSQL on a server, opened, written to and let go of."""

from __future__ import annotations

import hashlib
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Final, Literal

from sqlalchemy import Connection, Engine, select, text
from sqlalchemy.exc import SQLAlchemyError

from components.errors import Conflict, SchemaTooNew, SettingsError, StoreUnavailable
from components.model.clock import read_clock
from components.store import schema
from components.store.deskfile import DeskFile, make_file, refuse_saved
from components.store.engines import (
    BUSY_SECONDS,
    WRITES,
    make_postgresql,
    make_sqlite,
    read_address,
)
from components.store.faults import translate
from components.store.migrations import migrate
from components.store.objects import Objects

Kind = Literal["sqlite", "postgresql"]
_CLOCK_SECONDS: Final = 60.0

_OBJECTS: Final = "desk_objects"


class Database:
    """An open database; threads may share it.

    Attributes:
        kind: "sqlite" or "postgresql".
        label: what to call it on a page: a file's name, or server and database, never a user or a
            password.
        objects: where pictures and masks are kept; None for the database itself.
    """

    def __init__(
        self, engine: Engine, kind: Kind, label: str, objects: Objects | None = None
    ) -> None:
        self.kind: Final = kind
        self.label: Final = label
        self.objects: Final = objects
        self._engine = engine
        self._file: DeskFile | None = None
        self._clock: tuple[int, float] | None = None
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
            connection = plain.execution_options(**{WRITES: True, _OBJECTS: self.objects})
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

    def put_away(self, *blobs: bytes) -> list[str]:
        """Bring bytes to where pictures and masks are kept, before a transaction names them.

        Nothing is done where they are kept in the database itself: they go with the transaction.
        Bytes that no transaction names in the end stay where they are, and harm nobody.

        Returns:
            The sha256 of those that are in the object storage for certain; the others have a row
            in the database already.

        Raises:
            StoreUnavailable: the object storage or the database cannot be reached now.
            SettingsError: the object storage is not there, or refuses this desk.
        """
        if self.objects is None:
            return []
        by_sha = {hashlib.sha256(data).hexdigest(): data for data in blobs if data}
        asked = [sha256 for sha256 in by_sha if not self.objects.was_put(sha256)]
        if asked:
            with self.read() as connection:
                table = schema.blobs.c
                known = set(connection.scalars(select(table.sha256).where(table.sha256.in_(asked))))
            self.objects.put(*(by_sha[sha256] for sha256 in asked if sha256 not in known))
            return [sha256 for sha256 in by_sha if sha256 not in known]
        return list(by_sha)

    def bring(
        self, found: Mapping[str, bytes | None], *, skip_lost: bool = False
    ) -> dict[str, bytes]:
        """All the bytes of what was found, those from the object storage too.

        Args:
            found: bytes by their sha256, None for those that are away, as `content.find_blobs`
                gives them.
            skip_lost: leave out what is lost or damaged there.

        Raises:
            StoreUnavailable: the object storage cannot be reached now.
            SettingsError: none is set, it is not there, or refuses this desk.
            StoreError: one is lost or damaged there; not with `skip_lost`.
        """
        here = {sha256: data for sha256, data in found.items() if data is not None}
        away = [sha256 for sha256, data in found.items() if data is None]
        if not away:
            return here
        return {**here, **self.require_objects().get_many(away, skip_lost=skip_lost)}

    def require_objects(self) -> Objects:
        """The object storage.

        Raises:
            SettingsError: none is set.
        """
        if self.objects is None:
            raise SettingsError(
                "This picture is kept in object storage, and this desk is not told where. Whoever "
                "runs it has to set pictures in the section [store] of the secrets."
            )
        return self.objects

    def read_clock(self) -> int:
        """Now, UTC milliseconds, by the one clock that all who share the database go by.

        That is PostgreSQL's; it is asked once a minute how far this machine's is from it. Those who
        share a SQLite file are on one machine.

        Raises:
            StoreUnavailable: the database cannot be reached now.
        """
        here = time.monotonic()
        if self.kind == "sqlite":
            return read_clock()
        if self._clock is None or here - self._clock[1] > _CLOCK_SECONDS:
            with self.read() as connection:
                asked = text("SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint")
                self._clock = int(connection.scalar(asked) or 0), time.monotonic()
        there, at = self._clock
        return there + int((time.monotonic() - at) * 1000)

    def ping(self) -> None:
        """Ask for an answer.

        Raises:
            StoreUnavailable: none came.
        """
        with self.read() as connection:
            connection.execute(text("SELECT 1"))

    def shrink(self) -> None:
        """Give space that was freed back to the disk; as much more is needed meanwhile.

        PostgreSQL frees and uses it again by itself: nothing is done there.

        Raises:
            StoreUnavailable: somebody else uses the file, or there is no space.
        """
        if self.kind == "postgresql":
            return
        with self._take_turn(), self._attend(), self._engine.connect() as connection:
            connection.exec_driver_sql("COMMIT")  # SQLite does it outside of transactions only
            connection.exec_driver_sql("VACUUM")

    def close(self) -> None:
        """Let go of all connections."""
        if self._file is not None:
            self._file.let_go()
        self._engine.dispose()
        if self.objects is not None:
            self.objects.close()

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
                connection = plain.execution_options(**{WRITES: True})
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


def get_objects(connection: Connection) -> Objects | None:
    """The object storage of the database that is being written to; None where there is none."""
    found: Objects | None = connection.get_execution_options().get(_OBJECTS)
    return found


def open_database(url: str, objects: Objects | None = None) -> Database:
    """Open a database; make its tables at first start, move them forward later.

    Args:
        url: "sqlite:////folder/desk.sqlite3" (the folder is made) or
            "postgresql://user:password@host/database".
        objects: where pictures and masks are kept; None for the database itself. It is closed with
            the database.

    Raises:
        SettingsError: not such an address.
        StoreUnavailable: it cannot be reached or written now, or what is there is not a desk's.
        SchemaTooNew: a newer desk wrote it.
    """
    address = read_address(url)
    path = None
    if address.get_backend_name() == "sqlite":
        path = Path(address.database or "")
        make_file(path)
        database = Database(make_sqlite(address, path), "sqlite", path.name, objects)
    else:
        label = f"PostgreSQL at {address.host or 'this machine'}/{address.database}"
        database = Database(make_postgresql(address), "postgresql", label, objects)
    try:
        database.open(path)
    except BaseException:
        database.close()
        raise
    return database
