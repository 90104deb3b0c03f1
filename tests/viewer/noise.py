"""A picture of noise with a mask of noise, and the screen of a phone to look at it."""

from __future__ import annotations

from typing import Any

import numpy as np

from tests.viewer.packets import build_packet

PHONE: dict[str, Any] = {
    "viewport": {"width": 390, "height": 844},
    "device_scale_factor": 2,
    "has_touch": True,
    "is_mobile": True,
}

RNG = np.random.default_rng(11)
RGB = RNG.integers(0, 256, (400, 600, 3), np.uint8)
MASK = RNG.integers(0, 4, (400, 600), np.uint8)
PACKET = build_packet(RGB, MASK)
