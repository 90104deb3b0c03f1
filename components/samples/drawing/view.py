"""The camera and the ground plane it stands on, in metres."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from components.samples.drawing.canvas import Canvas, Colour, Plane, mix
from components.samples.drawing.light import Light

Point3 = tuple[float, float, float]
"""(right, up, away) in metres from the point on the ground below the camera."""


@dataclass(frozen=True, slots=True)
class Camera:
    """A pinhole camera that looks level.

    Attributes:
        focal: focal length in canvas pixels.
        centre: canvas column it looks at.
        horizon: canvas row of the horizon.
        eye: metres above the ground.
    """

    focal: float
    centre: float
    horizon: float
    eye: float

    def project(self, point: Point3) -> tuple[float, float]:
        """Canvas (x, y) of a point; points nearer than 0.3 m are moved there."""
        away = max(point[2], 0.3)
        return (
            self.centre + self.focal * point[0] / away,
            self.horizon + self.focal * (self.eye - point[1]) / away,
        )

    def pixels_per_metre(self, away: float) -> float:
        """How large a metre is at a distance."""
        return self.focal / max(away, 0.3)

    def ground(self, canvas: Canvas) -> tuple[int, Plane, Plane]:
        """Ground coordinates of every canvas pixel under the horizon.

        Returns:
            First row, right float32 (rows, width) and away float32 (rows, 1), in metres.
        """
        first = int(self.horizon) + 1
        rows = np.arange(first, canvas.height, dtype=np.float32)[:, None]
        away = (self.focal * self.eye / np.maximum(rows - self.horizon, 0.5)).astype(np.float32)
        columns = np.arange(canvas.width, dtype=np.float32)[None, :]
        right = ((columns - self.centre) * away / self.focal).astype(np.float32)
        return first, right, away


def make_tile(rng: np.random.Generator, roughness: float, size: int = 256) -> Plane:
    """Seamless noise, float32 (size, size), mean 0 and deviation 1.

    Args:
        rng: chance.
        roughness: exponent of the falling spectrum; 0 is white noise, 2 is cloudy.
        size: edge in samples.
    """
    frequency = np.fft.fftfreq(size)[:, None] ** 2 + np.fft.rfftfreq(size)[None, :] ** 2
    frequency[0, 0] = 1.0
    spectrum = np.fft.rfft2(rng.standard_normal((size, size))) / frequency ** (roughness / 2)
    spectrum[0, 0] = 0.0
    tile = np.fft.irfft2(spectrum, (size, size))
    even: Plane = (tile / tile.std()).astype(np.float32)
    return even


def sample_tile(tile: Plane, across: Plane, along: Plane) -> Plane:
    """A tile looked up at coordinates counted in samples, which wrap around."""
    size = tile.shape[0]
    columns = np.floor(across).astype(np.int64) % size
    rows = np.floor(along).astype(np.int64) % size
    found: Plane = tile[np.broadcast_to(rows, columns.shape), columns]
    return found


def fade(colour: Colour, light: Light, away: float) -> Colour:
    """A colour seen through haze."""
    return mix(colour, light.haze, float(1 - np.exp(-away / light.haze_metres)))


def fade_plane(
    colours: npt.NDArray[np.float32], light: Light, away: Plane
) -> npt.NDArray[np.float32]:
    """Colours float32 (h, w, 3) seen through haze at distances (h, w) or (h, 1)."""
    amount = (1 - np.exp(-away / light.haze_metres))[..., None].astype(np.float32)
    hazed: npt.NDArray[np.float32] = (
        colours + (np.asarray(light.haze, np.float32) - colours) * amount
    )
    return hazed


def lit(colour: Colour, light: Light, normal: Point3) -> Colour:
    """A matt surface under this light; the normal points away from it."""
    length = max(sum(n * n for n in normal) ** 0.5, 1e-6)
    facing = sum(n * d for n, d in zip(normal, light.direction, strict=True)) / length
    strength = max(0.0, facing)
    red, green, blue = (
        c * (s + k * strength) for c, s, k in zip(colour, light.shade, light.sun, strict=True)
    )
    return red, green, blue
