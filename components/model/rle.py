"""COCO's run-length encoding of a mask, all its classes in one pass.

COCO counts runs column by column, zeros first, and writes the counts as a string of signs that hold
five bits each, every count after the third as its difference to the one two before. That string is
what pycocotools gives for `encode(np.asfortranarray(class_ids == class_id))`; pycocotools also packs
the runs found here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pycocotools import mask as coco

_Box = tuple[int, int, int, int]


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
    turning the mask. A mask that is all noise is turned, which is then the quicker way.

    Args:
        class_ids: uint8 (H, W).

    Returns:
        By class id, ascending; byte for byte what pycocotools' `encode` gives for each class.
        Empty where the mask has no pixels.
    """
    if not class_ids.size:
        return {}
    starts, ids = _find_column_runs(class_ids)
    ends = np.append(starts[1:], np.int64(class_ids.size))
    order = np.argsort(ids, kind="stable")
    starts, ends, ids = starts[order], ends[order], ids[order]
    firsts = np.flatnonzero(np.diff(ids, prepend=np.int16(-1)))
    encoded = {}
    for first, last in zip(firsts, np.append(firsts[1:], ids.size), strict=True):
        here = slice(first, last)
        encoded[int(ids[first])] = _encode_runs(class_ids.shape, starts[here], ends[here])
    return encoded


def _find_column_runs(class_ids: NDArray[np.uint8]) -> tuple[NDArray[np.int64], NDArray[np.uint8]]:
    """Where each run starts, counted down the columns, and its class id."""
    flat = class_ids.ravel(order="F")
    starts = np.flatnonzero(flat[1:] != flat[:-1]) + 1
    starts = np.concatenate(([0], starts))
    return starts, flat[starts]


def _encode_runs(
    shape: tuple[int, ...], starts: NDArray[np.int64], ends: NDArray[np.int64]
) -> CocoRle:
    height, width = shape
    edges = np.empty(2 * starts.size + 2, np.int64)
    edges[0] = 0
    edges[1:-1:2], edges[2:-1:2] = starts, ends
    edges[-1] = height * width
    counts = np.diff(edges)
    if not counts[-1]:
        counts = counts[:-1]
    # It takes counts as an array too, without a list of numbers in between, which its stubs omit.
    runs: Any = [{"size": [height, width], "counts": counts}]
    packed = coco.frPyObjects(runs, height, width)
    return CocoRle(
        (height, width),
        bytes(packed[0]["counts"]),
        int((ends - starts).sum()),
        _find_box(height, starts, ends - 1),
    )


def _find_box(height: int, starts: NDArray[np.int64], lasts: NDArray[np.int64]) -> _Box:
    left, right = int(starts[0]) // height, int(lasts[-1]) // height
    if (starts // height != lasts // height).any():
        # A run that goes on in the next column touches the lower and the upper edge.
        top, bottom = 0, height - 1
    else:
        top, bottom = int((starts % height).min()), int((lasts % height).max())
    return left, top, right - left + 1, bottom - top + 1
