"""A desk whose pictures and masks are in object storage, on both databases."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from components.errors import SettingsError, StoreError, StoreUnavailable
from components.settings import PictureSettings
from components.store import (
    Database,
    bundle,
    content,
    items,
    lists,
    open_database,
    open_objects,
    projects,
)
from components.store.folder import Folder
from components.store.objects import Objects
from components.store.schema import images
from tests.postgres import Postgres
from tests.s3 import ObjectServer
from tests.store.blob_rows import check_away, list_rows
from tests.store.material import NOW, add_pictures, make_answer, make_picture, make_project
from tests.store.recount import check_consistency
from tests.store.whole_desk import describe, fill

pytestmark = pytest.mark.both_databases


@pytest.fixture
def away(address: str, bucket: ObjectServer) -> Iterator[Database]:
    """A desk that keeps nothing but hashes."""
    opened = open_database(address, open_objects(bucket.settings))
    yield opened
    opened.close()


def test_everything_is_as_in_a_desk_that_keeps_it_itself(
    away: Database, bucket: ObjectServer, tmp_path: Path
) -> None:
    project = fill(away)
    check_away(away, bucket)
    check_consistency(away)
    seen = describe(away, project)
    bundle.save_desk(away, tmp_path / "all.desk")
    plain = open_database(f"sqlite:///{tmp_path}/plain.sqlite3")
    bundle.open_desk_file(plain, tmp_path / "all.desk")
    assert describe(plain, project) == seen
    rows = list_rows(plain)
    assert all(size == kept and not is_away for size, kept, is_away in rows.values())
    plain.close()


def test_a_file_opens_into_the_bucket(away: Database, bucket: ObjectServer, tmp_path: Path) -> None:
    plain = open_database(f"sqlite:///{tmp_path}/plain.sqlite3")
    project = fill(plain)
    expected = describe(plain, project)
    bundle.save_desk(plain, tmp_path / "all.desk")
    plain.close()
    bucket.stop()
    with pytest.raises(StoreUnavailable, match="cannot be reached"):
        bundle.open_desk_file(away, tmp_path / "all.desk")
    bucket.start()
    assert projects.list_projects(away) == []
    assert list_rows(away) == {}
    added = bundle.open_desk_file(away, tmp_path / "all.desk")
    assert added.items == 6
    assert describe(away, project) == expected
    check_away(away, bucket)
    assert bundle.open_desk_file(away, tmp_path / "all.desk").items == 0
    check_consistency(away)


def test_some_here_and_some_there(address: str, bucket: ObjectServer, tmp_path: Path) -> None:
    before = open_database(address)
    project = make_project(before)
    add_pictures(before, project, ["old 1", "old 2"])
    before.close()
    database = open_database(address, open_objects(bucket.settings))
    add_pictures(database, project, ["new 1", "new 2"])
    # One mask of an old picture is known already: it stays where it is.
    (old, *_) = lists.list_items(database, project.id, lists.Wish(), reviewer="anna").rows
    items.store_answer(
        database,
        old.item.image_sha256,
        make_answer(b"old 1", confidence=70),
        cut_to=None,
        now=NOW,
    )
    assert sorted(is_away for _, _, is_away in list_rows(database).values()) == [0] * 8 + [1] * 8
    seen = describe(database, project)
    assert len(seen["thumbnails"]) == 4  # type: ignore[arg-type]
    bundle.save_desk(database, tmp_path / "all.desk")
    plain = open_database(f"sqlite:///{tmp_path}/plain.sqlite3")
    bundle.open_desk_file(plain, tmp_path / "all.desk")
    assert describe(plain, project) == seen
    plain.close()
    database.close()


def test_a_desk_that_is_not_told_where_says_so(address: str, bucket: ObjectServer) -> None:
    database = open_database(address, open_objects(bucket.settings))
    project = make_project(database)
    (item,) = add_pictures(database, project, ["1"])
    database.close()
    untold = open_database(address)
    for do in (
        lambda: items.load_image(untold, item.image_sha256),
        lambda: items.load_answer(untold, item.answer_id or ""),
        lambda: items.load_thumbnails(untold, [item.image_sha256]),
    ):
        with pytest.raises(SettingsError, match="not told where"):
            do()
    assert lists.list_items(untold, project.id, lists.Wish(), reviewer="anna").rows
    untold.close()


def test_while_it_is_away_nothing_is_half_written(away: Database, bucket: ObjectServer) -> None:
    project = make_project(away)
    (item,) = add_pictures(away, project, ["1"])
    rows = list_rows(away)
    before = describe(away, project)
    bucket.stop()
    try:
        picture = make_picture("other")
        with pytest.raises(StoreUnavailable):
            items.add_item(away, project.id, picture, b"small", name="2", by="lead", now=NOW)
        with pytest.raises(StoreUnavailable):
            items.store_answer(away, item.image_sha256, make_answer(b"new"), cut_to=None, now=NOW)
        assert list_rows(away) == rows
        # What needs no picture goes on.
        assert len(projects.list_projects(away)) == 1
    finally:
        bucket.start()
    assert describe(away, project) == before
    items.add_item(away, project.id, picture, b"small", name="2", by="lead", now=NOW)
    assert len(list_rows(away)) == len(rows) + 2
    check_away(away, bucket)


def test_what_was_not_put_away_before_is_put_then(away: Database, bucket: ObjectServer) -> None:
    with away.write() as connection:
        sha256 = content.store_blob(connection, b"forgotten")
    assert bucket.list() == {sha256: 9}
    check_away(away, bucket)

    def store_and_fail() -> None:
        with away.write() as connection:
            content.store_blob(connection, b"in vain")

    bucket.stop()
    try:
        with pytest.raises(StoreUnavailable):
            store_and_fail()
    finally:
        bucket.start()
    assert set(list_rows(away)) == {sha256}


def test_what_is_lost_or_damaged_is_said(
    away: Database, bucket: ObjectServer, tmp_path: Path
) -> None:
    project = make_project(away)
    first, second = add_pictures(away, project, ["1", "2"])
    answer = items.load_answer(away, first.answer_id or "")
    bucket.damage(first.image_sha256)
    bucket.remove(second.image_sha256)
    for item, words in ((first, "damaged"), (second, "not there any more")):
        with pytest.raises(StoreError, match=words):
            items.load_image(away, item.image_sha256)
    assert answer == items.load_answer(away, first.answer_id or "")
    with pytest.raises(StoreError, match=r"damaged|not there any more"):
        bundle.save_desk(away, tmp_path / "all.desk")
    assert not list(tmp_path.glob("all.desk*"))


def test_a_lost_thumbnail_leaves_the_others(away: Database, bucket: ObjectServer) -> None:
    project = make_project(away)
    first, second = add_pictures(away, project, ["1", "2"])
    with away.read() as connection:
        lost = connection.scalar(
            select(images.c.thumbnail_sha256).where(images.c.sha256 == first.image_sha256)
        )
    bucket.remove(str(lost))
    found = items.load_thumbnails(away, [first.image_sha256, second.image_sha256])
    assert found == {second.image_sha256: b"small 2"}


def test_two_desks_with_one_database_and_one_bucket_see_the_same(
    postgres: Postgres, bucket: ObjectServer
) -> None:
    address = postgres.create_database()
    one, other = (open_database(address, open_objects(bucket.settings)) for _ in range(2))
    project = make_project(one)
    add_pictures(one, project, ["1", "2"])
    add_pictures(other, project, ["3"])
    assert describe(one, project) == describe(other, project)
    assert len(describe(other, project)["thumbnails"]) == 3  # type: ignore[arg-type]
    one.close()
    other.close()
    postgres.drop_database(address)


class _Watched(Folder):
    """A folder that notes whether it is used while its desk writes to the database."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self.is_writing: Any = None
        self.seen: list[bool] = []

    def put(self, name: str, data: bytes) -> None:
        self.seen.append(self.is_writing())
        super().put(name, data)

    def get(self, name: str) -> bytes | None:
        self.seen.append(self.is_writing())
        return super().get(name)


