"""The surface that is painted on: colours and class ids, stroke by stroke."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw

Colour = tuple[float, float, float]
"""Red, green and blue, 0–1."""
Plane = npt.NDArray[np.float32]
"""float32 (h, w)."""
Points = Sequence[tuple[float, float]]
"""(x, y) in canvas pixels."""

CLASSES = (
    "background",
    "sky",
    "tree",
    "building",
    "road",
    "water",
    "field",
    "mountain",
    "car",
    "person",
)
"""Class names by id. Sand, pavement, boats and other things without a class are background."""

BACKGROUND, SKY, TREE, BUILDING, ROAD, WATER, FIELD, MOUNTAIN, CAR, PERSON = range(10)

_OVERSAMPLING = 2


class Canvas:
    """Colours and class ids at twice the final size.

    Attributes:
        width, height: canvas pixels.
        rgb: float32 (height, width, 3), 0–1, may exceed 1 before `finish`.
        class_ids: uint8 (height, width).
        rng: the only source of chance.
    """

    def __init__(self, size_wh: tuple[int, int], rng: np.random.Generator) -> None:
        self.width, self.height = size_wh[0] * _OVERSAMPLING, size_wh[1] * _OVERSAMPLING
        self.rgb = np.zeros((self.height, self.width, 3), np.float32)
        self.class_ids = np.zeros((self.height, self.width), np.uint8)
        self.rng = rng

    def cover(
        self,
        alpha: npt.NDArray[np.floating[Any]],
        colour: Colour | npt.NDArray[np.float32],
        class_id: int | None,
        left: int = 0,
        top: int = 0,
        only: int | None = None,
    ) -> None:
        """Paint a patch; where alpha is at least a half it also sets the class id.

        Args:
            alpha: float32 (h, w), 0–1.
            colour: one colour, or float32 (h, w, 3).
            class_id: None paints colour only, as light and shadow do.
            left, top: where the patch lies; what is outside the canvas is dropped.
            only: paint nothing but pixels of this class.
        """
        high, wide = alpha.shape
        x0, y0 = max(left, 0), max(top, 0)
        x1, y1 = min(left + wide, self.width), min(top + high, self.height)
        if x0 >= x1 or y0 >= y1:
            return
        inner = np.s_[y0 - top : y1 - top, x0 - left : x1 - left]
        paint = np.asarray(colour, np.float32)
        if paint.ndim == 3:
            paint = paint[inner]
        part = alpha[inner]
        if only is not None:
            part = part * (self.class_ids[y0:y1, x0:x1] == only)
        under = self.rgb[y0:y1, x0:x1]
        under += (paint - under) * part[..., None]
        if class_id is not None:
            self.class_ids[y0:y1, x0:x1][part >= 0.5] = class_id

    def polygon(
        self,
        points: Points,
        colour: Colour,
        class_id: int | None,
        opacity: float = 1.0,
        only: int | None = None,
    ) -> None:
        """Paint a polygon with smooth edges.

        Args:
            points: corners.
            colour: its colour.
            class_id: as in `cover`.
            opacity: 0–1.
            only: as in `cover`.
        """
        xs, ys = [x for x, _ in points], [y for _, y in points]
        x0, y0 = max(int(min(xs)) - 1, 0), max(int(min(ys)) - 1, 0)
        x1, y1 = min(int(max(xs)) + 2, self.width), min(int(max(ys)) + 2, self.height)
        if x0 >= x1 or y0 >= y1:
            return
        moved = [(x - x0, y - y0) for x, y in points]
        alpha = polygon_alpha(moved, (x1 - x0, y1 - y0)) * opacity
        self.cover(alpha, colour, class_id, x0, y0, only)

    def finish(self, tint: Colour, grain: float) -> tuple[npt.NDArray[np.uint8], ...]:
        """Grade, add a vignette and grain, and reduce to the final size.

        Args:
            tint: colour of the light over everything.
            grain: standard deviation of the noise, on a scale of 0–1.

        Returns:
            rgb uint8 (h, w, 3) and class_ids uint8 (h, w).
        """
        ys = np.linspace(-1, 1, self.height, dtype=np.float32)[:, None]
        xs = np.linspace(-1, 1, self.width, dtype=np.float32)[None, :]
        vignette = 1.0 - 0.10 * (xs**2 + ys**2) ** 1.2
        graded = self.rgb * np.asarray(tint, np.float32) * vignette[..., None]
        # A soft shoulder keeps suns and lit windows from clipping hard.
        graded = np.where(graded > 0.8, 0.8 + 0.2 * np.tanh((graded - 0.8) / 0.2), graded)
        small = Image.fromarray(np.clip(graded * 255, 0, 255).astype(np.uint8)).resize(
            (self.width // _OVERSAMPLING, self.height // _OVERSAMPLING), Image.Resampling.BOX
        )
        noise = self.rng.normal(0, grain * 255, (small.height, small.width, 1))
        speckled = np.clip(np.asarray(small, np.float32) + noise, 0, 255)
        return speckled.astype(np.uint8), self.class_ids[::_OVERSAMPLING, ::_OVERSAMPLING].copy()


def polygon_alpha(points: Points, size_wh: tuple[int, int]) -> Plane:
    """Coverage of a polygon, float32 (h, w), smooth at the edges.

    Args:
        points: corners in pixels of the patch.
        size_wh: size of the patch.
    """
    image = Image.new("L", (size_wh[0] * 2, size_wh[1] * 2))
    ImageDraw.Draw(image).polygon([(x * 2, y * 2) for x, y in points], fill=255)
    return np.asarray(image.reduce(2), np.float32) / np.float32(255)


def noise(
    rng: np.random.Generator,
    shape: tuple[int, int],
    cell_xy: tuple[float, float],
    octaves: int = 4,
    gain: float = 0.5,
) -> Plane:
    """Fractal value noise, float32, about 0–1 with mean one half.

    Args:
        rng: chance.
        shape: (h, w).
        cell_xy: pixels of the largest spots, across and down.
        octaves: how many times the spots halve.
        gain: strength of each next octave.
    """
    high, wide = shape
    total = np.zeros(shape, np.float32)
    weight, weights = 1.0, 0.0
    for octave in range(octaves):
        columns = int(max(2, np.ceil(wide / cell_xy[0] * 2**octave) + 1))
        rows = int(max(2, np.ceil(high / cell_xy[1] * 2**octave) + 1))
        if columns > wide or rows > high:
            break
        grid = Image.fromarray(rng.random((rows, columns), np.float32))
        total += weight * np.asarray(grid.resize((wide, high), Image.Resampling.BICUBIC))
        weights += weight
        weight *= gain
    return total / np.float32(max(weights, 1e-6))


def ridge(rng: np.random.Generator, width: int, cell: float, octaves: int, gain: float) -> Plane:
    """A fractal line, float32 (width,), about 0–1."""
    xs = np.arange(width)
    total, weight, weights = np.zeros(width), 1.0, 0.0
    for octave in range(octaves):
        step = cell / 2**octave
        if step < 1.5:
            break
        knots = rng.random(int(width / step) + 3)
        position = xs / step
        index = position.astype(int)
        part = position - index
        part = part * part * (3 - 2 * part)
        total += weight * (knots[index] * (1 - part) + knots[index + 1] * part)
        weights += weight
        weight *= gain
    return (total / weights).astype(np.float32)


def mix(first: Colour, second: Colour, amount: float) -> Colour:
    """Between two colours; 0 is the first."""
    red, green, blue = (a + (b - a) * amount for a, b in zip(first, second, strict=True))
    return red, green, blue


def scale(colour: Colour, factor: float) -> Colour:
    """A colour made darker or lighter."""
    return colour[0] * factor, colour[1] * factor, colour[2] * factor
