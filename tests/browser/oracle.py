"""What a server really answers, asked and read apart from the desk."""

from __future__ import annotations

import base64
import io
import json
import urllib.request
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image


@dataclass(frozen=True)
class Truth:
    """A server's answer for a picture, at the picture's size.

    Attributes:
        class_ids: uint8 (H, W).
        confidences: uint8 (H, W), 255 being certain; None where none came.
        names: stripped class names by id.
    """

    class_ids: NDArray[np.uint8]
    confidences: NDArray[np.uint8] | None
    names: dict[int, str]

    def count(self) -> dict[str, int]:
        """Pixels by class name, of the classes that are there."""
        ids, pixels = np.unique(self.class_ids, return_counts=True)
        return {self.names[int(id_)]: int(count) for id_, count in zip(ids, pixels, strict=True)}

    def tell(self, x: int, y: int) -> str:
        """What a reviewer should read while pointing at a pixel."""
        id_ = int(self.class_ids[y, x])
        assert self.confidences is not None
        percent = self.confidences[y, x] / 255 * 100
        return f"{self.names[id_]} id {id_} confidence {percent:.1f} % x {x:,} y {y:,}"


def ask(server: str, model: str, confidence: int, picture: bytes) -> Truth:
    """Ask a server about a picture, as its documentation says."""
    request = urllib.request.Request(
        f"{server}/{model}?confidence={confidence}", data=base64.b64encode(picture), method="POST"
    )
    with urllib.request.urlopen(request, timeout=60) as answer:
        return read_truth(answer.read())


def read_truth(body: bytes) -> Truth:
    """Read a flat answer."""
    answer: dict[str, Any] = json.loads(body)
    size_wh = answer["image"]["width"], answer["image"]["height"]
    confidences = answer.get("confidence_mask")
    return Truth(
        _decode(answer["segmentation_mask"], size_wh),
        _decode(confidences, size_wh) if confidences else None,
        {int(id_): name.strip() for id_, name in answer["class_map"].items()},
    )


def _decode(text: str, size_wh: tuple[int, int]) -> NDArray[np.uint8]:
    with Image.open(io.BytesIO(base64.b64decode(text))) as picture:
        values = np.asarray(picture, np.uint8)
    rows = np.arange(size_wh[1]) * values.shape[0] // size_wh[1]
    columns = np.arange(size_wh[0]) * values.shape[1] // size_wh[0]
    return np.ascontiguousarray(values[rows[:, None], columns])
