"""What lies: fields, roads, sand."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from components.samples.drawing.canvas import (
    BACKGROUND,
    FIELD,
    ROAD,
    Canvas,
    Colour,
    Plane,
)
from components.samples.drawing.light import Light
from components.samples.drawing.view import (
    Camera,
    fade_plane,
    lit,
    make_tile,
    sample_tile,
)

Centreline = Callable[[Plane], Plane]
"""Metres to the right of the camera, for distances in metres."""


def paint_field(canvas: Canvas, light: Light, camera: Camera, colours: tuple[Colour, ...]) -> None:
    """The plain up to the horizon, in patches of meadow and crops, or under snow.

    Args:
        canvas: painted on.
        light: the weather.
        camera: where from.
        colours: of the patches; the first is the meadow in front.
    """
    rng = canvas.rng
    first, right, away = camera.ground(canvas)
    fine, coarse = make_tile(rng, 0.7, 512), make_tile(rng, 1.9, 512)
    patches = np.asarray(colours, np.float32)
    drift = sample_tile(coarse, right / 0.9, away / 0.9) * 6
    cell = np.floor((right + drift + 500) / 70) * 7 + np.floor((away + drift * 0.4) / 48) * 3
    choice = (cell.astype(np.int64) * 2654435761 >> 7) % len(colours)
    choice = np.where(np.broadcast_to(away < 45, choice.shape), 0, choice)
    ground = patches[choice]
    near = np.clip(18 / away, 0, 1)
    blades = sample_tile(fine, right * 60, away * 34) * near
    clumps = sample_tile(coarse, right * 14, away * 11) * np.clip(60 / away, 0.15, 1)
    if light.snow:
        shading = 1 + 0.018 * blades + 0.045 * clumps
    else:
        rows_of_crop = np.sin(right * 2.2 + choice) * np.clip(22 / away, 0, 1) * (choice % 2)
        shading = 1 + 0.15 * blades + 0.085 * clumps + 0.10 * rows_of_crop
    base = np.asarray(lit((1.0, 1.0, 1.0), light, (0, 1, 0)), np.float32)
    lay = ground * base * shading[..., None]
    if not light.snow:
        dry = np.clip(clumps * 0.5, 0, 1)[..., None] * np.asarray((0.10, 0.05, -0.01), np.float32)
        lay = lay + dry * base
    canvas.cover(
        np.ones(right.shape, np.float32),
        fade_plane(lay.astype(np.float32), light, away * 0.9),
        FIELD,
        0,
        first,
    )


def paint_road(
    canvas: Canvas,
    light: Light,
    camera: Camera,
    line: Centreline,
    half_width: float,
    *,
    lanes: int = 2,
    paved: bool = True,
    pavement: float = 0.0,
    reach: float = 260.0,
) -> None:
    """A road that follows a centreline.

    Args:
        canvas: painted on.
        light: the weather.
        camera: where from.
        line: where its middle runs.
        half_width: metres from the middle to the edge.
        lanes: dashes divide them.
        paved: asphalt with markings; otherwise earth.
        pavement: metres of pavement on each side, without a class.
        reach: metres at which it ends.
    """
    first, right, away = camera.ground(canvas)
    middle = line(away)
    offset = right - middle
    soft = np.maximum(away / camera.focal, 0.02) * 1.2
    ahead = np.clip((reach - away) / 8, 0, 1)
    tile, coarse = make_tile(canvas.rng, 0.4, 512), make_tile(canvas.rng, 2.0, 512)
    grit = sample_tile(tile, right * 60, away * 30) * np.clip(12 / away, 0, 1)
    stain = sample_tile(coarse, right * 12, away * 3)
    base = np.asarray(lit((1.0, 1.0, 1.0), light, (0, 1, 0)), np.float32)
    if pavement:
        slabs = (np.abs((away % 1.6) - 0.8) > 0.76) * np.clip(20 / away, 0, 1)
        stone = np.asarray((0.60, 0.57, 0.53), np.float32) * base
        tone = (1 + 0.05 * grit + 0.04 * stain - 0.14 * slabs)[..., None]
        alpha = np.clip((half_width + pavement - np.abs(offset)) / soft + 0.5, 0, 1) * ahead
        canvas.cover(
            alpha.astype(np.float32), fade_plane(stone * tone, light, away), BACKGROUND, 0, first
        )
    wear = 0.05 * np.cos(offset / half_width * np.pi * 2 * lanes / 2)
    surface = np.asarray((0.31, 0.31, 0.33) if paved else (0.50, 0.41, 0.30), np.float32) * base
    if light.snow:
        surface = surface * 0.9 + 0.10
    colours = surface * (1 + 0.09 * grit + 0.05 * stain + wear)[..., None]
    if paved:
        paint = np.zeros(offset.shape, np.float32)
        edge = np.abs(np.abs(offset) - (half_width - 0.35)) < 0.09
        paint[edge] = 0.75
        for lane in range(1, lanes):
            at = -half_width + 2 * half_width * lane / lanes
            dash = (np.abs(offset - at) < 0.10) & (away % 9.0 < 5.0)
            paint[dash] = 0.8
        colours = colours + (np.asarray((0.86, 0.86, 0.82), np.float32) * base - colours) * (
            paint[..., None] * 0.85
        )
    alpha = np.clip((half_width - np.abs(offset)) / soft + 0.5, 0, 1) * ahead
    canvas.cover(
        alpha.astype(np.float32),
        fade_plane(colours.astype(np.float32), light, away),
        ROAD,
        0,
        first,
    )


def paint_sand(canvas: Canvas, light: Light, camera: Camera, nearer_than: Plane) -> None:
    """A beach.

    Args:
        canvas: painted on.
        light: the weather.
        camera: where from.
        nearer_than: metres at which it ends, float32 (width,), one for each column.
    """
    first, right, away = camera.ground(canvas)
    fine, coarse = make_tile(canvas.rng, 0.8), make_tile(canvas.rng, 2.2)
    grains = sample_tile(fine, right * 26, away * 12) * np.clip(14 / away, 0, 1)
    dunes = sample_tile(coarse, right * 6, away * 5)
    base = np.asarray(lit((0.85, 0.74, 0.56), light, (0, 1, 0)), np.float32)
    wet = np.clip((away - nearer_than[None, :] + 5) / 5, 0, 1)[..., None] * 0.34
    colours = base * (1 + 0.07 * grains + 0.06 * dunes)[..., None] * (1 - wet)
    alpha = np.clip((nearer_than[None, :] - away) / np.maximum(away / 40, 0.2), 0, 1)
    canvas.cover(
        alpha.astype(np.float32),
        fade_plane(colours.astype(np.float32), light, away),
        BACKGROUND,
        0,
        first,
    )
