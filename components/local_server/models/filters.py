"""Image filters in numpy, in time that does not depend on their radius."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from PIL import Image

Plane = npt.NDArray[np.float32]
"""float32 (h, w)."""


def box_mean(plane: Plane, radius: int) -> Plane:
    """Mean over a (2 radius + 1)² window, cut off at the borders.

    Args:
        plane: float32 (h, w).
        radius: in pixels, at least 1.
    """
    return _box_mean_rows(_box_mean_rows(plane, radius).T, radius).T


def _box_mean_rows(plane: Plane, radius: int) -> Plane:
    height = plane.shape[0]
    sums = np.zeros((height + 1, plane.shape[1]), np.float64)
    np.cumsum(plane, axis=0, dtype=np.float64, out=sums[1:])
    stop = np.minimum(np.arange(height) + radius + 1, height)
    start = np.maximum(np.arange(height) - radius, 0)
    means = (sums[stop] - sums[start]) / (stop - start)[:, None]
    return np.ascontiguousarray(means, dtype=np.float32)


def resize_plane(plane: Plane, size_wh: tuple[int, int]) -> Plane:
    """Bilinear, with averaging when it gets smaller.

    Args:
        plane: float32 (h, w).
        size_wh: new width and height.
    """
    resized = Image.fromarray(np.ascontiguousarray(plane, np.float32)).resize(
        size_wh, Image.Resampling.BILINEAR
    )
    return np.asarray(resized, np.float32)


def guided_filter(guide: Plane, plane: Plane, radius: int, eps: float) -> Plane:
    """Smooth a plane without crossing the guide's edges.

    Source: He, Sun, Tang, "Guided Image Filtering", ECCV 2010, equations 5, 6 and 8.

    Args:
        guide: float32 (h, w), 0–1.
        plane: float32 (h, w), what is smoothed.
        radius: window radius in pixels.
        eps: variance of the guide below which an edge counts as noise.
    """
    mean_guide, mean_plane = box_mean(guide, radius), box_mean(plane, radius)
    covariance = box_mean(guide * plane, radius) - mean_guide * mean_plane
    variance = box_mean(guide * guide, radius) - mean_guide * mean_guide
    slope: Plane = (covariance / (variance + eps)).astype(np.float32)
    offset: Plane = mean_plane - slope * mean_guide
    smooth: Plane = box_mean(slope, radius) * guide + box_mean(offset, radius)
    return smooth


class Enlargement:
    """Bilinear enlargement of stacked planes, a strip of rows at a time.

    Pixel centres are aligned, edges repeated, as in OpenCV's INTER_LINEAR.
    """

    def __init__(self, low_wh: tuple[int, int], high_wh: tuple[int, int]) -> None:
        """Plan once for many strips.

        Args:
            low_wh: width and height of the planes that will come.
            high_wh: width and height to enlarge to; may also be smaller.
        """
        self._same = low_wh == high_wh
        self._left, self._right, self._across = _lerp_plan(low_wh[0], high_wh[0])
        self._upper, self._lower, self._down = _lerp_plan(low_wh[1], high_wh[1])

    def source_rows(self, rows: slice) -> slice:
        """The rows of the low planes that some rows of the result come from."""
        last = rows.stop - 1
        return slice(int(self._upper[rows.start]), int(self._lower[last]) + 1)

    def rows(self, planes: npt.NDArray[np.float32], rows: slice) -> npt.NDArray[np.float32]:
        """Some rows of the enlarged planes.

        Args:
            planes: float32 (k, low height, low width).
            rows: rows of the result, with start and stop.

        Returns:
            float32 (k, rows, high width); a view of `planes` when the sizes are equal.
        """
        if self._same:
            return planes[:, rows]
        above = planes[:, self._upper[rows]]
        tall = above + (planes[:, self._lower[rows]] - above) * self._down[rows, None]
        enlarged = tall[:, :, self._left]
        enlarged += (tall[:, :, self._right] - enlarged) * self._across
        return enlarged


def _lerp_plan(
    low: int, high: int
) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp], npt.NDArray[np.float32]]:
    """For each of `high` centres its two neighbours among `low`, and the second one's weight."""
    centre = np.clip((np.arange(high) + 0.5) * (low / high) - 0.5, 0, low - 1)
    first = np.floor(centre).astype(np.intp)
    return first, np.minimum(first + 1, low - 1), (centre - first).astype(np.float32)
