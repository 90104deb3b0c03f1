"""What is counted of an answer at once, so that lists and charts need not look at masks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import cc3d
import numpy as np
from numpy.typing import NDArray

from components.errors import MalformedAnswer
from components.model.areas import Area, Counts, count_stretched, list_areas
from components.model.boundary import count_boundaries
from components.model.classes import ClassInfo, list_classes
from components.model.confusion import (
    count_confusion,
    match_names,
    name_confusion,
    suggest_ignored,
)
from components.model.cut import count_cut, cut, tabulate
from components.model.image import SizeWH
from components.model.measures import TINY_SHARE, ClassMeasure, Measures, TruthMeasure
from components.model.png import decode_gray
from components.model.prediction import Prediction
from components.model.scores import score_confusion
from components.model.thresholds import collect_histograms


@dataclass(frozen=True, slots=True)
class TruthMask:
    """What is right about a picture.

    Attributes:
        sha256: of the bytes.
        png: gray PNG of class ids.
        class_map: its own names by class id; where empty, its ids are taken to be the answer's.
    """

    sha256: str
    png: bytes
    class_map: Mapping[int, str]


def measure(
    prediction: Prediction,
    size_wh: SizeWH,
    confidence: int,
    cut_to: int | None,
    truth: TruthMask | None = None,
) -> tuple[tuple[Area, ...], float | None, Measures]:
    """All that lists and charts show of an answer; each mask is decoded once.

    Args:
        prediction: the answer.
        size_wh: of the picture, which the mask is stretched over.
        confidence: the threshold, percent 0–100; counts where the answer is cut.
        cut_to: the class id that pixels below it take; None where the answer is taken as it came.
        truth: to count it against; one that cannot be decoded is left out.

    Returns:
        The areas, largest first; the mean of the confidence mask, 0–1, None where none came; and
        what is counted beside.

    Raises:
        MalformedAnswer: a mask cannot be decoded.
    """
    class_ids = decode_gray(prediction.mask_png, what="mask")
    classes = list_classes(prediction.class_map)
    mean, bins = None, None
    if prediction.confidence_png is not None:
        confidence_map = decode_gray(prediction.confidence_png, what="confidence mask")
        mean = float(confidence_map.mean()) / 255
        if cut_to is not None:
            table = tabulate(class_ids, confidence_map, size_wh)
            bins = collect_histograms(table)
            counts = count_cut(table, confidence, cut_to)
            class_ids = cut(class_ids, confidence_map, confidence, cut_to)
    if bins is None:
        counts = count_stretched(class_ids, size_wh)
    measures = Measures(
        confidence,
        int(counts.sum()),
        _list_measures(classes, class_ids, counts, bins, cut_to),
        "" if truth is None else truth.sha256,
        None if truth is None else _measure_truth(truth, prediction.class_map, class_ids, size_wh),
    )
    return list_areas(counts, classes), mean, measures


def _list_measures(
    classes: tuple[ClassInfo, ...],
    class_ids: NDArray[np.uint8],
    counts: Counts,
    bins: NDArray[np.int64] | None,
    cut_to: int | None,
) -> tuple[ClassMeasure, ...]:
    """Of the classes present at the confidence or at 1 %; those of one name are one."""
    regions, tiny = count_regions(class_ids)
    found: dict[str, ClassMeasure] = {}
    present = counts > 0
    if bins is not None:
        present |= bins.any(axis=1)
    for class_id in np.flatnonzero(present):
        name = classes[class_id].name
        before = found.get(name, ClassMeasure(name, False, 0, 0))
        own = None if bins is None else bins[class_id]
        found[name] = ClassMeasure(
            name,
            before.is_background or class_id == cut_to,
            before.regions + int(regions[class_id]),
            before.tiny + int(tiny[class_id]),
            own if own is None or before.bins is None else own + before.bins,
        )
    return tuple(found.values())


def count_regions(class_ids: NDArray[np.uint8]) -> tuple[Counts, Counts]:
    """Connected regions of each class, neighbours at sides and corners.

    Args:
        class_ids: uint8 (H, W).

    Returns:
        By class id, int64 (256,): all regions, and those that are tiny: smaller than TINY_SHARE of
        the mask and not the largest of their class.
    """
    # Class 0 would be taken for nothing at all.
    shifted = class_ids.astype(np.uint16) + 1 if class_ids.max(initial=0) == 255 else class_ids + 1
    labels = np.asarray(cc3d.connected_components(shifted, connectivity=8)).ravel()
    flat = class_ids.ravel()
    ends = np.append(np.flatnonzero(labels[1:] != labels[:-1]), labels.size - 1)
    sizes = np.bincount(labels[ends], weights=np.diff(ends, prepend=-1))
    of_class = np.zeros(len(sizes), np.uint8)
    of_class[labels[ends]] = flat[ends]
    sizes, of_class = sizes[1:], of_class[1:]  # no pixel has the label 0
    largest = np.zeros(256)
    np.maximum.at(largest, of_class, sizes)
    regions = np.bincount(of_class, minlength=256)
    # The largest is never tiny beside itself; others as large as it are.
    small = sizes < TINY_SHARE * class_ids.size
    tiny = np.bincount(of_class[small], minlength=256)
    tiny -= (largest > 0) & (largest < TINY_SHARE * class_ids.size)
    return regions.astype(np.int64), tiny.astype(np.int64)


def _measure_truth(
    truth: TruthMask,
    class_map: Mapping[int, str],
    class_ids: NDArray[np.uint8],
    size_wh: SizeWH,
) -> TruthMeasure | None:
    try:
        truth_ids = decode_gray(truth.png, what="truth mask")
    except MalformedAnswer:
        return None
    # Where it came without names, its ids are those of the model, as in `comparison.count_errors`.
    truth_map = truth.class_map or class_map
    match = match_names(truth_map, class_map, ignored_ids=suggest_ignored(truth_map))
    named = name_confusion(count_confusion(truth_ids, class_ids, size_wh), match)
    boundary = count_boundaries(truth_ids, class_ids, match, size_wh)
    rows, columns = np.nonzero(named.counts)
    return TruthMeasure(
        {
            (named.names[row], named.names[column]): int(named.counts[row, column])
            for row, column in zip(rows, columns, strict=True)
        },
        {name: (one.intersection, one.union) for name, one in boundary.items()},
        dict(named.ignored),
        score_confusion(named.counts).mean_iou,
    )
