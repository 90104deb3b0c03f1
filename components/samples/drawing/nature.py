"""Scenes of open country: village, lake, coast, river."""

from __future__ import annotations

import numpy as np

from components.samples.drawing import plants
from components.samples.drawing.canvas import Colour, ridge
from components.samples.drawing.land import (
    paint_field,
    paint_road,
    paint_sand,
)
from components.samples.drawing.relief import paint_hills, paint_mountains, paint_treeline
from components.samples.drawing.stage import Drawing, Stage, beside, line_at, winding_line
from components.samples.drawing.water import paint_water

MEADOWS: tuple[Colour, ...] = (
    (0.36, 0.47, 0.18),
    (0.66, 0.58, 0.26),
    (0.30, 0.43, 0.17),
    (0.47, 0.52, 0.22),
    (0.55, 0.42, 0.24),
)
STUBBLE: tuple[Colour, ...] = ((0.55, 0.49, 0.24), (0.70, 0.58, 0.30), (0.40, 0.44, 0.19))
SNOW: tuple[Colour, ...] = ((0.90, 0.92, 0.96), (0.88, 0.91, 0.95), (0.92, 0.93, 0.96))


def draw_village(size_wh: tuple[int, int], seed: int, light: str) -> Drawing:
    """A winding road through a village."""
    stage = Stage(size_wh, seed, light, eye=3.2, horizon=0.44)
    rng, snow = stage.rng, stage.light.snow
    leaves = plants.CONIFER if snow else (plants.AUTUMN if rng.random() < 0.25 else plants.SUMMER)
    grounds = SNOW if snow else (MEADOWS if rng.random() < 0.7 else STUBBLE)
    if rng.random() < 0.5 or snow:
        paint_mountains(stage.canvas, stage.light, stage.camera.horizon, rng.uniform(0.14, 0.24))
    paint_hills(stage.canvas, stage.light, stage.camera, grounds[0])
    paint_field(stage.canvas, stage.light, stage.camera, grounds)
    line = winding_line(rng, rng.uniform(2.5, 6.0))
    paint_road(
        stage.canvas,
        stage.light,
        stage.camera,
        line,
        rng.uniform(2.9, 3.6),
        paved=rng.random() < 0.75,
    )
    for _ in range(int(rng.integers(4, 8))):
        stage.house(*beside(stage, line, 24, 95, 10))
    for _ in range(int(rng.integers(14, 30))):
        stage.tree(*beside(stage, line, 14, 150, 6), leaves)
    for _ in range(int(rng.integers(1, 4))):
        away = float(rng.uniform(11, 42))
        ahead = rng.random() < 0.5
        bend = np.arctan((line_at(line, away + 2) - line_at(line, away - 2)) / 4)
        turn = np.pi / 2 - bend + (0 if ahead else np.pi)
        stage.car(line_at(line, away) + (1.5 if ahead else -1.5), away, float(turn))
    for _ in range(int(rng.integers(1, 5))):
        away = float(rng.uniform(8, 26))
        stage.person(line_at(line, away) + float(rng.choice([-1, 1]) * rng.uniform(3.6, 5)), away)
    return stage.finish()


def draw_lake(size_wh: tuple[int, int], seed: int, light: str) -> Drawing:
    """A lake under mountains, seen from its bank."""
    stage = Stage(size_wh, seed, light, eye=3.6, horizon=0.46)
    rng, canvas, camera = stage.rng, stage.canvas, stage.camera
    grounds = SNOW if stage.light.snow else MEADOWS
    paint_mountains(canvas, stage.light, camera.horizon, rng.uniform(0.22, 0.33))
    paint_field(canvas, stage.light, camera, grounds)
    far = float(rng.uniform(90, 150))
    paint_treeline(canvas, stage.light, camera, far * 1.25, rng.uniform(9, 15))
    for _ in range(int(rng.integers(10, 22))):
        stage.tree(*stage.spread(far * 1.02, far * 1.2), plants.CONIFER, 13)
    for _ in range(int(rng.integers(0, 4))):
        stage.house(*stage.spread(far * 1.02, far * 1.12))
    stage.paint_waiting()
    _, right, away = camera.ground(canvas)
    bank = 15 + 9 * ridge(rng, canvas.width, canvas.width / 2.2, 5, 0.45)
    shore = far * (0.93 + 0.1 * ridge(rng, canvas.width, canvas.width / 5, 4, 0.5))
    region = np.clip((away - bank) / 0.5, 0, 1) * np.clip((shore - away) / 2 + 0.5, 0, 1)
    paint_water(
        canvas,
        stage.light,
        camera,
        (region * np.ones_like(right)).astype(np.float32),
        calm=rng.uniform(0.7, 0.95),
    )
    for _ in range(int(rng.integers(1, 4))):
        stage.boat(*stage.spread(30, 75, 0.7), sail=rng.random() < 0.6)
    for _ in range(int(rng.integers(3, 8))):
        right_at, away_at = stage.spread(7, 13.5)
        stage.tree(right_at + np.sign(right_at) * away_at * 0.25, away_at, plants.CONIFER, 8)
    for _ in range(int(rng.integers(0, 4))):
        stage.person(*stage.spread(8, 13, 0.5))
    return stage.finish()


