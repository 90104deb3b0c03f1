"""Scores of an answer against the truth, from counts of pixels alone.

With TP, FP, FN the pixels of a class rightly given, wrongly given and missed: IoU (Jaccard index)
is TP / (TP + FP + FN), precision TP / (TP + FP), recall TP / (TP + FN), F1 (Dice)
2 TP / (2 TP + FP + FN). Mean IoU, frequency-weighted IoU and pixel accuracy as in Long, Shelhamer,
Darrell: "Fully Convolutional Networks for Semantic Segmentation", CVPR 2015. A score whose
denominator is 0 says nothing about the answer; it is None, never 0.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from components.model.confusion import Confusion


@dataclass(frozen=True, slots=True)
class ClassScore:
    """How well one class was found.

    Attributes:
        truth_pixels: pixels the truth gives it.
        answer_pixels: pixels the answer gives it.
        hits: pixels both give it.
        iou: 0–1; None where neither has the class.
        precision: 0–1; None where the answer does not have it.
        recall: 0–1; None where the truth does not have it.
        f1: 0–1; None where neither has it.
    """

    truth_pixels: int
    answer_pixels: int
    hits: int
    iou: float | None
    precision: float | None
    recall: float | None
    f1: float | None


@dataclass(frozen=True, slots=True)
class Scores:
    """How well an answer, or a whole set of them, agrees with the truth.

    Attributes:
        classes: by place in the confusion matrix.
        mean_iou: mean of the classes' IoU, of those that have one; None without any.
        weighted_iou: mean of IoU weighted by the truth's pixels; None without pixels.
        pixel_accuracy: pixels rightly given over all; None without pixels.
        pixels: all pixels counted.
    """

    classes: tuple[ClassScore, ...]
    mean_iou: float | None
    weighted_iou: float | None
    pixel_accuracy: float | None
    pixels: int


def score_confusion(counts: Confusion, *, unscored: Collection[int] = ()) -> Scores:
    """All scores of a confusion matrix.

    Args:
        counts: int64 (n, n), rows by truth, columns by answer.
        unscored: places of classes that the mean IoU leaves out although the answer has them, for
            example those that the truth ignores.

    Raises:
        ValueError: not square.
    """
    if counts.ndim != 2 or counts.shape[0] != counts.shape[1]:
        raise ValueError(f"a confusion matrix is square; this is {counts.shape}")
    truth, answer, hits = (
        [int(value) for value in values]
        for values in (counts.sum(axis=1), counts.sum(axis=0), counts.diagonal())
    )
    classes = tuple(_score(*three) for three in zip(truth, answer, hits, strict=True))
    found = [
        score.iou
        for at, score in enumerate(classes)
        if score.iou is not None and at not in unscored
    ]
    pixels = sum(truth)
    weighted = sum(score.truth_pixels * (score.iou or 0.0) for score in classes)
    return Scores(
        classes,
        sum(found) / len(found) if found else None,
        weighted / pixels if pixels else None,
        _divide(sum(hits), pixels),
        pixels,
    )


def normalise_confusion(counts: Confusion) -> NDArray[np.float64]:
    """What became of each class of the truth: each row's shares.

    Args:
        counts: int64 (n, n), rows by truth.

    Returns:
        float64 (n, n); each row sums to 1, or is NaN where the truth does not have the class.
    """
    sums = counts.sum(axis=1, keepdims=True)
    shares: NDArray[np.float64] = np.divide(
        counts, sums, out=np.full(counts.shape, np.nan), where=sums > 0
    )
    return shares


def list_errors(counts: Confusion) -> NDArray[np.int64]:
    """TP, FP, FN of each class, which may be summed over items: int64 (n, 3)."""
    hits = counts.diagonal()
    return np.stack([hits, counts.sum(axis=0) - hits, counts.sum(axis=1) - hits], axis=1)


def _score(truth: int, answer: int, hits: int) -> ClassScore:
    return ClassScore(
        truth,
        answer,
        hits,
        _divide(hits, truth + answer - hits),
        _divide(hits, answer),
        _divide(hits, truth),
        _divide(2 * hits, truth + answer),
    )


def _divide(part: int, whole: int) -> float | None:
    return part / whole if whole else None
