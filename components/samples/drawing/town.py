"""Scenes of towns: harbour, street, avenue."""

from __future__ import annotations

import numpy as np

from components.samples.drawing import plants
from components.samples.drawing.canvas import Plane
from components.samples.drawing.land import (
    paint_field,
    paint_road,
    paint_sand,
)
from components.samples.drawing.nature import MEADOWS, SNOW
from components.samples.drawing.relief import paint_hills, paint_mountains
from components.samples.drawing.stage import Drawing, Stage, beside, line_at, winding_line
from components.samples.drawing.water import paint_water


def draw_harbour(size_wh: tuple[int, int], seed: int, light: str) -> Drawing:
    """A row of houses across the water, boats, and the quay in front."""
    stage = Stage(size_wh, seed, light, eye=5.0, horizon=0.45)
    rng, canvas, camera = stage.rng, stage.canvas, stage.camera
    paint_mountains(canvas, stage.light, camera.horizon, rng.uniform(0.16, 0.26))
    paint_hills(canvas, stage.light, camera, MEADOWS[2])
    paint_field(canvas, stage.light, camera, MEADOWS)
    far = float(rng.uniform(62, 85))
    half = far * canvas.width / camera.focal / 2
    at = -half * 1.1
    while at < half * 1.1:
        wide = float(rng.uniform(8, 14))
        if rng.random() < 0.82:
            stage.block(at + wide / 2, far + 9, (wide, 10.0, float(rng.uniform(7, 17))))
        else:
            stage.tree(at + wide / 2, far + 6, plants.SUMMER, 8)
        at += wide + float(rng.uniform(0, 1.0))
    for _ in range(int(rng.integers(4, 9))):
        stage.tree(float(rng.uniform(-half, half)), far + 3, plants.SUMMER, 5.5)
    for _ in range(int(rng.integers(2, 6))):
        stage.car(float(rng.uniform(-half, half)), far + 2.2, float(rng.choice([0.0, np.pi])))
    stones = np.full(canvas.width, far + 5, np.float32)
    paint_sand(canvas, stage.light, camera, stones)
    stage.paint_waiting()
    _, right, away = camera.ground(canvas)
    near = stage.nearest * 1.22
    region = np.clip((away - near) / 0.15, 0, 1) * np.clip((far - away) / 0.8 + 0.5, 0, 1)
    paint_water(
        canvas,
        stage.light,
        camera,
        (region * np.ones_like(right)).astype(np.float32),
        calm=rng.uniform(0.45, 0.75),
    )
    for _ in range(int(rng.integers(3, 7))):
        stage.boat(*stage.spread(24, far * 0.85, 0.8), sail=rng.random() < 0.6)
    paint_sand(canvas, stage.light, camera, np.full(canvas.width, near, np.float32))
    for _ in range(int(rng.integers(1, 5))):
        stage.person(*stage.spread(near * 0.86, near * 0.97, 0.8))
    return stage.finish()


def draw_street(size_wh: tuple[int, int], seed: int, light: str) -> Drawing:
    """A street between houses, with parked cars and pavements."""
    stage = Stage(size_wh, seed, light, eye=2.6, horizon=0.47)
    rng, canvas, camera = stage.rng, stage.canvas, stage.camera
    paint_field(canvas, stage.light, camera, SNOW if stage.light.snow else MEADOWS)
    half, pavement = float(rng.uniform(4.4, 6.0)), float(rng.uniform(3.2, 4.4))
    bend = float(rng.uniform(-0.0012, 0.0012))

    def line(away: Plane) -> Plane:
        return (bend * away**2).astype(np.float32)

    paint_road(canvas, stage.light, camera, line, half, lanes=2, pavement=pavement, reach=400)
    for side in (-1, 1):
        away = 9.0
        while away < 170:
            deep = float(rng.uniform(9, 17))
            tall = float(rng.uniform(8, 21))
            middle = away + deep / 2
            if rng.random() < 0.9:
                edge = half + pavement + 6.0
                stage.block(
                    line_at(line, middle) + side * edge, middle, (12.0, deep - 0.2, tall), deep
                )
            else:
                stage.tree(
                    line_at(line, middle) + side * (half + pavement + 3), middle, plants.SUMMER, 9
                )
            away += deep
        away = float(rng.uniform(10, 16))
        while away < 90:
            if rng.random() < 0.75:
                stage.tree(line_at(line, away) + side * (half + 1.0), away, plants.SUMMER, 6.0)
            away += float(rng.uniform(9, 15))
        away = float(rng.uniform(9, 15))
        while away < 70:
            if rng.random() < 0.6:
                turn = np.pi / 2 if side > 0 else -np.pi / 2
                stage.car(line_at(line, away) + side * (half - 1.1), away, float(turn))
            away += float(rng.uniform(5.5, 9))
        for _ in range(int(rng.integers(2, 6))):
            away = float(rng.uniform(7, 40))
            stage.person(
                line_at(line, away) + side * (half + rng.uniform(0.8, pavement - 0.4)), away
            )
    for _ in range(int(rng.integers(1, 4))):
        away = float(rng.uniform(14, 60))
        ahead = rng.random() < 0.5
        stage.car(
            line_at(line, away) + (1.5 if ahead else -1.5),
            away,
            float(np.pi / 2 * (1 if ahead else -1)),
        )
    if rng.random() < 0.5:
        stage.person(float(rng.uniform(-half, half)), float(rng.uniform(12, 26)))
    return stage.finish()


def draw_avenue(size_wh: tuple[int, int], seed: int, light: str) -> Drawing:
    """A four-lane road out of town."""
    stage = Stage(size_wh, seed, light, eye=6.5, horizon=0.40)
    rng, canvas, camera = stage.rng, stage.canvas, stage.camera
    snow = stage.light.snow
    paint_hills(canvas, stage.light, camera, SNOW[0] if snow else MEADOWS[0])
    paint_field(canvas, stage.light, camera, SNOW if snow else MEADOWS)
    line = winding_line(rng, rng.uniform(1.5, 4.0))
    half = float(rng.uniform(6.5, 8.0))
    paint_road(canvas, stage.light, camera, line, half, lanes=4)
    leaves = plants.CONIFER if snow else plants.SUMMER
    for side in (-1, 1):
        away = float(rng.uniform(12, 18))
        while away < 170:
            stage.tree(
                line_at(line, away) + side * (half + rng.uniform(3.5, 5.5)), away, leaves, 9.5
            )
            away += float(rng.uniform(7, 16))
    for _ in range(int(rng.integers(6, 12))):
        right, away = beside(stage, line, 48, 130, half + 16)
        stage.block(right, away, (float(rng.uniform(12, 22)), 12.0, float(rng.uniform(9, 26))))
    for lane in range(4):
        away = float(rng.uniform(10, 22))
        at = -half + half / 4 + half / 2 * lane
        while away < 120:
            bend = np.arctan((line_at(line, away + 2) - line_at(line, away - 2)) / 4)
            turn = np.pi / 2 - bend + (0 if lane >= 2 else np.pi)
            if rng.random() < 0.72:
                stage.car(line_at(line, away) + at, away, float(turn))
            away += float(rng.uniform(9, 24))
    for _ in range(int(rng.integers(1, 5))):
        away = float(rng.uniform(9, 24))
        stage.person(line_at(line, away) + float(rng.choice([-1, 1])) * (half + 2.0), away)
    return stage.finish()