def draw_coast(size_wh: tuple[int, int], seed: int, light: str) -> Drawing:
    """A beach with people, and boats on the sea."""
    stage = Stage(size_wh, seed, light, eye=4.2, horizon=0.40)
    rng, canvas, camera = stage.rng, stage.canvas, stage.camera
    if rng.random() < 0.7:
        paint_mountains(canvas, stage.light, camera.horizon, rng.uniform(0.08, 0.16))
    paint_field(canvas, stage.light, camera, MEADOWS)
    side = float(rng.choice([-1, 1]))
    columns = np.arange(canvas.width, dtype=np.float32)
    across = side * (columns / canvas.width - 0.5)
    bay = 26 + 46 * np.clip(across + 0.28, 0, 1) ** 1.3
    bay += 9 * ridge(rng, canvas.width, canvas.width / 2.5, 4, 0.4)
    _, right, away = camera.ground(canvas)
    region = np.clip((away - bay[None, :]) / 0.6, 0, 1) * np.ones_like(right)
    paint_water(
        canvas, stage.light, camera, region.astype(np.float32), calm=rng.uniform(0.05, 0.35)
    )
    paint_sand(canvas, stage.light, camera, (bay + 0.3).astype(np.float32))
    for _ in range(int(rng.integers(1, 5))):
        stage.boat(*stage.spread(75, 220, 0.8), sail=rng.random() < 0.75)
    for _ in range(int(rng.integers(4, 10))):
        right_at, away_at = stage.spread(10, 25, 0.85)
        stage.person(right_at, away_at)
    for _ in range(int(rng.integers(3, 9))):
        away_at = float(rng.uniform(11, 30))
        edge = away_at * canvas.width / camera.focal / 2
        stage.tree(side * edge * rng.uniform(0.72, 1.05), away_at, plants.SUMMER, 6)
    if rng.random() < 0.7:
        away_at = float(rng.uniform(26, 36))
        edge = away_at * canvas.width / camera.focal / 2
        stage.house(side * edge * 0.78, away_at)
    return stage.finish()


def draw_river(size_wh: tuple[int, int], seed: int, light: str) -> Drawing:
    """A river between trees."""
    stage = Stage(size_wh, seed, light, eye=4.0, horizon=0.43)
    rng, canvas, camera = stage.rng, stage.canvas, stage.camera
    snow = stage.light.snow
    leaves = plants.AUTUMN if rng.random() < 0.6 else plants.SUMMER
    if rng.random() < 0.5:
        paint_mountains(canvas, stage.light, camera.horizon, rng.uniform(0.10, 0.20))
    paint_hills(canvas, stage.light, camera, SNOW[0] if snow else MEADOWS[0])
    paint_field(canvas, stage.light, camera, SNOW if snow else MEADOWS)
    paint_treeline(canvas, stage.light, camera, 170.0, rng.uniform(8, 13))
    line = winding_line(rng, rng.uniform(4, 9))
    width = float(rng.uniform(6.5, 10))
    for _ in range(int(rng.integers(16, 30))):
        stage.tree(*beside(stage, line, 42, 150, width + 5), leaves)
    for _ in range(int(rng.integers(2, 6))):
        stage.house(*beside(stage, line, 42, 100, width + 9))
    stage.paint_waiting()
    _, right, away = camera.ground(canvas)
    wobble = ridge(rng, canvas.height, 40.0, 4, 0.5)[-right.shape[0] :, None] * 3
    offset = np.abs(right - line(away)) - width - wobble
    region = np.clip(-offset / np.maximum(away / 60, 0.15) + 0.5, 0, 1) * (away < 168)
    axis = camera.horizon + camera.eye * camera.focal / 110
    paint_water(
        canvas, stage.light, camera, region.astype(np.float32), rng.uniform(0.7, 0.95), axis
    )
    for _ in range(int(rng.integers(1, 3))):
        away_at = float(rng.uniform(20, 45))
        stage.boat(line_at(line, away_at), away_at, sail=rng.random() < 0.35)
    for _ in range(int(rng.integers(3, 8))):
        stage.tree(*beside(stage, line, 13, 40, width + 5), leaves)
    for _ in range(int(rng.integers(1, 4))):
        stage.person(*beside(stage, line, 9, 24, width + 1.5))
    return stage.finish()
