"""What the scene model looks at: colour and texture of a pixel and of its surroundings.

A picture is reduced to grids of fixed size, so that "surroundings" mean a share of the picture and
not a number of pixels; planes of coarse grids are enlarged bilinearly where finer ones need them.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
from PIL import Image

from components.local_server.models.filters import Enlargement, box_mean, resize_plane

Planes = npt.NDArray[np.float32]
"""float32 (k, h, w)."""

CONTEXT_EDGE = 256
"""Long edge of the grid that context is judged on."""
_STRIP_PIXELS = 4096


def grid_size(size_wh: tuple[int, int], long_edge: int) -> tuple[int, int]:
    """Width and height of a grid with this long edge and the picture's shape."""
    factor = long_edge / max(size_wh)
    return max(2, round(size_wh[0] * factor)), max(2, round(size_wh[1] * factor))


def colour_planes(rgb: npt.NDArray[np.uint8]) -> Planes:
    """Luma and two colour differences, float32 (3, h, w), each about -1 to 1."""
    red, green, blue = (rgb[..., band].astype(np.float32) * (2 / 255) for band in range(3))
    luma = 0.299 * red + 0.587 * green + 0.114 * blue
    return np.stack([luma - 1, 1.5 * (red - luma), 1.5 * (blue - luma)])


