"""Counting: exact, stretched or not, for any mask."""

from __future__ import annotations

import tracemalloc

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from components.model.areas import count_pixels, count_stretched, list_areas, stretch
from components.model.classes import list_classes

masks = st.tuples(st.integers(1, 40), st.integers(1, 40)).flatmap(
    lambda shape: arrays(np.uint8, shape, elements=st.integers(0, 255) | st.sampled_from([0, 1]))
)


@given(masks)
def test_count_equals_a_plain_count(class_ids: np.ndarray) -> None:
    expected = np.bincount(class_ids.ravel(), minlength=256)
    np.testing.assert_array_equal(count_pixels(class_ids), expected)


def test_count_of_long_runs_and_of_noise() -> None:
    generator = np.random.default_rng(7)
    noise = generator.integers(0, 256, (300, 400), np.uint8)
    runs = np.repeat(generator.integers(0, 21, (30, 4), np.uint8), 100, axis=1)
    for class_ids in (noise, runs):
        np.testing.assert_array_equal(
            count_pixels(class_ids), np.bincount(class_ids.ravel(), minlength=256)
        )


@given(masks, st.integers(1, 90), st.integers(1, 90))
def test_stretched_count_equals_counting_the_stretched_mask(
    class_ids: np.ndarray, width: int, height: int
) -> None:
    mask_height, mask_width = class_ids.shape
    stretched = np.empty((height, width), np.uint8)
    for y in range(height):
        for x in range(width):
            stretched[y, x] = class_ids[y * mask_height // height, x * mask_width // width]
    expected = np.bincount(stretched.ravel(), minlength=256)
    np.testing.assert_array_equal(count_stretched(class_ids, (width, height)), expected)
    np.testing.assert_array_equal(stretch(class_ids, (width, height)), stretched)


def test_a_mask_far_larger_than_its_picture_costs_little_memory() -> None:
    class_ids = np.zeros((6000, 6000), np.uint8)
    class_ids[3000:, 2000:] = 4
    tracemalloc.start()
    counts = count_stretched(class_ids, (300, 200))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert counts[4] == 200 * 100
    assert counts.sum() == 300 * 200
    assert peak < 40_000_000


def test_a_large_mask_under_a_larger_picture_costs_little_memory_beside_itself() -> None:
    class_ids = np.zeros((3000, 4000), np.uint8)
    class_ids[1500:] = 9
    tracemalloc.start()
    counts = count_stretched(class_ids, (8000, 6001))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert counts[0] == 8000 * 3001
    assert counts.sum() == 8000 * 6001
    assert peak < 60_000_000


def test_areas_are_sorted_with_the_background_last() -> None:
    counts = np.zeros(256, np.int64)
    counts[[0, 1, 2, 9]] = [700, 100, 150, 50]
    areas = list_areas(counts, list_classes({0: " background", 1: "sky", 2: "tree", 3: "sea"}))
    assert [area.info.name for area in areas] == ["tree", "sky", "unlabelled 9", "background"]
    assert [area.share for area in areas] == [0.15, 0.1, 0.05, 0.7]
    assert [area.info.is_named for area in areas] == [True, True, False, True]
