"""COCO's run-length encoding of a mask, all its classes in one pass.

COCO counts runs column by column, zeros first, and writes the counts as a string of signs that
hold five bits each, every count after the third as its difference to the one two before. That
string is what pycocotools gives for `encode(np.asfortranarray(class_ids == class_id))`; pycocotools
also packs the runs found here.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pycocotools import mask as coco

from components.model.areas import count_pixels

_Box = tuple[int, int, int, int]
_Places = NDArray[np.int64]
_BAND_PIXELS = 250_000  # what is compared at a time stays in the processor's cache
_FEW = (
    8  # one pass is quicker than one a class where at most one pixel in so many differs from above
)


@dataclass(frozen=True, slots=True)
class CocoRle:
    """One class of a mask as COCO writes it.

    Attributes:
        size: (height, width), in COCO's order.
        counts: COCO's compressed string, ASCII.
        area: pixels of the class.
        box: (x, y, width, height) of the smallest box around them, pixels from the top left.
    """

    size: tuple[int, int]
    counts: bytes
    area: int
    box: _Box


def encode_coco(class_ids: NDArray[np.uint8]) -> dict[int, CocoRle]:
    """Every class that is present, encoded.

    Only the places where the value changes are looked at: they are found row by row, as the mask
    lies in memory, and put into the order of columns by sorting, which is far less work than
    turning the mask. A mask that is all noise is turned and encoded class by class, which is then
    the quicker way.

    Args:
        class_ids: uint8 (H, W).

    Returns:
        By class id, ascending; byte for byte what pycocotools' `encode` gives for each class.
        Empty where the mask has no pixels.
    """
    if not class_ids.size:
        return {}
    height, width = class_ids.shape
    class_ids = np.ascontiguousarray(class_ids)
    steps = _find_steps(class_ids)
    if steps is None:
        return _encode_each(class_ids)
    starts = _find_column_starts(class_ids, steps)
    columns, rows = np.divmod(starts, height)
    ids = class_ids[rows, columns]
    ends = np.append(starts[1:], class_ids.size)
    order = np.argsort(ids, kind="stable")
    starts, ends, ids = starts[order], ends[order], ids[order]
    firsts = np.flatnonzero(np.append(True, ids[1:] != ids[:-1]))
    nexts = np.append(firsts[1:], ids.size)
    # It takes counts as arrays too, without lists of numbers in between, which its stubs omit.
    runs: Any = [
        {"size": [height, width], "counts": counts}
        for counts in _split_counts(starts, ends, firsts, nexts, class_ids.size)
    ]
    packed = coco.frPyObjects(runs, height, width)
    areas = np.add.reduceat(ends - starts, firsts).tolist()
    boxes = _find_boxes(height, starts, ends - 1, firsts, nexts)
    return {
        class_id: CocoRle((height, width), bytes(one["counts"]), area, box)
        for class_id, one, area, box in zip(ids[firsts].tolist(), packed, areas, boxes, strict=True)
    }


def _encode_each(class_ids: NDArray[np.uint8]) -> dict[int, CocoRle]:
    encoded = {}
    turned = np.asfortranarray(class_ids)
    counts = count_pixels(class_ids)
    for class_id in np.flatnonzero(counts).tolist():
        is_here = turned == class_id
        packed: Any = coco.encode(is_here.view(np.uint8))
        # Not pycocotools' own area and box, which unpack the string again, each for itself.
        columns, rows = (np.flatnonzero(is_here.any(axis=axis)).tolist() for axis in (0, 1))
        box = (columns[0], rows[0], columns[-1] - columns[0] + 1, rows[-1] - rows[0] + 1)
        shape = (class_ids.shape[0], class_ids.shape[1])
        encoded[class_id] = CocoRle(shape, bytes(packed["counts"]), int(counts[class_id]), box)
    return encoded


def _find_column_starts(class_ids: NDArray[np.uint8], steps: _Places) -> _Places:
    """Where each run starts, counted down the columns."""
    height, width = class_ids.shape
    # A run may also start at the top of a column, where the one before ended otherwise.
    tops = np.flatnonzero(class_ids[0, 1:] != class_ids[-1, :-1]) + 1
    rows, columns = np.divmod(steps, width)
    starts = np.concatenate(([0], tops * height, columns * height + rows))
    starts.sort()
    return starts


def _find_steps(class_ids: NDArray[np.uint8]) -> _Places | None:
    """Pixels that differ from the one above, by their place in memory; None if they are many."""
    height, width = class_ids.shape
    band = max(1, _BAND_PIXELS // width)
    differs = np.empty((band, width), np.bool_)
    found = [np.zeros(0, np.int64)]
    count = 0
    for top in range(1, height, band):
        below = class_ids[top : top + band]
        here = differs[: len(below)]
        np.not_equal(below, class_ids[top - 1 : top - 1 + len(below)], out=here)
        found.append(np.flatnonzero(here) + top * width)
        count += found[-1].size
        if count * _FEW > class_ids.size:
            return None
    return np.concatenate(found)


def _split_counts(
    starts: _Places, ends: _Places, firsts: _Places, nexts: _Places, size: int
) -> Iterator[_Places]:
    """COCO's counts of each class: zeros, ones, zeros … to the end of the mask."""
    gaps = starts.copy()
    gaps[1:] -= ends[:-1]
    gaps[firsts] = starts[firsts]
    counts = np.stack([gaps, ends - starts], axis=1).ravel()
    rests = size - ends[nexts - 1]
    counts = np.insert(counts, 2 * nexts, rests)
    for at, (first, after, rest) in enumerate(
        zip(firsts.tolist(), nexts.tolist(), rests.tolist(), strict=True)
    ):
        yield counts[2 * first + at : 2 * after + at + bool(rest)]


def _find_boxes(
    height: int, starts: _Places, lasts: _Places, firsts: _Places, nexts: _Places
) -> list[_Box]:
    from_columns, from_rows = np.divmod(starts, height)
    to_columns, to_rows = np.divmod(lasts, height)
    # A run that goes on in the next column touches the lower and the upper edge.
    goes_on = from_columns != to_columns
    tops = np.minimum.reduceat(np.where(goes_on, 0, from_rows), firsts)
    bottoms = np.maximum.reduceat(np.where(goes_on, height - 1, to_rows), firsts)
    lefts, rights = from_columns[firsts], to_columns[nexts - 1]
    return list(
        zip(
            lefts.tolist(),
            tops.tolist(),
            (rights - lefts + 1).tolist(),
            (bottoms - tops + 1).tolist(),
            strict=True,
        )
    )