def test_the_database_does_not_wait_for_the_object_storage(tmp_path: Path) -> None:
    (tmp_path / "shared").mkdir()
    place = _Watched(tmp_path / "shared")
    database = open_database(f"sqlite:///{tmp_path}/desk.sqlite3", Objects(place, "shared"))
    turn = database._turn
    assert turn is not None
    place.is_writing = turn.locked
    project = fill(database)
    describe(database, project)
    bundle.save_desk(database, tmp_path / "all.desk")
    assert len(place.seen) > 50
    assert set(place.seen) == {False}
    database.close()
    other = _Watched(tmp_path / "other")
    (tmp_path / "other").mkdir()
    last = open_database(f"sqlite:///{tmp_path}/last.sqlite3", Objects(other, "other"))
    assert last._turn is not None
    other.is_writing = last._turn.locked
    bundle.open_desk_file(last, tmp_path / "all.desk")
    assert set(other.seen) == {False}
    last.close()


def test_a_folder_does_as_well(address: str, tmp_path: Path) -> None:
    (tmp_path / "shared").mkdir()
    settings = PictureSettings(folder=tmp_path / "shared")
    one = open_database(address, open_objects(settings))
    project = fill(one)
    other = open_database(address, open_objects(settings))
    assert describe(other, project) == describe(one, project)
    assert {kept for _, kept, _ in list_rows(one).values()} == {0}
    one.close()
    other.close()
