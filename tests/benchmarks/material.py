"""What is measured on: masks, pictures and answers of a size and grain as models give them."""

from __future__ import annotations

import base64
import hashlib
import io
import json
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from components.model.image import SourceImage
from components.model.png import encode_gray

SIZE_WH = (4000, 3000)
CLASS_COUNT = 21

# Names of the 21 classes of PASCAL VOC 2012.
CLASS_NAMES = (
    "background",
    "aeroplane",
    "bicycle",
    "bird",
    "boat",
    "bottle",
    "bus",
    "car",
    "cat",
    "chair",
    "cow",
    "diningtable",
    "dog",
    "horse",
    "motorbike",
    "person",
    "pottedplant",
    "sheep",
    "sofa",
    "train",
    "tvmonitor",
)


def make_class_ids(size_wh: tuple[int, int] = SIZE_WH, seed: int = 1) -> NDArray[np.uint8]:
    """A mask of blobs with frayed edges: the likeliest class of 21 fields of smooth noise.

    The first class, the background, is the likeliest of all and covers about a third.

    Returns:
        uint8 (H, W), 0–20.
    """
    random = np.random.default_rng(seed)
    class_ids = np.zeros(size_wh[::-1], np.uint8)
    best = np.full(size_wh[::-1], 1.0, np.float32)
    for class_id in range(1, CLASS_COUNT):
        field = _make_noise(random, size_wh, 8) + 0.12 * _make_noise(random, size_wh, 60)
        better = field > best
        class_ids[better] = class_id
        np.maximum(best, field, out=best)
    return class_ids


def count_runs(class_ids: NDArray[np.uint8]) -> int:
    """Runs of equal ids, row by row as they lie in memory."""
    flat = class_ids.ravel()
    return 1 + int(np.count_nonzero(flat[1:] != flat[:-1]))


def _make_noise(
    random: np.random.Generator, size_wh: tuple[int, int], cells: int
) -> NDArray[np.float32]:
    """Smooth noise of unit variance at its grid points, `cells` of them along the short side."""
    shape = (cells, cells * size_wh[0] // size_wh[1])
    small = Image.fromarray(random.standard_normal(shape, np.float32))
    return np.asarray(small.resize(size_wh, Image.Resampling.BICUBIC))


def make_pictures(count: int, size_wh: tuple[int, int] = SIZE_WH) -> Iterator[bytes]:
    """JPEGs with the grain of photographs, each another one, 3 to 5 MB at 12 MP.

    Each is cut from one large canvas at another place, so that making many does not take long.

    Yields:
        JPEG files.
    """
    random = np.random.default_rng(3)
    canvas_wh = (size_wh[0] + 800, size_wh[1] + 600)
    canvas = _draw_canvas(random, canvas_wh)
    for at in range(count):
        left, top = random.integers(0, 800), random.integers(0, 600)
        cut = canvas[top : top + size_wh[1], left : left + size_wh[0]]
        if at % 2:
            cut = cut[:, ::-1]
        # Another order of the colours makes another picture, and so another answer.
        cut = np.ascontiguousarray(cut[..., random.permutation(3)])
        buffer = io.BytesIO()
        Image.fromarray(cut).save(buffer, "JPEG", quality=int(random.integers(84, 91)))
        yield buffer.getvalue()


def _draw_canvas(random: np.random.Generator, size_wh: tuple[int, int]) -> NDArray[np.uint8]:
    canvas = np.empty((*size_wh[::-1], 3), np.uint8)
    grain = random.standard_normal(size_wh[::-1], np.float32) * 9
    shared = sum(
        _make_noise(random, size_wh, cells) * (240 / cells**0.6) for cells in (20, 90, 400)
    )
    for band in range(3):
        plane = 120 + shared + grain
        for cells in (4, 30, 200):
            plane = plane + _make_noise(random, size_wh, cells) * (80 / cells**0.5)
        canvas[..., band] = np.clip(plane, 0, 255)
    return canvas


def make_source_image(jpeg: bytes, name: str = "photo.jpg") -> SourceImage:
    """A picture as intake gives it."""
    with Image.open(io.BytesIO(jpeg)) as picture:
        size_wh = picture.size
    return SourceImage(
        name=name,
        data=jpeg,
        media_type="image/jpeg",
        size_wh=size_wh,
        original_size_wh=size_wh,
        original_bytes=len(jpeg),
        original_format="JPEG",
        sha256=hashlib.sha256(jpeg).hexdigest(),
    )


def make_answer(class_ids: NDArray[np.uint8], confidences: NDArray[np.uint8] | None) -> bytes:
    """An answer with the three documented keys, and with a confidence mask where one is given.

    Args:
        class_ids: uint8 (H, W).
        confidences: uint8 (H, W), 0–255.
    """
    answer = {
        "segmentation_mask": base64.b64encode(encode_gray(class_ids)).decode(),
        "class_map": {str(class_id): name for class_id, name in enumerate(CLASS_NAMES)},
        "image": {"width": class_ids.shape[1], "height": class_ids.shape[0]},
    }
    if confidences is not None:
        answer["confidence_mask"] = base64.b64encode(encode_gray(confidences)).decode()
    return json.dumps(answer).encode()


def make_confidences(size_wh: tuple[int, int] = SIZE_WH, seed: int = 2) -> NDArray[np.uint8]:
    """Confidences as a softmax gives them: mostly near 1, smooth, lower here and there."""
    random = np.random.default_rng(seed)
    field = _make_noise(random, size_wh, 12) + 0.3 * _make_noise(random, size_wh, 80)
    return np.asarray(255 / (1 + np.exp(-2.5 - 2 * field)), np.uint8)
