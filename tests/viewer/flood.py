"""Regions of a mask by flooding, the plainest way there is."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from tests.viewer.packets import Gray


def label_regions(mask: Gray) -> NDArray[np.int_]:
    """Number the regions of a mask; pixels of one class that touch, also at a corner, are one.

    Returns:
        int, shape (height, width), from 0 on.
    """
    height, width = mask.shape
    labels = np.full(mask.shape, -1)
    number = 0
    for start in np.ndindex(mask.shape):
        if labels[start] >= 0:
            continue
        labels[start] = number
        edge = [start]
        while edge:
            y, x = edge.pop()
            for v in range(max(y - 1, 0), min(y + 2, height)):
                for u in range(max(x - 1, 0), min(x + 2, width)):
                    if labels[v, u] < 0 and mask[v, u] == mask[y, x]:
                        labels[v, u] = number
                        edge.append((v, u))
        number += 1
    return labels


def measure_regions(mask: Gray, size_wh: tuple[int, int]) -> NDArray[np.int_]:
    """For each image pixel the size of the region it shows, in image pixels, (height, width)."""
    labels = label_regions(mask)
    width, height = size_wh
    columns = np.arange(width) * mask.shape[1] // width
    rows = np.arange(height) * mask.shape[0] // height
    shown = labels[rows[:, None], columns[None, :]]
    sizes: NDArray[np.int_] = np.bincount(shown.ravel(), minlength=labels.max() + 1)[shown]
    return sizes
