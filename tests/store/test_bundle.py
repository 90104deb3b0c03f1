"""The whole desk as one file: there and back again, and what is not believed."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import create_engine

from components.errors import Conflict, DeskError, SchemaTooNew, StoreError
from components.model.review import Pin
from components.store import (
    Database,
    bundle,
    lists,
    open_database,
    pins,
    projects,
    queue,
    reviews,
)
from components.store.bundle import Opened
from components.store.deskfile import APPLICATION_ID
from components.store.migrations import STEPS
from tests.postgres import Postgres
from tests.store.material import (
    NOW,
    add_pictures,
    make_decision,
    make_id,
    make_project,
    put_truth,
)
from tests.store.recount import check_consistency
from tests.store.whole_desk import describe, fill, list_truths

pytestmark = pytest.mark.both_databases

REGION = {"pixels": 3, "box": [1, 2, 3, 4.5]}


def test_from_sqlite_to_postgresql_and_back_nothing_is_lost(
    tmp_path: Path, postgres: Postgres
) -> None:
    first = open_database(f"sqlite:///{tmp_path}/first.sqlite3")
    project = fill(first)
    expected = describe(first, project)
    away_address = postgres.create_database()
    away = open_database(away_address)
    last = open_database(f"sqlite:///{tmp_path}/last.sqlite3")
    bundle.save_desk(first, tmp_path / "one.desk")
    added = bundle.open_desk_file(away, tmp_path / "one.desk")
    record = reviews.list_record(first, project.id, limit=1000)
    assert added == Opened(projects=2, items=6, reviews=len(record), pins=1)
    check_consistency(away)
    assert describe(away, project) == expected
    bundle.save_desk(away, tmp_path / "two.desk")
    assert bundle.open_desk_file(last, tmp_path / "two.desk") == added
    check_consistency(last)
    assert describe(last, project) == expected
    for database in (first, away, last):
        database.close()
    postgres.drop_database(away_address)


def test_opened_twice_it_adds_nothing(database: Database, tmp_path: Path) -> None:
    project = fill(database)
    expected = describe(database, project)
    path = tmp_path / "all.desk"
    bundle.save_desk(database, path)
    assert bundle.open_desk_file(database, path) == Opened(0, 0, 0, 0)
    assert describe(database, project) == expected
    check_consistency(database)


def test_the_longest_that_a_desk_writes_opens_again(database: Database, tmp_path: Path) -> None:
    project = make_project(
        database, name="ä" * 200, instructions="\U0001f600" * 100_000, by="x" * 320
    )
    (item,) = add_pictures(database, project, ["n" * 300])
    projects.change_project(database, project.id, by="lead", now=NOW, instructions="ü" * 100_000)
    decision = make_decision(item, "rejected", note="\U0001f600" * 4000)
    reviews.decide(database, decision, "x" * 320, now=NOW)
    pin = Pin(make_id(), item.id, 0, 30, "x" * 4000, region=REGION, author="anna")
    pins.add_pin(database, pin, now=NOW)
    path = tmp_path / "all.desk"
    bundle.save_desk(database, path)
    other = open_database(f"sqlite:///{tmp_path}/other.sqlite3")
    assert bundle.open_desk_file(other, path) == Opened(1, 1, 1, 1)
    assert bundle.open_desk_file(database, path) == Opened(0, 0, 0, 0)
    other.close()


def test_two_desks_that_went_on_apart_come_together(database: Database, tmp_path: Path) -> None:
    other = open_database(f"sqlite:///{tmp_path}/other.sqlite3")
    project = make_project(database)
    first, second = add_pictures(database, project, ["1.jpg", "2.jpg"])
    bundle.save_desk(database, tmp_path / "start.desk")
    bundle.open_desk_file(other, tmp_path / "start.desk")
    reviews.decide(database, make_decision(first), "anna", now=NOW)
    add_pictures(database, project, ["3.jpg"])
    reviews.decide(other, make_decision(second, "rejected"), "chi", now=NOW)
    (third,) = add_pictures(other, project, ["3.jpg"])
    (fourth,) = add_pictures(other, project, ["4.jpg"])
    reviews.decide(other, make_decision(third, "needs_fix"), "chi", now=NOW)
    bundle.save_desk(other, tmp_path / "other.desk")
    queue.take_next(database, project.id, "Björn", now=NOW)
    # Picture 3 was added on both desks: it stays one, and keeps what was said of it there.
    assert bundle.open_desk_file(database, tmp_path / "other.desk") == Opened(0, 1, 2, 0)
    rows = lists.list_items(database, project.id, lists.Wish(), reviewer="chi").rows
    assert [(row.item.name, row.item.status) for row in rows] == [
        ("1.jpg", "approved"),
        ("2.jpg", "rejected"),
        ("3.jpg", "needs_fix"),
        ("4.jpg", "open"),
    ]
    assert rows[3].item.id == fourth.id
    turn = queue.take_next(database, project.id, "Björn", now=NOW)
    assert turn.item is not None
    assert turn.item.id == fourth.id
    check_consistency(database)
    other.close()


def test_a_picture_keeps_its_own_truth(database: Database, tmp_path: Path) -> None:
    other = open_database(f"sqlite:///{tmp_path}/other.sqlite3")
    project = make_project(database)
    first, second = add_pictures(database, project, ["1.jpg", "2.jpg"])
    bundle.save_desk(database, tmp_path / "start.desk")
    bundle.open_desk_file(other, tmp_path / "start.desk")
    (third,) = add_pictures(database, project, ["3.jpg"])
    (same,) = add_pictures(other, project, ["3.jpg"])
    put_truth(database, first.id, b"ours")
    put_truth(other, first.id, b"theirs")
    put_truth(other, second.id, b"only theirs")
    put_truth(other, same.id, b"of a picture with another id")
    bundle.save_desk(other, tmp_path / "other.desk")
    for _ in range(2):
        bundle.open_desk_file(database, tmp_path / "other.desk")
    assert list_truths(database) == {
        first.id: b"ours",
        second.id: b"only theirs",
        third.id: b"of a picture with another id",
    }
    check_consistency(database)
    other.close()


def test_a_file_of_the_first_schema_opens(saved: Path, tmp_path: Path, database: Database) -> None:
    """Made by the first step alone, as desks of that time wrote them."""
    path = tmp_path / "first.desk"
    engine = create_engine(f"sqlite:///{path}")
    with engine.begin() as connection:
        STEPS[0](connection)
        connection.exec_driver_sql("INSERT INTO schema_steps VALUES (1, 1)")
    engine.dispose()
    old = sqlite3.connect(path)
    old.execute("ATTACH ? AS new", (str(saved),))
    tables = old.execute("SELECT name FROM main.sqlite_master WHERE type = 'table'").fetchall()
    for (table,) in tables:
        if table.startswith("sqlite_") or table == "schema_steps":
            continue
        columns = [row[1] for row in old.execute(f"PRAGMA main.table_info({table})")]
        assert not {"is_away", "grouping"} & set(columns)
        names = ", ".join(columns)
        old.execute(f"INSERT INTO main.{table} ({names}) SELECT {names} FROM new.{table}")  # noqa: S608
    old.commit()
    old.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    old.commit()
    old.close()
    added = bundle.open_desk_file(database, path)
    assert (added.projects, added.items, added.pins) == (2, 6, 1)
    assert list_truths(database) == {}
    check_consistency(database)
    again = open_database(f"sqlite:///{tmp_path}/again.sqlite3")
    bundle.open_desk_file(again, saved)
    project = next(one for one in projects.list_projects(database) if one.name == "Renamed")
    assert _leave_out_groups(describe(again, project)) == _leave_out_groups(
        describe(database, project)
    )
    again.close()


def _leave_out_groups(seen: dict[str, Any]) -> dict[str, Any]:
    """What the first schema knew nothing of, and truth masks with it."""
    rows = [replace(row, item=replace(row.item, grouping="")) for row in seen["rows"]]
    return {**seen, "rows": rows, "truths": [], "groups": []}


def test_who_is_signed_in_stays_out(database: Database, tmp_path: Path) -> None:
    project = fill(database)
    path = tmp_path / "all.desk"
    bundle.save_desk(database, path)
    connection = sqlite3.connect(path)
    for table in ("sign_ins", "attempts", "claims", "places", "runs", "tasks"):
        rows = connection.execute(f"SELECT * FROM {table}")  # noqa: S608
        assert rows.fetchall() == []
    assert connection.execute("SELECT count(*) FROM projects").fetchone() == (2,)
    connection.close()
    assert sorted(one.name for one in tmp_path.glob("*.desk*")) == ["all.desk"]
    assert project.id.encode() in path.read_bytes()


def test_a_place_that_cannot_be_written_is_said(database: Database, tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="could not be written"):
        bundle.save_desk(database, tmp_path / "no such folder" / "all.desk")


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("saved")
    database = open_database(f"sqlite:///{folder}/desk.sqlite3")
    fill(database)
    bundle.save_desk(database, folder / "all.desk")
    database.close()
    return folder / "all.desk"


def _change(statement: str) -> Callable[[Path], None]:
    def change(path: Path) -> None:
        connection = sqlite3.connect(path)
        connection.executescript(f"PRAGMA foreign_keys = OFF; {statement}")
        connection.commit()
        connection.close()

    return change


def _write_over(data: bytes) -> Callable[[Path], None]:
    return lambda path: path.write_bytes(data) and None  # type: ignore[return-value]


HOSTILE: dict[str, tuple[type[DeskError], Callable[[Path], None]]] = {
    "empty": (StoreError, _write_over(b"")),
    "text": (StoreError, _write_over(b"no file of a desk" * 1000)),
    "another program's": (StoreError, _change("PRAGMA application_id = 1")),
    "newer": (SchemaTooNew, _change("INSERT INTO schema_steps VALUES (999, 1)")),
    "no steps": (StoreError, _change("DELETE FROM schema_steps")),
    "a number that is none": (
        StoreError,
        _change("UPDATE schema_steps SET number = 'x' WHERE number = 1"),
    ),
    "no tables": (StoreError, _change("DROP TABLE schema_steps")),
    "a trigger": (
        StoreError,
        _change("CREATE TRIGGER evil AFTER INSERT ON schema_steps BEGIN DELETE FROM reviews; END"),
    ),
    "a view for a table": (
        StoreError,
        _change("DROP TABLE sign_ins; CREATE VIEW sign_ins AS SELECT 1"),
    ),
    "a table more": (StoreError, _change("CREATE TABLE evil (x)")),
    "a column more": (StoreError, _change("ALTER TABLE pins ADD COLUMN evil TEXT")),
    "other bytes under a picture's sha256": (
        Conflict,
        _change("UPDATE blobs SET data = x'00' WHERE size > 20"),
    ),
    "a blob that is text": (Conflict, _change("UPDATE blobs SET data = 'text'")),
    "a size that is not its own": (Conflict, _change("UPDATE blobs SET size = 1")),
    "a picture without bytes": (StoreError, _change("DELETE FROM blobs")),
    "a page as a picture": (Conflict, _change("UPDATE images SET media_type = 'text/html'")),
    "notes that are none": (Conflict, _change("UPDATE images SET notes = '{'")),
    "nested too deep": (
        Conflict,
        _change("UPDATE pins SET region = replace(hex(zeroblob(50000)), '00', '[')"),
    ),
    "an unknown verdict": (Conflict, _change("UPDATE reviews SET move = 'loved'")),
    "an undoing of nothing": (Conflict, _change("UPDATE reviews SET undoes = NULL")),
    "a review without a reviewer's text": (Conflict, _change("UPDATE reviews SET note = x'ff'")),
    "not utf-8": (DeskError, _change("UPDATE reviews SET note = CAST(x'ff' AS TEXT)")),
    "nul in a text": (
        Conflict,
        _change("UPDATE reviews SET note = CAST(x'610062' AS TEXT)"),
    ),
    "a time that is no number": (Conflict, _change("UPDATE reviews SET at = 'yesterday'")),
    "a review of nothing": (StoreError, _change("DELETE FROM items WHERE position = 1")),
    "another picture's answer": (
        Conflict,
        _change(
            "UPDATE items SET answer_id = (SELECT answer_id FROM items WHERE position = 2) "
            "WHERE position = 1"
        ),
    ),
    "an infinite place": (Conflict, _change("UPDATE pins SET x = 9e999")),
    "a confidence beyond": (Conflict, _change("UPDATE projects SET confidence = 400")),
    "needs nobody": (Conflict, _change("UPDATE projects SET needed = 0")),
    "members that are none": (Conflict, _change("UPDATE projects SET members = '[[1, 2]]'")),
    "an id that is a path": (
        DeskError,
        _change("UPDATE events SET id = '../../etc/passwd' || seq"),
    ),
    **{
        what: (Conflict, _change(f"UPDATE {statement}"))
        for what, statement in {
            "a review after the last year": "reviews SET at = 253402300800000",
            "a review before all time": "reviews SET at = -1",
            "a pin after the last year": "pins SET at = 4611686018427387904",
            "a remark after the last year": "remarks SET at = 4611686018427387904",
            "a project after the last year": "projects SET created_at = 4611686018427387904",
            "an archive after the last year": "projects SET archived_at = 4611686018427387904",
            "an event after the last year": "events SET at = 4611686018427387904",
            "a picture after the last year": "items SET added_at = 4611686018427387904",
            "an answer after the last year": "answers SET at = 4611686018427387904",
            "a pin far outside": "pins SET x = 1e308",
            "a pin on the other side": "pins SET y = -1",
            "a picture wider than any": "images SET width = 100001",
            "a picture of too many pixels": "images SET width = 99999, height = 99999",
            "a picture without pixels": "images SET width = 0",
            "a picture below nothing": "images SET height = -5",
            "an original of too many pixels": "images SET original_width = 100000001",
            "a mask of too many pixels": "answers SET mask_width = 20000, mask_height = 20000",
            "a mask without pixels": "answers SET mask_height = 0",
            "half a confidence mask's size": "answers SET confidence_width = NULL",
            "a place below nothing": "items SET position = -4",
            "a mean confidence beyond": "items SET mean_confidence = 1.5",
            "a share beyond": "item_classes SET share = 2",
            "more pixels than a picture has": "item_classes SET pixels = 4611686018427387904",
            "an endless reviewer": "reviews SET reviewer = printf('%.*c', 321, 'x')",
            "no reviewer": "reviews SET reviewer = ''",
            "an endless note": "reviews SET note = printf('%.*c', 4001, 'x')",
            "an endless project": "projects SET name = printf('%.*c', 201, 'x')",
            "a project without a name": "projects SET name = ' '",
            "an endless file": "images SET name = printf('%.*c', 1001, 'x')",
            "an endless class": (
                "item_classes SET class_name = class_name || printf('%.*c', 1001, 'x')"
            ),
            "an endless class in a map": (
                "projects SET class_map = '{\"1\": \"' || printf('%.*c', 1001, 'x') || '\"}'"
            ),
            "a class written twice": """projects SET class_map = '{"1": "a", "01": "b"}'""",
            "a class beyond": """projects SET class_map = '{"256": "a"}'""",
            "a model that is Markdown": "projects SET model = '![x](http://127.0.0.1/x.png)'",
            "an answer of no model": "answers SET model = ''",
            "a review of no model": "reviews SET model = 'road'",
            "an address that is a script": "answers SET address = 'javascript:alert(1)'",
            "a picture from a script": "images SET url = 'javascript:alert(1)'",
            "a policy that is none": "projects SET policy = 'loudest'",
            "a status that is none": "items SET status = 'fine'",
            "needs half a person": "projects SET needed = 1.5",
            "needs too many": "projects SET needed = 100",
            "a member twice": """projects SET members = '[["a", 0.5], ["a", 0.5]]', needed = 1""",
            "members that are too few": """projects SET members = '[["a", 1.0]]', needed = 2""",
            "an event that is none": "events SET kind = 'exploded'",
            "an event nested deep": (
                """events SET detail = '{"a": ' || replace(printf('%.*c', 900, 'x'), 'x', '[') """
                """|| replace(printf('%.*c', 900, 'x'), 'x', ']') || '}'"""
            ),
            "an event about a list": """events SET detail = '{"name": ["x"]}'""",
            "a truth of no size": "truths SET width = 0",
            "a truth too large": "truths SET width = 100000, height = 100000",
            "a truth by nobody known": "truths SET added_by = printf('%.*c', 400, 'x')",
            "a truth of classes that are none": """truths SET class_map = '{"256": "x"}'""",
            "a truth of a time that is none": "truths SET added_at = -1",
            "a group that is endless": "items SET grouping = printf('%.*c', 201, 'x')",
            "bytes that are elsewhere": "blobs SET is_away = 1, data = x''",
            "bytes said to be elsewhere": "blobs SET is_away = 1",
            "a region that is none": """pins SET region = '{"pixels": "x", "box": null}'""",
            "a region of more": """pins SET region = '{"a": 1}'""",
            "a line that undoes itself": "reviews SET move = 'undone', undoes = id",
            "a line that undoes what comes later": (
                "reviews SET move = 'undone', undoes = (SELECT id FROM reviews ORDER BY seq DESC "
                "LIMIT 1) WHERE seq = 1"
            ),
            "a line that undoes another's": (
                "reviews SET undoes = (SELECT id FROM reviews WHERE reviewer = 'chi') "
                "WHERE move = 'undone'"
            ),
            "a line that undoes nothing known": (
                "reviews SET undoes = printf('%.*c', 32, 'a') WHERE move = 'undone'"
            ),
        }.items()
    },
    "a truth without its mask": (
        StoreError,
        _change("DELETE FROM blobs WHERE sha256 = (SELECT mask_sha256 FROM truths LIMIT 1)"),
    ),
    "a truth of nothing": (
        StoreError,
        _change("UPDATE truths SET item_id = printf('%.*c', 32, 'a') WHERE rowid = 1"),
    ),
    "an endless name": (
        Conflict,
        _change("UPDATE items SET name = printf('%.*c', 100000, 'x')"),
    ),
}


FOREIGN_TO_POSTGRESQL = (
    "a blob that is text",
    "not utf-8",
    "nul in a text",
    "a time that is no number",
    "an infinite place",
    "a pin after the last year",
    "needs half a person",
    "a region that is none",
    "an event nested deep",
    "a line that undoes nothing known",
)
"""Values that PostgreSQL takes otherwise than SQLite, and some that come after much was written.

