"""Opening a database: which addresses, whose schema, and what is said when it cannot be."""

from __future__ import annotations

import os
import resource
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import Connection, insert, inspect, text

from components.errors import (
    Conflict,
    SchemaTooNew,
    SettingsError,
    StoreError,
    StoreUnavailable,
)
from components.store import Database, open_database, projects
from components.store.migrations import STEPS
from components.store.schema import METADATA, schema_steps
from tests.postgres import Postgres
from tests.store.material import NOW, make_project

pytestmark = pytest.mark.both_databases

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(
    "address",
    [
        "",
        "desk.sqlite3",
        "sqlite://",
        "sqlite:///:memory:",
        "sqlite:////tmp/x?mode=ro",
        "sqlite+aiosqlite:////tmp/x",
        "mysql://user:hunter2@host/desk",
        "postgresql+asyncpg://user:hunter2@host/desk",
        "postgresql://user:hunter2@host",
        "postgresql://user:hunter2@host:port/desk",
        "http://user:hunter2@host/desk",
    ],
)
def test_what_is_no_database_s_address_is_said(address: str) -> None:
    with pytest.raises(SettingsError) as caught:
        open_database(address)
    assert "sqlite:////folder/desk.sqlite3" in caught.value.message
    assert "hunter2" not in f"{caught.value.message} {caught.value.detail}"
    assert caught.value.__cause__ is None


def test_it_opens_again_as_it_was(new_address: str) -> None:
    database = open_database(new_address)
    project = make_project(database)
    database.close()
    again = open_database(new_address)
    assert projects.list_projects(again) == [project]
    again.close()


def test_it_is_called_without_user_and_password(address: str, tmp_path: Path) -> None:
    database = open_database(address)
    if database.kind == "sqlite":
        assert database.label == "desk.sqlite3"
    else:
        assert database.label.startswith("PostgreSQL at this machine/desk_")
    assert "postgres:" not in repr(database)
    database.close()


def test_the_steps_make_the_tables_that_the_program_knows(database: Database) -> None:
    with database.read() as connection:
        found = inspect(connection)
        assert set(found.get_table_names()) == set(METADATA.tables)
        for table in METADATA.tables.values():
            columns = {one["name"]: one for one in found.get_columns(table.name)}
            assert list(columns) == [column.name for column in table.columns]
            for column in table.columns:
                assert columns[column.name]["nullable"] == column.nullable
                made = columns[column.name]["type"].compile(connection.dialect)
                wanted = column.type.compile(connection.dialect)
                assert _plain(made) == _plain(wanted), f"{table.name}.{column.name}"
            keys = found.get_pk_constraint(table.name)["constrained_columns"]
            assert keys == [column.name for column in table.primary_key]
            indexes = {
                one["name"]: (one["column_names"], bool(one["unique"]))
                for one in found.get_indexes(table.name)
                if not one.get("duplicates_constraint")
            }
            assert indexes == {
                str(one.name): ([column.name for column in one.columns], bool(one.unique))
                for one in table.indexes
            }
            foreign = {
                (one["constrained_columns"][0], one["referred_table"], one["referred_columns"][0])
                for one in found.get_foreign_keys(table.name)
            }
            assert foreign == {
                (key.parent.name, key.column.table.name, key.column.name)
                for key in table.foreign_keys
            }


def _plain(words: str) -> str:
    kind = words.split(" COLLATE")[0]
    return "FLOAT" if kind in ("REAL", "FLOAT(53)", "DOUBLE PRECISION") else kind


def test_a_newer_desk_s_database_is_left_alone(address: str) -> None:
    database = open_database(address)
    with database.write() as connection:
        connection.execute(insert(schema_steps).values(number=len(STEPS) + 1, at=NOW))
    database.close()
    with pytest.raises(SchemaTooNew, match="Update this desk"):
        open_database(address)


def test_nothing_of_a_transaction_that_fails_is_there(database: Database) -> None:
    def fail() -> None:
        with database.write() as connection:
            connection.execute(insert(schema_steps).values(number=500, at=NOW))
            raise Conflict("no")

    with pytest.raises(Conflict):
        fail()
    with database.read() as connection:
        assert connection.scalar(text("SELECT max(number) FROM schema_steps")) == len(STEPS)


def test_a_reader_sees_one_moment(database: Database) -> None:
    with database.read_snapshot() as connection:
        before = _count(connection)
        make_project(database)
        assert _count(connection) == before
    with database.read() as connection:
        assert _count(connection) == before + 1


def _count(connection: Connection) -> int:
    return connection.scalar(text("SELECT count(*) FROM projects")) or 0


