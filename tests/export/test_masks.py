"""Indexed masks, read back by Pillow and by hand."""

from __future__ import annotations

import csv
import io
import zlib
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from PIL import Image

from components.export.masks import MASKS
from components.export.pictures import index_gray
from components.intake.sources.truth import read_classes
from components.model.classes import list_classes
from components.model.png import encode_gray
from tests.export.material import CLASSES, Show, find_stem, unpack


def test_every_mask_is_as_it_was_decided(show: Show, tmp_path: Path) -> None:
    folder = unpack(MASKS, show.exhibit(), tmp_path)
    colours = list_classes(CLASSES)
    for key, mask in show.masks.items():
        with Image.open(folder / f"{find_stem(show, key, beside=True)}_mask.png") as image:
            assert image.mode == "P"
            assert (np.asarray(image) == mask).all(), key
            rgba = np.asarray(image.convert("RGBA"))
        for class_id in np.unique(mask):
            shown = rgba[mask == class_id]
            assert (shown[:, :3] == list(bytes.fromhex(colours[class_id].colour[1:]))).all()
            assert (shown[:, 3] == (0 if class_id == 0 else 255)).all()


def test_the_pictures_lie_beside_their_masks_as_they_were_shown(show: Show, tmp_path: Path) -> None:
    folder = unpack(MASKS, show.exhibit(), tmp_path)
    suffixes = {"plain": ".jpg", "cut": ".png", "small": ".webp", "same": ".jpg", "open": ".png"}
    by_name = {exhibit.item.id: exhibit for exhibit in show.open()}
    for key, suffix in suffixes.items():
        stored = by_name[show.items[key].id].load_image()
        assert (folder / f"{find_stem(show, key, beside=True)}{suffix}").read_bytes() == stored
    assert len(list(folder.iterdir())) == 1 + 2 * len(suffixes)


def test_without_pictures_there_are_masks_alone(show: Show, tmp_path: Path) -> None:
    folder = unpack(MASKS, show.exhibit(has_pictures=False), tmp_path)
    assert {path.name.removesuffix("_mask.png") for path in folder.glob("*.png")} == {
        find_stem(show, key, beside=True) for key in show.masks
    }
    assert not [*folder.glob("*.jpg"), *folder.glob("*.webp")]


def test_the_classes_stand_beside_them_with_their_names_untouched(
    show: Show, tmp_path: Path
) -> None:
    data = (unpack(MASKS, show.exhibit(), tmp_path) / "_classes.csv").read_bytes()
    rows = list(csv.reader(io.StringIO(data.decode())))
    assert rows[0] == ["Pixel Value", " Class"]
    assert {int(value): name for value, name in rows[1:]} == CLASSES
    assert read_classes(data) == CLASSES


def test_a_mask_that_is_not_changed_keeps_its_pixels_byte_for_byte(
    show: Show, tmp_path: Path
) -> None:
    folder = unpack(MASKS, show.exhibit(), tmp_path)
    (exhibit,) = (one for one in show.open() if one.item.name == "a.jpg")
    stem = find_stem(show, "plain", beside=True)
    came, written = exhibit.load_mask(), (folder / f"{stem}_mask.png").read_bytes()
    assert find_pixels(came) == find_pixels(written)


def find_pixels(png: bytes) -> bytes:
    """All IDAT chunks, and that every checksum is right."""
    at, found = 8, b""
    while at < len(png):
        length = int.from_bytes(png[at : at + 4])
        kind, body = png[at + 4 : at + 8], png[at + 8 : at + 8 + length]
        assert zlib.crc32(kind + body) == int.from_bytes(png[at + 8 + length : at + 12 + length])
        found += body if kind == b"IDAT" else b""
        at += length + 12
    return found


@given(arrays(np.uint8, st.tuples(st.integers(1, 40), st.integers(1, 40))), st.integers(0, 255))
def test_any_gray_picture_keeps_its_values(ids: np.ndarray, hidden: int) -> None:
    png = index_gray(encode_gray(ids), list_classes({}), hidden)
    with Image.open(io.BytesIO(png)) as image:
        assert image.mode == "P"
        assert (np.asarray(image) == ids).all()
        assert (np.asarray(image.convert("RGBA"))[..., 3] == np.where(ids == hidden, 0, 255)).all()


@pytest.mark.parametrize("hidden", [None, 3])
def test_what_a_gray_picture_says_beside_its_pixels_is_dropped(hidden: int | None) -> None:
    buffer = io.BytesIO()
    Image.new("L", (3, 2), 5).save(buffer, "PNG", dpi=(72, 72), icc_profile=b"x" * 200)
    png = index_gray(buffer.getvalue(), list_classes({}), hidden)
    assert b"pHYs" not in png
    assert b"iCCP" not in png
    assert (b"tRNS" in png) == (hidden is not None)
