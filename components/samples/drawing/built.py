"""What is built or made: houses, city blocks, cars and boats, as small solids."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from components.samples.drawing.canvas import (
    BACKGROUND,
    BUILDING,
    CAR,
    WATER,
    Canvas,
    Colour,
    mix,
    scale,
)
from components.samples.drawing.light import Light
from components.samples.drawing.plants import throw_shadow
from components.samples.drawing.view import Camera, Point3, fade, lit

WALLS: tuple[Colour, ...] = (
    (0.87, 0.83, 0.74), (0.80, 0.66, 0.50), (0.74, 0.47, 0.38), (0.90, 0.88, 0.85),
    (0.71, 0.62, 0.55), (0.84, 0.72, 0.47), (0.62, 0.40, 0.33),
)  # fmt: skip
ROOFS: tuple[Colour, ...] = ((0.56, 0.26, 0.19), (0.46, 0.24, 0.20), (0.36, 0.33, 0.34))
PAINTS: tuple[Colour, ...] = (
    (0.74, 0.08, 0.09), (0.08, 0.20, 0.55), (0.92, 0.92, 0.92), (0.09, 0.09, 0.11),
    (0.90, 0.66, 0.08), (0.05, 0.42, 0.45), (0.55, 0.57, 0.60),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Stand:
    """Where a solid stands: its own axes turned into the scene's.

    Attributes:
        right, away: metres, its origin on the ground.
        turn: radians; 0 puts its length to the right, a quarter turn straight away.
    """

    right: float
    away: float
    turn: float

    def place(self, along: float, up: float, across: float) -> Point3:
        """A point given in the solid's own metres."""
        cos, sin = np.cos(self.turn), np.sin(self.turn)
        return (
            float(self.right + along * cos - across * sin),
            up,
            float(self.away + along * sin + across * cos),
        )


class _Solid:
    """Faces of one solid, painted from the farthest, those turned away left out."""

    def __init__(self, canvas: Canvas, light: Light, camera: Camera, class_id: int) -> None:
        self.canvas, self.light, self.camera, self.class_id = canvas, light, camera, class_id

    def face(self, corners: Sequence[Point3], middle: Point3, colour: Colour) -> bool:
        """Paint a face, given the solid's middle to tell its outside. False when turned away."""
        points = np.asarray(corners, np.float64)
        if points[:, 2].min() < 0.5:
            return False
        normal = np.cross(points[1] - points[0], points[2] - points[0])
        centre = points.mean(axis=0)
        if np.dot(normal, centre - np.asarray(middle)) < 0:
            normal = -normal
        if np.dot(normal, centre - np.asarray((0.0, self.camera.eye, 0.0))) >= 0:
            return False
        shaded = lit(colour, self.light, (float(normal[0]), float(normal[1]), float(normal[2])))
        self.flat(corners, shaded)
        return True

    def flat(self, corners: Sequence[Point3], colour: Colour, opacity: float = 1.0) -> None:
        """Paint a polygon in a colour that is lit already."""
        away = sum(point[2] for point in corners) / len(corners)
        outline = [self.camera.project(point) for point in corners]
        self.canvas.polygon(outline, fade(colour, self.light, away), self.class_id, opacity)


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
    rng, solid = canvas.rng, _Solid(canvas, light, camera, BUILDING)
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
        [(-half_l - 0.4, -half_d - 0.4, tall - 0.15), (half_l + 0.4, -half_d - 0.4, tall - 0.15),
         (half_l + 0.4, 0.0, peak), (-half_l - 0.4, 0.0, peak)],
        [(-half_l - 0.4, half_d + 0.4, tall - 0.15), (half_l + 0.4, half_d + 0.4, tall - 0.15),
         (half_l + 0.4, 0.0, peak), (-half_l - 0.4, 0.0, peak)],
    ]  # fmt: skip
    slopes.sort(key=lambda slope: -sum(stand.place(a, u, c)[2] for a, c, u in slope))
    for slope in slopes:
        corners = [stand.place(a, u, c) for a, c, u in slope]
        if solid.face(corners, middle, cover):
            _paint_courses(solid, corners, cover)


