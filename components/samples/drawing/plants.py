"""Trees: crowns of leaves, conifers, and the shadows things throw."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from components.samples.drawing.canvas import TREE, Canvas, Colour, Plane, noise, ridge, scale
from components.samples.drawing.light import Light
from components.samples.drawing.view import Camera, fade, fade_plane, lit

SUMMER: tuple[Colour, ...] = ((0.25, 0.40, 0.15), (0.19, 0.35, 0.14), (0.31, 0.43, 0.17))
AUTUMN: tuple[Colour, ...] = (
    (0.62, 0.34, 0.10),
    (0.55, 0.22, 0.09),
    (0.60, 0.46, 0.14),
    (0.36, 0.38, 0.15),
)
CONIFER: tuple[Colour, ...] = ((0.13, 0.25, 0.17), (0.15, 0.28, 0.16), (0.11, 0.22, 0.17))
_SMALLEST = 6.0


def throw_shadow(
    canvas: Canvas,
    light: Light,
    camera: Camera,
    right: float,
    away: float,
    wide: float,
    tall: float,
) -> None:
    """A soft shadow on the ground.

    Args:
        canvas: painted on.
        light: the weather; the shadow falls away from its sun.
        camera: where from.
        right, away: metres, where the thing stands.
        wide, tall: metres of the thing.
    """
    sunny = min(sum(light.sun) / 2.2, 1.0)
    reach = min(1.0 / max(light.direction[1], 0.3), 2.0) * tall * 0.5 * sunny
    x, z = right - light.direction[0] * reach, away - light.direction[2] * reach
    long = wide / 2 + reach * 0.8
    angle = np.arctan2(-light.direction[2], -light.direction[0])
    for size, opacity in ((1.15, 0.10), (0.95, 0.13), (0.72, 0.16)):
        outline = []
        for turn in np.linspace(0, 2 * np.pi, 25)[:-1]:
            along, across = np.cos(turn) * long * size, np.sin(turn) * wide / 2 * size
            px = x + along * np.cos(angle) - across * np.sin(angle)
            pz = z + along * np.sin(angle) + across * np.cos(angle)
            outline.append(camera.project((float(px), 0.0, float(max(pz, 1.0)))))
        canvas.polygon(outline, (0.05, 0.06, 0.10), None, opacity * (0.5 + 0.6 * sunny))


def paint_tree(
    canvas: Canvas,
    light: Light,
    camera: Camera,
    right: float,
    away: float,
    tall: float,
    leaf: Colour,
) -> None:
    """A broad-leaved tree.

    Args:
        canvas: painted on.
        light: the weather.
        camera: where from.
        right, away: metres, where it stands.
        tall: metres.
        leaf: colour of its leaves.
    """
    metre = camera.pixels_per_metre(away)
    x, foot = camera.project((right, 0.0, away))
    height = tall * metre
    if height < _SMALLEST or away < 2:
        return
    throw_shadow(canvas, light, camera, right, away, tall * 0.6, tall * 0.8)
    rng = canvas.rng
    bark = fade(
        lit((0.30, 0.23, 0.17), light, (0.4 * np.sign(light.direction[0]), 0.2, -1)), light, away
    )
    stem = height * 0.035
    canvas.polygon(
        [
            (x - stem, foot),
            (x - stem * 0.6, foot - height * 0.5),
            (x + stem * 0.6, foot - height * 0.5),
            (x + stem, foot),
        ],
        bark,
        TREE,
    )
    crown = int(height * 0.80), int(height * rng.uniform(0.66, 0.86))
    ys = np.linspace(-1, 1, max(crown[0], 3), dtype=np.float32)[:, None]
    xs = np.linspace(-1, 1, max(crown[1], 3), dtype=np.float32)[None, :]
    body = np.full((ys.size, xs.size), -1.0, np.float32)
    for _ in range(16):
        turn, reach = rng.uniform(0, 2 * np.pi), np.sqrt(rng.uniform(0, 1)) * 0.58
        cx, cy, size = np.cos(turn) * reach, np.sin(turn) * reach * 0.9, rng.uniform(0.22, 0.44)
        body = np.maximum(body, 1 - ((xs - cx) ** 2 + (ys - cy) ** 2) / size**2)
    leaves = _leaf_noise(rng, body.shape, height / 12)
    alpha = np.clip((body + leaves * 1.5) * max(height / 90, 1.0) + 0.35, 0, 1)
    _leaf_patch(
        canvas, light, alpha, body, leaves, xs, ys, leaf, away, x - crown[1] / 2, foot - height
    )


def paint_conifer(
    canvas: Canvas,
    light: Light,
    camera: Camera,
    right: float,
    away: float,
    tall: float,
    leaf: Colour,
) -> None:
    """A spruce; arguments as for `paint_tree`. Under snow its boughs are white on top."""
    metre = camera.pixels_per_metre(away)
    x, foot = camera.project((right, 0.0, away))
    height = tall * metre
    if height < _SMALLEST or away < 2:
        return
    throw_shadow(canvas, light, camera, right, away, tall * 0.32, tall * 0.8)
    rng = canvas.rng
    wide = max(int(height * 0.46), 3)
    ys = np.linspace(0, 1, max(int(height), 4), dtype=np.float32)[:, None]
    xs = np.linspace(-1, 1, wide, dtype=np.float32)[None, :]
    needles = _leaf_noise(rng, (ys.size, xs.size), height / 26)
    # Boughs hang in tiers that sag towards their tips and never line up quite.
    sag = (1 - xs**2) * 0.55 + 0.45 * ridge(rng, wide, wide / 5, 3, 0.6)[None, :]
    saw = (ys * rng.uniform(8, 11) + sag) % 1.0
    reach = ys**0.85 * (0.70 + 0.30 * saw)
    body = reach - np.abs(xs) + needles * 0.36 * np.sqrt(ys)
    alpha = np.clip(body * wide * 0.22, 0, 1) * (ys < 0.94 + 0.05 * needles)
    canvas.polygon(
        [
            (x - height * 0.02, foot),
            (x - height * 0.02, foot - height * 0.15),
            (x + height * 0.02, foot - height * 0.15),
            (x + height * 0.02, foot),
        ],
        fade(lit((0.25, 0.18, 0.13), light, (0, 0.2, -1)), light, away),
        TREE,
    )
    boughs = (saw - 0.5) * 0.8
    if light.snow:
        white = np.clip((1.0 - saw) * 1.3 - 0.55 + needles, 0, 1)[..., None]
        green = np.asarray(leaf, np.float32)
        colours = green + (np.asarray((0.92, 0.94, 0.98), np.float32) - green) * white
        base = np.asarray(lit((1.0, 1.0, 1.0), light, (0.3, 0.7, -0.5)), np.float32)
        tone = 0.95 + 0.30 * np.sign(light.direction[0]) * xs + 0.5 * needles
        shaded = (colours * base * tone[..., None]).astype(np.float32)
        canvas.cover(
            alpha.astype(np.float32),
            fade_plane(shaded, light, np.full_like(alpha, away)),
            TREE,
            int(x - wide / 2),
            int(foot - height),
        )
        return
    _leaf_patch(
        canvas,
        light,
        alpha,
        boughs,
        needles,
        xs,
        ys * 2 - 1,
        leaf,
        away,
        x - wide / 2,
        foot - height,
    )


def _leaf_noise(rng: np.random.Generator, shape: tuple[int, int], cell: float) -> Plane:
    """Noise about 0 whose finest grain is a few canvas pixels, however near the tree."""
    cell = max(cell, 3.0)
    octaves = max(2, int(np.log2(cell / 2.2)) + 1)
    return (noise(rng, shape, (cell, cell), octaves, 0.86) - 0.5) * np.float32(1.5)


def _leaf_patch(
    canvas: Canvas,
    light: Light,
    alpha: npt.NDArray[np.floating[Any]],
    body: Plane,
    leaves: Plane,
    xs: Plane,
    ys: Plane,
    leaf: Colour,
    away: float,
    left: float,
    top: float,
) -> None:
    """Shade a crown as a lumpy ball and lay it down."""
    side = np.sign(light.direction[0]) * min(1.0, abs(light.direction[0]) * 1.4)
    sunny = 0.50 + 0.30 * side * xs - 0.26 * ys + 0.16 * np.clip(body, -1, 1) + 0.85 * leaves
    sunny = np.clip(sunny, 0, 1.25)[..., None]
    dark = np.asarray(scale(leaf, 0.62), np.float32) * np.asarray(light.shade, np.float32)
    bright = np.asarray(leaf, np.float32) * 1.15 + np.asarray((0.03, 0.03, 0.0), np.float32)
    bright = bright * (np.asarray(light.shade, np.float32) + np.asarray(light.sun, np.float32))
    colours = (dark + (bright - dark) * sunny).astype(np.float32)
    if light.snow:
        colours = colours * 0.72 + 0.22
    hazed = fade_plane(colours, light, np.full(alpha.shape, away, np.float32))
    canvas.cover(alpha.astype(np.float32), hazed, TREE, int(left), int(top))
