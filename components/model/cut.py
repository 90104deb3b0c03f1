"""Cutting by confidence: any higher threshold's mask, made from the answer at 1.

Measured on Roboflow's open-source server, newer engine: the class of a pixel does not depend on the
threshold; pixels below it become background. So whoever holds the answer at 1 and its confidences
can make the answer at any higher threshold. A pixel keeps its class when
byte / 255 >= percent / 100.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from components.model.areas import Counts, map_floor, stretch, weigh_axes
from components.model.classes import UNMAPPED_BACKGROUND_ID, ClassInfo
from components.model.image import SizeWH

_BAND_PIXELS = 1_000_000  # as int64 8 MB at a time, whatever the picture's size

Table = NDArray[np.int64]
"""Pixels by class id and confidence byte: int64 (256, 256)."""


def lowest_kept_byte(confidence: int) -> int:
    """The smallest confidence byte that is not cut away.

    Args:
        confidence: percent, 0–100; 0 counts as 1, as servers take it.

    Returns:
        The smallest b with b / 255 >= confidence / 100: 3–255.
    """
    return -(-max(confidence, 1) * 255 // 100)


def find_background(classes: Sequence[ClassInfo]) -> int:
    """The class id that cut pixels take: the background's, 255 where none is named.

    Args:
        classes: the 256 classes by id.
    """
    ids = (info.class_id for info in classes if info.is_background)
    return next(ids, UNMAPPED_BACKGROUND_ID)


def cut(
    class_ids: NDArray[np.uint8],
    confidence_map: NDArray[np.uint8],
    confidence: int,
    background_id: int,
) -> NDArray[np.uint8]:
    """The mask at a threshold.

    Args:
        class_ids: of the answer at 1, uint8 (H, W).
        confidence_map: of the answer at 1, uint8 (h, w); stretched where its size is another.
        confidence: percent, 0–100.
        background_id: the class id that cut pixels take.

    Returns:
        uint8 (H, W).
    """
    height, width = class_ids.shape
    kept = stretch(confidence_map, (width, height)) >= lowest_kept_byte(confidence)
    return np.where(kept, class_ids, np.uint8(background_id))


def tabulate(
    class_ids: NDArray[np.uint8], confidence_map: NDArray[np.uint8], size_wh: SizeWH
) -> Table:
    """Pixels of a picture by class id and confidence byte: every threshold's areas in one pass.

    Both maps are stretched over the picture by floor mapping, each from its own size.

    Args:
        class_ids: uint8 (h, w).
        confidence_map: uint8 (h', w').
        size_wh: (W, H) of the picture.

    Returns:
        int64 (256, 256), summing to W·H, exact.
    """
    width, height = size_wh
    sums = np.zeros(256 * 256, np.float64)  # exact below 2**53, far above any pixel count
    is_alike = class_ids.shape == confidence_map.shape
    if is_alike and class_ids.shape == (height, width):
        flat_ids, flat_bytes = class_ids.ravel(), confidence_map.ravel()
        for at in range(0, flat_ids.size, _BAND_PIXELS):
            band = slice(at, at + _BAND_PIXELS)
            sums += _count_pairs(flat_ids[band], flat_bytes[band])
    elif not is_alike or class_ids.size > width * height:
        # In the second case fewer pixels are shown than came; those shown are the fewer to look at.
        for ids, bytes_ in _walk_stretched(class_ids, confidence_map, size_wh):
            sums += _count_pairs(ids, bytes_)
    else:
        sums += _count_weighted(class_ids, confidence_map, size_wh)
    return np.rint(sums).astype(np.int64).reshape(256, 256)


def _walk_stretched(
    class_ids: NDArray[np.uint8], confidence_map: NDArray[np.uint8], size_wh: SizeWH
) -> Iterator[tuple[NDArray[np.uint8], NDArray[np.uint8]]]:
    width, height = size_wh
    band = max(1, _BAND_PIXELS // width)
    places = [
        (values, map_floor(height, values.shape[0]), map_floor(width, values.shape[1]))
        for values in (class_ids, confidence_map)
    ]
    for top in range(0, height, band):
        ids, bytes_ = (
            values[rows[top : top + band]][:, columns] for values, rows, columns in places
        )
        yield ids.ravel(), bytes_.ravel()


def _count_weighted(
    class_ids: NDArray[np.uint8], confidence_map: NDArray[np.uint8], size_wh: SizeWH
) -> NDArray[np.float64]:
    # Nothing is stretched: a pixel counts for as many image pixels as it covers, which is a product
    # of one weight a row and one a column.
    height, width = class_ids.shape
    column_weights, row_weights = weigh_axes(class_ids.shape, size_wh)
    sums = np.zeros(256 * 256, np.float64)
    band = max(1, _BAND_PIXELS // width)
    for top in range(0, height, band):
        rows = slice(top, top + band)
        weights = np.outer(row_weights[rows], column_weights).ravel()
        sums += _count_pairs(class_ids[rows].ravel(), confidence_map[rows].ravel(), weights)
    return sums


def _count_pairs(
    ids: NDArray[np.uint8], bytes_: NDArray[np.uint8], weights: NDArray[np.int64] | None = None
) -> NDArray[np.float64]:
    pairs = ids.astype(np.intp)  # what bincount counts without another copy
    pairs <<= 8
    pairs |= bytes_
    return np.bincount(pairs, weights=weights, minlength=256 * 256).astype(np.float64)


def count_cut(table: Table, confidence: int, background_id: int) -> Counts:
    """Pixels of each class at a threshold, without another look at pixels.

    Args:
        table: as `tabulate` gives it.
        confidence: percent, 0–100.
        background_id: the class id that cut pixels take.

    Returns:
        int64 (256,), with the same sum as the table.
    """
    lowest = lowest_kept_byte(confidence)
    counts: Counts = table[:, lowest:].sum(axis=1)
    counts[background_id] += table[:, :lowest].sum()
    return counts


@dataclass(frozen=True, slots=True)
class Comparison:
    """A cut beside what the server itself answered at that threshold.

    Attributes:
        agrees: whether they are the same, pixels at the threshold aside.
        evidence: pixels that the cut changes, those at the threshold aside; 0 proves nothing.
    """

    agrees: bool
    evidence: int


def compare(
    class_ids: NDArray[np.uint8],
    confidence_map: NDArray[np.uint8],
    answered_ids: NDArray[np.uint8],
    confidence: int,
    background_id: int,
) -> Comparison:
    """Whether cutting the answer at 1 gives the server's own answer.

    One engine truncates a confidence to its byte and another rounds it, so where the byte is within
    1 of the threshold the server may have kept the pixel or cut it.

    Args:
        class_ids: of the answer at 1, uint8 (H, W).
        confidence_map: of the answer at 1, uint8 (h, w).
        answered_ids: of the answer at `confidence`, uint8.
        confidence: percent, 0–100.
        background_id: the class id that cut pixels take.
    """
    height, width = class_ids.shape
    bytes_ = np.arange(256)
    is_kept = bytes_ >= lowest_kept_byte(confidence)
    is_near = np.abs(bytes_ * 100 - max(confidence, 1) * 255) <= 100
    agrees, evidence = answered_ids.shape == class_ids.shape, 0
    rows = map_floor(height, confidence_map.shape[0])
    columns = map_floor(width, confidence_map.shape[1])
    is_same_size = confidence_map.shape == class_ids.shape
    band = max(1, _BAND_PIXELS // width)
    for top in range(0, height, band):
        here = slice(top, top + band)
        ids = class_ids[here]
        sure = confidence_map[here] if is_same_size else confidence_map[rows[here]][:, columns]
        near = is_near[sure]
        wanted = np.where(is_kept[sure], ids, np.uint8(background_id))
        evidence += int(np.count_nonzero((wanted != ids) & ~near))
        if agrees:
            answered = answered_ids[here]
            either = near & ((answered == ids) | (answered == background_id))
            agrees = bool(((answered == wanted) | either).all())
    return Comparison(agrees, evidence)
