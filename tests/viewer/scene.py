"""A drawn harbour, its classes and a plausible confidence, for looking at the viewer."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from tests.viewer.packets import Gray, class_entry

CLASSES: Final[list[dict[str, Any]]] = [
    class_entry(0, "background", background=True),
    class_entry(1, "sky"),
    class_entry(2, "water"),
    class_entry(3, "hills"),
    class_entry(4, "sand"),
    class_entry(5, "boat"),
    class_entry(6, "sun"),
    class_entry(7, "road"),
    class_entry(8, "person"),
]


def draw_harbour(
    width: int = 1024, height: int = 683, seed: int = 1
) -> tuple[NDArray[np.uint8], Gray, Gray]:
    """Draw the scene.

    Returns:
        RGB uint8 (height, width, 3); class ids uint8 (height, width); confidence uint8
        (height, width), low along the borders between classes.
    """
    rng = np.random.default_rng(seed)
    y, x = np.mgrid[0:height, 0:width] / np.array([height, width]).reshape(2, 1, 1)
    ridge = 0.42 - 0.10 * np.sin(3.1 * x + seed) - 0.05 * np.sin(9 * x) - 0.015 * np.sin(31 * x)
    shore = 0.80 + 0.05 * np.sin(4 * x + 1)
    ids = np.full((height, width), 1, np.uint8)
    ids[(x - 0.72) ** 2 * 2.2 + (y - 0.16) ** 2 < 0.0045] = 6
    ids[y > ridge] = 3
    ids[y > 0.52] = 2
    ids[y > shore] = 4
    hull = (abs(x - 0.34) < 0.11 - (y - 0.60) * 0.6) & (y > 0.60) & (y < 0.665)
    sail = (y > 0.36) & (y < 0.59) & (x > 0.335) & (x - 0.335 < (y - 0.36) * 0.45)
    ids[hull | sail] = 5
    ids[(y > 0.90) & (x > 0.55 + (1 - y) * 2)] = 0
    tones = np.array(
        [
            [96, 88, 80],
            [168, 204, 232],
            [52, 106, 140],
            [84, 112, 92],
            [222, 200, 160],
            [240, 238, 230],
            [255, 236, 190],
        ],
        float,
    )
    rgb = tones[ids]
    rgb += (ids == 1)[..., None] * (0.42 - y)[..., None] * np.array([-90, -60, -10])
    rgb += (ids == 2)[..., None] * (14 * np.sin(y * 220 + 6 * np.sin(x * 14)))[..., None]
    rgb += (ids == 3)[..., None] * (22 * np.sin(x * 60) * np.sin(y * 90))[..., None]
    rgb += rng.normal(0, 5, (height, width, 1))
    border = np.zeros((height, width))
    for axis in (0, 1):
        for step in (1, 3, 6, 10):
            border += (ids != np.roll(ids, step, axis)) + (ids != np.roll(ids, -step, axis))
    confidence = np.clip(245 - 22 * border + rng.normal(0, 4, border.shape), 128, 255)
    return rgb.clip(0, 255).astype(np.uint8), ids, confidence.astype(np.uint8)