class Surroundings:
    """A picture's grids, computed once and used by every stage of the model."""

    def __init__(self, rgb: npt.NDArray[np.uint8]) -> None:
        """Reduce a picture.

        Args:
            rgb: uint8 (h, w, 3).
        """
        self.size_wh = rgb.shape[1], rgb.shape[0]
        # Small pictures get smaller grids: enlarging them would only cost time.
        edge = max(16, min(CONTEXT_EDGE, max(self.size_wh) // 2))
        self.context_wh = grid_size(self.size_wh, edge)
        self.coarse_wh = grid_size(self.size_wh, edge // 4)
        self.fine = colour_planes(rgb)
        middle_wh = grid_size(self.size_wh, 2 * edge)
        self.middle = _texture(_reduce(rgb, middle_wh))
        self.context = _resize(self.middle, self.context_wh)
        self.coarse = _resize(self.context, self.coarse_wh)
        self.coarsest = _resize(self.coarse, grid_size(self.size_wh, edge // 16))

    def context_features(self) -> Planes:
        """Features of the context grid, float32 (k, h, w)."""
        coarse = _resize(self.coarse, self.context_wh)
        summary = self.coarse.reshape(self.coarse.shape[0], -1)
        overall = np.concatenate([summary[:4].mean(axis=1), summary[:3].std(axis=1)])
        return np.concatenate(
            [
                self.context,
                coarse,
                _resize(self.coarsest[:4], self.context_wh),
                _around(_smooth(self.context[:4], 2), 8),
                _around(coarse[:4], 28),
                _resize(_columns(self.coarse[:4]), self.context_wh),
                _position(self.context_wh),
                _constant(overall, self.context_wh),
            ]
        )

    def context_features_given(self, probabilities: Planes) -> Planes:
        """Features of the context grid that also look at a first guess.

        Args:
            probabilities: float32 (classes, h, w) on the context grid.
        """
        near = _smooth(probabilities, 3)
        few = _resize(probabilities, self.coarse_wh)
        far = _resize(few, self.context_wh)
        return np.concatenate(
            [
                self.context,
                _resize(self.coarse, self.context_wh)[:4],
                probabilities,
                near,
                _around(near, 7),
                _around(far, 24),
                _resize(_columns(few), self.context_wh),
                _position(self.context_wh),
            ]
        )

    def fine_strips(self, probabilities: Planes) -> Iterator[tuple[slice, Planes]]:
        """Features of the picture's own pixels, a strip of rows at a time.

        Args:
            probabilities: float32 (classes, h, w) on the context grid.

        Yields:
            The rows and their features, float32 (k, rows, w).
        """
        width, height = self.size_wh
        soft = np.concatenate([probabilities, _smooth(probabilities, 2), self.context[:4]])
        soft = np.concatenate([soft, _resize(self.coarse[:4], self.context_wh)])
        soft = np.concatenate([soft, _position(self.context_wh)[:1]])
        radius = max(1, round(max(self.size_wh) / 400))
        blurred = _smooth(self.fine, radius)
        rough = box_mean(np.abs(self.fine[0] - blurred[0]), radius)[None]
        from_context = Enlargement(self.context_wh, self.size_wh)
        from_middle = Enlargement((self.middle.shape[2], self.middle.shape[1]), self.size_wh)
        step = max(1, _STRIP_PIXELS // width)
        for top in range(0, height, step):
            rows = slice(top, min(top + step, height))
            yield (
                rows,
                np.concatenate(
                    [
                        self.fine[:, rows],
                        blurred[:, rows],
                        rough[:, rows],
                        from_middle.rows(self.middle, rows),
                        from_context.rows(soft, rows),
                    ]
                ),
            )


def _reduce(rgb: npt.NDArray[np.uint8], size_wh: tuple[int, int]) -> Planes:
    image = Image.fromarray(rgb).resize(size_wh, Image.Resampling.BOX)
    return colour_planes(np.asarray(image))


def _texture(colours: Planes) -> Planes:
    """Colours with contrast and the strength of edges across and down, float32 (6, h, w)."""
    luma = colours[0]
    mean = box_mean(luma, 2)
    contrast = np.sqrt(np.maximum(box_mean(luma * luma, 2) - mean * mean, 0))
    across, down = np.zeros_like(luma), np.zeros_like(luma)
    across[:, 1:] = np.abs(np.diff(luma, axis=1))
    down[1:] = np.abs(np.diff(luma, axis=0))
    extra = [4 * contrast, 4 * box_mean(across, 2), 4 * box_mean(down, 2)]
    return np.concatenate([colours, np.stack(extra)])


def _resize(planes: Planes, size_wh: tuple[int, int]) -> Planes:
    return np.stack([resize_plane(plane, size_wh) for plane in planes])


def _smooth(planes: Planes, radius: int) -> Planes:
    return np.stack([box_mean(plane, radius) for plane in planes])


def _around(planes: Planes, distance: int) -> Planes:
    """The planes seen from above, below, left and right, float32 (4k, h, w)."""
    _, height, width = planes.shape
    rows, columns = np.arange(height), np.arange(width)
    return np.concatenate(
        [
            planes[:, np.maximum(rows - distance, 0)],
            planes[:, np.minimum(rows + distance, height - 1)],
            planes[:, :, np.maximum(columns - distance, 0)],
            planes[:, :, np.minimum(columns + distance, width - 1)],
        ]
    )


def _columns(planes: Planes) -> Planes:
    """Means of all that is above and of all that is below in the same column."""
    count = np.arange(1, planes.shape[1] + 1, dtype=np.float32)[:, None]
    above = np.cumsum(planes, axis=1) / count
    below = (np.cumsum(planes[:, ::-1], axis=1) / count)[:, ::-1]
    return np.concatenate([above, below]).astype(np.float32)


def _position(size_wh: tuple[int, int]) -> Planes:
    ys = np.linspace(-1, 1, size_wh[1], dtype=np.float32)[:, None]
    xs = np.abs(np.linspace(-1, 1, size_wh[0], dtype=np.float32))[None, :]
    shape = (size_wh[1], size_wh[0])
    return np.stack([np.broadcast_to(ys, shape), np.broadcast_to(xs, shape)])


def _constant(values: npt.NDArray[np.float32], size_wh: tuple[int, int]) -> Planes:
    shape = (values.size, size_wh[1], size_wh[0])
    return np.broadcast_to(values[:, None, None], shape).astype(np.float32)
