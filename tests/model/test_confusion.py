"""Confusion: exact by id, joined by name, and what is ignored is said."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from components.model.confusion import (
    IGNORED_NAMES,
    count_confusion,
    match_names,
    name_confusion,
    suggest_ignored,
)
from tests.benchmarks.material import make_class_ids

sklearn: Any = import_module("sklearn.metrics")

sides = st.integers(1, 24)
ids = st.integers(0, 255) | st.sampled_from([0, 1])


def count_plainly(truth: np.ndarray, answer: np.ndarray) -> np.ndarray:
    counted: np.ndarray = sklearn.confusion_matrix(
        truth.ravel(), answer.ravel(), labels=np.arange(256)
    )
    return counted


def enlarge(class_ids: np.ndarray, width: int, height: int) -> np.ndarray:
    mask_height, mask_width = class_ids.shape
    return np.array(
        [
            [class_ids[y * mask_height // height, x * mask_width // width] for x in range(width)]
            for y in range(height)
        ],
        np.uint8,
    )


@given(st.data(), sides, sides)
def test_counts_are_scikit_learns(data: st.DataObject, width: int, height: int) -> None:
    truth, answer = (data.draw(arrays(np.uint8, (height, width), elements=ids)) for _ in range(2))
    np.testing.assert_array_equal(count_confusion(truth, answer), count_plainly(truth, answer))


@given(st.data())
def test_masks_of_other_sizes_are_stretched_over_the_picture(data: st.DataObject) -> None:
    truth, answer = (
        data.draw(arrays(np.uint8, (data.draw(sides), data.draw(sides)), elements=ids))
        for _ in range(2)
    )
    width, height = data.draw(sides), data.draw(sides)
    np.testing.assert_array_equal(
        count_confusion(truth, answer, (width, height)),
        count_plainly(enlarge(truth, width, height), enlarge(answer, width, height)),
    )


def test_without_a_size_the_answer_is_stretched_over_the_truth() -> None:
    truth, answer = make_class_ids((90, 70)), make_class_ids((40, 33), seed=2)
    np.testing.assert_array_equal(
        count_confusion(truth, answer), count_plainly(truth, enlarge(answer, 90, 70))
    )


def test_areas_noise_and_both_at_once_over_many_bands() -> None:
    random = np.random.default_rng(4)
    smooth = [make_class_ids((1200, 900), seed=seed) for seed in (1, 2)]
    noise = random.integers(0, 256, (900, 1200), np.uint8)
    half = smooth[0].copy()
    half[450:] = noise[450:]
    for truth, answer in (tuple(smooth), (smooth[0], noise), (noise, smooth[0]), (half, smooth[1])):
        np.testing.assert_array_equal(count_confusion(truth, answer), count_plainly(truth, answer))


def test_large_masks_under_a_larger_picture() -> None:
    truth, answer = make_class_ids((700, 500)), make_class_ids((900, 800), seed=2)
    counted = count_confusion(truth, answer, (2000, 1500))
    rows, columns = np.arange(1500), np.arange(2000)
    enlarged = [
        mask[rows * mask.shape[0] // 1500][:, columns * mask.shape[1] // 2000]
        for mask in (truth, answer)
    ]
    np.testing.assert_array_equal(counted, count_plainly(enlarged[0], enlarged[1]))


def test_only_chosen_pixels() -> None:
    truth, answer = make_class_ids((800, 600)), make_class_ids((800, 600), seed=2)
    for where in (np.random.default_rng(1).random(truth.shape) < 0.3, truth > 5):
        np.testing.assert_array_equal(
            count_confusion(truth, answer, where=where), count_plainly(truth[where], answer[where])
        )
    with pytest.raises(ValueError, match="picture's size"):
        count_confusion(truth, answer[::2], where=truth > 5)


def test_no_pixels() -> None:
    nothing = np.zeros((0, 5), np.uint8)
    assert count_confusion(nothing, nothing).sum() == 0


def test_classes_are_matched_by_name_however_written() -> None:
    truth = np.array([[0, 1, 2, 9]], np.uint8)
    answer = np.array([[5, 3, 3, 4]], np.uint8)
    match = match_names({0: " background", 1: " Road", 2: "tree"}, {5: "BG", 3: "road ", 4: "sky"})
    named = name_confusion(count_confusion(truth, answer), match)
    assert named.names == ("background", "Road", "tree", "sky", "unlabelled 9")
    assert named.ignored == {}
    found = {
        (named.names[row], named.names[column]): int(named.counts[row, column])
        for row, column in zip(*np.nonzero(named.counts), strict=True)
    }
    assert found == {
        ("background", "background"): 1,
        ("Road", "Road"): 1,
        ("tree", "Road"): 1,
        ("unlabelled 9", "sky"): 1,
    }


def test_two_ids_of_one_name_are_one_class() -> None:
    truth = np.array([[1, 2, 2]], np.uint8)
    match = match_names({1: "road", 2: "Road"}, {7: "road"})
    named = name_confusion(count_confusion(truth, np.full_like(truth, 7)), match)
    assert named.names == ("road", "background")
    assert named.counts.tolist() == [[3, 0], [0, 0]]


@given(
    arrays(np.uint8, (6, 9), elements=st.integers(0, 6)),
    arrays(np.uint8, (6, 9), elements=st.integers(0, 6)),
    st.sets(st.integers(0, 6), max_size=3),
)
def test_nothing_is_dropped_in_silence(
    truth: np.ndarray, answer: np.ndarray, ignored_ids: set[int]
) -> None:
    names = {0: "background", 1: "a", 2: "b", 3: "void", 4: "c"}
    match = match_names(names, names, ignored_ids=ignored_ids, ignored_names=IGNORED_NAMES)
    named = name_confusion(count_confusion(truth, answer), match)
    without = ignored_ids | {3}
    kept = ~np.isin(truth, list(without))
    assert named.counts.sum() == np.count_nonzero(kept)
    assert sum(named.ignored.values()) == np.count_nonzero(~kept)
    assert named.ignored.get("void", 0) == np.count_nonzero(truth == 3)
    # What the answer calls void where the truth knows better is an error like any other.
    if "void" in named.names:
        column = named.counts[:, named.names.index("void")]
        assert column.sum() == np.count_nonzero(kept & (answer == 3))


def test_what_most_likely_is_not_labelled() -> None:
    assert suggest_ignored({0: "background", 1: "road"}) == (255,)
    assert suggest_ignored({1: "road"}) == ()  # 255 is its background
    assert suggest_ignored({0: " Void ", 1: "road", 2: "Unlabeled", 255: "edge"}) == (0, 2)
    assert suggest_ignored({}) == ()
