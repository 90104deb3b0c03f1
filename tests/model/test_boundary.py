"""Boundary IoU: the published definition, computed again by eroding each class."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from components.model.boundary import BoundaryCount, count_boundaries, find_reach, mark_boundaries
from components.model.confusion import match_names
from tests.benchmarks.material import make_class_ids

ndimage: Any = import_module("scipy.ndimage")

NAMES = {class_id: f"class {class_id}" for class_id in range(21)}


def take_boundary(mask: np.ndarray, reach: int) -> np.ndarray:
    """As published: framed with nothing, eroded by 3 x 3 as often as the boundary is wide."""
    framed = np.pad(mask, 1)
    eroded = ndimage.binary_erosion(framed, np.ones((3, 3)), iterations=reach)
    boundary: np.ndarray = mask & ~eroded[1:-1, 1:-1]
    return boundary


def count_plainly(truth: np.ndarray, answer: np.ndarray, reach: int) -> dict[str, BoundaryCount]:
    counts = {}
    for class_id in np.union1d(truth, answer).tolist():
        first, second = (take_boundary(ids == class_id, reach) for ids in (truth, answer))
        counts[NAMES[class_id]] = BoundaryCount(
            int((first & second).sum()), int((first | second).sum())
        )
    return counts


@given(
    arrays(np.uint8, (5, 7), elements=st.integers(0, 3)),
    arrays(np.uint8, (5, 7), elements=st.integers(0, 3)),
    st.integers(1, 9),
    st.sampled_from([0.001, 0.02, 0.1, 0.3]),
)
def test_counts_are_those_of_the_published_definition(
    truth: np.ndarray, answer: np.ndarray, scale: int, ratio: float
) -> None:
    truth, answer = (np.kron(ids, np.ones((scale, scale), np.uint8)) for ids in (truth, answer))
    answer = np.roll(answer, scale // 2, axis=1)
    match = match_names(NAMES, NAMES)
    reach = max(1, int(np.round(ratio * np.hypot(*truth.shape))))
    assert find_reach((truth.shape[1], truth.shape[0]), ratio) == reach
    counted = count_boundaries(truth, answer, match, ratio=ratio)
    assert counted == count_plainly(truth, answer, reach)


def test_masks_as_models_give_them() -> None:
    truth, answer = make_class_ids((640, 480)), make_class_ids((640, 480), seed=2)
    answer[:, 320:] = truth[:, 320:]
    counted = count_boundaries(truth, answer, match_names(NAMES, NAMES))
    assert counted == count_plainly(truth, answer, 16)  # 2 % of 800
    assert any(0 < (count.iou or 0) < 1 for count in counted.values())


@pytest.mark.parametrize("reach", [1, 2, 7, 40])
def test_marks_of_all_classes_at_once(reach: int) -> None:
    class_ids = make_class_ids((300, 200))
    expected = np.zeros(class_ids.shape, bool)
    for class_id in np.unique(class_ids):
        expected |= take_boundary(class_ids == class_id, reach)
    np.testing.assert_array_equal(mark_boundaries(class_ids, reach), expected)


def test_a_square_shifted_by_one() -> None:
    truth = np.zeros((60, 80), np.uint8)
    truth[20:40, 20:40] = 1
    answer = np.roll(truth, 1, axis=1)
    counted = count_boundaries(truth, answer, match_names(NAMES, NAMES))
    # 2 % of the diagonal is 2: each frame has 20² - 16² = 144 pixels. Of their upper and lower two
    # rows they share 19 pixels each, of the 16 rows between one pixel on either side.
    shared = 4 * 19 + 16 * 2
    assert counted["class 1"] == BoundaryCount(shared, 288 - shared)


def test_the_same_mask_is_perfect_and_an_absent_class_is_not_there() -> None:
    class_ids = np.zeros((50, 50), np.uint8)
    class_ids[10:20] = 4
    counted = count_boundaries(class_ids, class_ids, match_names(NAMES, NAMES))
    assert {name: count.iou for name, count in counted.items()} == {"class 0": 1.0, "class 4": 1.0}
    assert BoundaryCount(0, 0).iou is None


def test_ids_differ_where_names_agree_and_two_ids_of_a_name_have_no_border() -> None:
    truth, answer = make_class_ids((200, 150)), make_class_ids((200, 150), seed=3)
    plain = count_boundaries(truth, answer, match_names(NAMES, NAMES))
    moved = {class_id + 100: name.upper() for class_id, name in NAMES.items()}
    assert count_boundaries(truth, answer + 100, match_names(NAMES, moved)) == plain
    split = truth.copy()
    split[:, ::2][split[:, ::2] == 3] = 77
    names = {**NAMES, 77: "class 3"}
    assert count_boundaries(split, answer, match_names(names, NAMES)) == plain


def test_ignored_pixels_count_nowhere() -> None:
    truth, answer = make_class_ids((200, 150)), make_class_ids((200, 150), seed=3)
    counted = count_boundaries(truth, answer, match_names(NAMES, NAMES, ignored_ids=[0, 2]))
    known = ~np.isin(truth, [0, 2])
    united = np.where(truth == 2, 0, truth)
    for class_id in range(21):
        first = take_boundary(united == class_id, 5) & known
        second = take_boundary(answer == class_id, 5) & known
        union = int((first | second).sum())
        if class_id not in (0, 2) and union:
            ours = counted[NAMES[class_id]]
            assert ours == BoundaryCount(int((first & second).sum()), union)


def test_a_small_answer_is_stretched() -> None:
    truth, answer = make_class_ids((200, 150)), make_class_ids((64, 64), seed=3)
    rows, columns = np.arange(150) * 64 // 150, np.arange(200) * 64 // 200
    assert count_boundaries(truth, answer, match_names(NAMES, NAMES)) == count_plainly(
        truth, answer[rows][:, columns], 5
    )
