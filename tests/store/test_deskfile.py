"""A SQLite file that is deleted, moved or replaced while the desk is running."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from components.errors import StoreUnavailable
from components.store import Database, bundle, open_database, projects, queue, reviews
from tests.store.material import NOW, add_pictures, make_decision, make_project
from tests.store.recount import check_consistency

PARTS = ("", "-wal", "-shm")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "a folder" / "desk ü%.sqlite3"


@pytest.fixture
def desk(path: Path) -> Iterator[Database]:
    database = open_database(f"sqlite:///{path}".replace("%", "%25"))
    if not path.exists():
        database.close()
        database = open_database(f"sqlite:///{path}")
    assert path.exists()
    yield database
    database.close()


def _move(path: Path, to: Path, parts: tuple[str, ...] = PARTS) -> None:
    for part in parts:
        source = path.with_name(path.name + part)
        if source.exists():
            source.rename(to.with_name(to.name + part))


@pytest.mark.parametrize("parts", [PARTS, ("",)])
def test_a_file_that_was_moved_takes_nothing_until_it_is_back(
    parts: tuple[str, ...], desk: Database, path: Path, tmp_path: Path
) -> None:
    project = make_project(desk)
    first, second = add_pictures(desk, project, ["1", "2"])
    reviews.decide(desk, make_decision(first), "anna", now=NOW)
    away = tmp_path / "away.sqlite3"
    _move(path, away, parts)
    decision = make_decision(second)
    for _ in range(2):
        with pytest.raises(StoreUnavailable, match=r"moved or removed.*Put it back"):
            reviews.decide(desk, decision, "anna", now=NOW)
    with pytest.raises(StoreUnavailable, match="moved or removed"):
        projects.list_projects(desk)
    assert not path.exists()
    # All that was said to be saved is in the file itself, wherever it is now.
    shutil.copyfile(away, tmp_path / "copy.sqlite3")
    connection = sqlite3.connect(tmp_path / "copy.sqlite3")
    assert connection.execute("SELECT count(*) FROM reviews").fetchone() == (1,)
    connection.close()
    _move(away, path, parts)
    assert not reviews.decide(desk, decision, "anna", now=NOW).was_stored
    assert projects.measure_progress(desk, project.id, "anna").by_status["approved"] == 2
    check_consistency(desk)


def test_a_file_that_was_deleted_is_not_made_anew(desk: Database, path: Path) -> None:
    project = make_project(desk)
    (item,) = add_pictures(desk, project, ["1"])
    for part in PARTS:
        path.with_name(path.name + part).unlink(missing_ok=True)

    def use(at: int) -> str:
        try:
            if at % 2:
                reviews.decide(desk, make_decision(item), f"p{at}", now=NOW)
            else:
                queue.take_next(desk, project.id, f"p{at}", now=NOW)
        except StoreUnavailable as error:
            return error.message
        return "saved"

    with ThreadPoolExecutor(8) as pool:
        said = set(pool.map(use, range(24)))
    assert len(said) == 1
    assert "moved or removed" in said.pop()
    assert not path.exists()


def test_a_file_removed_in_the_midst_of_a_write_is_said(desk: Database, path: Path) -> None:
    project = make_project(desk)

    def write() -> None:
        with desk.write() as connection:
            projects.note_event(connection, project.id, "x", by="anna", now=NOW)
            path.unlink()

    with pytest.raises(StoreUnavailable, match="moved or removed"):
        write()


def _copy(path: Path, to: Path) -> None:
    source, target = sqlite3.connect(path), sqlite3.connect(to)
    source.backup(target)
    source.close()
    target.close()


def test_another_desk_s_file_in_its_place_is_opened(
    desk: Database, path: Path, tmp_path: Path
) -> None:
    project = make_project(desk)
    made = add_pictures(desk, project, [f"{at}" for at in range(40)])
    reviews.decide(desk, make_decision(made[0]), "anna", now=NOW)
    _copy(path, tmp_path / "backup")
    for item in made[1:20]:
        reviews.decide(desk, make_decision(item), "anna", now=NOW)
    (tmp_path / "backup").replace(path)

    def decide(at: int) -> bool:
        return reviews.decide(desk, make_decision(made[at]), f"p{at}", now=NOW).was_stored

    with ThreadPoolExecutor(6) as pool:
        assert set(pool.map(decide, range(20, 40))) == {False}
    assert projects.measure_progress(desk, project.id, "anna").by_status["approved"] == 21
    check_consistency(desk)
    desk.close()
    connection = sqlite3.connect(path)
    assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    assert connection.execute("SELECT count(*) FROM reviews").fetchone() == (21,)
    connection.close()


@pytest.mark.parametrize("other", [b"", b"hello" * 1000, "newer", "another program's", "saved"])
def test_what_is_no_desk_s_file_in_its_place_is_left_alone(
    other: bytes | str, desk: Database, path: Path, tmp_path: Path
) -> None:
    project = make_project(desk)
    lies = tmp_path / "other"
    if isinstance(other, bytes):
        lies.write_bytes(other)
    elif other == "newer":
        _copy(path, lies)
        _run(lies, "INSERT INTO schema_steps VALUES (900, 1)")
    elif other == "saved":
        bundle.save_desk(desk, lies)
    else:
        _run(lies, "CREATE TABLE notes (text)")
    kept = tmp_path / "kept"
    _move(path, kept)
    before = lies.read_bytes()
    shutil.copyfile(lies, path)
    for _ in range(2):
        with pytest.raises(
            StoreUnavailable, match=r"newer desk|something else|was saved for another"
        ):
            make_project(desk, name="Lost")
    if other not in ("newer", "saved"):
        assert path.read_bytes() == before
    for part in PARTS:
        path.with_name(path.name + part).unlink(missing_ok=True)
    _move(kept, path)
    assert projects.list_projects(desk) == [project]
    make_project(desk, name="Kept")


def test_a_whole_desk_saved_as_one_file_is_not_worked_in(desk: Database, tmp_path: Path) -> None:
    make_project(desk)
    bundle.save_desk(desk, tmp_path / "all.desk")
    with pytest.raises(StoreUnavailable, match="saved for another to open"):
        open_database(f"sqlite:///{tmp_path}/all.desk")


def _run(path: Path, statement: str) -> None:
    connection = sqlite3.connect(path)
    connection.execute(statement)
    connection.commit()
    connection.close()


def test_a_desk_that_stops_leaves_no_log_over_another_file(
    desk: Database, path: Path, tmp_path: Path
) -> None:
    project = make_project(desk)
    bundle.save_desk(desk, tmp_path / "backup.desk")
    add_pictures(desk, project, [f"{at}" for at in range(40)])
    (tmp_path / "backup.desk").replace(path)
    desk.close()
    connection = sqlite3.connect(path)
    assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    assert connection.execute("SELECT count(*) FROM items").fetchone() == (0,)
    connection.close()
