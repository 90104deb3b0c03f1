"""Water, and what it mirrors."""

from __future__ import annotations

import numpy as np

from components.samples.drawing.canvas import (
    WATER,
    Canvas,
    Plane,
)
from components.samples.drawing.light import Light
from components.samples.drawing.view import (
    Camera,
    fade,
    lit,
    make_tile,
    sample_tile,
)


def paint_water(
    canvas: Canvas,
    light: Light,
    camera: Camera,
    region: Plane,
    calm: float,
    axis: float | None = None,
) -> None:
    """Water that mirrors what was painted before it.

    Args:
        canvas: painted on; everything on the far shore must be there already.
        light: the weather.
        camera: where from.
        region: coverage float32 (rows under the horizon, width), 0–1.
        calm: 0 for a rough sea, 1 for a pond.
        axis: canvas row to mirror about; None for the far shore of each column.
    """
    first, right, away = camera.ground(canvas)
    wet = region >= 0.5
    columns = np.flatnonzero(wet.any(axis=0))
    if not columns.size:
        return
    shore = np.zeros(canvas.width, np.int64)
    shore[columns] = first + wet[:, columns].argmax(axis=0) if axis is None else round(axis)
    ripples, swell = make_tile(canvas.rng, 1.1), make_tile(canvas.rng, 1.8)
    waves = sample_tile(ripples, right * 5, away * 16) * 0.6
    waves += sample_tile(swell, right * 2.2, away * 6)
    rows = np.arange(first, canvas.height)[:, None]
    unit, below = canvas.height / 683, np.maximum(rows - shore[None, :], 0)
    strength = (1.3 - calm) * unit * 7 * np.clip(below / (90 * unit), 0.08, 1.6)
    source = np.clip(shore[None, :] - below + waves * strength, 0, shore[None, :] - 1)
    sideways = np.clip(np.arange(canvas.width)[None, :] + waves * unit * 1.2, 0, canvas.width - 1)
    mirror = canvas.rgb[source.astype(np.int64), sideways.astype(np.int64)]
    deep = np.asarray(lit((0.10, 0.26, 0.31), light, (0, 1, 0)), np.float32)
    slope = camera.eye / np.maximum(away, 1)
    clear = np.clip(0.86 - 1.3 * slope - 0.07 * waves, 0.34, 0.88)[..., None]
    colours = deep + (mirror - deep) * clear
    glint = np.clip(waves - (1.35 + calm), 0, 1)[..., None] * (1.1 - 0.7 * calm)
    colours = colours + (np.asarray(light.low, np.float32) - colours) * np.clip(glint, 0, 1)
    canvas.cover(region, colours.astype(np.float32), WATER, 0, first)
    if calm < 0.5:
        _paint_foam(canvas, light, region, away, waves, first)


def _paint_foam(
    canvas: Canvas, light: Light, region: Plane, away: Plane, waves: Plane, first: int
) -> None:
    """White water where the sea meets the near shore."""
    rows = np.arange(region.shape[0])[:, None]
    last = np.where(region >= 0.5, rows, -1).max(axis=0)[None, :]
    close = np.clip(1 - (last - rows) / (9 * canvas.height / 683), 0, 1) * (last >= 0)
    alpha = np.clip(close * (0.75 + 0.5 * waves), 0, 1) * (away < 80)
    white = fade(lit((0.95, 0.97, 0.98), light, (0, 1, 0)), light, 30)
    canvas.cover((alpha * (region > 0)).astype(np.float32), white, None, 0, first)