All others are refused before the database sees them, so that it does not matter which it is.
"""


def check_refused(what: str, saved: Path, folder: Path, database: Database) -> None:
    kind, change = HOSTILE[what]
    path = folder / "hostile.desk"
    shutil.copyfile(saved, path)
    change(path)
    before = path.read_bytes()
    with pytest.raises(kind) as caught:
        bundle.open_desk_file(database, path)
    assert 30 < len(caught.value.message) < 250
    assert projects.list_projects(database) == []
    assert projects.list_projects(database, archived=True) == []
    assert path.read_bytes() == before
    check_consistency(database)


@pytest.mark.parametrize("what", HOSTILE)
def test_a_file_that_no_desk_wrote_adds_nothing(
    what: str, saved: Path, tmp_path: Path, sqlite: Database
) -> None:
    check_refused(what, saved, tmp_path, sqlite)


@pytest.mark.parametrize("what", FOREIGN_TO_POSTGRESQL)
def test_neither_does_it_where_another_database_takes_it(
    what: str, saved: Path, tmp_path: Path, postgres: Postgres
) -> None:
    address = postgres.create_desk()
    database = open_database(address)
    check_refused(what, saved, tmp_path, database)
    database.close()
    postgres.drop_database(address)


@pytest.mark.long
@given(data=st.data())
@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_damage_anywhere_is_an_error_of_the_desk_or_harmless(
    data: st.DataObject, saved: Path, tmp_path: Path
) -> None:
    whole = saved.read_bytes()
    damaged = bytearray(whole)
    if data.draw(st.booleans()):
        del damaged[data.draw(st.integers(0, len(whole) - 1)) :]
    else:
        for _ in range(data.draw(st.integers(1, 8))):
            damaged[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    path = tmp_path / "damaged.desk"
    path.write_bytes(damaged)
    database = open_database(f"sqlite:///{tmp_path}/{make_id()}.sqlite3")
    try:
        bundle.open_desk_file(database, path)
    except StoreError:
        assert projects.list_projects(database) == []
    check_consistency(database)
    database.close()


def test_no_file_is_said(database: Database, tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="could not be read"):
        bundle.open_desk_file(database, tmp_path / "none.desk")
