"""The file of a SQLite database: whether it is still the one that was opened."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Final

from sqlalchemy import Connection, Engine

from components.errors import StoreUnavailable

APPLICATION_ID: Final = 0x4D44534B
"""What the header of a whole desk saved as one file says it is: "MDSK"."""

Identity = tuple[int, int]
"""Device and inode."""


class DeskFile:
    """A file that is looked at before each use, for whoever restores or tidies may swap it.

    SQLite goes on writing into a file that was deleted or moved, and would lay the log of the old
    file over a new one (sqlite.org/howtocorrupt.html, 1.4 and 4). So the connections to the old
    one are let go of, with its log written into it, before another is opened.
    """

    def __init__(
        self, path: Path, engine: Engine, reopen: Callable[[], None], patience: float
    ) -> None:
        """Remember the file that is open now.

        Args:
            path: of the database.
            engine: its connections.
            reopen: opens the file that is there now and sees that this desk can use it.
            patience: seconds to wait for those who use the old file to end.
        """
        self._path: Final = path
        self._engine = engine
        self._reopen = reopen
        self._patience: Final = patience
        self._known = _identify(path)
        self._users = 0
        self._changed = threading.Condition()

    @contextmanager
    def attend(self) -> Iterator[None]:
        """Within the block the file stays the one that is open.

        Raises:
            StoreUnavailable: it is gone, or what lies in its place is not a desk's.
        """
        with self._changed:
            if _identify(self._path) != self._known:
                self._take_up()
            self._users += 1
        try:
            yield
        finally:
            with self._changed:
                self._users -= 1
                self._changed.notify_all()

    def check(self) -> None:
        """See that the file is still there, before anything is said to be in it.

        Raises:
            StoreUnavailable: it is not.
        """
        if _identify(self._path) != self._known:
            raise self._miss()

    def let_go(self) -> None:
        """Close all connections; what the log holds is in the file then, wherever that is."""
        if _identify(self._path) != self._known:
            self._empty_log()
        self._engine.dispose()

    def _take_up(self) -> None:
        if not self._changed.wait_for(lambda: self._users == 0, self._patience):
            raise self._miss("its connections are in use")
        found = _identify(self._path)
        if found == self._known:
            return
        if not self._empty_log():
            raise self._miss("its log is in use")
        self._engine.dispose()
        if found is None:
            raise self._miss()
        if not _is_desk(self._path):
            raise StoreUnavailable(
                f"Where {self._path.name} was lies something else that is not a desk's file. "
                "Nothing was saved; put the desk's file back.",
            )
        try:
            self._reopen()
        except BaseException:
            self._engine.dispose()
            raise
        self._known = found

    def _empty_log(self) -> bool:
        """Write the log of the file that is open into it; False where somebody reads it."""
        # A new connection would be one to another file.
        if self._engine.pool.checkedin() == 0:  # type: ignore[attr-defined]
            return True
        connection = self._engine.raw_connection()
        try:
            cursor = connection.cursor()
            busy = cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
            cursor.close()
        except sqlite3.Error:
            return False
        finally:
            connection.close()
        return not busy

    def _miss(self, detail: str = "") -> StoreUnavailable:
        return StoreUnavailable(
            f"{self._path.name} was moved or removed while this desk was using it, so nothing was "
            "saved. Put it back, or restart the desk.",
            detail,
        )


def refuse_saved(connection: Connection, name: str) -> None:
    """See that a file is not one that a desk was saved as: that holds the facts alone.

    Raises:
        StoreUnavailable: it is; nothing was changed.
    """
    if connection.exec_driver_sql("PRAGMA application_id").scalar() == APPLICATION_ID:
        raise StoreUnavailable(
            f"{name} is a whole desk that was saved for another to open, so it cannot be worked "
            "in. Put it elsewhere, start this desk, and choose it under “Open a saved desk”.",
        )


def connect(path: Path, seconds: float) -> sqlite3.Connection:
    """Open a file that is there; none is made. Transactions are begun by words of one's own."""
    return sqlite3.connect(
        f"{path.absolute().as_uri()}?mode=rw",
        uri=True,
        timeout=seconds,
        isolation_level=None,
        check_same_thread=False,
    )


def make_file(path: Path) -> None:
    """Make an empty file where there is none, and its folder.

    Raises:
        StoreUnavailable: it cannot be made.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StoreUnavailable(
            f"The folder for {path.name} cannot be made. Choose another place for the desk's "
            "file, or make the folder.",
            str(error),
        ) from error
    try:
        if not path.exists():
            path.touch(mode=0o644)
    except OSError as error:
        raise StoreUnavailable(
            f"{path.name} cannot be made. Choose another place for the desk's file, or let the "
            "desk write there.",
            str(error),
        ) from error


def _identify(path: Path) -> Identity | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


def _is_desk(path: Path) -> bool:
    try:
        with closing(connect(path, 1)) as connection:
            number = connection.execute("SELECT max(number) FROM schema_steps").fetchone()[0]
    except sqlite3.Error:
        return False
    return isinstance(number, int) and number > 0
