"""Thresholds: histograms that agree with cutting, and a recommendation with its interval."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from components.model.cut import cut, tabulate
from components.model.thresholds import (
    collect_histograms,
    count_flips,
    find_vanishing,
    recommend_threshold,
    sum_kept,
    trace_shares,
)

stats: Any = import_module("scipy.stats")

maps = st.tuples(
    arrays(np.uint8, (5, 6), elements=st.integers(0, 3)),
    arrays(np.uint8, (5, 6), elements=st.integers(0, 255) | st.sampled_from([2, 3, 127, 128, 255])),
)


def cut_everywhere(class_ids: np.ndarray, confidences: np.ndarray) -> np.ndarray:
    """Pixels by threshold and class as the viewer cuts: (101, 4), where cut ones become class 0."""
    return np.array(
        [
            np.bincount(cut(class_ids, confidences, percent, 0).ravel(), minlength=4)
            for percent in range(101)
        ]
    )


@given(maps)
def test_what_is_kept_is_what_cutting_keeps(pair: tuple[np.ndarray, np.ndarray]) -> None:
    class_ids, confidences = pair
    histograms = collect_histograms(tabulate(class_ids, confidences, (6, 5)))
    assert histograms.shape == (256, 101)
    assert histograms.sum() == 30
    cuts = cut_everywhere(class_ids, confidences)
    np.testing.assert_array_equal(sum_kept(histograms)[1:4].T, cuts[:, 1:])
    shares = trace_shares(histograms, background=0)
    np.testing.assert_allclose(shares[:4].T, cuts / 30, rtol=0, atol=1e-12)
    np.testing.assert_allclose(shares.sum(axis=0), 1, rtol=0, atol=1e-12)


@given(maps)
def test_classes_vanish_where_cutting_leaves_none(pair: tuple[np.ndarray, np.ndarray]) -> None:
    class_ids, confidences = pair
    histograms = collect_histograms(tabulate(class_ids, confidences, (6, 5)))[1:4]
    is_shown = cut_everywhere(class_ids, confidences)[:, 1:] > 0
    for at, threshold in enumerate(find_vanishing(histograms)):
        shown = np.flatnonzero(is_shown[:, at])
        assert threshold == (shown[-1] + 1 if shown.size else 1)
    flips = (is_shown[:-1] & ~is_shown[1:]).sum(axis=1)
    np.testing.assert_array_equal(count_flips(histograms), np.append(0, flips))


def test_without_a_background_the_rest_is_missing() -> None:
    histograms = np.zeros((2, 101), np.int64)
    histograms[0, 50], histograms[1, 100] = 30, 10
    shares = trace_shares(histograms)
    assert shares[:, 50].tolist() == [0.75, 0.25]
    assert shares[:, 51].tolist() == [0, 0.25]
    assert not trace_shares(np.zeros((2, 101), np.int64)).any()


def test_flips_of_many_items() -> None:
    histograms = np.zeros((3, 2, 101), np.int64)
    histograms[0, 0, 40] = histograms[1, 0, 40] = histograms[2, 1, 70] = 5
    histograms[0, 1, 100] = 5
    flips = count_flips(histograms)
    assert {at: int(flips[at]) for at in np.flatnonzero(flips)} == {41: 2, 71: 1}


confidences = st.lists(st.integers(1, 100), min_size=6, max_size=120)


@given(confidences)
def test_the_median_with_its_binomial_interval(values: list[int]) -> None:
    found = recommend_threshold([(value, 1) for value in values])
    total = len(values)
    ranked = sorted(values)
    assert found.threshold == ranked[(total - 1) // 2]
    half = stats.binom(total, 0.5)
    # The narrowest pair of ranks, alike from both ends, that holds the median at 95 %.
    ranks = [rank for rank in range(1, total // 2 + 1) if 2 * half.cdf(rank - 1) <= 0.05]
    rank = max(ranks)
    assert (found.low, found.high) == (ranked[rank - 1], ranked[total - rank])
    assert found.level == pytest.approx(1 - 2 * half.cdf(rank - 1))
    assert found.level is not None
    assert found.level >= 0.95
    assert found.approvals == total
    assert found.reason == ""


@given(st.lists(st.tuples(st.integers(1, 100), st.integers(1, 9)), min_size=6, max_size=20))
def test_weights_are_items(weighted: list[tuple[int, int]]) -> None:
    one_by_one = [(value, 1) for value, items in weighted for _ in range(items)]
    assert recommend_threshold(weighted) == recommend_threshold(one_by_one)


def test_a_hundred_thousand_approvals() -> None:
    found = recommend_threshold([(40, 49_000), (50, 3_000), (60, 48_000)])
    assert (found.threshold, found.low, found.high) == (50, 50, 50)
    assert found.level == pytest.approx(0.95, abs=0.003)


def test_too_few_approvals_say_why() -> None:
    for total, said in ((0, "are none"), (1, "is 1"), (5, "are 5")):
        found = recommend_threshold([(50, 1)] * total)
        assert (found.threshold, found.low, found.high, found.level) == (None,) * 4
        assert found.approvals == total
        assert f"At least 6 approvals of pictures with this class are needed; there {said}." == (
            found.reason
        )
