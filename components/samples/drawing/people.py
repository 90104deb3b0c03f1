"""People, standing or walking."""

from __future__ import annotations

import numpy as np
from PIL import Image, ImageDraw

from components.samples.drawing.canvas import PERSON, Canvas, Colour
from components.samples.drawing.light import Light
from components.samples.drawing.plants import throw_shadow
from components.samples.drawing.view import Camera, fade, lit

COATS: tuple[Colour, ...] = (
    (0.80, 0.14, 0.14),
    (0.93, 0.62, 0.10),
    (0.10, 0.30, 0.62),
    (0.84, 0.25, 0.48),
    (0.95, 0.93, 0.88),
    (0.42, 0.18, 0.50),
    (0.05, 0.50, 0.52),
)
_TROUSERS: tuple[Colour, ...] = ((0.12, 0.15, 0.26), (0.10, 0.10, 0.11), (0.36, 0.30, 0.24))
_SKINS: tuple[Colour, ...] = ((0.87, 0.67, 0.54), (0.66, 0.45, 0.33), (0.42, 0.27, 0.20))
_HAIRS: tuple[Colour, ...] = ((0.10, 0.07, 0.05), (0.36, 0.22, 0.11), (0.62, 0.48, 0.28))


def paint_person(
    canvas: Canvas, light: Light, camera: Camera, right: float, away: float, coat: Colour
) -> None:
    """One person, 1.6 to 1.9 m tall.

    Args:
        canvas: painted on.
        light: the weather.
        camera: where from.
        right, away: metres, where they stand.
        coat: colour of the upper clothes.
    """
    rng, tall = canvas.rng, canvas.rng.uniform(1.6, 1.9)
    metre = camera.pixels_per_metre(away)
    height = tall * metre
    if height < 8 or away < 2.5:
        return
    throw_shadow(canvas, light, camera, right, away, 0.6, tall)
    x, foot = camera.project((right, 0.0, away))
    unit = min(max(height, 60), 900) * 1.6
    size = int(unit * 0.62), int(unit * 1.04)
    figure = Image.new("RGB", size)
    shape = Image.new("L", size)
    step = rng.uniform(-0.10, 0.10)
    trousers, skin = _pick(rng, _TROUSERS), _pick(rng, _SKINS)
    hair = _pick(rng, _HAIRS)

    def limb(points: list[tuple[float, float]], thick: float, colour: Colour) -> None:
        _stroke(
            figure,
            shape,
            [((0.31 + a) * unit, (1.02 - b) * unit) for a, b in points],
            thick * unit,
            _bytes(lit(colour, light, (0.2 * np.sign(light.direction[0]), 0.4, -0.9))),
        )

    limb([(0.035, 0.48), (0.045 + step * 0.6, 0.26), (0.05 + step, 0.03)], 0.075, trousers)
    limb([(-0.035, 0.48), (-0.045 - step * 0.4, 0.26), (-0.05 - step, 0.03)], 0.08, trousers)
    limb([(0.10, 0.78), (0.135 - step * 0.4, 0.62), (0.13 - step * 0.9, 0.48)], 0.055, coat)
    limb([(-0.045, 0.77), (0.045, 0.77)], 0.13, coat)
    limb([(-0.03, 0.72), (0.03, 0.72), (0.025, 0.50), (-0.025, 0.50), (-0.03, 0.72)], 0.15, coat)
    limb([(-0.10, 0.78), (-0.14 + step * 0.4, 0.62), (-0.13 + step * 0.9, 0.48)], 0.06, coat)
    limb([(-0.13 + step * 0.9, 0.47), (-0.13 + step * 0.9, 0.46)], 0.045, skin)
    limb([(0.0, 0.86), (0.0, 0.84)], 0.07, skin)
    limb([(0.0, 0.935), (0.0, 0.915)], 0.115, skin)
    limb([(-0.02, 0.965), (0.02, 0.965)], 0.085, hair)

    final = max(int(height * 0.62), 3), max(int(height * 1.04), 5)
    alpha = np.asarray(shape.resize(final, Image.Resampling.BOX), np.float32) / 255
    colours = np.asarray(figure.resize(final, Image.Resampling.BOX), np.float32) / 255
    # The figure was drawn on black: dividing by its coverage gives the edge its own colour back.
    colours = colours / np.maximum(alpha, 0.05)[..., None]
    across = np.linspace(-1, 1, final[0], dtype=np.float32)[None, :, None]
    colours = colours * (1 + 0.30 * np.sign(light.direction[0]) * across)
    haze = np.asarray(fade((0.0, 0.0, 0.0), light, away), np.float32)
    kept = float(np.exp(-away / light.haze_metres))
    canvas.cover(
        alpha,
        (colours * kept + haze).astype(np.float32),
        PERSON,
        int(x - final[0] / 2),
        int(foot - height * 1.02),
    )


def _stroke(
    figure: Image.Image,
    shape: Image.Image,
    points: list[tuple[float, float]],
    thick: float,
    colour: tuple[int, int, int],
) -> None:
    """A thick line with round ends and joints, into the colours and the coverage."""
    for image, fill in ((figure, colour), (shape, 255)):
        pen = ImageDraw.Draw(image)
        pen.line(points, fill=fill, width=max(int(thick), 1))
        for x, y in points:
            half = thick / 2
            pen.ellipse((x - half, y - half, x + half, y + half), fill=fill)


def _pick(rng: np.random.Generator, colours: tuple[Colour, ...]) -> Colour:
    return colours[int(rng.integers(len(colours)))]


def _bytes(colour: Colour) -> tuple[int, int, int]:
    red, green, blue = (min(255, max(1, round(c * 255))) for c in colour)
    return red, green, blue
