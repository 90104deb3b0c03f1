"""Intervals: SciPy's Wilson interval and bootstrap, and how many more are needed."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.model.intervals import bound_iou_differences, bound_share, count_more_needed

stats: Any = import_module("scipy.stats")

shares = st.integers(1, 5000).flatmap(
    lambda total: st.tuples(st.integers(0, total), st.just(total))
)


@given(shares)
def test_wilson_is_scipys(share: tuple[int, int]) -> None:
    part, total = share
    theirs = stats.binomtest(part, total).proportion_ci(method="wilson")
    bounds = bound_share(part, total)
    assert bounds is not None
    assert bounds == pytest.approx((theirs.low, theirs.high), abs=1e-12)
    assert 0 <= bounds[0] <= part / total <= bounds[1] <= 1


def test_of_nothing_there_is_no_interval() -> None:
    assert bound_share(0, 0) is None
    for part, total in ((-1, 4), (5, 4)):
        with pytest.raises(ValueError, match="no share"):
            bound_share(part, total)
        with pytest.raises(ValueError, match="no share"):
            count_more_needed(part, total)
    with pytest.raises(ValueError, match="half width"):
        count_more_needed(1, 2, 0)


@given(shares, st.sampled_from([0.02, 0.05, 0.1, 0.3]))
def test_as_many_as_are_needed_and_no_more(share: tuple[int, int], half_width: float) -> None:
    part, total = share
    more = count_more_needed(part, total, half_width)

    def measure_half(size: int) -> float:
        # Wilson's half width at the same share, which need not be a whole number of items.
        z = stats.norm.ppf(0.975)
        rate = part / total
        roots = np.roots([size + z**2, -(2 * size * rate + z**2), size * rate**2])
        return float(abs(roots[0] - roots[1]) / 2)

    assert measure_half(total + more) <= half_width + 1e-9
    if more:
        assert measure_half(total + more - 1) > half_width - 1e-9


def test_how_many_are_needed_at_the_start() -> None:
    # n + z² must reach z² / (4 · 0.05²): 384.15 - 3.84, so 381 at a share of a half.
    assert count_more_needed(0, 0) == 381
    assert count_more_needed(50, 100) == 281
    assert count_more_needed(380, 760) == 0
    assert count_more_needed(0, 0, 0.5) == 1


def make_errors(items: int, better: float, seed: int = 1) -> tuple[np.ndarray, np.ndarray]:
    """TP, FP, FN of two models over the same items, the second better by so much."""
    random = np.random.default_rng(seed)
    size = random.integers(200, 5000, (items, 2))
    hardness = random.normal(0, 0.1, (items, 2))
    models = []
    for gain in (0.0, better):
        rate = np.clip(0.7 + gain + hardness + random.normal(0, 0.02, size.shape), 0.01, 0.99)
        hits = (size * rate).astype(np.int64)
        models.append(np.stack([hits, ((size - hits) * 0.5).astype(np.int64), size - hits], axis=2))
    return models[0], models[1]


def test_the_interval_is_scipys_paired_bootstrap() -> None:
    a, b = make_errors(60, 0.03)
    found = bound_iou_differences(a, b, rounds=4000)

    def difference(at: np.ndarray, axis: int) -> np.ndarray:
        ious = []
        for model in (a, b):
            sums = model[:, 0][at].sum(axis=axis - 1)
            ious.append(sums[..., 0] / sums.sum(axis=-1))
        gap: np.ndarray = ious[1] - ious[0]
        return gap

    theirs = stats.bootstrap(
        (np.arange(60),),
        difference,
        n_resamples=4000,
        method="percentile",
        vectorized=True,
        axis=-1,
        rng=np.random.default_rng(9),
    ).confidence_interval
    ours = found[0]
    assert ours is not None
    # Two runs of draws differ by a small part of the interval's width.
    near = 0.08 * (theirs.high - theirs.low)
    assert ours.low == pytest.approx(theirs.low, abs=near)
    assert ours.high == pytest.approx(theirs.high, abs=near)
    assert ours.difference == pytest.approx(ours.b - ours.a)
    assert ours.a == pytest.approx(a[:, 0, 0].sum() / a[:, 0].sum())
    assert ours.better == "b"


def test_pairing_finds_what_separate_intervals_would_not() -> None:
    a, b = make_errors(200, 0.01)
    found = bound_iou_differences(a, b)[1]
    assert found is not None
    assert found.better == "b"
    assert found.low < found.difference < found.high
    swapped = bound_iou_differences(b, a)[1]
    assert swapped is not None
    assert swapped.better == "a"
    assert (swapped.low, swapped.high) == pytest.approx((-found.high, -found.low), abs=1e-12)


def test_the_same_model_twice_does_not_differ() -> None:
    a, _ = make_errors(30, 0)
    for found in bound_iou_differences(a, a):
        assert found is not None
        assert (found.difference, found.low, found.high, found.better) == (0, 0, 0, "")


def test_the_same_numbers_give_the_same_interval() -> None:
    a, b = make_errors(40, 0.02)
    assert bound_iou_differences(a, b) == bound_iou_differences(a, b)
    assert bound_iou_differences(a, b) != bound_iou_differences(a, b, seed=1)


def test_intervals_hold_the_truth_about_as_often_as_they_say() -> None:
    held = 0
    for seed in range(200):
        a, b = make_errors(50, 0.0, seed)
        found = bound_iou_differences(a[:, :1], b[:, :1], rounds=400)[0]
        assert found is not None
        held += found.low <= 0 <= found.high
    # 95 % of 200 is 190; a percentile interval of 50 items holds a little less often.
    assert 176 <= held <= 199


def test_classes_that_say_nothing() -> None:
    a, b = make_errors(20, 0.1)
    a[:, 0], b[:, 0] = 0, 0
    a[1:, 1], b[1:, 1] = 0, 0
    assert bound_iou_differences(a, b) == (None, None)
    nothing = np.zeros((0, 3, 3), np.int64)
    assert bound_iou_differences(nothing, nothing) == (None, None, None)


def test_a_rare_class_is_drawn_where_it_occurs() -> None:
    a, b = make_errors(40, 0.1)
    a[3:, 0], b[3:, 0] = 0, 0
    found = bound_iou_differences(a, b)[0]
    assert found is not None
    assert found.items == 3


def test_counts_have_one_shape() -> None:
    a, b = make_errors(4, 0)
    with pytest.raises(ValueError, match="one shape"):
        bound_iou_differences(a, b[:3])
    with pytest.raises(ValueError, match="one shape"):
        bound_iou_differences(a[..., :2], b[..., :2])
