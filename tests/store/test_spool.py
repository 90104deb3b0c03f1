"""Pictures on disk: found again as they were, bounded, gone with the desk."""

from __future__ import annotations

import os
from dataclasses import replace

import pytest

from components.errors import StoreError
from components.store import Spool
from tests.pictures import make_image


def test_a_picture_comes_back_as_it_was() -> None:
    spool = Spool()
    image = replace(
        make_image(name="Straße\n1.jpg"), url="https://x.example/1", notes=("Turned upright.",)
    )
    image = replace(image, data=b"\n\n" + image.data)
    key = spool.keep(image)
    assert spool.load(key) == image
    assert spool.keep(image) == key
    spool.close()


def test_what_was_looked_at_longest_ago_makes_room() -> None:
    one, two, three = (make_image((600 + at, 400)) for at in range(3))
    spool = Spool(max_bytes=len(one.data) + len(two.data) + 2000)
    first, second = spool.keep(one), spool.keep(two)
    for path in spool._folder.iterdir():
        os.utime(path, (1, 1))
    spool.load(first)
    spool.keep(three)
    assert spool.load(first) == one
    with pytest.raises(StoreError, match="Add it once more"):
        spool.load(second)
    spool.close()


def test_a_disk_that_cannot_be_written_is_said() -> None:
    spool = Spool()
    spool.close()
    with pytest.raises(StoreError, match=r"photo\.jpg could not be kept"):
        spool.keep(make_image())
    with pytest.raises(StoreError):
        spool.load("unknown")
