"""Choose the class colours and print them as `components/model/palette_table.py`.

The first seven are the chromatic Okabe–Ito colours (black is left out: it vanishes on dark pictures
and on the dark theme). The others are picked greedily: each is the candidate whose smallest
distance in CAM02-UCS to all colours before it, over normal vision and full deuteranomaly,
protanomaly and tritanomaly, is the largest. Simulation after Machado et al. 2009, as colorspacious
implements it.

    python -m tests.tools.make_palette > components/model/palette_table.py
"""

from __future__ import annotations

import itertools

import numpy as np
from colorspacious import cspace_convert

OKABE_ITO = ["#56b4e9", "#e69f00", "#009e73", "#cc79a7", "#0072b2", "#d55e00", "#f0e442"]
BACKGROUNDS = ["#ffffff", "#0e1117", "#9aa0a6"]  # both themes and the grey of background
VISIONS = [None, "deuteranomaly", "protanomaly", "tritanomaly"]
COUNT = 256


def rgb_of(colour: str) -> list[float]:
    return [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]


def seen_by_all(rgb: np.ndarray) -> list[np.ndarray]:
    """CAM02-UCS coordinates of sRGB colours (N, 3), one array a kind of vision."""
    seen = []
    for vision in VISIONS:
        simulated = rgb
        if vision is not None:
            space = {"name": "sRGB1+CVD", "cvd_type": vision, "severity": 100}
            simulated = np.clip(cspace_convert(rgb, space, "sRGB1"), 0, 1)
        seen.append(np.asarray(cspace_convert(simulated, "sRGB1", "CAM02-UCS")))
    return seen


def main() -> None:
    steps = np.arange(0, 256, 15) / 255
    grid = np.array(list(itertools.product(steps, repeat=3)))
    lightness = np.asarray(cspace_convert(grid, "sRGB1", "CAM02-UCS"))[:, 0]
    grid = grid[(lightness > 32) & (lightness < 92)]
    fixed = np.array([rgb_of(colour) for colour in OKABE_ITO + BACKGROUNDS])
    points = seen_by_all(np.vstack([fixed, grid]))
    nearest = np.full(len(fixed) + len(grid), np.inf)

    def add(index: int) -> None:
        for seen in points:
            distance = np.linalg.norm(seen - seen[index], axis=1)
            np.minimum(nearest, distance, out=nearest)

    for index in range(len(fixed)):
        add(index)
    colours = list(OKABE_ITO)
    while len(colours) < COUNT:
        best = int(np.argmax(nearest))
        add(best)
        red, green, blue = np.rint(grid[best - len(fixed)] * 255).astype(int)
        colours.append(f"#{red:02x}{green:02x}{blue:02x}")
    print('"""Class colours, in the order they are given out; see tests/tools/make_palette.py."""')
    print("\n# fmt: off")
    print("COLOURS: tuple[str, ...] = (")
    for start in range(0, COUNT, 8):
        print("    " + ", ".join(f'"{colour}"' for colour in colours[start : start + 8]) + ",")
    print(")")


if __name__ == "__main__":
    main()
