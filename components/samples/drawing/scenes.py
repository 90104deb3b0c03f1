"""Whole scenes: what stands where, chosen by kind and seed."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from components.samples.drawing import nature, town
from components.samples.drawing.stage import Drawing

_KINDS: dict[str, Callable[[tuple[int, int], int, str], Drawing]] = {
    "avenue": town.draw_avenue,
    "coast": nature.draw_coast,
    "harbour": town.draw_harbour,
    "lake": nature.draw_lake,
    "river": nature.draw_river,
    "street": town.draw_street,
    "village": nature.draw_village,
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
