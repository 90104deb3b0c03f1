"""Solids made of flat faces, standing on the ground plane."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from components.samples.drawing.canvas import Canvas, Colour
from components.samples.drawing.light import Light
from components.samples.drawing.view import Camera, Point3, fade, lit


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


class Solid:
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
