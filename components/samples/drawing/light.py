"""The light of a scene: time of day, weather, and the sky they make."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from components.samples.drawing.canvas import SKY, Canvas, Colour, noise


@dataclass(frozen=True, slots=True)
class Light:
    """How a scene is lit.

    Attributes:
        top, low: sky colours at the zenith and at the horizon.
        sun: colour of direct light; its strength is its brightness.
        shade: colour of the light in shadows.
        sun_xy: where the sun stands, as a share of width and of height; None behind clouds.
        direction: towards the sun, (right, up, away), length about 1.
        haze: colour distance fades to.
        haze_metres: distance at which about two thirds have faded.
        clouds: share of the sky under clouds, 0–1.
        cloud: colour of their lit side.
        lamps: share of windows that are lit.
        tint: colour over the finished picture.
        snow: whether snow lies.
    """

    top: Colour
    low: Colour
    sun: Colour
    shade: Colour
    sun_xy: tuple[float, float] | None
    direction: tuple[float, float, float]
    haze: Colour
    haze_metres: float
    clouds: float
    cloud: Colour
    lamps: float = 0.0
    tint: Colour = (1.0, 1.0, 1.0)
    snow: bool = False


LIGHTS: dict[str, Light] = {
    "noon": Light(
        top=(0.27, 0.51, 0.84),
        low=(0.7, 0.84, 0.94),
        sun=(0.86, 0.82, 0.72),
        shade=(0.43, 0.47, 0.55),
        sun_xy=None,
        direction=(-0.5, 0.75, -0.42),
        haze=(0.7, 0.82, 0.92),
        haze_metres=900,
        clouds=0.42,
        cloud=(1.0, 1.0, 1.0),
    ),
    "morning": Light(
        top=(0.36, 0.58, 0.82),
        low=(0.98, 0.86, 0.7),
        sun=(0.95, 0.78, 0.55),
        shade=(0.4, 0.42, 0.52),
        sun_xy=(0.78, 0.3),
        direction=(0.72, 0.42, -0.35),
        haze=(0.93, 0.85, 0.74),
        haze_metres=480,
        clouds=0.36,
        cloud=(1.0, 0.93, 0.85),
        tint=(1.03, 1.0, 0.95),
    ),
    "dusk": Light(
        top=(0.16, 0.2, 0.42),
        low=(0.98, 0.56, 0.34),
        sun=(0.72, 0.44, 0.34),
        shade=(0.36, 0.34, 0.46),
        sun_xy=(0.3, 0.38),
        direction=(-0.75, 0.25, 0.35),
        haze=(0.72, 0.48, 0.46),
        haze_metres=420,
        clouds=0.4,
        cloud=(0.98, 0.6, 0.48),
        lamps=0.55,
        tint=(1.04, 0.97, 0.98),
    ),
    "overcast": Light(
        top=(0.56, 0.61, 0.67),
        low=(0.82, 0.84, 0.85),
        sun=(0.28, 0.28, 0.28),
        shade=(0.6, 0.62, 0.65),
        sun_xy=None,
        direction=(-0.2, 0.9, -0.3),
        haze=(0.76, 0.79, 0.81),
        haze_metres=420,
        clouds=0.85,
        cloud=(0.9, 0.91, 0.92),
        lamps=0.08,
    ),
    "winter": Light(
        top=(0.5, 0.66, 0.84),
        low=(0.92, 0.9, 0.9),
        sun=(0.66, 0.6, 0.54),
        shade=(0.46, 0.51, 0.62),
        sun_xy=(0.22, 0.27),
        direction=(-0.65, 0.4, 0.2),
        haze=(0.86, 0.88, 0.93),
        haze_metres=380,
        clouds=0.3,
        cloud=(1.0, 0.97, 0.95),
        lamps=0.12,
        snow=True,
    ),
}
"""The kinds of light there are."""


def paint_sky(canvas: Canvas, light: Light, horizon: float) -> None:
    """Gradient, sun glow and clouds, down to a little below the horizon.

    Args:
        canvas: painted on.
        light: the weather.
        horizon: canvas row of the horizon.
    """
    rows = min(canvas.height, int(horizon) + 4)
    ys = np.linspace(0, 1, rows, dtype=np.float32)[:, None, None]
    top, low = np.asarray(light.top, np.float32), np.asarray(light.low, np.float32)
    sky = top + (low - top) * ys**1.5
    sky = np.broadcast_to(sky, (rows, canvas.width, 3)).copy()
    glow = None
    if light.sun_xy is not None:
        x = (np.arange(canvas.width, dtype=np.float32) / canvas.width - light.sun_xy[0])[None, :]
        y = (np.arange(rows, dtype=np.float32) / canvas.height - light.sun_xy[1])[:, None]
        distance = np.sqrt((x * canvas.width / canvas.height) ** 2 + y**2)
        glow = np.exp(-((distance / 0.22) ** 1.1)).astype(np.float32)
        disc = np.clip((0.026 - distance) / 0.004, 0, 1)
        warm = np.asarray((1.0, 0.86, 0.62), np.float32)
        sky += (warm - sky) * (0.62 * glow)[..., None]
        sky += (np.asarray((1.25, 1.15, 0.95), np.float32) - sky) * disc[..., None].astype(
            np.float32
        )
    _add_clouds(canvas, sky, light)
    canvas.cover(np.ones((rows, canvas.width), np.float32), sky, SKY)


def _add_clouds(canvas: Canvas, sky: np.ndarray, light: Light) -> None:
    rows, unit = sky.shape[0], canvas.height / 683
    down, side = int(9 * unit), int(14 * unit)
    shape = rows + down, canvas.width + side
    field = noise(canvas.rng, shape, (420 * unit, 130 * unit), 6, 0.55)
    # Seen a step towards the light, thinner cloud means the near side is lit.
    spots, lit = field[down:, :-side], field[:-down, side:]
    level = 0.64 - 0.26 * light.clouds
    cover = np.clip((spots - level) / 0.14, 0, 1)
    cover *= np.linspace(1.0, 0.55, rows, dtype=np.float32)[:, None]
    relief = np.clip(0.5 + (spots - lit) * 3.2, 0, 1)[..., None]
    shaded = np.asarray(light.low, np.float32) * 0.55 + np.asarray(light.top, np.float32) * 0.40
    colour = shaded + (np.asarray(light.cloud, np.float32) - shaded) * relief
    sky += (colour - sky) * (cover * 0.92)[..., None]
