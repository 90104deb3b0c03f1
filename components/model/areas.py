"""How many pixels each class covers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from components.model.classes import ClassInfo
from components.model.image import SizeWH

_BAND_PIXELS = 1_000_000  # weights are int64: 8 MB at a time, whatever the mask's size

Counts = NDArray[np.int64]
"""Pixels by class id: int64 (256,)."""


def count_pixels(class_ids: NDArray[np.uint8]) -> Counts:
    """Pixels of each class id.

    Masks are made of runs, so only the places where the value changes are looked at; a mask that is
    all noise is counted value by value, which is then the quicker way.

    Args:
        class_ids: uint8 (H, W).

    Returns:
        int64 (256,), exact.
    """
    flat = class_ids.ravel()
    if not flat.size:
        return np.zeros(256, np.int64)
    ends = _find_run_ends(flat)
    if len(ends) * 4 > flat.size:
        return np.bincount(flat, minlength=256).astype(np.int64)
    return _sum_runs(flat, ends, np.diff(ends, prepend=-1))


def count_stretched(class_ids: NDArray[np.uint8], size_wh: SizeWH) -> Counts:
    """Pixels of each class id once the mask is stretched over a picture of another size.

    Image pixel (x, y) takes mask pixel (floor(x·w/W), floor(y·h/H)), the floor mapping of OpenCV's
    INTER_NEAREST. Nothing is stretched: every mask pixel is weighted by how many image pixels it
    covers, which is a product of one weight a row and one a column.

    Args:
        class_ids: uint8 (h, w).
        size_wh: (W, H) of the picture.

    Returns:
        int64 (256,), summing to W·H, exact.
    """
    height, width = class_ids.shape
    if (width, height) == size_wh:
        return count_pixels(class_ids)
    if class_ids.size > size_wh[0] * size_wh[1]:
        # Fewer pixels are shown than came; those shown are the fewer to look at.
        return count_pixels(stretch(class_ids, size_wh))
    column_weights, row_weights = weigh_axes(class_ids.shape, size_wh)
    counts = np.zeros(256, np.int64)
    band = max(1, _BAND_PIXELS // width)
    for top in range(0, height, band):
        weights = np.outer(row_weights[top : top + band], column_weights)
        covered = np.cumsum(weights.ravel())
        flat = class_ids[top : top + band].ravel()
        ends = _find_run_ends(flat)
        counts += _sum_runs(flat, ends, np.diff(covered[ends], prepend=0))
    return counts


def weigh_axes(
    shape: tuple[int, ...], size_wh: SizeWH
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """How many image columns and rows show each column and row of a mask.

    Args:
        shape: of the mask, (h, w).
        size_wh: (W, H) of the picture.

    Returns:
        int64 (w,), summing to W, and int64 (h,), summing to H.
    """
    height, width = shape
    columns = np.bincount(map_floor(size_wh[0], width), minlength=width)
    return columns, np.bincount(map_floor(size_wh[1], height), minlength=height)


def map_floor(length: int, mask_length: int) -> NDArray[np.int64]:
    """Which mask pixel each image pixel takes along one axis: int64 (length,)."""
    return np.arange(length, dtype=np.int64) * mask_length // length


def stretch(class_ids: NDArray[np.uint8], size_wh: SizeWH) -> NDArray[np.uint8]:
    """The mask at the picture's size, by the same floor mapping: uint8 (H, W)."""
    height, width = class_ids.shape
    if (width, height) == size_wh:
        return class_ids
    rows, columns = map_floor(size_wh[1], height), map_floor(size_wh[0], width)
    return np.ascontiguousarray(class_ids[rows][:, columns])


def _find_run_ends(flat: NDArray[np.uint8]) -> NDArray[np.int64]:
    return np.append(np.flatnonzero(flat[1:] != flat[:-1]), flat.size - 1)


def _sum_runs(flat: NDArray[np.uint8], ends: NDArray[np.int64], weights: Counts) -> Counts:
    # float64 sums are exact below 2**53, far above any pixel count.
    sums = np.bincount(flat[ends], weights=weights, minlength=256)
    return np.rint(sums).astype(np.int64)


@dataclass(frozen=True, slots=True)
class Area:
    """One class's part of a picture.

    Attributes:
        info: the class.
        pixels: pixels of the picture it covers.
        share: pixels over all pixels of the picture, 0–1.
    """

    info: ClassInfo
    pixels: int
    share: float


def list_areas(counts: Counts, classes: Sequence[ClassInfo]) -> tuple[Area, ...]:
    """Areas of the classes that are present, largest first, the background last.

    Args:
        counts: pixels by class id, int64 (256,).
        classes: the 256 classes by id.
    """
    total = int(counts.sum()) or 1
    areas = [
        Area(info, int(counts[info.class_id]), int(counts[info.class_id]) / total)
        for info in classes
        if counts[info.class_id]
    ]
    return tuple(sorted(areas, key=lambda area: (area.info.is_background, -area.pixels)))
