"""What a model said about a picture."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from components.model.image import SizeWH


@dataclass(frozen=True, slots=True)
class Prediction:
    """An answer of the segmentation API, checked and made uniform.

    Attributes:
        mask_png: 8-bit gray PNG, not interlaced; each pixel value is a class id.
        mask_size_wh: pixels of the mask as it came.
        confidence_png: 8-bit gray PNG of confidences (value / 255); None where none came.
        confidence_size_wh: pixels of the confidence mask; None where none came.
        class_map: names by class id, exactly as they came.
        image_size_wh: the picture's size as the server states it; None where it does not.
        inference_id: the server's name for this answer; "" where it gave none.
        server_seconds: the time the server says it took; None where it does not say.
        sha256: hex digest of everything above that is shown; the answer's identity.
    """

    mask_png: bytes = field(repr=False)
    mask_size_wh: SizeWH
    confidence_png: bytes | None = field(repr=False)
    confidence_size_wh: SizeWH | None
    class_map: Mapping[int, str]
    image_size_wh: SizeWH | None
    inference_id: str
    server_seconds: float | None
    sha256: str


@dataclass(frozen=True, slots=True)
class Answer:
    """A prediction and how it was had.

    Attributes:
        prediction: what came.
        address: the server asked, without key or query.
        model: "dataset/version".
        confidence: the threshold asked for, percent 0–100.
        seconds: from sending to the last byte, retries included.
        sent_bytes: size of the request body; 0 when only an address was sent.
        received_bytes: size of the answer's body.
        attempts: how often it was asked, 1 when the first call answered.
    """

    prediction: Prediction
    address: str
    model: str
    confidence: int
    seconds: float
    sent_bytes: int
    received_bytes: int
    attempts: int
