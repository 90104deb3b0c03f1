"""What a database's own error means for whoever wanted to read or write."""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from components.errors import Conflict, StoreError, StoreUnavailable

# PostgreSQL's SQLSTATE classes for "not now": connection, resources, shutting down, read only,
# given up on a lock or a deadlock.
_PASSING_STATES: Final = ("08", "53", "57", "25006", "40", "55P03", "58")
# SQLite's primary result codes: permission, busy, locked, read only, interrupted, I/O, full,
# cannot open.
_PASSING_CODES: Final = frozenset({3, 5, 6, 8, 9, 10, 13, 14})
# Data or index corrupted; malformed, or no database.
_DAMAGED_STATES: Final = ("XX001", "XX002")
_DAMAGED_CODES: Final = frozenset({11, 26})


def translate(error: SQLAlchemyError, label: str) -> StoreError:
    """The desk's error for one of the library's.

    Only what is certain to fail again for these very values is final: values that no column takes,
    or that go against a rule of the tables. All else is `StoreUnavailable`: a table that is being
    restored, a right that was taken away or a broken disk is mended by somebody, and then the same
    write goes through.

    Args:
        error: as it came.
        label: what the database is called on a page.
    """
    cause: Any = error.orig if isinstance(error, DBAPIError) else error
    detail = f"{type(cause).__name__}: {cause}"
    if isinstance(error, DataError) or _is_unfit(error):
        return Conflict("A text or a number that came cannot be stored. Nothing was saved.", detail)
    if isinstance(error, IntegrityError):
        return StoreError(
            f"{label} answered with an error, so nothing was saved. Tell whoever runs this desk.",
            detail,
        )
    code, state = _read_code(cause)
    if code in _DAMAGED_CODES or state in _DAMAGED_STATES:
        return StoreUnavailable(
            f"{label} is damaged, or is no desk's database, so nothing was read or saved. "
            "Whoever runs this desk has to put a copy in its place.",
            detail,
        )
    if _is_passing(error, cause, code, state):
        return StoreUnavailable(
            f"{label} cannot be reached or written at the moment, so nothing was saved. "
            "Try again; if it stays so, tell whoever runs this desk.",
            detail,
        )
    return StoreUnavailable(
        f"{label} answered with an error, so nothing was saved. Try again; if it stays so, tell "
        "whoever runs this desk.",
        detail,
    )


def _is_unfit(error: SQLAlchemyError) -> bool:
    """Whether a value was of a type that the driver itself did not take."""
    if not isinstance(error, DBAPIError) or error.orig is None:
        return False
    # The server was not asked, and the words are the drivers': sqlite3 and psycopg.
    words = str(error.orig)
    unfit = words.startswith(("Error binding parameter", "cannot adapt type"))
    return unfit and _read_code(error.orig) == (None, "")


def _read_code(cause: Any) -> tuple[int | None, str]:
    """SQLite's primary result code, or PostgreSQL's SQLSTATE."""
    code = getattr(cause, "sqlite_errorcode", None)
    return (None if code is None else code & 0xFF), str(getattr(cause, "sqlstate", None) or "")


def _is_passing(error: SQLAlchemyError, cause: Any, code: int | None, state: str) -> bool:
    if isinstance(error, PoolTimeout):
        return True
    if not isinstance(error, DBAPIError):
        return False
    if error.connection_invalidated:
        return True
    if code is not None:
        return code in _PASSING_CODES
    if state:
        return state.startswith(_PASSING_STATES)
    # Without a state the server never answered.
    return type(cause).__name__ in ("OperationalError", "InterfaceError", "ConnectionTimeout")
