"""Pictures moved to the object storage and back, from a shell, and stopped on the way."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from pathlib import Path

import pytest

from components.errors import SettingsError, StoreError, StoreUnavailable
from components.store import Database, content, items, open_database, open_objects
from components.store.moving import Moved, move_back, move_out
from tests.copies import copy_file
from tests.s3 import ObjectServer
from tests.store.blob_rows import check_away, list_rows
from tests.store.material import add_pictures, make_picture, make_project
from tests.store.recount import check_consistency
from tests.store.whole_desk import describe, fill

pytestmark = pytest.mark.both_databases

ROOT = Path(__file__).parents[2]
KILLS = 4


def make_environ(address: str, bucket: ObjectServer) -> dict[str, str]:
    environ = {**os.environ, **bucket.environ}
    if address.startswith("sqlite"):
        folder = address.removeprefix("sqlite:///").removesuffix("/desk.sqlite3")
        return {**environ, "MASK_DESK_FOLDER": folder}
    return {**environ, "MASK_DESK_DATABASE": address}


def run(environ: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "components.store", *arguments]
    return subprocess.run(command, cwd=ROOT, env=environ, capture_output=True, text=True)


def make_large_picture(name: str) -> bytes:
    return random.Random(name).randbytes(100_000)


def test_there_and_back_nothing_changes(address: str, bucket: ObjectServer) -> None:
    database = open_database(address)
    project = fill(database)
    expected = describe(database, project)
    rows = list_rows(database)
    size = sum(size for size, _, _ in rows.values())
    database.close()
    environ = make_environ(address, bucket)
    moved = run(environ, "move")
    assert moved.returncode == 0, moved.stderr
    assert f"Moved {len(rows)} pictures and masks ({size / 1e6:,.1f} MB)" in moved.stdout
    assert moved.stderr == ""
    database = open_database(address, open_objects(bucket.settings))
    check_away(database, bucket)
    assert describe(database, project) == expected
    database.close()
    assert "Moved 0 pictures" in run(environ, "move").stdout
    back = run(environ, "move", "--back")
    assert f"Moved {len(rows)} pictures and masks" in back.stdout, back.stderr
    assert set(bucket.list()) == set(rows)
    database = open_database(address)
    assert list_rows(database) == rows
    assert describe(database, project) == expected
    check_consistency(database)
    database.close()


def test_a_file_becomes_smaller(bucket: ObjectServer, tmp_path: Path) -> None:
    address = f"sqlite:///{tmp_path}/desk.sqlite3"
    database = open_database(address)
    with database.write() as connection:
        for at in range(20):
            content.store_blob(connection, make_large_picture(str(at)))
    database.close()
    assert (tmp_path / "desk.sqlite3").stat().st_size > 2_000_000
    assert run(make_environ(address, bucket), "move").returncode == 0
    assert (tmp_path / "desk.sqlite3").stat().st_size < 1_000_000


def kill_on_the_way(
    address: str, bucket: ObjectServer, environ: dict[str, str], direction: list[str]
) -> int:
    """Begin to move, kill it once it went on, and look: nothing is half; how many are away then."""
    database = open_database(address, open_objects(bucket.settings))
    before = count_away(database)
    command = [sys.executable, "-m", "components.store", "move", *direction]
    child = subprocess.Popen(command, cwd=ROOT, env=environ, stdout=subprocess.DEVNULL)
    while child.poll() is None and count_away(database) == before:
        time.sleep(0.01)
    time.sleep(random.uniform(0, 0.1))
    child.kill()
    child.wait()
    there = set(bucket.list())
    for sha256, (size, kept, is_away) in list_rows(database).items():
        assert (kept == 0 and sha256 in there) if is_away else kept == size
    away = count_away(database)
    database.close()
    return away


def count_away(database: Database) -> int:
    return sum(is_away for _, _, is_away in list_rows(database).values())


@pytest.mark.long
def test_killed_on_the_way_it_goes_on(
    empty_desk: Path, tmp_path: Path, bucket: ObjectServer
) -> None:
    address = copy_file(empty_desk, tmp_path)
    database = open_database(address)
    project = make_project(database)
    add_pictures(database, project, [f"{at}.jpg" for at in range(100)])
    expected = describe(database, project)
    rows = list_rows(database)
    database.close()
    environ = make_environ(address, bucket)
    for direction in ([], ["--back"]):
        stops = {kill_on_the_way(address, bucket, environ, direction) for _ in range(KILLS)}
        assert stops - {0, len(rows)}
        done = run(environ, "move", *direction)
        assert done.returncode == 0, done.stderr
        database = open_database(address, open_objects(bucket.settings))
        if direction:
            assert list_rows(database) == rows
        else:
            check_away(database, bucket)
        assert describe(database, project) == expected
        check_consistency(database)
        database.close()


def test_a_row_is_emptied_only_once_its_bytes_are_there(address: str, bucket: ObjectServer) -> None:
    plain = open_database(address)
    project = make_project(plain)
    add_pictures(plain, project, ["1", "2"])
    rows = list_rows(plain)
    plain.close()
    database = open_database(address, open_objects(bucket.settings))
    bucket.stop()
    with pytest.raises(StoreUnavailable):
        move_out(database)
    assert list_rows(database) == rows
    bucket.start()
    bucket.ask_for_keys(wanted=True)
    try:
        with pytest.raises(SettingsError):
            move_out(database)
    finally:
        bucket.ask_for_keys(wanted=False)
    assert list_rows(database) == rows
    told: list[Moved] = []
    total = sum(size for size, _, _ in rows.values())
    assert move_out(database, told.append) == Moved(len(rows), total) == told[-1]
    check_away(database, bucket)
    lost, damaged = sorted(rows)[:2]
    bucket.remove(lost)
    with pytest.raises(StoreError, match="not there"):
        move_back(database)
    bucket.damage(damaged)
    with pytest.raises(StoreError, match=r"damaged|not there"):
        move_back(database)
    check_consistency(database)
    database.close()


def test_what_the_bucket_has_damaged_at_once_stays_in_the_database(
    address: str, bucket: ObjectServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = open_database(address)
    add_pictures(plain, make_project(plain), ["1"])
    rows = list_rows(plain)
    plain.close()
    database = open_database(address, open_objects(bucket.settings))
    objects = database.require_objects()
    put = objects.put

    def put_and_damage(*blobs: bytes) -> None:
        put(*blobs)
        bucket.damage(sorted(rows)[0])

    monkeypatch.setattr(objects, "put", put_and_damage)
    with pytest.raises(StoreError, match=r"damaged|not there"):
        move_out(database)
    assert list_rows(database) == rows
    database.close()


@pytest.mark.long
def test_a_desk_that_is_open_meanwhile_sees_all(address: str, bucket: ObjectServer) -> None:
    database = open_database(address, open_objects(bucket.settings))
    plain = open_database(address)
    project = make_project(plain)
    made = add_pictures(plain, project, [f"{at}.jpg" for at in range(40)])
    environ = make_environ(address, bucket)
    for direction in ([], ["--back"]):
        command = [sys.executable, "-m", "components.store", "move", *direction]
        child = subprocess.Popen(
            command, cwd=ROOT, env=environ, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )
        while child.poll() is None:
            for item in made:
                picture = items.load_image(database, item.image_sha256)
                assert picture.data == make_picture(f"{project.id} {item.name}").data
        child.communicate()
        assert child.returncode == 0
    plain.close()
    database.close()


def test_without_a_setting_it_is_said(tmp_path: Path) -> None:
    environ = {**os.environ, "MASK_DESK_FOLDER": str(tmp_path)}
    said = run(environ, "move")
    assert said.returncode == 1
    assert "has to set pictures" in said.stderr
    half = run({**environ, "MASK_DESK_PICTURES": "s3://me:hunter2@desk/x"}, "move")
    assert half.returncode == 1
    assert "hunter2" not in half.stderr
    assert "Traceback" not in half.stderr
