"""What is final and what may work later, by errors that real databases give."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import insert, text

from components.errors import Conflict, StoreError, StoreUnavailable
from components.store import Database, open_database, projects, queue, reviews
from components.store.schema import schema_steps
from tests.postgres import Postgres
from tests.store.material import NOW, add_pictures, make_decision, make_project
from tests.store.recount import check_consistency

pytestmark = pytest.mark.both_databases


def test_a_decision_waits_while_a_table_is_away(database: Database) -> None:
    project = make_project(database)
    (item,) = add_pictures(database, project, ["1"])
    with database.write() as connection:
        connection.execute(text("ALTER TABLE standing RENAME TO away"))
    decision = make_decision(item)
    with pytest.raises(StoreUnavailable, match="nothing was saved"):
        reviews.decide(database, decision, "anna", now=NOW)
    with database.write() as connection:
        connection.execute(text("ALTER TABLE away RENAME TO standing"))
    assert not reviews.decide(database, decision, "anna", now=NOW).was_stored
    check_consistency(database)


def _write(database: Database, *values: object) -> None:
    with database.write() as connection:
        for value in values:
            connection.execute(insert(schema_steps).values(number=value, at=NOW))


def test_only_what_cannot_be_stored_is_final(database: Database) -> None:
    for value in (object(), 2**80, None):
        with pytest.raises(StoreError) as caught:
            _write(database, value)
        assert not isinstance(caught.value, StoreUnavailable), value
    with pytest.raises(StoreError) as caught:
        _write(database, 70, 70)
    assert not isinstance(caught.value, (StoreUnavailable, Conflict))
    with pytest.raises(Conflict):
        make_project(database, name="\0")


@pytest.mark.parametrize(
    "state",
    [
        "40001", "40P01", "42501", "42P01", "42883", "42703", "53100", "53200", "53300", "55P03",
        "57014", "57P01", "57P03", "58030", "25006", "25P03", "XX000", "XX001", "0A000", "P0001",
    ],
)  # fmt: skip
def test_postgresql_s_other_errors_may_pass(state: str, postgres: Postgres) -> None:
    address = postgres.create_database()
    database = open_database(address)

    def fail() -> None:
        with database.write() as connection:
            connection.execute(
                text(f"DO $$ BEGIN RAISE EXCEPTION 'no' USING ERRCODE = '{state}'; END $$")
            )

    with pytest.raises(StoreUnavailable) as caught:
        fail()
    assert ("damaged" in caught.value.message) == (state == "XX001")
    assert "no" in caught.value.detail
    database.close()
    postgres.drop_database(address)


def test_a_locked_file_may_be_free_later(tmp_path: Path) -> None:
    database = open_database(f"sqlite:///{tmp_path}/desk.sqlite3")
    project = make_project(database)
    with database.read() as connection:
        connection.exec_driver_sql("PRAGMA query_only = ON")
        with pytest.raises(StoreUnavailable), database.translating():
            connection.execute(insert(schema_steps).values(number=9, at=NOW))
        connection.exec_driver_sql("PRAGMA query_only = OFF")
    assert projects.list_projects(database) == [project]
    database.close()


@pytest.mark.parametrize("junk", [b"hello" * 1000, b"PK\3\4" * 100])
def test_what_is_no_database_is_called_damaged(junk: bytes, tmp_path: Path) -> None:
    path = tmp_path / "desk.sqlite3"
    path.write_bytes(junk)
    with pytest.raises(StoreUnavailable, match=r"desk\.sqlite3 is damaged.*a copy in its place"):
        open_database(f"sqlite:///{path}")
    assert path.read_bytes() == junk


def test_a_damaged_file_is_called_damaged(tmp_path: Path) -> None:
    path = tmp_path / "desk.sqlite3"
    database = open_database(f"sqlite:///{path}")
    project = make_project(database)
    add_pictures(database, project, [f"{at}" for at in range(300)])
    database.close()
    path.write_bytes(path.read_bytes()[:60_000])
    with pytest.raises(StoreUnavailable, match="is damaged"):
        _use(path, project.id)


def _use(path: Path, project_id: str) -> None:
    database = open_database(f"sqlite:///{path}")
    try:
        queue.take_next(database, project_id, "anna", now=NOW)
        projects.list_projects(database)
    finally:
        database.close()
