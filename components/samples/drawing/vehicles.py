"""Cars and boats."""

from __future__ import annotations

import itertools

import numpy as np

from components.samples.drawing.canvas import BACKGROUND, CAR, WATER, Canvas, Colour, mix, scale
from components.samples.drawing.light import Light
from components.samples.drawing.solid import Solid, Stand
from components.samples.drawing.view import Camera, fade, lit

PAINTS: tuple[Colour, ...] = (
    (0.74, 0.08, 0.09),
    (0.08, 0.20, 0.55),
    (0.92, 0.92, 0.92),
    (0.09, 0.09, 0.11),
    (0.90, 0.66, 0.08),
    (0.05, 0.42, 0.45),
    (0.55, 0.57, 0.60),
)


# Half a car from tail to nose: (along, up, half width) in metres, and what the panel after it is.
_PROFILE = (
    (-2.10, 0.28, 0.84, "body"),
    (-2.15, 0.62, 0.88, "body"),
    (-2.02, 0.96, 0.86, "glass"),
    (-1.50, 1.42, 0.68, "body"),
    (0.25, 1.46, 0.68, "glass"),
    (1.05, 1.00, 0.84, "body"),
    (2.02, 0.82, 0.86, "body"),
    (2.15, 0.55, 0.86, "body"),
    (2.10, 0.26, 0.82, "end"),
)


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
    solid = Solid(canvas, light, camera, CAR)
    for size, opacity in ((1.12, 0.30), (0.98, 0.45)):
        under = [
            stand.place(a * size, 0.0, c * size)
            for a, c in ((-2.1, -0.9), (2.1, -0.9), (2.2, 0.9), (-2.1, 0.9))
        ]
        outline = [camera.project(point) for point in under]
        canvas.polygon(outline, (0.04, 0.04, 0.06), None, opacity)
    middle = stand.place(0, 0.7, 0)
    glass = mix((0.10, 0.13, 0.17), light.low, 0.30)
    panels = []
    for (a0, u0, w0, kind), (a1, u1, w1, _) in itertools.pairwise(_PROFILE):
        corners = [
            stand.place(a0, u0, -w0),
            stand.place(a0, u0, w0),
            stand.place(a1, u1, w1),
            stand.place(a1, u1, -w1),
        ]
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


def _paint_car_side(solid: Solid, stand: Stand, side: int, glass: Colour) -> None:
    toward = np.asarray(stand.place(0, 0, side)) - np.asarray(stand.place(0, 0, 0))
    centre = np.asarray(stand.place(0, 0.7, side * 0.85))
    if np.dot(toward, centre - np.asarray((0.0, solid.camera.eye, 0.0))) >= 0:
        return
    dim = scale(glass, 0.9)
    for a0, a1, b0, b1 in ((-1.72, -0.62, -1.38, -0.62), (-0.54, 0.82, -0.54, 0.18)):
        pane = [
            stand.place(a0, 1.00, side * 0.85),
            stand.place(a1, 1.00, side * 0.85),
            stand.place(b1, 1.38, side * 0.71),
            stand.place(b0, 1.38, side * 0.71),
        ]
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


def _paint_lamps(solid: Solid, stand: Stand, lights_on: bool) -> None:
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
            lamp = [
                stand.place(end * 2.16, u, side * c)
                for c, u in ((0.50, 0.62), (0.84, 0.62), (0.84, 0.80), (0.54, 0.80))
            ]
            solid.flat(lamp, shade)
        plate = [
            stand.place(end * 2.17, u, c)
            for c, u in ((-0.26, 0.46), (0.26, 0.46), (0.26, 0.57), (-0.26, 0.57))
        ]
        solid.flat(plate, lit((0.9, 0.9, 0.86), solid.light, (0, 0.4, -1)))
        bumper = [
            stand.place(end * 2.16, u, c)
            for c, u in ((-0.80, 0.28), (0.80, 0.28), (0.82, 0.42), (-0.82, 0.42))
        ]
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
