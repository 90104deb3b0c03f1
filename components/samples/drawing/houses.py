"""Houses and city blocks."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from components.samples.drawing.canvas import BUILDING, Canvas, Colour, mix, scale
from components.samples.drawing.light import Light
from components.samples.drawing.plants import throw_shadow
from components.samples.drawing.solid import Solid, Stand
from components.samples.drawing.view import Camera, Point3, lit

WALLS: tuple[Colour, ...] = (
    (0.87, 0.83, 0.74),
    (0.80, 0.66, 0.50),
    (0.74, 0.47, 0.38),
    (0.90, 0.88, 0.85),
    (0.71, 0.62, 0.55),
    (0.84, 0.72, 0.47),
    (0.62, 0.40, 0.33),
)
ROOFS: tuple[Colour, ...] = ((0.56, 0.26, 0.19), (0.46, 0.24, 0.20), (0.36, 0.33, 0.34))


def paint_house(
    canvas: Canvas,
    light: Light,
    camera: Camera,
    stand: Stand,
    size: tuple[float, float, float],
    wall: Colour,
    roof: Colour,
) -> None:
    """A house with a gabled roof.

    Args:
        canvas: painted on.
        light: the weather; lit windows and snow on the roof follow from it.
        camera: where from.
        stand: its middle and turn.
        size: length, depth and height of the walls, in metres.
        wall, roof: colours.
    """
    length, depth, tall = size
    rng, solid = canvas.rng, Solid(canvas, light, camera, BUILDING)
    throw_shadow(canvas, light, camera, stand.right, stand.away, max(length, depth), tall)
    half_l, half_d, peak = length / 2, depth / 2, tall + depth * 0.42
    middle = stand.place(0, tall / 2, 0)
    sides = [
        (((-half_l, -half_d), (half_l, -half_d)), length),
        (((half_l, half_d), (-half_l, half_d)), length),
        (((half_l, -half_d), (half_l, half_d)), depth),
        (((-half_l, half_d), (-half_l, -half_d)), depth),
    ]
    sides.sort(key=lambda side: -sum(stand.place(a, 0, c)[2] for a, c in side[0]))
    for ((a0, c0), (a1, c1)), wide in sides:
        corners = [stand.place(a0, 0, c0), stand.place(a1, 0, c1), stand.place(a1, tall, c1)]
        if wide == depth:
            corners.append(stand.place((a0 + a1) / 2, peak, (c0 + c1) / 2))
        corners.append(stand.place(a0, tall, c0))
        if solid.face(corners, middle, wall):
            floors = max(1, int(tall // 2.6))
            _paint_windows(
                solid, stand, (a0, c0), (a1, c1), tall, floors, max(2, int(wide // 2.4)), rng
            )
    cover = (0.93, 0.94, 0.97) if light.snow else roof
    slopes = [
        [
            (-half_l - 0.4, -half_d - 0.4, tall - 0.15),
            (half_l + 0.4, -half_d - 0.4, tall - 0.15),
            (half_l + 0.4, 0.0, peak),
            (-half_l - 0.4, 0.0, peak),
        ],
        [
            (-half_l - 0.4, half_d + 0.4, tall - 0.15),
            (half_l + 0.4, half_d + 0.4, tall - 0.15),
            (half_l + 0.4, 0.0, peak),
            (-half_l - 0.4, 0.0, peak),
        ],
    ]
    slopes.sort(key=lambda slope: -sum(stand.place(a, u, c)[2] for a, c, u in slope))
    for slope in slopes:
        corners = [stand.place(a, u, c) for a, c, u in slope]
        if solid.face(corners, middle, cover):
            _paint_courses(solid, corners, cover)


def _paint_courses(solid: Solid, corners: Sequence[Point3], colour: Colour) -> None:
    """Rows of tiles, a little darker."""
    low0, low1, high1, high0 = (np.asarray(corner) for corner in corners)
    for step in np.linspace(0.05, 0.95, 12):
        band = [
            low0 + (high0 - low0) * step,
            low1 + (high1 - low1) * step,
            low1 + (high1 - low1) * (step + 0.025),
            low0 + (high0 - low0) * (step + 0.025),
        ]
        points = [(float(p[0]), float(p[1]), float(p[2])) for p in band]
        solid.flat(points, lit(scale(colour, 0.5), solid.light, (0, 1, 0)), 0.28)


def _paint_windows(
    solid: Solid,
    stand: Stand,
    start: tuple[float, float],
    stop: tuple[float, float],
    tall: float,
    floors: int,
    columns: int,
    rng: np.random.Generator,
    shop: bool = False,
) -> None:
    """Windows in rows on a wall from start to stop, (along, across) in the solid's metres."""
    light, storey = solid.light, tall / floors
    frame = lit((0.90, 0.88, 0.84), light, (0, 0.4, -1))

    def quad(u0: float, u1: float, v0: float, v1: float) -> list[Point3]:
        points = []
        for u, v in ((u0, v0), (u1, v0), (u1, v1), (u0, v1)):
            along, across = (a + (b - a) * u for a, b in zip(start, stop, strict=True))
            points.append(stand.place(along, v, across))
        return points

    for floor in range(floors):
        ground = floor == 0
        bottom = floor * storey + storey * (0.12 if shop and ground else 0.32)
        top = floor * storey + storey * 0.82
        share = 0.84 if shop and ground else 0.46
        for column in range(columns):
            if ground and not shop and column == columns // 2:
                continue
            u0 = (column + 0.5 - share / 2) / columns
            u1 = (column + 0.5 + share / 2) / columns
            glowing = rng.random() < light.lamps * (1.5 if shop and ground else 1.0)
            glass = mix((0.16, 0.20, 0.26), light.low, rng.uniform(0.05, 0.45))
            pane = (1.0, 0.80, 0.42) if glowing else scale(glass, 0.8)
            edge = (u1 - u0) * 0.10
            solid.flat(quad(u0 - edge, u1 + edge, bottom - 0.10, top + 0.12), frame)
            solid.flat(quad(u0, u1, bottom, top), pane)
            if not ground:
                solid.flat(
                    quad((u0 + u1) / 2 - edge * 0.3, (u0 + u1) / 2 + edge * 0.3, bottom, top), frame
                )
    if not shop:
        door = lit((0.34, 0.22, 0.16), light, (0, 0.2, -1))
        at = 0.5 / columns + (columns // 2) / columns
        solid.flat(quad(at - 0.055, at + 0.055, 0.0, min(2.1, tall * 0.72)), door)


def paint_block(
    canvas: Canvas,
    light: Light,
    camera: Camera,
    stand: Stand,
    size: tuple[float, float, float],
    wall: Colour,
) -> None:
    """A city building with a flat roof and shops below; arguments as for `paint_house`."""
    length, depth, tall = size
    rng, solid = canvas.rng, Solid(canvas, light, camera, BUILDING)
    half_l, half_d = length / 2, depth / 2
    middle = stand.place(0, tall / 2, 0)
    sides = [
        ((-half_l, -half_d), (half_l, -half_d)),
        ((half_l, half_d), (-half_l, half_d)),
        ((half_l, -half_d), (half_l, half_d)),
        ((-half_l, half_d), (-half_l, -half_d)),
    ]
    sides.sort(key=lambda side: -sum(stand.place(a, 0, c)[2] for a, c in side))
    for start, stop in sides:
        foot = [stand.place(a, 0.0, c) for a, c in (start, stop)]
        head = [stand.place(a, tall, c) for a, c in (stop, start)]
        if not solid.face([*foot, *head], middle, wall):
            continue
        wide = float(np.hypot(stop[0] - start[0], stop[1] - start[1]))
        floors = max(2, int(tall // 3.3))
        _paint_windows(solid, stand, start, stop, tall, floors, max(2, int(wide // 2.8)), rng, True)
        for low, high, tone in (
            (tall - 0.5, tall, 0.80),
            (tall / floors, tall / floors + 0.3, 0.7),
        ):
            band = [
                stand.place(*_at(start, low)),
                stand.place(*_at(stop, low)),
                stand.place(*_at(stop, high)),
                stand.place(*_at(start, high)),
            ]
            solid.flat(band, lit(scale(wall, tone), light, (0, 0.6, -0.6)))
        for low, high in ((0.0, 1.2), (0.0, 2.6)):
            dim = [
                stand.place(*_at(start, low)),
                stand.place(*_at(stop, low)),
                stand.place(*_at(stop, high)),
                stand.place(*_at(start, high)),
            ]
            solid.flat(dim, (0.10, 0.10, 0.12), 0.14)
    lid = [
        stand.place(a, tall, c)
        for a, c in ((-half_l, -half_d), (half_l, -half_d), (half_l, half_d), (-half_l, half_d))
    ]
    solid.face(lid, middle, (0.93, 0.94, 0.97) if light.snow else (0.42, 0.41, 0.41))


def _at(corner: tuple[float, float], up: float) -> tuple[float, float, float]:
    return corner[0], up, corner[1]
