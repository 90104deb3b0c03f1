"""What rises behind the plain: mountains, hills and woods."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from components.samples.drawing.canvas import (
    FIELD,
    MOUNTAIN,
    TREE,
    Canvas,
    Colour,
    Plane,
    noise,
    ridge,
    scale,
)
from components.samples.drawing.light import Light
from components.samples.drawing.view import (
    Camera,
    fade_plane,
    lit,
)


def paint_mountains(canvas: Canvas, light: Light, horizon: float, height: float) -> None:
    """Three ranges, one behind the other, rock below and snow above.

    Args:
        canvas: painted on.
        light: the weather.
        horizon: canvas row the ranges stand on.
        height: of the highest range, as a share of the canvas height.
    """
    rng, unit = canvas.rng, canvas.height / 683
    sun_side = 1.0 if light.direction[0] > 0 else -1.0
    for layer in range(3):
        crest = ridge(rng, canvas.width, (520 - 110 * layer) * unit, 8, 0.47) ** 1.25
        crest *= canvas.height * height * (1.0 - 0.27 * layer) * 1.35
        top = horizon - crest
        first = max(0, int(top.min()))
        last = min(canvas.height, int(horizon) + 3)
        rows = np.arange(first, last, dtype=np.float32)[:, None]
        alpha = np.clip(rows - top[None, :] + 0.5, 0, 1)
        relief = noise(rng, alpha.shape, (150 * unit, 120 * unit), 7, 0.56)
        across, down = np.gradient(relief, axis=1), np.gradient(relief, axis=0)
        slope = (across - 0.6 * sun_side * down) * 46 * unit
        crest_slope = np.gradient(crest)[None, :]
        facing = np.clip(0.5 + sun_side * (slope * 1.1 + crest_slope * 0.35), 0, 1)
        rock = np.asarray(((0.36, 0.37, 0.42), (0.33, 0.36, 0.36), (0.27, 0.33, 0.28))[layer])
        colours = np.broadcast_to(rock.astype(np.float32), (*alpha.shape, 3)).copy()
        if layer < 2 or light.snow:
            depth = (rows - top[None, :]) / np.maximum(crest[None, :], 1)
            line = (0.95 if light.snow else 0.42) - 0.18 * layer
            snow = np.clip((line - depth + (relief - 0.5) * 0.9) * 6, 0, 1)
            snow *= np.clip((crest[None, :] / (canvas.height * height) - 0.25) * 5, 0, 1)
            if light.snow:
                snow = np.clip(snow + 0.35 * relief, 0, 1)
            colours += (np.asarray((0.93, 0.94, 0.97), np.float32) - colours) * snow[..., None]
        shade, sun = np.asarray(light.shade, np.float32), np.asarray(light.sun, np.float32)
        colours *= shade * 0.95 + sun * facing[..., None]
        far = np.full(alpha.shape, (900.0, 520.0, 300.0)[layer], np.float32)
        far += (rows - horizon + canvas.height * height) * 0.6 / unit
        canvas.cover(alpha, fade_plane(colours, light, far * 0.75), MOUNTAIN, 0, first)


def paint_hills(canvas: Canvas, light: Light, camera: Camera, colour: Colour) -> None:
    """Two rolling ridges of meadow behind the plain, with woods on them."""
    rng, unit = canvas.rng, canvas.height / 683
    for layer, away in enumerate((330.0, 190.0)):
        crest = ridge(rng, canvas.width, (430 - 90 * layer) * unit, 3, 0.4)
        crest = crest * canvas.height * (0.10 - 0.035 * layer)
        _paint_ridge(canvas, light, camera.horizon, crest, scale(colour, 0.95), away, FIELD, 0.12)
        wood = np.clip(ridge(rng, canvas.width, 260 * unit, 4, 0.5) - 0.52, 0, 1) * 4
        canopy = wood * (9 + 6 * ridge(rng, canvas.width, 9 * unit, 2, 0.6)) * unit
        leaf = (0.88, 0.92, 0.96) if light.snow else (0.20, 0.30, 0.16)
        base = horizon_row(camera.horizon - crest * 0.55, canopy)
        _paint_band(canvas, light, base - canopy, base, mixed(leaf, 0.55), away, TREE)


def paint_treeline(canvas: Canvas, light: Light, camera: Camera, away: float, tall: float) -> None:
    """A wood across the whole view.

    Args:
        canvas: painted on.
        light: the weather.
        camera: where from.
        away: metres to the wood's edge.
        tall: metres of the tallest trees.
    """
    rng, metre = canvas.rng, camera.pixels_per_metre(away)
    foot = camera.horizon + camera.eye * metre
    large = ridge(rng, canvas.width, 55 * metre, 3, 0.5)
    crowns = ridge(rng, canvas.width, max(3.5 * metre, 3.0), 3, 0.55)
    height = tall * metre * (0.35 + 0.45 * large + 0.45 * crowns)
    leaf = mixed((0.17, 0.27, 0.13), 0.0) if not light.snow else (0.30, 0.36, 0.36)
    _paint_ridge(canvas, light, foot, height, leaf, away, TREE, 0.55)


def horizon_row(base: Plane, height: Plane) -> Plane:
    """Rows where something of no height stays out of sight."""
    return np.where(height > 1.0, base, base + 1e4).astype(np.float32)


def mixed(colour: Colour, amount: float) -> Colour:
    """A leaf colour, duller by an amount of 0–1."""
    gray = sum(colour) / 3
    red, green, blue = (c + (gray - c) * amount * 0.5 for c in colour)
    return red, green, blue


def _paint_ridge(
    canvas: Canvas,
    light: Light,
    foot: float,
    height: npt.NDArray[np.floating[Any]],
    colour: Colour,
    away: float,
    class_id: int,
    rough: float,
) -> None:
    top = foot - height
    first, last = max(0, int(top.min()) - 1), min(canvas.height, int(foot) + 3)
    if first >= last:
        return
    rows = np.arange(first, last, dtype=np.float32)[:, None]
    alpha = np.clip(rows - top[None, :] + 0.5, 0, 1).astype(np.float32)
    unit = canvas.height / 683
    cell = (14 * unit, 12 * unit) if class_id == TREE else (170 * unit, 26 * unit)
    relief = noise(canvas.rng, alpha.shape, cell, 4, 0.6) - 0.5
    depth = (rows - top[None, :]) / np.maximum(height[None, :], 1)
    shading = (1.12 - 0.35 * depth if class_id == TREE else 0.95 + 0.1 * depth) + 2 * rough * relief
    base = np.asarray(lit(colour, light, (0.2 * np.sign(light.direction[0]), 1, -0.4)), np.float32)
    colours = (base * shading[..., None]).astype(np.float32)
    canvas.cover(alpha, fade_plane(colours, light, np.full_like(alpha, away)), class_id, 0, first)


def _paint_band(
    canvas: Canvas,
    light: Light,
    top: Plane,
    foot: Plane,
    colour: Colour,
    away: float,
    class_id: int,
) -> None:
    shown = top < canvas.height
    if not shown.any():
        return
    first, last = max(0, int(top[shown].min()) - 1), int(min(canvas.height, foot[shown].max() + 2))
    if first >= last:
        return
    rows = np.arange(first, last, dtype=np.float32)[:, None]
    alpha = np.clip(rows - top + 0.5, 0, 1) * np.clip(foot - rows + 0.5, 0, 1)
    relief = noise(canvas.rng, alpha.shape, (12.0, 9.0), 3, 0.6)
    base = np.asarray(lit(colour, light, (0, 1, -0.4)), np.float32)
    colours = (base * (0.6 + 0.8 * relief[..., None])).astype(np.float32)
    canvas.cover(
        alpha.astype(np.float32),
        fade_plane(colours, light, np.full(alpha.shape, away, np.float32)),
        class_id,
        0,
        first,
    )
