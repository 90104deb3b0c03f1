"""COCO's run lengths: what pycocotools writes for each class, byte for byte."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from pycocotools import mask as coco

from components.model.rle import encode_coco
from tests.benchmarks.material import make_class_ids

masks = st.tuples(st.integers(1, 30), st.integers(1, 30)).flatmap(
    lambda shape: arrays(np.uint8, shape, elements=st.integers(0, 255) | st.sampled_from([0, 255]))
)


def check_against_pycocotools(class_ids: np.ndarray) -> None:
    encoded = encode_coco(class_ids)
    assert list(encoded) == np.unique(class_ids).tolist()
    for class_id, ours in encoded.items():
        theirs = coco.encode(np.asfortranarray(class_ids == class_id))
        assert ours.counts == theirs["counts"]
        assert list(ours.size) == theirs["size"]
        assert ours.area == coco.area(theirs)
        assert ours.box == tuple(coco.toBbox(theirs))


@given(masks)
def test_any_mask(class_ids: np.ndarray) -> None:
    check_against_pycocotools(class_ids)


@given(masks, st.integers(1, 12), st.integers(1, 12))
def test_masks_of_areas(class_ids: np.ndarray, down: int, across: int) -> None:
    check_against_pycocotools(np.repeat(np.repeat(class_ids, down, axis=0), across, axis=1))


def test_a_mask_of_smooth_areas_over_many_bands() -> None:
    check_against_pycocotools(make_class_ids((1100, 900)))


def test_noise() -> None:
    check_against_pycocotools(np.random.default_rng(3).integers(0, 9, (700, 800), np.uint8))


@pytest.mark.parametrize("turned", [np.asfortranarray, lambda ids: ids[::-1, ::2]])
def test_a_mask_that_does_not_lie_row_by_row_in_memory(turned: object) -> None:
    assert callable(turned)
    check_against_pycocotools(turned(make_class_ids((120, 90))))


def test_the_box_is_the_smallest_around_the_pixels() -> None:
    class_ids = np.zeros((20, 30), np.uint8)
    class_ids[4:9, 11:13] = 7
    class_ids[8, 20] = 7
    assert encode_coco(class_ids)[7].box == (11, 4, 10, 5)
    assert encode_coco(class_ids)[7].area == 11


# NumPy 2 warns of how pycocotools 2.0.11 hands out what it decoded.
@pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")
def test_decoded_it_is_the_mask_again() -> None:
    class_ids = make_class_ids((160, 120))
    rebuilt = np.full_like(class_ids, 255)
    for class_id, rle in encode_coco(class_ids).items():
        part = coco.decode({"size": list(rle.size), "counts": rle.counts})
        rebuilt[part.astype(bool)] = class_id
    np.testing.assert_array_equal(rebuilt, class_ids)


def test_no_pixels_no_classes() -> None:
    assert encode_coco(np.zeros((0, 7), np.uint8)) == {}
    assert encode_coco(np.zeros((7, 0), np.uint8)) == {}
