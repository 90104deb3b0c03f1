"""A picture taken in, and what has to be true of each."""

from __future__ import annotations

import hashlib

import numpy as np
from PIL import Image

from components.intake import take_bytes
from components.model.image import SourceImage
from tests.intake.pictures import Pixels, pixels, scene

SCENE = scene()


def take(data: bytes) -> SourceImage:
    image = take_bytes(data, name="picture")
    assert image.sha256 == hashlib.sha256(image.data).hexdigest()
    shape = pixels(image).shape
    assert image.size_wh == (shape[1], shape[0])
    assert image.original_bytes == len(data)
    return image


def grey(values: Pixels = SCENE) -> Pixels:
    return np.asarray(Image.fromarray(values).convert("L"))
