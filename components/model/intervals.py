"""How sure a number is: intervals at 95 %, by counting or by drawing again.

Wilson's interval of a share: E. B. Wilson, "Probable Inference, the Law of Succession, and
Statistical Inference", JASA 22 (1927). The bootstrap with percentiles: B. Efron, R. Tibshirani, "An
Introduction to the Bootstrap" (1993), chapter 13.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Z_95 = 1.959963984540054
"""The normal distribution's 97.5 % point."""

_CELLS = 4_000_000  # draws at a time: 32 MB, whatever the number of items


def bound_share(part: int, total: int, z: float = Z_95) -> tuple[float, float] | None:
    """Wilson's interval of a share.

    Args:
        part: how many of them, 0–total.
        total: how many there are.
        z: the normal point of the wanted level.

    Returns:
        (low, high), 0–1; None where total is 0.

    Raises:
        ValueError: part is not within 0–total.
    """
    if not 0 <= part <= total:
        raise ValueError(f"{part} of {total} is no share")
    if not total:
        return None
    share = part / total
    centre = (share + z * z / (2 * total)) / (1 + z * z / total)
    half = _measure_half(share, total, z)
    # The ends are exact where rounding would leave a little beside them.
    low = 0.0 if part == 0 else max(0.0, centre - half)
    return low, 1.0 if part == total else min(1.0, centre + half)


def count_more_needed(part: int, total: int, half_width: float = 0.05, z: float = Z_95) -> int:
    """How many more are to be looked at until Wilson's interval is narrow enough.

    The share is taken to stay what it is; before the first it is taken to be a half, which needs
    most.

    Args:
        part: how many so far, for example approved.
        total: how many were looked at so far.
        half_width: half of the interval's width, above 0: 0.05 for ±5 points.
        z: the normal point of the wanted level.

    Returns:
        0 where it is narrow enough already.

    Raises:
        ValueError: part is not within 0–total, or half_width is not above 0.
    """
    if not 0 <= part <= total:
        raise ValueError(f"{part} of {total} is no share")
    if half_width <= 0:
        raise ValueError("the half width must be above 0")
    share = part / total if total else 0.5
    low, high = 1, 1
    while _measure_half(share, high, z) > half_width:
        low, high = high, high * 2
    # The half width falls as the total grows, so it may be halved down to the first that will do.
    while low < high:
        middle = (low + high) // 2
        if _measure_half(share, middle, z) > half_width:
            low = middle + 1
        else:
            high = middle
    return max(0, high - total)


def _measure_half(share: float, total: int, z: float) -> float:
    spread = share * (1 - share) / total + z * z / (4 * total * total)
    return z / (1 + z * z / total) * math.sqrt(spread)


@dataclass(frozen=True, slots=True)
class Difference:
    """How much better one of two models finds a class, over the same items.

    Attributes:
        a: IoU of the first, 0–1.
        b: IoU of the second, 0–1.
        difference: b - a.
        low: lower end of the 95 % interval of the difference.
        high: its upper end.
        items: items in which the class is present in the truth or in either answer.
    """

    a: float
    b: float
    difference: float
    low: float
    high: float
    items: int

    @property
    def better(self) -> str:
        """ "a" or "b" where the interval leaves 0 out, else ""."""
        return "b" if self.low > 0 else "a" if self.high < 0 else ""


def bound_iou_differences(
    a: NDArray[np.int64],
    b: NDArray[np.int64],
    *,
    rounds: int = 2000,
    seed: int = 0,
    level: float = 0.95,
) -> tuple[Difference | None, ...]:
    """Per class the difference of two IoUs with its paired bootstrap interval.

    Items are drawn again with replacement, the same ones for both models, since the pixels of one
    picture are alike and pictures are what was sampled; IoU is of the summed pixels. Draws in which
    the class does not occur say nothing and are left out. The same numbers always give the same
    interval.

    Args:
        a: pixels by item, class and (TP, FP, FN), int64 (items, classes, 3); see
            `scores.list_errors`.
        b: the same of the other model.
        rounds: how often to draw.
        seed: of the random generator.
        level: of the interval.

    Returns:
        By class; None where a class is in fewer than 2 items, or one of the models and the truth
        do not have it at all.

    Raises:
        ValueError: the shapes differ or are none of this kind.
    """
    if a.shape != b.shape or a.ndim != 3 or a.shape[2] != 3:
        raise ValueError(f"counts of two models have one shape; these are {a.shape}, {b.shape}")
    items, classes = a.shape[:2]
    if not items or not classes:
        return tuple(None for _ in range(classes))
    # By model and class hits and union: (items, 2 * classes * 2).
    both = np.stack([a, b], axis=1).astype(np.float64)
    pixels = np.stack([both[..., 0], both.sum(axis=-1)], axis=-1).reshape(items, -1)
    shape = (-1, 2, classes, 2)
    whole = _divide_iou(pixels.sum(axis=0).reshape(shape))[0]
    drawn = np.concatenate(
        [
            _divide_iou((weights @ pixels).reshape(shape))
            for weights in _draw_weights(items, rounds, seed)
        ]
    )
    present = (a.any(axis=2) | b.any(axis=2)).sum(axis=0)
    found: list[Difference | None] = []
    for at in range(classes):
        gaps = drawn[:, 1, at] - drawn[:, 0, at]
        gaps = gaps[~np.isnan(gaps)]
        if present[at] < 2 or np.isnan(whole[:, at]).any() or not gaps.size:
            found.append(None)
            continue
        low, high = np.quantile(gaps, [(1 - level) / 2, (1 + level) / 2])
        first, second = (float(value) for value in whole[:, at])
        found.append(
            Difference(first, second, second - first, float(low), float(high), int(present[at]))
        )
    return tuple(found)


def _draw_weights(items: int, rounds: int, seed: int) -> Iterator[NDArray[np.float64]]:
    """How often each item is drawn, some rounds at a time: float64 (rounds, items)."""
    generator = np.random.default_rng(seed)
    band = max(1, _CELLS // items)
    for first in range(0, rounds, band):
        weights = np.empty((min(band, rounds - first), items))
        for row in weights:
            row[:] = np.bincount(generator.integers(0, items, items), minlength=items)
        yield weights


def _divide_iou(sums: NDArray[np.float64]) -> NDArray[np.float64]:
    hits, unions = sums[..., 0], sums[..., 1]
    ious: NDArray[np.float64] = np.divide(
        hits, unions, out=np.full(hits.shape, np.nan), where=unions > 0
    )
    return ious