def test_sqlite_keeps_what_was_written_through_a_loss_of_power(tmp_path: Path) -> None:
    database = open_database(f"sqlite:///{tmp_path}/desk.sqlite3")
    with database.read() as connection:
        said = {
            name: connection.scalar(text(f"PRAGMA {name}"))
            for name in ("journal_mode", "synchronous", "foreign_keys", "trusted_schema")
        }
    assert said == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "trusted_schema": 0}
    database.close()


def test_a_file_that_is_no_database_is_said(tmp_path: Path) -> None:
    path = tmp_path / "desk.sqlite3"
    path.write_bytes(b"This is text. " * 500)
    with pytest.raises(StoreError):
        open_database(f"sqlite:///{path}")
    assert path.read_bytes().startswith(b"This is text.")


def test_a_folder_that_cannot_be_made_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreUnavailable, match="folder"):
        open_database(f"sqlite:///{tmp_path}/file/desk.sqlite3")


def test_a_server_that_is_not_there_is_said_without_the_password() -> None:
    with socket.socket() as unheard:
        unheard.bind(("127.0.0.1", 0))
        port = unheard.getsockname()[1]
        with pytest.raises(StoreUnavailable) as caught:
            open_database(f"postgresql://anna:hunter2@127.0.0.1:{port}/desk")
    assert "PostgreSQL at 127.0.0.1/desk" in caught.value.message
    error: BaseException | None = caught.value
    while error is not None:
        assert "hunter2" not in f"{error!r} {error} {getattr(error, 'detail', '')}"
        error = error.__cause__ or error.__context__


def test_a_database_that_is_not_there_is_said(postgres: Postgres) -> None:
    address = postgres.create_database()
    postgres.drop_database(address)
    with pytest.raises(StoreUnavailable):
        open_database(address)


def test_postgresql_that_only_reads_is_said(postgres: Postgres) -> None:
    address = postgres.create_database()
    database = open_database(address)
    name = address.split("?")[0].rsplit("/", 1)[1]
    with database.write() as connection:
        connection.execute(text(f'ALTER DATABASE "{name}" SET default_transaction_read_only = on'))
    database.close()
    # The tables are there already, so it opens; the first thing written is refused.
    database = open_database(address)
    with pytest.raises(StoreUnavailable):
        make_project(database)
    assert projects.list_projects(database) == []
    database.close()
    postgres.drop_database(address)


def _run_child(code: str, *arguments: str, before: Callable[[], object] | None = None) -> str:
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        preexec_fn=before,
        timeout=60,
        check=False,
    )
    return done.stdout + done.stderr


_WRITE_MUCH = """
import sys
from components.errors import StoreUnavailable
from components.store import open_database, projects
from tests.store.material import make_project
database = open_database(sys.argv[1])
try:
    for at in range(1000):
        make_project(database, name=f"p{at}", instructions="x" * 90_000)
except StoreUnavailable as error:
    print("refused:", error.message)
print(len(projects.list_projects(database)), at)
"""


def test_a_full_disk_is_said_and_what_was_saved_stays(tmp_path: Path) -> None:
    address = f"sqlite:///{tmp_path}/desk.sqlite3"

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (3_000_000, 3_000_000))

    said = _run_child(_WRITE_MUCH, address, before=limit).splitlines()
    assert said[0].startswith("refused: desk.sqlite3 cannot be reached or written"), said
    stored, tried = said[1].split()
    assert stored == tried
    database = open_database(address)
    assert len(projects.list_projects(database)) == int(stored) > 5
    make_project(database)
    database.close()


_WRITE_ONE = """
import os, sys
# Whoever is nobody may not read the interpreter's own folders; what is needed is imported before.
import sqlite3, sqlalchemy.dialects.sqlite, components.store.projects
from components.errors import StoreUnavailable
from components.store import open_database
from tests.store.material import make_project
os.setuid(65534)
try:
    make_project(open_database(sys.argv[1]))
    print("written")
except StoreUnavailable as error:
    print("refused:", error.message)
"""


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody who may not write")
def test_a_file_that_only_reads_is_said(tmp_path: Path) -> None:
    folder = tmp_path / "read only"
    database = open_database(f"sqlite:///{folder}/desk.sqlite3")
    make_project(database)
    database.close()
    for part in (tmp_path, *tmp_path.parents[:2]):
        part.chmod(0o755)
    (folder / "desk.sqlite3").chmod(0o444)
    folder.chmod(0o555)
    said = _run_child(_WRITE_ONE, f"sqlite:///{folder}/desk.sqlite3")
    assert said.startswith("refused:"), said
    folder.chmod(0o755)
