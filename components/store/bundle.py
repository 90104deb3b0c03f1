"""The whole desk as one file, and such a file opened into another desk."""

from __future__ import annotations

import shutil
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection, Table, create_engine, event, insert, select, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.pool import NullPool

from components.errors import StoreError
from components.store.checking import check_blob
from components.store.comparison_rows import ask_anew
from components.store.database import Database
from components.store.deskfile import APPLICATION_ID
from components.store.merging import Merge
from components.store.migrations import STEPS, check_number, migrate, read_number
from components.store.moving import fill_rows, list_groups
from components.store.schema import (
    METADATA,
    answers,
    blobs,
    comparisons,
    events,
    images,
    item_classes,
    items,
    notices,
    pins,
    projects,
    remarks,
    reviews,
    selection_items,
    selections,
    truths,
)

_MAGIC: Final = b"SQLite format 3\0"
_ID_AT: Final = 68  # of the application id, four bytes, in SQLite's header
_BATCH: Final = 500
_BATCH_BYTES: Final = 32_000_000
# The facts. Sign-ins, attempts, claims, and runs with their tasks are of the running desk, and stay
# there; what follows from the facts, as what is counted of pictures and by comparisons does, is
# worked out again where the file is opened.
_KEPT: Final[tuple[Table, ...]] = (
    blobs,
    images,
    answers,
    projects,
    items,
    truths,
    item_classes,
    reviews,
    pins,
    remarks,
    notices,
    events,
    selections,
    selection_items,
    comparisons,
)


@dataclass(frozen=True, slots=True)
class Opened:
    """What a file added to the desk.

    Attributes:
        projects, items, reviews, pins: how many that were not there yet.
    """

    projects: int
    items: int
    reviews: int
    pins: int


def save_desk(db: Database, path: Path) -> None:
    """Write the whole desk into one file, as it is at one moment.

    Sign-ins, attempts to sign in, claims and runs stay out. Pictures and masks are in the file,
    wherever the desk keeps them.

    Args:
        db: the desk's database, of either kind.
        path: the file; one that is there is replaced once the new one is whole.

    Raises:
        StoreUnavailable: the desk's database or object storage cannot be read now.
        SettingsError: the object storage is not there, or refuses this desk.
        StoreError: the file cannot be written, or a picture or mask is lost.
    """
    half = path.with_name(path.name + ".part")
    lost = StoreError(
        f"{path.name} could not be written. Free some space or choose another place.",
    )
    try:
        half.unlink(missing_ok=True)
        with _open_file(half, lost) as target:
            migrate(target)
            with db.read_snapshot() as source:
                for table in _KEPT:
                    for rows in _read(source, table, db.translating):
                        own = map(ask_anew, rows) if table is comparisons else rows
                        target.execute(insert(table), list(own))
            # What lies there never changes, so that the database need not wait for it.
            for group in list_groups(lambda: nullcontext(target), are_away=True):
                fill_rows(target, db.require_objects().get_many(group))
            target.execute(text(f"PRAGMA application_id = {APPLICATION_ID}"))
        half.replace(path)
    except OSError as error:
        lost.detail = str(error)
        raise lost from error
    finally:
        with suppress(OSError):
            half.unlink(missing_ok=True)


def open_desk_file(db: Database, path: Path) -> Opened:
    """Add what a file holds to a desk: what is there already, by its id, stays as it is.

    The file is looked through before anything of it is believed, and is not changed. Either all of
    it is added or nothing. Where pictures are kept in object storage, they are brought there first;
    if nothing is added in the end, they lie there and harm nobody.

    Args:
        db: the desk's database.
        path: a file that `save_desk` wrote.

    Raises:
        SchemaTooNew: a newer desk wrote it.
        StoreError: it is not such a file, or it is damaged.
        Conflict: what it says contradicts itself.
        StoreUnavailable: nothing can be written now.
        SettingsError: the object storage is not there, or refuses this desk.
    """
    _check_header(path)
    folder = Path(tempfile.mkdtemp(prefix="mask-desk-"))
    try:
        copy = folder / "desk"
        try:
            shutil.copyfile(path, copy)
        except OSError as error:
            raise StoreError(
                f"{path.name} could not be read. Choose it again.", str(error)
            ) from error
        with _open_file(copy, _damaged(path.name)) as source:
            _check_schema(source, path.name)
            migrate(source)
        with _open_file(copy, _damaged(path.name)) as source:

            def read(table: Table) -> Iterator[dict[str, Any]]:
                for rows in _read(source, table, lambda: _blaming(_damaged(path.name))):
                    yield from rows

            put = set() if db.objects is None else _put_away(db, read(blobs))
            with db.write() as target:
                merge = Merge(target, read, put=put)
                merge.add_all()
            return Opened(merge.projects, merge.items, merge.reviews, merge.pins)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _put_away(db: Database, rows: Iterator[dict[str, Any]]) -> set[bytes]:
    """Bring the bytes of a file to the object storage, as many at a time as memory takes.

    Returns:
        The sha256 of what is there now; the others were on the desk already.
    """
    put: set[bytes] = set()
    batch: list[bytes] = []
    for row in rows:
        batch.append(check_blob(row))
        if len(batch) == _BATCH or sum(map(len, batch)) > _BATCH_BYTES:
            put.update(map(bytes.fromhex, db.put_away(*batch)))
            batch = []
    put.update(map(bytes.fromhex, db.put_away(*batch)))
    return put


