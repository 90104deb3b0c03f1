"""Whole scenes: what stands where, chosen by kind and seed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from components.samples.drawing import built, people, plants
from components.samples.drawing.built import PAINTS, ROOFS, WALLS, Stand
from components.samples.drawing.canvas import Canvas, Colour, Plane, ridge
from components.samples.drawing.land import (
    Centreline,
    paint_field,
    paint_hills,
    paint_mountains,
    paint_road,
    paint_sand,
    paint_treeline,
    paint_water,
)
from components.samples.drawing.light import LIGHTS, Light, paint_sky
from components.samples.drawing.view import Camera

MEADOWS: tuple[Colour, ...] = ((0.36, 0.47, 0.18), (0.66, 0.58, 0.26), (0.30, 0.43, 0.17),
                               (0.47, 0.52, 0.22), (0.55, 0.42, 0.24))  # fmt: skip
STUBBLE: tuple[Colour, ...] = ((0.55, 0.49, 0.24), (0.70, 0.58, 0.30), (0.40, 0.44, 0.19))
SNOW: tuple[Colour, ...] = ((0.90, 0.92, 0.96), (0.88, 0.91, 0.95), (0.92, 0.93, 0.96))


@dataclass(frozen=True, slots=True)
class Drawing:
    """A finished picture and its truth.

    Attributes:
        rgb: uint8 (h, w, 3).
        class_ids: uint8 (h, w), indexes of `canvas.CLASSES`.
    """

    rgb: npt.NDArray[np.uint8]
    class_ids: npt.NDArray[np.uint8]


class _Scene:
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
        leaf, height = self.pick(leaves), tall * self.rng.uniform(0.75, 1.25)
        paint = plants.paint_conifer if leaves is plants.CONIFER else plants.paint_tree
        self.later(
            away,
            lambda: paint(self.canvas, self.light, self.camera, right, away, height, leaf),
        )

    def house(self, right: float, away: float, turn: float | None = None) -> None:
        angle = self.rng.uniform(-0.7, 0.7) if turn is None else turn
        size = (self.rng.uniform(8, 12), self.rng.uniform(6, 8), self.rng.uniform(3.2, 5.8))
        wall, roof = self.pick(WALLS), self.pick(ROOFS)
        self.later(
            away,
            lambda: built.paint_house(
                self.canvas, self.light, self.camera, Stand(right, away, angle), size, wall, roof
            ),
        )

    def block(
        self, right: float, away: float, size: tuple[float, float, float], order: float = 0.0
    ) -> None:
        """A city building; `order` puts it behind what stands that many metres beyond its middle."""
        wall = self.pick(WALLS)
        self.later(
            away + order,
            lambda: built.paint_block(
                self.canvas, self.light, self.camera, Stand(right, away, 0.0), size, wall
            ),
        )

    def car(self, right: float, away: float, turn: float) -> None:
        paint, glowing = self.pick(PAINTS), self.light.lamps > 0.3
        self.later(
            away,
            lambda: built.paint_car(
                self.canvas, self.light, self.camera, Stand(right, away, turn), paint,
                lights_on=glowing,
            ),
        )  # fmt: skip

    def person(self, right: float, away: float) -> None:
        coat = self.pick(people.COATS)
        self.later(
            away,
            lambda: people.paint_person(self.canvas, self.light, self.camera, right, away, coat),
        )

    def boat(self, right: float, away: float, sail: bool) -> None:
        hull = self.pick(((0.85, 0.86, 0.86), (0.55, 0.12, 0.10), (0.14, 0.22, 0.36)))
        self.later(
            away,
            lambda: built.paint_boat(self.canvas, self.light, self.camera, right, away, sail, hull),
        )

    def spread(self, near: float, far: float, share: float = 1.0) -> tuple[float, float]:
        """A chance place in view: (right, away)."""
        near = max(near, self.nearest * 1.04)
        away = near * (far / near) ** self.rng.random()
        half = away * self.canvas.width / self.camera.focal / 2
        return float(self.rng.uniform(-half, half) * share), float(away)

    def finish(self) -> Drawing:
        self.paint_waiting()
        rgb, class_ids = self.canvas.finish(self.light.tint, 0.010)
        return Drawing(rgb, class_ids)


def _winding(rng: np.random.Generator, swing: float) -> Centreline:
    phase, length = rng.uniform(0, 6.28), rng.uniform(38, 60)
    start = rng.uniform(-1.5, 1.5)

    def line(away: Plane) -> Plane:
        bend = np.sin(away / length + phase) - np.sin(phase)
        return (start + swing * bend * np.clip(away / 30, 0, 3)).astype(np.float32)

    return line


def _at(line: Centreline, away: float) -> float:
    return float(line(np.asarray([away], np.float32))[0])


def _off_road(
    scene: _Scene, line: Centreline, near: float, far: float, gap: float
) -> tuple[float, float]:
    """A place in view at least `gap` metres beside the road."""
    for _ in range(20):
        right, away = scene.spread(near, far)
        if abs(right - _at(line, away)) > gap:
            break
    else:
        right = _at(line, away) + gap * 1.5
    return right, away


def _draw_village(size_wh: tuple[int, int], seed: int, light: str) -> Drawing:
    scene = _Scene(size_wh, seed, light, eye=3.2, horizon=0.44)
    rng, snow = scene.rng, scene.light.snow
    leaves = plants.CONIFER if snow else (plants.AUTUMN if rng.random() < 0.25 else plants.SUMMER)
    grounds = SNOW if snow else (MEADOWS if rng.random() < 0.7 else STUBBLE)
    if rng.random() < 0.5 or snow:
        paint_mountains(scene.canvas, scene.light, scene.camera.horizon, rng.uniform(0.14, 0.24))
    paint_hills(scene.canvas, scene.light, scene.camera, grounds[0])
    paint_field(scene.canvas, scene.light, scene.camera, grounds)
    line = _winding(rng, rng.uniform(2.5, 6.0))
    paint_road(scene.canvas, scene.light, scene.camera, line, rng.uniform(2.9, 3.6),
               paved=rng.random() < 0.75)  # fmt: skip
    for _ in range(int(rng.integers(4, 8))):
        scene.house(*_off_road(scene, line, 24, 95, 10))
    for _ in range(int(rng.integers(14, 30))):
        scene.tree(*_off_road(scene, line, 14, 150, 6), leaves)
    for _ in range(int(rng.integers(1, 4))):
        away = float(rng.uniform(11, 42))
        ahead = rng.random() < 0.5
        bend = np.arctan((_at(line, away + 2) - _at(line, away - 2)) / 4)
        turn = np.pi / 2 - bend + (0 if ahead else np.pi)
        scene.car(_at(line, away) + (1.5 if ahead else -1.5), away, float(turn))
    for _ in range(int(rng.integers(1, 5))):
        away = float(rng.uniform(8, 26))
        scene.person(_at(line, away) + float(rng.choice([-1, 1]) * rng.uniform(3.6, 5)), away)
    return scene.finish()


def _draw_lake(size_wh: tuple[int, int], seed: int, light: str) -> Drawing:
    scene = _Scene(size_wh, seed, light, eye=3.6, horizon=0.46)
    rng, canvas, camera = scene.rng, scene.canvas, scene.camera
    grounds = SNOW if scene.light.snow else MEADOWS
    paint_mountains(canvas, scene.light, camera.horizon, rng.uniform(0.22, 0.33))
    paint_field(canvas, scene.light, camera, grounds)
    far = float(rng.uniform(90, 150))
    paint_treeline(canvas, scene.light, camera, far * 1.25, rng.uniform(9, 15))
    for _ in range(int(rng.integers(10, 22))):
        scene.tree(*scene.spread(far * 1.02, far * 1.2), plants.CONIFER, 13)
    for _ in range(int(rng.integers(0, 4))):
        scene.house(*scene.spread(far * 1.02, far * 1.12))
    scene.paint_waiting()
    _, right, away = camera.ground(canvas)
    bank = 15 + 9 * ridge(rng, canvas.width, canvas.width / 2.2, 5, 0.45)
    shore = far * (0.93 + 0.1 * ridge(rng, canvas.width, canvas.width / 5, 4, 0.5))
    region = np.clip((away - bank) / 0.5, 0, 1) * np.clip((shore - away) / 2 + 0.5, 0, 1)
    paint_water(canvas, scene.light, camera, (region * np.ones_like(right)).astype(np.float32),
                calm=rng.uniform(0.7, 0.95))  # fmt: skip
    for _ in range(int(rng.integers(1, 4))):
        scene.boat(*scene.spread(30, 75, 0.7), sail=rng.random() < 0.6)
    for _ in range(int(rng.integers(3, 8))):
        right_at, away_at = scene.spread(7, 13.5)
        scene.tree(right_at + np.sign(right_at) * away_at * 0.25, away_at, plants.CONIFER, 8)
    for _ in range(int(rng.integers(0, 4))):
        scene.person(*scene.spread(8, 13, 0.5))
    return scene.finish()


def _draw_coast(size_wh: tuple[int, int], seed: int, light: str) -> Drawing:
    scene = _Scene(size_wh, seed, light, eye=4.2, horizon=0.40)
    rng, canvas, camera = scene.rng, scene.canvas, scene.camera
    if rng.random() < 0.7:
        paint_mountains(canvas, scene.light, camera.horizon, rng.uniform(0.08, 0.16))
    paint_field(canvas, scene.light, camera, MEADOWS)
    side = float(rng.choice([-1, 1]))
    columns = np.arange(canvas.width, dtype=np.float32)
    across = side * (columns / canvas.width - 0.5)
    bay = 26 + 46 * np.clip(across + 0.28, 0, 1) ** 1.3
    bay += 9 * ridge(rng, canvas.width, canvas.width / 2.5, 4, 0.4)
    _, right, away = camera.ground(canvas)
    region = np.clip((away - bay[None, :]) / 0.6, 0, 1) * np.ones_like(right)
    paint_water(
        canvas, scene.light, camera, region.astype(np.float32), calm=rng.uniform(0.05, 0.35)
    )
    paint_sand(canvas, scene.light, camera, (bay + 0.3).astype(np.float32))
    for _ in range(int(rng.integers(1, 5))):
        scene.boat(*scene.spread(75, 220, 0.8), sail=rng.random() < 0.75)
    for _ in range(int(rng.integers(4, 10))):
        right_at, away_at = scene.spread(10, 25, 0.85)
        scene.person(right_at, away_at)
    for _ in range(int(rng.integers(3, 9))):
        away_at = float(rng.uniform(11, 30))
        edge = away_at * canvas.width / camera.focal / 2
        scene.tree(side * edge * rng.uniform(0.72, 1.05), away_at, plants.SUMMER, 6)
    if rng.random() < 0.7:
        away_at = float(rng.uniform(26, 36))
        edge = away_at * canvas.width / camera.focal / 2
        scene.house(side * edge * 0.78, away_at)
    return scene.finish()


def _draw_harbour(size_wh: tuple[int, int], seed: int, light: str) -> Drawing:
    scene = _Scene(size_wh, seed, light, eye=5.0, horizon=0.45)
    rng, canvas, camera = scene.rng, scene.canvas, scene.camera
    paint_mountains(canvas, scene.light, camera.horizon, rng.uniform(0.16, 0.26))
    paint_hills(canvas, scene.light, camera, MEADOWS[2])
    paint_field(canvas, scene.light, camera, MEADOWS)
    far = float(rng.uniform(62, 85))
    half = far * canvas.width / camera.focal / 2
    at = -half * 1.1
    while at < half * 1.1:
        wide = float(rng.uniform(8, 14))
        if rng.random() < 0.82:
            scene.block(at + wide / 2, far + 9, (wide, 10.0, float(rng.uniform(7, 17))))
        else:
            scene.tree(at + wide / 2, far + 6, plants.SUMMER, 8)
        at += wide + float(rng.uniform(0, 1.0))
    for _ in range(int(rng.integers(4, 9))):
        scene.tree(float(rng.uniform(-half, half)), far + 3, plants.SUMMER, 5.5)
    for _ in range(int(rng.integers(2, 6))):
        scene.car(float(rng.uniform(-half, half)), far + 2.2, float(rng.choice([0.0, np.pi])))
    stones = np.full(canvas.width, far + 5, np.float32)
    paint_sand(canvas, scene.light, camera, stones)
    scene.paint_waiting()
    _, right, away = camera.ground(canvas)
    near = scene.nearest * 1.22
    region = np.clip((away - near) / 0.15, 0, 1) * np.clip((far - away) / 0.8 + 0.5, 0, 1)
    paint_water(canvas, scene.light, camera, (region * np.ones_like(right)).astype(np.float32),
                calm=rng.uniform(0.45, 0.75))  # fmt: skip
    for _ in range(int(rng.integers(3, 7))):
        scene.boat(*scene.spread(24, far * 0.85, 0.8), sail=rng.random() < 0.6)
    paint_sand(canvas, scene.light, camera, np.full(canvas.width, near, np.float32))
    for _ in range(int(rng.integers(1, 5))):
        scene.person(*scene.spread(near * 0.86, near * 0.97, 0.8))
    return scene.finish()


def _draw_river(size_wh: tuple[int, int], seed: int, light: str) -> Drawing:
    scene = _Scene(size_wh, seed, light, eye=4.0, horizon=0.43)
    rng, canvas, camera = scene.rng, scene.canvas, scene.camera
    snow = scene.light.snow
    leaves = plants.AUTUMN if rng.random() < 0.6 else plants.SUMMER
    if rng.random() < 0.5:
        paint_mountains(canvas, scene.light, camera.horizon, rng.uniform(0.10, 0.20))
    paint_hills(canvas, scene.light, camera, SNOW[0] if snow else MEADOWS[0])
    paint_field(canvas, scene.light, camera, SNOW if snow else MEADOWS)
    paint_treeline(canvas, scene.light, camera, 170.0, rng.uniform(8, 13))
    line = _winding(rng, rng.uniform(4, 9))
    width = float(rng.uniform(6.5, 10))
    for _ in range(int(rng.integers(16, 30))):
        scene.tree(*_off_road(scene, line, 42, 150, width + 5), leaves)
    for _ in range(int(rng.integers(2, 6))):
        scene.house(*_off_road(scene, line, 42, 100, width + 9))
    scene.paint_waiting()
    _, right, away = camera.ground(canvas)
    wobble = ridge(rng, canvas.height, 40.0, 4, 0.5)[-right.shape[0] :, None] * 3
    offset = np.abs(right - line(away)) - width - wobble
    region = np.clip(-offset / np.maximum(away / 60, 0.15) + 0.5, 0, 1) * (away < 168)
    axis = camera.horizon + camera.eye * camera.focal / 110
    paint_water(
        canvas, scene.light, camera, region.astype(np.float32), rng.uniform(0.7, 0.95), axis
    )
    for _ in range(int(rng.integers(1, 3))):
        away_at = float(rng.uniform(20, 45))
        scene.boat(_at(line, away_at), away_at, sail=rng.random() < 0.35)
    for _ in range(int(rng.integers(3, 8))):
        scene.tree(*_off_road(scene, line, 13, 40, width + 5), leaves)
    for _ in range(int(rng.integers(1, 4))):
        scene.person(*_off_road(scene, line, 9, 24, width + 1.5))
    return scene.finish()


def _draw_street(size_wh: tuple[int, int], seed: int, light: str) -> Drawing:
    scene = _Scene(size_wh, seed, light, eye=2.6, horizon=0.47)
    rng, canvas, camera = scene.rng, scene.canvas, scene.camera
    paint_field(canvas, scene.light, camera, SNOW if scene.light.snow else MEADOWS)
    half, pavement = float(rng.uniform(4.4, 6.0)), float(rng.uniform(3.2, 4.4))
    bend = float(rng.uniform(-0.0012, 0.0012))

    def line(away: Plane) -> Plane:
        return (bend * away**2).astype(np.float32)

    paint_road(canvas, scene.light, camera, line, half, lanes=2, pavement=pavement, reach=400)
    for side in (-1, 1):
        away = 9.0
        while away < 170:
            deep = float(rng.uniform(9, 17))
            tall = float(rng.uniform(8, 21))
            middle = away + deep / 2
            if rng.random() < 0.9:
                edge = half + pavement + 6.0
                scene.block(_at(line, middle) + side * edge, middle, (12.0, deep - 0.2, tall), deep)
            else:
                scene.tree(
                    _at(line, middle) + side * (half + pavement + 3), middle, plants.SUMMER, 9
                )
            away += deep
        away = float(rng.uniform(10, 16))
        while away < 90:
            if rng.random() < 0.75:
                scene.tree(_at(line, away) + side * (half + 1.0), away, plants.SUMMER, 6.0)
            away += float(rng.uniform(9, 15))
        away = float(rng.uniform(9, 15))
        while away < 70:
            if rng.random() < 0.6:
                turn = np.pi / 2 if side > 0 else -np.pi / 2
                scene.car(_at(line, away) + side * (half - 1.1), away, float(turn))
            away += float(rng.uniform(5.5, 9))
        for _ in range(int(rng.integers(2, 6))):
            away = float(rng.uniform(7, 40))
            scene.person(_at(line, away) + side * (half + rng.uniform(0.8, pavement - 0.4)), away)
    for _ in range(int(rng.integers(1, 4))):
        away = float(rng.uniform(14, 60))
        ahead = rng.random() < 0.5
        scene.car(
            _at(line, away) + (1.5 if ahead else -1.5),
            away,
            float(np.pi / 2 * (1 if ahead else -1)),
        )
    if rng.random() < 0.5:
        scene.person(float(rng.uniform(-half, half)), float(rng.uniform(12, 26)))
    return scene.finish()


def _draw_avenue(size_wh: tuple[int, int], seed: int, light: str) -> Drawing:
    scene = _Scene(size_wh, seed, light, eye=6.5, horizon=0.40)
    rng, canvas, camera = scene.rng, scene.canvas, scene.camera
    snow = scene.light.snow
    paint_hills(canvas, scene.light, camera, SNOW[0] if snow else MEADOWS[0])
    paint_field(canvas, scene.light, camera, SNOW if snow else MEADOWS)
    line = _winding(rng, rng.uniform(1.5, 4.0))
    half = float(rng.uniform(6.5, 8.0))
    paint_road(canvas, scene.light, camera, line, half, lanes=4)
    leaves = plants.CONIFER if snow else plants.SUMMER
    for side in (-1, 1):
        away = float(rng.uniform(12, 18))
        while away < 170:
            scene.tree(_at(line, away) + side * (half + rng.uniform(3.5, 5.5)), away, leaves, 9.5)
            away += float(rng.uniform(7, 16))
    for _ in range(int(rng.integers(6, 12))):
        right, away = _off_road(scene, line, 48, 130, half + 16)
        scene.block(right, away, (float(rng.uniform(12, 22)), 12.0, float(rng.uniform(9, 26))))
    for lane in range(4):
        away = float(rng.uniform(10, 22))
        at = -half + half / 4 + half / 2 * lane
        while away < 120:
            bend = np.arctan((_at(line, away + 2) - _at(line, away - 2)) / 4)
            turn = np.pi / 2 - bend + (0 if lane >= 2 else np.pi)
            if rng.random() < 0.72:
                scene.car(_at(line, away) + at, away, float(turn))
            away += float(rng.uniform(9, 24))
    for _ in range(int(rng.integers(1, 5))):
        away = float(rng.uniform(9, 24))
        scene.person(_at(line, away) + float(rng.choice([-1, 1])) * (half + 2.0), away)
    return scene.finish()


_KINDS: dict[str, Callable[[tuple[int, int], int, str], Drawing]] = {
    "avenue": _draw_avenue,
    "coast": _draw_coast,
    "harbour": _draw_harbour,
    "lake": _draw_lake,
    "river": _draw_river,
    "street": _draw_street,
    "village": _draw_village,
}

KINDS = tuple(_KINDS)
"""The kinds of scene there are."""

_FITTING: dict[str, tuple[str, ...]] = {
    "avenue": ("noon", "overcast", "dusk", "morning", "winter"),
    "coast": ("noon", "overcast", "dusk", "morning"),
    "harbour": ("noon", "overcast", "dusk", "morning"),
    "lake": ("noon", "overcast", "morning", "dusk", "winter"),
    "river": ("noon", "overcast", "morning", "dusk"),
    "street": ("noon", "overcast", "dusk", "morning"),
    "village": ("noon", "overcast", "morning", "dusk", "winter"),
}


def draw_scene(
    seed: int, size_wh: tuple[int, int], kind: str | None = None, light: str | None = None
) -> Drawing:
    """Draw one scene; the same arguments give the same scene.

    Args:
        seed: chance.
        size_wh: final size in pixels.
        kind: one of `KINDS`; None lets the seed choose.
        light: one of `light.LIGHTS`; None lets the seed choose among those that fit.

    Returns:
        The drawing.
    """
    chance = np.random.default_rng((seed, 7))
    kind = kind or KINDS[int(chance.integers(len(KINDS)))]
    light = light or _FITTING[kind][int(chance.integers(len(_FITTING[kind])))]
    return _KINDS[kind](size_wh, seed, light)
