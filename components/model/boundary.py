"""Boundary IoU: how well the borders of classes agree.

Cheng, Girshick, Dollár, Berg, Kirillov: "Boundary IoU: Improving Object-Centric Image Segmentation
Evaluation", CVPR 2021. A pixel of a class belongs to its boundary where a square of 2d + 1 pixels
around it is not all of that class; what lies outside the picture is of no class. d is 2 % of the
picture's diagonal, at least 1. Boundary IoU is the IoU of the truth's and the answer's boundaries.
That is what the authors' own code computes, by eroding each class d times by 3 x 3.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from components.model.areas import count_pixels, stretch
from components.model.confusion import NameMatch, count_confusion
from components.model.image import SizeWH

DILATION_RATIO = 0.02
"""The reach of a boundary as a part of the picture's diagonal, as published."""


@dataclass(frozen=True, slots=True)
class BoundaryCount:
    """Boundary pixels of one class.

    Attributes:
        intersection: pixels that are boundary of the class in truth and in answer.
        union: pixels that are boundary of the class in truth or in answer.
    """

    intersection: int
    union: int

    @property
    def iou(self) -> float | None:
        """Boundary IoU, 0–1; None where neither has the class."""
        return self.intersection / self.union if self.union else None


def count_boundaries(
    truth_ids: NDArray[np.uint8],
    answer_ids: NDArray[np.uint8],
    match: NameMatch,
    size_wh: SizeWH | None = None,
    *,
    ratio: float = DILATION_RATIO,
) -> Mapping[str, BoundaryCount]:
    """Boundary pixels of every class present; sums of them over items give a whole set's IoU.

    Pixels that the truth ignores count nowhere, but they are another class than their neighbours'.

    Args:
        truth_ids: uint8 (H, W).
        answer_ids: uint8 (h, w).
        match: as `confusion.match_names` gives it.
        size_wh: (W, H) of the picture, over which both are stretched; None for the truth's size.
        ratio: reach over the picture's diagonal.

    Returns:
        By class name (of `match.names`), only classes present in truth or answer.
    """
    if size_wh is None:
        size_wh = (truth_ids.shape[1], truth_ids.shape[0])
    reach = find_reach(size_wh, ratio)
    truth = stretch(_unite(truth_ids, match.truth_places), size_wh)
    answer = stretch(_unite(answer_ids, match.answer_places), size_wh)
    in_truth, in_answer = mark_boundaries(truth, reach), mark_boundaries(answer, reach)
    ignored = match.truth_places < 0
    if ignored.any():
        is_known = ~ignored[truth]
        in_truth &= is_known
        in_answer &= is_known
    # Of the marks as a second mask: column 1 holds the marked pixels of each class.
    truth_marked = count_confusion(truth, in_truth.view(np.uint8))[:, 1]
    answer_marked = count_confusion(answer, in_answer.view(np.uint8))[:, 1]
    in_truth &= in_answer
    rows, columns = np.nonzero(pairs := count_confusion(truth, answer, where=in_truth))
    is_same = match.truth_places[rows] == match.answer_places[columns]
    rows, columns = rows[is_same], columns[is_same]
    size = len(match.names)
    truth_pixels = _add_up(size, match.truth_places, truth_marked)
    answer_pixels = _add_up(size, match.answer_places, answer_marked)
    shared = np.zeros(size, np.int64)
    np.add.at(shared, match.truth_places[rows], pairs[rows, columns])
    unions = truth_pixels + answer_pixels - shared
    return {
        match.names[at]: BoundaryCount(int(shared[at]), int(unions[at]))
        for at in np.flatnonzero(unions)
    }


def find_reach(size_wh: SizeWH, ratio: float = DILATION_RATIO) -> int:
    """How many pixels a boundary reaches inwards: `ratio` of the diagonal, rounded, at least 1."""
    return max(1, round(ratio * math.hypot(*size_wh)))


def mark_boundaries(class_ids: NDArray[np.uint8], reach: int) -> NDArray[np.bool_]:
    """Where a pixel is boundary of its own class, for all classes at once.

    It is not where all pixels of the square of 2·reach + 1 around it are alike.

    Args:
        class_ids: uint8 (H, W).
        reach: pixels, at least 1.

    Returns:
        bool (H, W).
    """
    height, width = class_ids.shape
    marked = np.ones((height, width), np.bool_)
    if height <= 2 * reach or width <= 2 * reach:
        return marked
    # A square is of one class where no row in it changes, and one of its columns does not either.
    changes = class_ids[:, 1:] != class_ids[:, :-1]
    uneven = _slide_any(changes, 2 * reach, axis=1)
    inner = class_ids[:, reach : width - reach]
    steps = (inner[1:] != inner[:-1]) | uneven[:-1]
    marked[reach : height - reach, reach : width - reach] = (
        _slide_any(steps, 2 * reach, axis=0) | uneven[2 * reach :]
    )
    return marked


def _slide_any(values: NDArray[np.bool_], length: int, *, axis: int) -> NDArray[np.bool_]:
    """Whether any of `length` neighbours along an axis is set, by doubling the window."""
    reached = 1
    while reached < length:
        step = min(reached, length - reached)
        values = values[:, step:] | values[:, :-step] if axis else values[step:] | values[:-step]
        reached += step
    return values


def _unite(class_ids: NDArray[np.uint8], places: NDArray[np.int16]) -> NDArray[np.uint8]:
    """The mask with one id for each class, where two ids are of one name: the first of them."""
    firsts: dict[int, int] = {}
    table = np.array(
        [firsts.setdefault(int(place), at) for at, place in enumerate(places)], np.uint8
    )
    moved = np.flatnonzero(table != np.arange(256))
    if not count_pixels(class_ids)[moved].any():
        return class_ids
    united: NDArray[np.uint8] = table[class_ids]
    return united


def _add_up(size: int, places: NDArray[np.int16], pixels: NDArray[np.int64]) -> NDArray[np.int64]:
    sums = np.zeros(size, np.int64)
    found = np.flatnonzero(pixels)
    np.add.at(sums, places[found], pixels[found])
    return sums
