"""Object storage: a real S3 server over HTTP, a shared folder, and a server that misbehaves."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from components.errors import DeskError, SettingsError, StoreError, StoreUnavailable
from components.settings import PictureSettings, Secret
from components.store.objects import Objects, open_objects
from tests.s3 import KEY, SECRET, ObjectServer
from tests.store.scripted import Answer, fail, run_scripted, say

ROOT = Path(__file__).parents[2]
NOTHING = "ab" * 32


def sha_of(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def open_at(settings: PictureSettings) -> Objects:
    opened = open_objects(settings)
    assert opened is not None
    return opened


@pytest.fixture(params=["bucket", "folder"])
def objects(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Objects]:
    if request.param == "bucket":
        opened = open_at(request.getfixturevalue("bucket").settings)
    else:
        (tmp_path / "shared").mkdir()
        opened = open_at(PictureSettings(folder=tmp_path / "shared"))
    yield opened
    opened.close()


def test_bytes_come_back_by_their_sha256(objects: Objects) -> None:
    blobs = [os.urandom(size) for size in (1, 1000, 300_000)] + [b"x"] * 2
    shas = objects.put(*blobs)
    assert shas == [sha_of(data) for data in blobs]
    assert objects.get_many(shas) == dict(zip(shas, blobs, strict=True))
    assert objects.get(shas[2]) == blobs[2]
    assert objects.put(blobs[0]) == [shas[0]]
    assert all(objects.was_put(sha256) for sha256 in shas)
    assert not objects.was_put(NOTHING)
    assert objects.exists(shas[1])
    assert not objects.exists(NOTHING)
    assert objects.get_many([]) == {}
    objects.check(shas)


def test_after_closing_it_opens_again(objects: Objects) -> None:
    (sha256,) = objects.put(b"one")
    objects.close()
    assert objects.get(sha256) == b"one"


def test_what_is_not_there_is_said_or_left_out(objects: Objects) -> None:
    (sha256,) = objects.put(b"one")
    with pytest.raises(StoreError, match="not there any more") as caught:
        objects.get_many([sha256, NOTHING])
    assert not isinstance(caught.value, StoreUnavailable)
    assert objects.get_many([sha256, NOTHING], skip_lost=True) == {sha256: b"one"}
    with pytest.raises(StoreError, match="not there any more"):
        objects.check([NOTHING])


def test_names_in_the_bucket(bucket: ObjectServer) -> None:
    objects = open_at(bucket.settings)
    (sha256,) = objects.put(b"one")
    assert bucket.list() == {sha256: 3}
    plain = open_at(replace(bucket.settings, prefix=""))
    plain.put(b"one")
    assert plain.exists(sha256)
    for one in (objects, plain):
        one.close()


def test_damage_is_noticed(bucket: ObjectServer) -> None:
    objects = open_at(bucket.settings)
    whole, damaged = objects.put(b"one", b"another")
    bucket.damage(damaged)
    with pytest.raises(StoreError, match="damaged"):
        objects.get(damaged)
    with pytest.raises(StoreError, match="damaged"):
        objects.check([whole, damaged])
    assert objects.get_many([whole, damaged], skip_lost=True) == {whole: b"one"}
    objects.close()


def test_small_ones_are_remembered_and_large_ones_are_not(bucket: ObjectServer) -> None:
    objects = open_at(bucket.settings)
    small, large = objects.put(b"small", bytes(200_000))
    objects.get_many([small, large])
    bucket.remove(small)
    bucket.remove(large)
    assert objects.get(small) == b"small"
    with pytest.raises(StoreError, match="not there any more"):
        objects.get(large)
    with pytest.raises(StoreError, match="not there any more"):
        objects.check([small])
    objects.close()


def test_many_threads_share_it(objects: Objects) -> None:
    def work(at: int) -> bool:
        blobs = [f"{at} {one}".encode() for one in range(10)]
        return list(objects.get_many(objects.put(*blobs)).values()) == blobs

    with ThreadPoolExecutor(12) as pool:
        assert all(pool.map(work, range(12)))


def test_a_server_that_is_away_and_comes_back(bucket: ObjectServer) -> None:
    objects = open_at(bucket.settings)
    (sha256,) = objects.put(b"one")
    bucket.stop()
    try:
        for do in (
            lambda: objects.put(b"two", b"three"),
            lambda: objects.get_many([sha256, NOTHING], skip_lost=True),
            lambda: objects.exists(sha256),
        ):
            with pytest.raises(StoreUnavailable, match="cannot be reached"):
                do()
        assert not objects.was_put(sha_of(b"two"))
    finally:
        bucket.start()
    assert objects.get(sha256) == b"one"
    objects.put(b"two")
    assert set(bucket.list()) == {sha256, sha_of(b"two")}
    objects.close()


def check_sentence(error: DeskError) -> None:
    """One to three plain sentences without a key."""
    assert 30 < len(error.message) < 300
    told = f"{error.message} {error.detail} {error!r} {error.__cause__!r}"
    assert KEY not in told
    assert SECRET not in told


def test_a_bucket_that_is_none_is_said(bucket: ObjectServer) -> None:
    objects = open_at(replace(bucket.settings, bucket="elsewhere"))
    for do in (lambda: objects.put(b"one"), lambda: objects.get(NOTHING)):
        with pytest.raises(SettingsError, match="no such bucket") as caught:
            do()
        check_sentence(caught.value)
        assert "s3://elsewhere/" in caught.value.message
    objects.close()


def test_keys_that_are_refused_are_said_and_not_shown(bucket: ObjectServer) -> None:
    objects = open_at(bucket.settings)
    (sha256,) = objects.put(b"one")
    bucket.ask_for_keys(wanted=True)
    try:
        for do in (
            lambda: objects.put(b"two"),
            lambda: objects.get(sha256),
            lambda: objects.exists(sha256),
        ):
            with pytest.raises(SettingsError, match="refuses this desk's key") as caught:
                do()
            check_sentence(caught.value)
    finally:
        bucket.ask_for_keys(wanted=False)
    assert SECRET not in repr(bucket.settings) + repr(objects)
    objects.close()


def test_without_any_key_it_is_said(
    bucket: ObjectServer, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    unset = replace(bucket.settings, key=Secret(""), secret=Secret(""))
    objects = open_at(unset)
    with pytest.raises(SettingsError, match="no key was found"):
        objects.put(b"one")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", KEY)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET)
    usual = open_at(unset)
    (sha256,) = usual.put(b"one")
    assert set(bucket.list()) == {sha256}
    for one in (objects, usual):
        one.close()


def test_a_key_that_may_not_list_is_not_told_that_a_picture_is_lost() -> None:
    """Amazon answers 403 for what is not there to whoever may not list the bucket."""
    assert isinstance(ask([fail(403, "AccessDenied")], b"one"), SettingsError)


def ask(answers: list[Answer], data: bytes) -> bytes | DeskError:
    with run_scripted(answers) as (address, _):
        objects = open_at(
            PictureSettings(bucket="desk", endpoint=address, key=Secret(KEY), secret=Secret(SECRET))
        )
        try:
            return objects.get(sha_of(data))
        except DeskError as error:
            check_sentence(error)
            return error
        finally:
            objects.close()


PASSING: dict[str, list[Answer]] = {
    "503 once": [fail(503, "SlowDown"), say(b"one")],
    "500 twice": [fail(500, "InternalError"), fail(500, "InternalError"), say(b"one")],
    "429": [fail(429, "TooManyRequests"), say(b"one")],
    "broken off": [say(b"one", held_back=2), say(b"one")],
    "damaged on its way": [say(b"onf"), say(b"one")],
}


@pytest.mark.parametrize("what", PASSING)
def test_what_passes_is_waited_out(what: str) -> None:
    assert ask(PASSING[what], b"one") == b"one"


FINAL: dict[str, tuple[Answer, type[DeskError], str]] = {
    "503 for ever": (fail(503, "SlowDown"), StoreUnavailable, "at the moment"),
    "broken off each time": (say(b"one", held_back=2), StoreUnavailable, "at the moment"),
    "other bytes": (say(b"two"), StoreError, "damaged"),
    "nothing at all": (say(b""), StoreError, "damaged"),
    "a wrong clock": (fail(403, "RequestTimeTooSkewed"), SettingsError, "clock"),
    "another region": (fail(400, "AuthorizationHeaderMalformed"), SettingsError, "region"),
    "a token that ended": (fail(400, "ExpiredToken"), SettingsError, "refuses"),
    "a page of something else": (say(b"<html>Hello</html>"), StoreError, "damaged"),
    "no method": (fail(405, "MethodNotAllowed"), SettingsError, "405"),
}


@pytest.mark.parametrize("what", FINAL)
def test_what_stays_is_said(what: str) -> None:
    answer, kind, words = FINAL[what]
    error = ask([answer], b"one")
    assert type(error) is kind
    assert words in str(error)


def test_tries_are_bounded() -> None:
    with run_scripted([fail(503, "SlowDown")]) as (address, asked):
        objects = open_at(
            PictureSettings(bucket="desk", endpoint=address, key=Secret(KEY), secret=Secret(SECRET))
        )
        with pytest.raises(StoreUnavailable):
            objects.put(b"one")
        assert asked == [f"PUT /desk/{sha_of(b'one')[:2]}/{sha_of(b'one')}"] * 3
        objects.close()


def test_a_folder_that_is_away_is_not_made(tmp_path: Path) -> None:
    folder = tmp_path / "network"
    folder.mkdir()
    objects = open_at(PictureSettings(folder=folder))
    (sha256,) = objects.put(b"one")
    assert [path.name for path in (folder / sha256[:2]).iterdir()] == [sha256]
    folder.rename(tmp_path / "away")
    for do in (
        lambda: objects.put(b"two"),
        lambda: objects.get_many([sha256, NOTHING]),
        lambda: objects.exists(sha256),
    ):
        with pytest.raises(StoreUnavailable, match="cannot be"):
            do()
    assert not folder.exists()
    (tmp_path / "away").rename(folder)
    objects.check([sha256])
    (folder / sha256[:2] / sha256).write_bytes(b"other")
    with pytest.raises(StoreError, match="damaged"):
        objects.check([sha256])
    objects.close()


def test_a_desk_without_it_does_not_wait_for_its_client(tmp_path: Path) -> None:
    code = (
        "import sys\n"
        "from components import store\n"
        f"store.open_database('sqlite:///{tmp_path}/desk.sqlite3', store.open_objects(None))\n"
        "assert not {'boto3', 'botocore'} & set(sys.modules)\n"
    )
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True)
