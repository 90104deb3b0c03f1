"""Names, addresses and many files at once."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from components.errors import DownloadFailed, DownloadRefused, ImageTooLarge, NotAnImage
from components.intake import Limits, take_bytes, take_many, take_url
from components.model.image import SourceImage
from tests.intake.pictures import pixels, save, scene
from tests.net.loopback import answering, gzip_bomb, reply, serve

PNG = save(scene(), "PNG")
ROOT = Path(__file__).parents[2]
HERE = ("127.0.0.1",)


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("photo.jpg", "photo.jpg"),
        ("folder/sub/photo.jpg", "photo.jpg"),
        (r"C:\photos\photo.jpg", "photo.jpg"),
        ("../../etc/passwd", "passwd"),
        ("a\x00b\r\nc\u202egpj.jpg", "abcgpj.jpg"),
        ("Übersicht 1.png", "Übersicht 1.png"),
        ("", "The picture"),
        ("/", "The picture"),
        ("\n", "The picture"),
        ("a" * 200 + ".jpg", "a" * 60 + "…" + "a" * 56 + ".jpg"),
    ],
)
def test_names(name: str, shown: str) -> None:
    assert take_bytes(PNG, name=name).name == shown


def test_a_plain_file_is_taken_as_it_is() -> None:
    image = take_bytes(PNG, name="a.png", url="https://example.com/a.png")
    assert image.data == PNG
    assert image.url == "https://example.com/a.png"


def test_one_bad_file_harms_no_other() -> None:
    good, bad = ("good.png", PNG), ("bad.jpg", b"text")
    bomb = ("cut.png", PNG[:200])
    results = list(take_many([bad, good, bomb, ("", b""), good]))
    assert [name for name, _ in results] == ["bad.jpg", "good.png", "cut.png", "", "good.png"]
    kinds = [type(result) for _, result in results]
    assert kinds == [NotAnImage, SourceImage, NotAnImage, NotAnImage, SourceImage]


def test_files_are_read_when_they_are_asked_for() -> None:
    read: list[int] = []

    def files() -> Iterator[tuple[str, bytes]]:
        for number in range(3):
            read.append(number)
            yield str(number), PNG

    results = take_many(files(), limits=Limits(max_pixels=1199))
    assert read == []
    name, result = next(results)
    assert (name, type(result), read) == ("0", ImageTooLarge, [0])


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("/photos/field%201.png?token=s3cret", "field 1.png"),
        ("/photos/", "photos"),
        ("/", "127.0.0.1"),
        ("/a%2Fb.png", "b.png"),
    ],
)
def test_a_picture_from_an_address(path: str, name: str) -> None:
    with serve(answering(reply(PNG, headers={"Content-Type": "text/html"}))) as server:
        image = take_url(f"  {server.url(path)} ", allow_hosts=HERE)
    assert image.name == name
    assert image.url == server.url(path)
    np.testing.assert_array_equal(pixels(image), scene())


def test_the_address_given_is_kept_when_redirected() -> None:
    moved = reply(status="302 Found", headers={"Location": "/signed?expires=soon"})
    with serve(answering(moved, reply(PNG))) as server:
        image = take_url(server.url("/a.png"), allow_hosts=HERE)
    assert (image.url, image.name) == (server.url("/a.png"), "a.png")


@pytest.mark.parametrize(
    ("answer", "error", "words"),
    [
        (reply(b"<!doctype html><p>Sign in"), NotAnImage, "web page"),
        (reply(b""), NotAnImage, "is empty"),
        (reply(PNG[:100]), NotAnImage, "damaged or cut short"),
        (reply(PNG[:100], headers={"Content-Length": "9999"}), DownloadFailed, "broke off"),
        (reply(status="404 Not Found"), DownloadFailed, "status 404"),
        (reply(headers={"Content-Length": "100001"}), DownloadFailed, "larger than"),
        (reply(gzip_bomb(1), headers={"Content-Encoding": "gzip"}), DownloadFailed, "larger than"),
    ],
)
def test_an_address_that_gives_no_picture(
    answer: bytes, error: type[Exception], words: str
) -> None:
    limits = Limits(max_file_bytes=100_000)
    with serve(answering(answer)) as server, pytest.raises(error, match=words):
        take_url(server.url("/a.png"), allow_hosts=HERE, limits=limits)


@pytest.mark.parametrize("url", ["", "http://[::1", "file:///etc/passwd", "http://127.0.0.1:1/a"])
def test_an_address_that_is_refused(url: str) -> None:
    with pytest.raises(DownloadRefused):
        take_url(url)


def test_heif_is_not_loaded_until_it_is_needed() -> None:
    code = "import sys, components.intake; print([m for m in sys.modules if 'heif' in m])"
    run = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, check=True, text=True, cwd=ROOT
    )
    assert run.stdout == "[]\n"
