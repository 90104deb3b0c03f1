"""Cutting by confidence, against its definition and against the built-in server's own answers."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from components import local_server
from components.inference import Client, Request
from components.intake import take_bytes
from components.model.classes import list_classes
from components.model.cut import (
    compare,
    count_cut,
    cut,
    find_background,
    lowest_kept_byte,
    tabulate,
)
from components.model.png import decode_gray
from components.samples import samples
from components.settings import Settings

SIDES = st.integers(1, 40)


@st.composite
def maps(draw: Any) -> tuple[np.ndarray, np.ndarray, tuple[int, int]]:
    """Class ids and confidences, of one size or two, and a picture's size."""
    rng = np.random.default_rng(draw(st.integers(0, 1000)))
    shape = (draw(SIDES), draw(SIDES))
    other = shape if draw(st.booleans()) else (draw(SIDES), draw(SIDES))
    size_wh = (shape[1], shape[0]) if draw(st.booleans()) else (draw(SIDES), draw(SIDES))
    ids = rng.integers(0, draw(st.integers(1, 256)), shape, np.uint8)
    return ids, rng.integers(0, 256, other, np.uint8), size_wh


def stretch_naively(values: np.ndarray, size_wh: tuple[int, int]) -> np.ndarray:
    width, height = size_wh
    rows, columns = values.shape
    return np.array(
        [[values[y * rows // height, x * columns // width] for x in range(width)]
         for y in range(height)],
        np.uint8,
    )  # fmt: skip


def test_the_lowest_kept_byte_is_the_first_that_reaches_the_percent() -> None:
    for percent in range(1, 101):
        byte = lowest_kept_byte(percent)
        assert byte * 100 >= percent * 255 > (byte - 1) * 100
    assert lowest_kept_byte(0) == lowest_kept_byte(1) == 3
    assert lowest_kept_byte(100) == 255


@settings(deadline=None)
@given(maps(), st.integers(0, 100), st.integers(0, 255))
def test_cut_and_its_areas_are_those_of_the_definition(
    given_maps: tuple[np.ndarray, np.ndarray, tuple[int, int]], percent: int, background: int
) -> None:
    ids, sure, size_wh = given_maps
    reaches = stretch_naively(sure, (ids.shape[1], ids.shape[0])) / 255 >= max(percent, 1) / 100
    wanted = np.where(reaches, ids, background)
    found = cut(ids, sure, percent, background)
    assert found.dtype == np.uint8
    np.testing.assert_array_equal(found, wanted)

    pixels, bytes_ = stretch_naively(ids, size_wh), stretch_naively(sure, size_wh)
    table = tabulate(ids, sure, size_wh)
    naive = np.zeros((256, 256), np.int64)
    np.add.at(naive, (pixels, bytes_), 1)
    assert table.dtype == np.int64
    np.testing.assert_array_equal(table, naive)
    shown = np.where(bytes_ / 255 >= max(percent, 1) / 100, pixels, background)
    counts = count_cut(table, percent, background)
    np.testing.assert_array_equal(counts, np.bincount(shown.ravel(), minlength=256))


@pytest.mark.parametrize("size_wh", [(1700, 1300), (1699, 1301), (2500, 900), (400, 300)])
@pytest.mark.parametrize("shape", [(1300, 1700), (650, 850)])
def test_a_picture_of_several_bands_is_counted_whole(
    size_wh: tuple[int, int], shape: tuple[int, int]
) -> None:
    rng = np.random.default_rng(5)
    ids = rng.integers(0, 21, (1300, 1700), np.uint8)
    sure = rng.integers(0, 256, shape, np.uint8)
    width, height = size_wh
    rows, columns = np.arange(height), np.arange(width)
    pixels, bytes_ = (
        values[rows * values.shape[0] // height][:, columns * values.shape[1] // width]
        for values in (ids, sure)
    )
    pairs = pixels.astype(np.int64) * 256 + bytes_
    wanted = np.bincount(pairs.ravel(), minlength=65536).reshape(256, 256)
    np.testing.assert_array_equal(tabulate(ids, sure, size_wh), wanted)


def test_cut_pixels_become_the_background_of_the_class_map() -> None:
    assert find_background(list_classes({0: "road", 4: " Background "})) == 4
    assert find_background(list_classes({7: "bg", 2: "_background_"})) == 2
    assert find_background(list_classes({0: "road"})) == 255
    assert find_background(list_classes({0: "road", 255: "sky"})) == 255


def test_a_comparison_lets_a_byte_beside_the_threshold_go_either_way() -> None:
    # 50 % is 127.5 of 255: bytes 127 and 128 may have been kept or cut, 126 and 129 may not.
    ids = np.array([[1, 1, 1, 1, 0]], np.uint8)
    sure = np.array([[126, 127, 128, 129, 9]], np.uint8)
    for answered, agrees in [
        ([0, 0, 1, 1, 0], True),
        ([0, 1, 0, 1, 0], True),
        ([0, 2, 1, 1, 0], False),
        ([1, 0, 1, 1, 0], False),
        ([0, 0, 1, 0, 0], False),
        ([0, 0, 1, 1, 1], False),
    ]:
        found = compare(ids, sure, np.array([answered], np.uint8), 50, 0)
        assert found.agrees is agrees, answered
        assert found.evidence == 1
    assert not compare(ids, sure, np.zeros((5, 1), np.uint8), 50, 0).agrees


@settings(deadline=None)
@given(maps(), st.integers(0, 100))
def test_a_comparison_with_the_cut_itself_agrees_and_counts_what_is_sure_to_change(
    given_maps: tuple[np.ndarray, np.ndarray, tuple[int, int]], percent: int
) -> None:
    ids, sure, _ = given_maps
    at_mask = stretch_naively(sure, (ids.shape[1], ids.shape[0])).astype(int)
    shown = cut(ids, sure, percent, 0)
    found = compare(ids, sure, shown, percent, 0)
    margin = abs(at_mask * 100 - max(percent, 1) * 255) <= 100
    assert found.agrees
    assert found.evidence == ((shown != ids) & ~margin).sum()
    wrong = shown.copy()
    wrong[-1, -1] ^= 255
    assert not compare(ids, sure, wrong, percent, 0).agrees


@pytest.fixture(scope="module")
def client() -> Iterator[Client]:
    """A client of a built-in server."""
    with local_server.start() as server:
        asking = Client(Settings(address=server.address, models=("a/1",), is_trusted=True))
        yield asking
        asking.close()


@pytest.mark.parametrize("model", ["demo-scene/1", "demo-object/1"])
def test_every_threshold_of_a_built_in_model_is_cut_from_its_answer_at_1(
    client: Client, model: str
) -> None:
    small = io.BytesIO()
    with Image.open(samples()[0].path) as sample:
        sample.resize((120, 80)).save(small, "PNG")
    image = take_bytes(small.getvalue(), name="sample.png")
    low = client.predict(Request(image, model, 1)).prediction
    assert low.confidence_png is not None
    ids = decode_gray(low.mask_png, what="mask")
    sure = decode_gray(low.confidence_png, what="confidence mask")
    background = find_background(list_classes(low.class_map))
    table = tabulate(ids, sure, low.mask_size_wh)
    seen = set()
    for percent in range(101):
        answered = decode_gray(
            client.predict(Request(image, model, percent)).prediction.mask_png, what="mask"
        )
        np.testing.assert_array_equal(cut(ids, sure, percent, background), answered)
        wanted = np.bincount(answered.ravel(), minlength=256)
        np.testing.assert_array_equal(count_cut(table, percent, background), wanted)
        assert compare(ids, sure, answered, percent, background).agrees
        seen.add(answered.tobytes())
    assert len(seen) > 40