def _paint_courses(solid: _Solid, corners: Sequence[Point3], colour: Colour) -> None:
    """Rows of tiles, a little darker."""
    low0, low1, high1, high0 = (np.asarray(corner) for corner in corners)
    for step in np.linspace(0.05, 0.95, 12):
        band = [low0 + (high0 - low0) * step, low1 + (high1 - low1) * step,
                low1 + (high1 - low1) * (step + 0.025), low0 + (high0 - low0) * (step + 0.025)]  # fmt: skip
        points = [(float(p[0]), float(p[1]), float(p[2])) for p in band]
        solid.flat(points, lit(scale(colour, 0.5), solid.light, (0, 1, 0)), 0.28)


def _paint_windows(
    solid: _Solid,
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
    rng, solid = canvas.rng, _Solid(canvas, light, camera, BUILDING)
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
            band = [stand.place(*_at(start, low)), stand.place(*_at(stop, low)),
                    stand.place(*_at(stop, high)), stand.place(*_at(start, high))]  # fmt: skip
            solid.flat(band, lit(scale(wall, tone), light, (0, 0.6, -0.6)))
        for low, high in ((0.0, 1.2), (0.0, 2.6)):
            dim = [stand.place(*_at(start, low)), stand.place(*_at(stop, low)),
                   stand.place(*_at(stop, high)), stand.place(*_at(start, high))]  # fmt: skip
            solid.flat(dim, (0.10, 0.10, 0.12), 0.14)
    lid = [stand.place(a, tall, c) for a, c in
           ((-half_l, -half_d), (half_l, -half_d), (half_l, half_d), (-half_l, half_d))]  # fmt: skip
    solid.face(lid, middle, (0.93, 0.94, 0.97) if light.snow else (0.42, 0.41, 0.41))


def _at(corner: tuple[float, float], up: float) -> tuple[float, float, float]:
    return corner[0], up, corner[1]


# Half a car from tail to nose: (along, up, half width) in metres, and what the panel after it is.
_PROFILE = (
    (-2.10, 0.28, 0.84, "body"), (-2.15, 0.62, 0.88, "body"), (-2.02, 0.96, 0.86, "glass"),
    (-1.50, 1.42, 0.68, "body"), (0.25, 1.46, 0.68, "glass"), (1.05, 1.00, 0.84, "body"),
    (2.02, 0.82, 0.86, "body"), (2.15, 0.55, 0.86, "body"), (2.10, 0.26, 0.82, "end"),
)  # fmt: skip


def paint_car(
    canvas: Canvas, light: Light, camera: Camera, stand: Stand, paint: Colour, *, lights_on: bool
) -> None:
    """A car.

    Args:
        canvas: painted on.
        light: the weather.
        camera: where from.
        stand: its middle and where its nose points.
        paint: its colour.
        lights_on: whether head and tail lamps glow.
    """
    if stand.away < 4:
        return
    solid = _Solid(canvas, light, camera, CAR)
    for size, opacity in ((1.12, 0.30), (0.98, 0.45)):
        under = [stand.place(a * size, 0.0, c * size) for a, c in
                 ((-2.1, -0.9), (2.1, -0.9), (2.2, 0.9), (-2.1, 0.9))]  # fmt: skip
        outline = [camera.project(point) for point in under]
        canvas.polygon(outline, (0.04, 0.04, 0.06), None, opacity)
    middle = stand.place(0, 0.7, 0)
    glass = mix((0.10, 0.13, 0.17), light.low, 0.30)
    panels = []
    for (a0, u0, w0, kind), (a1, u1, w1, _) in zip(_PROFILE, _PROFILE[1:], strict=False):
        corners = [stand.place(a0, u0, -w0), stand.place(a0, u0, w0),
                   stand.place(a1, u1, w1), stand.place(a1, u1, -w1)]  # fmt: skip
        panels.append((corners, glass if kind == "glass" else paint))
    for side in (-1, 1):
        outline3 = [stand.place(a, u, side * w) for a, u, w, _ in _PROFILE]
        panels.append((outline3, paint))
    panels.sort(key=lambda panel: -max(point[2] for point in panel[0]))
    for corners, colour in panels:
        solid.face(corners, middle, colour)
    for side in (-1, 1):
        _paint_car_side(solid, stand, side, glass)
    _paint_lamps(solid, stand, lights_on)


def _paint_car_side(solid: _Solid, stand: Stand, side: int, glass: Colour) -> None:
    toward = np.asarray(stand.place(0, 0, side)) - np.asarray(stand.place(0, 0, 0))
    centre = np.asarray(stand.place(0, 0.7, side * 0.85))
    if np.dot(toward, centre - np.asarray((0.0, solid.camera.eye, 0.0))) >= 0:
        return
    dim = scale(glass, 0.9)
    for a0, a1, b0, b1 in ((-1.72, -0.62, -1.38, -0.62), (-0.54, 0.82, -0.54, 0.18)):
        pane = [stand.place(a0, 1.00, side * 0.85), stand.place(a1, 1.00, side * 0.85),
                stand.place(b1, 1.38, side * 0.71), stand.place(b0, 1.38, side * 0.71)]  # fmt: skip
        solid.flat(pane, dim)
    for at in (-1.32, 1.35):
        for radius, colour in (
            (0.40, (0.03, 0.03, 0.04)),
            (0.33, (0.08, 0.08, 0.09)),
            (0.19, (0.52, 0.53, 0.55)),
        ):
            ring = [
                stand.place(
                    at + radius * np.cos(t), 0.34 + min(radius, 0.34) * np.sin(t), side * 0.89
                )
                for t in np.linspace(0, 2 * np.pi, 19)[:-1]
            ]
            solid.flat(ring, lit(colour, solid.light, (0, 0.5, -1)))


def _paint_lamps(solid: _Solid, stand: Stand, lights_on: bool) -> None:
    for end, colour, glow in (
        (-1, (0.62, 0.04, 0.05), (1.0, 0.16, 0.12)),
        (1, (0.86, 0.86, 0.82), (1.25, 1.18, 0.95)),
    ):
        outward = np.asarray(stand.place(end, 0, 0)) - np.asarray(stand.place(0, 0, 0))
        centre = np.asarray(stand.place(end * 2.15, 0.7, 0))
        if np.dot(outward, centre - np.asarray((0.0, solid.camera.eye, 0.0))) >= 0:
            continue
        shade = glow if lights_on else lit(colour, solid.light, (0, 0.4, -1))
        for side in (-1, 1):
            lamp = [stand.place(end * 2.16, u, side * c) for c, u in ((0.50, 0.62), (0.84, 0.62), (0.84, 0.80), (0.54, 0.80))]  # fmt: skip
            solid.flat(lamp, shade)
        plate = [stand.place(end * 2.17, u, c) for c, u in ((-0.26, 0.46), (0.26, 0.46), (0.26, 0.57), (-0.26, 0.57))]  # fmt: skip
        solid.flat(plate, lit((0.9, 0.9, 0.86), solid.light, (0, 0.4, -1)))
        bumper = [stand.place(end * 2.16, u, c) for c, u in ((-0.80, 0.28), (0.80, 0.28), (0.82, 0.42), (-0.82, 0.42))]  # fmt: skip
        solid.flat(bumper, lit((0.10, 0.10, 0.11), solid.light, (0, 0.4, -1)))


def paint_boat(
    canvas: Canvas,
    light: Light,
    camera: Camera,
    right: float,
    away: float,
    sail: bool,
    hull: Colour,
) -> None:
    """A sailing or rowing boat with its reflection; boats have no class of their own."""
    long = 3.4 if sail else 2.2
    body = [(-long, 0.75), (-long * 0.82, 0.0), (long * 0.72, 0.0), (long, 0.9), (0.0, 0.62)]
    rig = [(0.15, 1.1), (0.15, 7.0), (2.0, 1.3)]
    jib = [(-0.05, 6.3), (-0.05, 1.1), (-2.3, 1.2)]
    for mirrored in (True, False):
        flip, opacity = (-1.0, 0.38) if mirrored else (1.0, 1.0)
        shapes = [(body, hull)]
        if sail:
            shapes += [(rig, (0.94, 0.93, 0.88)), (jib, (0.88, 0.86, 0.80))]
            shapes += [([(0.0, 0.6), (0.0, 7.2), (0.11, 7.2), (0.11, 0.6)], (0.30, 0.22, 0.16))]
        else:
            shapes += [([(-1.0, 0.66), (-0.5, 1.35), (0.6, 1.35), (0.9, 0.66)], (0.86, 0.85, 0.80))]
        for outline, colour in shapes:
            points = [camera.project((right + a, u * flip, away)) for a, u in outline]
            shaded = fade(lit(colour, light, (0.3, 0.5, -0.8)), light, away)
            if mirrored:
                canvas.polygon(points, shaded, None, opacity, only=WATER)
            else:
                canvas.polygon(points, shaded, BACKGROUND)
