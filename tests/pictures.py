"""Pictures and answers for tests, made on the spot."""

from __future__ import annotations

import base64
import hashlib
import io
import json
from typing import Any

import numpy as np
from PIL import Image

from components.model.image import SourceImage
from components.model.png import encode_gray


def make_jpeg(size_wh: tuple[int, int] = (64, 48), seed: int = 1) -> bytes:
    """A JPEG of soft noise, different for each seed."""
    small = np.random.default_rng(seed).integers(0, 256, (6, 8, 3), np.uint8)
    buffer = io.BytesIO()
    Image.fromarray(small).resize(size_wh, Image.Resampling.BICUBIC).save(buffer, "JPEG")
    return buffer.getvalue()


def make_image(
    size_wh: tuple[int, int] = (64, 48), *, name: str = "photo.jpg", url: str | None = None
) -> SourceImage:
    """A picture as intake gives it."""
    data = make_jpeg(size_wh)
    return SourceImage(
        name=name,
        data=data,
        media_type="image/jpeg",
        size_wh=size_wh,
        original_size_wh=size_wh,
        original_bytes=len(data),
        original_format="JPEG",
        sha256=hashlib.sha256(data).hexdigest(),
        url=url,
    )


def make_answer(
    class_ids: np.ndarray | None = None,
    *,
    class_map: dict[str, Any] | None = None,
    nested: bool = False,
    **extra: Any,
) -> bytes:
    """An answer's JSON around a mask."""
    if class_ids is None:
        class_ids = np.array([[0, 1], [1, 1]], np.uint8)
    fields: dict[str, Any] = {
        "segmentation_mask": base64.b64encode(encode_gray(class_ids)).decode(),
        "class_map": class_map or {"0": " background", "1": " object"},
    }
    fields.update(extra)
    size = {"width": class_ids.shape[1], "height": class_ids.shape[0]}
    answer: dict[str, Any] = {"image": size}
    answer.update({"predictions": fields} if nested else fields)
    return json.dumps(answer).encode()
