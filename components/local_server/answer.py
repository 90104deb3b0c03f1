"""From class probabilities to the JSON answer, at the picture's own size, in row strips."""

from __future__ import annotations

import base64
import io
import json
import time
import uuid

import numpy as np
import numpy.typing as npt
from PIL import Image

from components.local_server.confidence import lowest_kept_byte
from components.local_server.models import Model
from components.local_server.models.filters import Enlargement
from components.local_server.picture import Picture

_STRIP_PIXELS = 200_000
"""About how many pixels of one class are enlarged at once (float32, under 1 MB)."""


def segment(
    model: Model, picture: Picture, percent: float
) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.uint8]]:
    """Run a model and cut by confidence.

    Probabilities are enlarged bilinearly to the picture's size; each pixel gets the likeliest
    class, whatever the threshold; its confidence byte is that probability times 255, truncated.

    Args:
        model: the model to run.
        picture: the upright picture.
        percent: threshold in percent; pixels below become background with confidence byte 0.

    Returns:
        class_ids uint8 (H, W) and confidence_map uint8 (H, W), 0–255, of the upright original.
    """
    probabilities = model.probabilities(picture.rgb)
    class_ids, confidence_map = _enlarge(probabilities, picture.size_wh)
    cut = confidence_map < lowest_kept_byte(percent)
    class_ids[cut] = model.background_id
    confidence_map[cut] = 0
    return class_ids, confidence_map


def build_answer(model: Model, picture: Picture, percent: float) -> bytes:
    """The flat JSON answer of the documented contract, with the newer servers' extra keys.

    Returns:
        UTF-8 JSON: inference_id, time (seconds), segmentation_mask and confidence_mask (base64 of
        8-bit gray, not interlaced PNGs), class_map, image (width, height), present_class_ids.
    """
    started = time.perf_counter()
    class_ids, confidence_map = segment(model, picture, percent)
    width, height = picture.size_wh
    counts = np.bincount(class_ids.ravel(), minlength=256)
    answer = {
        "inference_id": str(uuid.uuid4()),
        "time": time.perf_counter() - started,
        "segmentation_mask": _png_base64(class_ids),
        "class_map": dict(model.card.class_map),
        "image": {"width": width, "height": height},
        "confidence_mask": _png_base64(confidence_map),
        "present_class_ids": np.flatnonzero(counts).tolist(),
    }
    return json.dumps(answer, separators=(",", ":")).encode()


def _enlarge(
    probabilities: npt.NDArray[np.float32], size_wh: tuple[int, int]
) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.uint8]]:
    classes, low_height, low_width = probabilities.shape
    width, height = size_wh
    class_ids = np.zeros((height, width), np.uint8)
    confidence_map = np.zeros((height, width), np.uint8)
    enlargement = Enlargement((low_width, low_height), size_wh)
    step = max(1, _STRIP_PIXELS // width)
    for top in range(0, height, step):
        rows = slice(top, min(top + step, height))
        best = np.zeros((rows.stop - rows.start, width), np.float32)
        sources = probabilities[:, enlargement.source_rows(rows)]
        # Some class has at least an even share of every pixel, and no enlarged value exceeds its
        # sources: a class that nowhere reaches the even share is the likeliest nowhere.
        for class_id in np.flatnonzero(sources.max(axis=(1, 2)) > 0.999 / classes):
            plane = enlargement.rows(probabilities[class_id : class_id + 1], rows)[0]
            class_ids[rows][plane > best] = class_id
            np.maximum(best, plane, out=best)
        confidence_map[rows] = np.clip(best * 255.0, 0, 255)
    return class_ids, confidence_map


def _png_base64(pixels: npt.NDArray[np.uint8]) -> str:
    buffer = io.BytesIO()
    # Level 3 costs a third of the default's time and a few percent in size.
    Image.fromarray(pixels).save(buffer, "PNG", compress_level=3)
    return base64.b64encode(buffer.getbuffer()).decode("ascii")
