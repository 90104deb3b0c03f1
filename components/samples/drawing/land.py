"""What lies: mountains, hills, fields, roads, sand and water."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from components.samples.drawing.canvas import (
    BACKGROUND,
    FIELD,
    MOUNTAIN,
    ROAD,
    TREE,
    WATER,
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
    fade,
    fade_plane,
    lit,
    make_tile,
    sample_tile,
)

Centreline = Callable[[Plane], Plane]
"""Metres to the right of the camera, for distances in metres."""


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
    height: Plane,
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