def _check_header(path: Path) -> None:
    try:
        with path.open("rb") as file:
            header = file.read(100)
    except OSError as error:
        raise StoreError(f"{path.name} could not be read. Choose it again.", str(error)) from error
    marked = int.from_bytes(header[_ID_AT : _ID_AT + 4]) == APPLICATION_ID
    if not header.startswith(_MAGIC) or not marked:
        raise StoreError(
            "This is not a desk's file. Choose one that was saved with “Save the desk”.", path.name
        )


def _check_schema(source: Connection, name: str) -> None:
    """The file's tables are to the letter those a desk makes, so nothing else runs with them."""
    known = set(METADATA.tables)
    tables = source.scalars(text("SELECT name FROM sqlite_master WHERE type = 'table'"))
    if not {"schema_steps"} <= set(tables) & known:
        raise _damaged(name, "no schema_steps")
    number = read_number(source)
    if not isinstance(number, int):
        raise _damaged(name, "its schema has no number")
    check_number(number)
    if _list_schema(source) != _make_schema(number):
        raise _damaged(name, "its tables are not a desk's")
    verdict = source.scalars(text("PRAGMA integrity_check")).all()
    if verdict != ["ok"]:
        raise _damaged(name, "; ".join(str(line) for line in verdict[:3]))
    if source.execute(text("PRAGMA foreign_key_check")).first() is not None:
        raise _damaged(name, "something refers to what is not there")


def _make_schema(number: int) -> set[tuple[Any, ...]]:
    engine = create_engine("sqlite+pysqlite:///:memory:")
    try:
        with engine.begin() as connection:
            for step in STEPS[:number]:
                step(connection)
            return _list_schema(connection)
    finally:
        engine.dispose()


def _list_schema(connection: Connection) -> set[tuple[Any, ...]]:
    rows = connection.execute(text("SELECT type, name, tbl_name, sql FROM sqlite_master"))
    return {tuple(row) for row in rows if not str(row.name).startswith("sqlite_")}


def _read(
    source: Connection, table: Table, translating: Callable[[], AbstractContextManager[None]]
) -> Iterator[list[dict[str, Any]]]:
    # Pictures and masks one by one: a small machine holds no five hundred.
    size = 1 if table is blobs else _BATCH
    statement = select(table).order_by(*table.primary_key).execution_options(yield_per=size)
    # Whatever goes wrong in here is the source's doing, not that of whoever takes the rows.
    with translating():
        for part in source.execute(statement).mappings().partitions(size):
            yield [dict(row) for row in part]


@contextmanager
def _open_file(path: Path, blame: StoreError) -> Iterator[Connection]:
    """A file that is nobody else's, in one transaction; a stranger may have made it."""
    engine = create_engine(
        "sqlite+pysqlite://",
        creator=lambda: _connect(path),
        poolclass=NullPool,
        hide_parameters=True,
    )

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN")

    try:
        with _blaming(blame), engine.connect() as connection, connection.begin():
            yield connection
    finally:
        engine.dispose()


def _connect(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    try:
        for pragma in ("trusted_schema = OFF", "cell_size_check = ON", "mmap_size = 0"):
            connection.execute(f"PRAGMA {pragma}")
        connection.execute("PRAGMA journal_mode = DELETE")
    except sqlite3.Error:
        connection.close()
        raise
    return connection


@contextmanager
def _blaming(blame: StoreError) -> Iterator[None]:
    try:
        yield
    except (SQLAlchemyError, UnicodeError, OverflowError) as error:
        blame.detail = repr(getattr(error, "orig", None) or error)
        raise blame from error


def _damaged(name: str, detail: str = "") -> StoreError:
    return StoreError(
        f"{name} is damaged or was changed by something else, so nothing of it was opened. "
        "Save the desk again and open that file.",
        detail,
    )
