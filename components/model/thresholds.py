"""Which confidence to cut at: what reviewers approved at, and what each threshold would show.

A confidence histogram has 101 bins by percent: bin p holds the pixels that are kept at threshold p
but not at p + 1, by the rule of `cut.lowest_kept_byte`; bin 0 those that no threshold keeps, since
0 counts as 1.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from components.model.cut import Table

BINS = 101
FEWEST_APPROVALS = 6
"""Of fewer not even the range from the least to the greatest holds the median at 95 %."""

Histogram = NDArray[np.int64]
"""Pixels by percent: int64 (101,)."""


@dataclass(frozen=True, slots=True)
class Recommendation:
    """A threshold for a class, from what reviewers approved at.

    Attributes:
        threshold: percent, one that was approved at; None with too few approvals.
        low, high: ends of the median's interval, percents; None without a threshold.
        level: how often such an interval holds the true median, 0–1, at least 0.95; None without
            a threshold.
        approvals: of items that hold the class.
        reason: why there is none, a plain sentence; "" where there is one.
    """

    threshold: int | None
    low: int | None
    high: int | None
    level: float | None
    approvals: int
    reason: str = ""


def recommend_threshold(approved: Iterable[tuple[int, int]]) -> Recommendation:
    """The middle of the confidences a class was approved at, with its interval.

    The median, the lower of two middle ones, so that it is a confidence somebody did approve at.
    Its interval is of order statistics: the number of values below the true median is binomial with
    a half, whatever their distribution (David and Nagaraja, "Order Statistics", 2003, section 7.1).

    Args:
        approved: (confidence in percent, approvals of items that hold the class); a confidence may
            come more than once.
    """
    counts: dict[int, int] = {}
    for confidence, items in approved:
        counts[confidence] = counts.get(confidence, 0) + items
    total = sum(counts.values())
    if total < FEWEST_APPROVALS:
        reason = (
            f"At least {FEWEST_APPROVALS} approvals of pictures with this class are needed; "
            f"there {'is' if total == 1 else 'are'} {total or 'none'}."
        )
        return Recommendation(None, None, None, None, total, reason)
    confidences = np.array(sorted(counts))
    reached = np.cumsum([counts[int(value)] for value in confidences])
    rank, level = _find_rank(total)

    def take(place: int) -> int:
        return int(confidences[np.searchsorted(reached, place, side="right")])

    return Recommendation(take((total - 1) // 2), take(rank - 1), take(total - rank), level, total)


def _find_rank(total: int) -> tuple[int, float]:
    """The largest r whose r-th value from both ends encloses the median at 95 %, and the level."""
    # log of C(n, k) / 2^n, by adding up; plain products would leave the range of floats.
    ranks = np.arange(1, total // 2 + 1)
    logs = np.concatenate(([0.0], np.cumsum(np.log((total - ranks + 1) / ranks))))
    tails = np.cumsum(np.exp(logs - total * np.log(2)))  # P(X <= k)
    rank = max(1, int(np.searchsorted(tails, 0.025, side="right")))
    return rank, float(1 - 2 * tails[rank - 1])


def collect_histograms(table: Table) -> NDArray[np.int64]:
    """Confidence histograms of all classes.

    Args:
        table: pixels by class id and confidence byte, int64 (256, 256), as `cut.tabulate` gives it.

    Returns:
        int64 (256, 101), with the table's sum.
    """
    # byte / 255 >= p / 100 holds up to p = floor(100 byte / 255).
    firsts = -(-np.arange(BINS) * 255 // 100)
    summed: NDArray[np.int64] = np.add.reduceat(table, firsts, axis=1)
    return summed


def sum_kept(histograms: NDArray[np.int64]) -> NDArray[np.int64]:
    """Pixels kept at each threshold, 0–100.

    Args:
        histograms: int64 (…, 101).

    Returns:
        int64 (…, 101); what 0 keeps is what 1 keeps.
    """
    kept: NDArray[np.int64] = np.cumsum(histograms[..., ::-1], axis=-1)[..., ::-1].copy()
    kept[..., 0] = kept[..., 1]
    return kept


def trace_shares(
    histograms: NDArray[np.int64], background: int | None = None
) -> NDArray[np.float64]:
    """Each class's share of all pixels at each threshold, 0–100.

    Args:
        histograms: of the answers at 1, int64 (classes, 101).
        background: place of the background, which takes what is cut; None where it is not among
            them, so that the shares sum to less than 1.

    Returns:
        float64 (classes, 101), 0–1; 0 throughout where there are no pixels.
    """
    total = int(histograms.sum())
    kept = sum_kept(histograms)
    if background is not None:
        kept[background] = 0
        kept[background] = total - kept.sum(axis=0)
    return kept / max(total, 1)


def find_vanishing(histograms: NDArray[np.int64]) -> NDArray[np.int64]:
    """The lowest threshold that shows nothing of a class any more.

    Args:
        histograms: int64 (…, 101).

    Returns:
        int64 (…): 2–101, where 101 is a class that the highest threshold still shows; 1 where no
        threshold shows any.
    """
    last = BINS - np.argmax(histograms[..., ::-1] > 0, axis=-1)
    return np.where(histograms[..., 1:].any(axis=-1), last, 1).astype(np.int64)


def count_flips(histograms: NDArray[np.int64]) -> NDArray[np.int64]:
    """How many classes vanish from an item at each threshold: shown at p - 1, no more at p.

    Args:
        histograms: of single items' classes, int64 (…, 101).

    Returns:
        int64 (101,); the first two are 0.
    """
    vanishing = find_vanishing(histograms).ravel()
    flips = np.bincount(vanishing, minlength=BINS + 1)[:BINS].astype(np.int64)
    flips[:2] = 0
    return flips
