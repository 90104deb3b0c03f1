"""A scene in the making: canvas, light, camera, and what waits to be painted."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from components.samples.drawing import houses, people, plants, vehicles
from components.samples.drawing.canvas import Canvas, Colour, Plane
from components.samples.drawing.houses import ROOFS, WALLS
from components.samples.drawing.land import (
    Centreline,
)
from components.samples.drawing.light import LIGHTS, Light, paint_sky
from components.samples.drawing.solid import Stand
from components.samples.drawing.vehicles import PAINTS
from components.samples.drawing.view import Camera


@dataclass(frozen=True, slots=True)
class Drawing:
    """A finished picture and its truth.

    Attributes:
        rgb: uint8 (h, w, 3).
        class_ids: uint8 (h, w), indexes of `canvas.CLASSES`.
    """

    rgb: npt.NDArray[np.uint8]
    class_ids: npt.NDArray[np.uint8]


class Stage:
    """A canvas, its light and its camera, and shorthand for placing things."""

    def __init__(self, size_wh: tuple[int, int], seed: int, light: str, eye: float, horizon: float):
        self.rng = np.random.default_rng(seed)
        self.canvas = Canvas(size_wh, self.rng)
        self.light: Light = LIGHTS[light]
        wide, high = self.canvas.width, self.canvas.height
        self.camera = Camera(
            focal=0.62 * (wide + high) / 1.25 * self.rng.uniform(0.95, 1.1),
            centre=wide * self.rng.uniform(0.42, 0.58),
            horizon=high * horizon * self.rng.uniform(0.95, 1.05),
            eye=eye,
        )
        self.nearest = self.camera.focal * eye / (high - self.camera.horizon)
        self.waiting: list[tuple[float, Callable[[], None]]] = []
        paint_sky(self.canvas, self.light, self.camera.horizon)

    def pick(self, colours: tuple[Colour, ...]) -> Colour:
        """One of some colours."""
        return colours[int(self.rng.integers(len(colours)))]

    def later(self, away: float, paint: Callable[[], None]) -> None:
        """Remember a thing; `paint_waiting` paints the farthest first."""
        self.waiting.append((away, paint))

    def paint_waiting(self, beyond: float = 0.0) -> None:
        """Paint what stands beyond a distance in metres."""
        self.waiting.sort(key=lambda item: -item[0])
        due = [item for item in self.waiting if item[0] >= beyond]
        self.waiting = [item for item in self.waiting if item[0] < beyond]
        for _, paint in due:
            paint()

    def tree(
        self, right: float, away: float, leaves: tuple[Colour, ...], tall: float = 9.0
    ) -> None:
        """A tree of about this height, with one of these leaves, metres right and away."""
        leaf, height = self.pick(leaves), tall * self.rng.uniform(0.75, 1.25)
        paint = plants.paint_conifer if leaves is plants.CONIFER else plants.paint_tree
        self.later(
            away,
            lambda: paint(self.canvas, self.light, self.camera, right, away, height, leaf),
        )

    def house(self, right: float, away: float, turn: float | None = None) -> None:
        """A house of chance size, turned by so many radians or by chance."""
        angle = self.rng.uniform(-0.7, 0.7) if turn is None else turn
        size = (self.rng.uniform(8, 12), self.rng.uniform(6, 8), self.rng.uniform(3.2, 5.8))
        wall, roof = self.pick(WALLS), self.pick(ROOFS)
        self.later(
            away,
            lambda: houses.paint_house(
                self.canvas, self.light, self.camera, Stand(right, away, angle), size, wall, roof
            ),
        )

    def block(
        self, right: float, away: float, size: tuple[float, float, float], order: float = 0.0
    ) -> None:
        """A city building; `order` is how many metres behind its middle it is painted."""
        wall = self.pick(WALLS)
        self.later(
            away + order,
            lambda: houses.paint_block(
                self.canvas, self.light, self.camera, Stand(right, away, 0.0), size, wall
            ),
        )

    def car(self, right: float, away: float, turn: float) -> None:
        """A car whose nose points as `solid.Stand` says; its lamps are on when windows are lit."""
        paint, glowing = self.pick(PAINTS), self.light.lamps > 0.3
        self.later(
            away,
            lambda: vehicles.paint_car(
                self.canvas,
                self.light,
                self.camera,
                Stand(right, away, turn),
                paint,
                lights_on=glowing,
            ),
        )

    def person(self, right: float, away: float) -> None:
        """A person in a chance coat."""
        coat = self.pick(people.COATS)
        self.later(
            away,
            lambda: people.paint_person(self.canvas, self.light, self.camera, right, away, coat),
        )

    def boat(self, right: float, away: float, sail: bool) -> None:
        """A boat, with sails or without."""
        hull = self.pick(((0.85, 0.86, 0.86), (0.55, 0.12, 0.10), (0.14, 0.22, 0.36)))
        self.later(
            away,
            lambda: vehicles.paint_boat(
                self.canvas, self.light, self.camera, right, away, sail, hull
            ),
        )

    def spread(self, near: float, far: float, share: float = 1.0) -> tuple[float, float]:
        """A chance place in view: (right, away)."""
        near = max(near, self.nearest * 1.04)
        away = near * (far / near) ** self.rng.random()
        half = away * self.canvas.width / self.camera.focal / 2
        return float(self.rng.uniform(-half, half) * share), float(away)

    def finish(self) -> Drawing:
        """Paint what still waits, and develop the picture."""
        self.paint_waiting()
        rgb, class_ids = self.canvas.finish(self.light.tint, 0.010)
        return Drawing(rgb, class_ids)


def winding_line(rng: np.random.Generator, swing: float) -> Centreline:
    """A line that swings so many metres to both sides."""
    phase, length = rng.uniform(0, 6.28), rng.uniform(38, 60)
    start = rng.uniform(-1.5, 1.5)

    def line(away: Plane) -> Plane:
        bend = np.sin(away / length + phase) - np.sin(phase)
        course: Plane = start + swing * bend * np.clip(away / 30, 0, 3)
        return course.astype(np.float32)

    return line


def line_at(line: Centreline, away: float) -> float:
    """Where a line runs at one distance, in metres to the right."""
    return float(line(np.asarray([away], np.float32))[0])


def beside(
    stage: Stage, line: Centreline, near: float, far: float, gap: float
) -> tuple[float, float]:
    """A place in view at least `gap` metres beside the road."""
    for _ in range(20):
        right, away = stage.spread(near, far)
        if abs(right - line_at(line, away)) > gap:
            break
    else:
        right = line_at(line, away) + gap * 1.5
    return right, away
