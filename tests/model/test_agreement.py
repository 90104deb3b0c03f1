"""Agreement: scikit-learn's kappa, the krippendorff package's alpha, a published example."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.model.agreement import (
    measure_alpha,
    measure_alpha_of_counts,
    measure_kappa,
    measure_pairs,
    measure_self_agreement,
)

sklearn: Any = import_module("sklearn.metrics")
krippendorff: Any = import_module("krippendorff")

VERDICTS = ("approved", "needs_fix", "rejected")
verdicts = st.sampled_from(VERDICTS)


@given(st.lists(st.tuples(verdicts, verdicts), min_size=1, max_size=40))
def test_kappa_is_scikit_learns(pairs: list[tuple[str, str]]) -> None:
    first, second = (list(side) for side in zip(*pairs, strict=True))
    ours = measure_kappa(first, second)
    if len({*first, *second}) == 1:
        assert ours is None
    else:
        theirs = sklearn.cohen_kappa_score(first, second)
        assert ours == pytest.approx(theirs, abs=1e-12)


def test_kappa_needs_something_to_go_by() -> None:
    assert measure_kappa([], []) is None
    assert measure_kappa(["approved"] * 9, ["approved"] * 9) is None
    assert measure_kappa(["approved", "rejected"], ["rejected", "approved"]) == -1
    with pytest.raises(ValueError, match="pairs"):
        measure_kappa(["approved"], [])


@given(
    st.lists(
        st.lists(st.none() | verdicts, min_size=4, max_size=4),
        min_size=1,
        max_size=20,
    )
)
def test_alpha_is_the_krippendorff_packages(items: list[list[str | None]]) -> None:
    voices = [
        (item, reviewer, verdict)
        for item, row in enumerate(items)
        for reviewer, verdict in enumerate(row)
        if verdict
    ]
    ours = measure_alpha(voices)
    heard = [[verdict for verdict in row if verdict] for row in items]
    paired = {verdict for row in heard if len(row) > 1 for verdict in row}
    if len(paired) < 2:
        assert ours is None
        return
    data = np.array(
        [[np.nan if v is None else VERDICTS.index(v) for v in row] for row in items], float
    ).T
    theirs = krippendorff.alpha(data, level_of_measurement="nominal")
    assert ours == pytest.approx(theirs, abs=1e-12)


def test_krippendorffs_own_example() -> None:
    # Four observers, twelve units, gaps: section C of "Computing Krippendorff's
    # Alpha-Reliability", where nominal alpha is 0.743.
    rows = (
        "1 2 3 3 2 1 4 1 2 . . .",
        "1 2 3 3 2 2 4 1 2 5 . 3",
        ". 3 3 3 2 3 4 2 2 5 1 .",
        "1 2 3 3 2 4 4 1 2 5 1 .",
    )
    voices = [
        (unit, observer, value)
        for observer, row in enumerate(rows)
        for unit, value in enumerate(row.split())
        if value != "."
    ]
    assert measure_alpha(voices) == pytest.approx(0.743, abs=0.0005)


def test_alpha_of_counts_and_without_any() -> None:
    assert measure_alpha_of_counts(np.array([[3, 0], [0, 3]])) == 1
    assert measure_alpha_of_counts(np.array([[1, 0], [0, 1]])) is None
    assert measure_alpha_of_counts(np.zeros((0, 3), np.int64)) is None
    assert measure_alpha([]) is None


def test_the_last_of_two_verdicts_counts() -> None:
    voices = [(1, "a", "x"), (1, "b", "x"), (2, "a", "y"), (2, "b", "x"), (2, "b", "y")]
    assert measure_alpha(voices) == 1
    assert measure_pairs(voices).kappa == 1


def test_kappa_over_pairs_of_reviewers_is_weighted_by_what_they_share() -> None:
    random = np.random.default_rng(5)
    seen = {
        "a": range(60),
        "b": range(20, 60),
        "c": range(50, 80),
        "d": range(100, 101),
    }
    table = {
        reviewer: {item: VERDICTS[random.integers(3)] for item in items}
        for reviewer, items in seen.items()
    }
    voices = [
        (item, reviewer, verdict)
        for reviewer, row in table.items()
        for item, verdict in row.items()
    ]
    parts = []
    for one, other in (("a", "b"), ("a", "c"), ("b", "c")):
        shared = sorted(table[one].keys() & table[other].keys())
        first, second = ([table[name][item] for item in shared] for name in (one, other))
        parts.append((sklearn.cohen_kappa_score(first, second), len(shared)))
    found = measure_pairs(voices)
    assert found.kappa == pytest.approx(
        sum(kappa * items for kappa, items in parts) / sum(items for _, items in parts)
    )
    assert (found.pairs, found.undefined, found.items) == (3, 0, 40)


def test_pairs_whose_kappa_is_not_defined_are_told() -> None:
    voices = [(item, reviewer, "approved") for item in range(4) for reviewer in "ab"]
    found = measure_pairs(voices)
    assert (found.kappa, found.pairs, found.undefined, found.items) == (None, 1, 1, 4)
    assert measure_pairs([]).kappa is None


def test_second_looks() -> None:
    found = measure_self_agreement([("approved", "approved")] * 8 + [("rejected", "approved")] * 2)
    assert (found.repeats, found.same, found.share) == (10, 8, 0.8)
    # Wilson's interval of 8 of 10, as statistics books give it.
    assert found.low == pytest.approx(0.4902, abs=5e-5)
    assert found.high == pytest.approx(0.9433, abs=5e-5)
    assert found.kappa == 0
    nothing = measure_self_agreement([])
    assert (nothing.repeats, nothing.share, nothing.low, nothing.high, nothing.kappa) == (
        0,
        None,
        None,
        None,
        None,
    )
