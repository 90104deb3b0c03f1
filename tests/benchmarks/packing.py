"""From an answer's JSON to what the browser needs: the viewer's packet, or a drawn overlay."""

from __future__ import annotations

import base64
import io
import json
import struct
from collections.abc import Iterator
from importlib import import_module
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from components.display.packet import pack_view
from components.inference.wire import parse_answer
from components.model.areas import count_pixels
from components.model.classes import list_classes
from components.model.png import decode_gray
from tests.benchmarks.material import (
    make_answer,
    make_class_ids,
    make_confidences,
    make_pictures,
    make_source_image,
)
from tests.benchmarks.measuring import Row, compare_speed, require_equal, time_in_turns


def measure_packet() -> Iterator[Row]:
    """The packet against supervision's MaskAnnotator, both from the same bytes of JSON.

    The peer's picture is decoded beforehand, its masks are made of a lossless PNG by OpenCV, the
    background is left out, and boxes it has to have come from its own function.
    """
    cv2: Any = import_module("cv2")
    sv: Any = import_module("supervision")
    class_ids = make_class_ids()
    image = make_source_image(next(make_pictures(1)))
    bare = make_answer(class_ids, None)
    with_confidence = make_answer(class_ids, make_confidences())
    with Image.open(io.BytesIO(image.data)) as picture:
        rgb = np.asarray(picture.convert("RGB"))
    annotator = sv.MaskAnnotator()

    def pack(body: bytes) -> bytes:
        prediction = parse_answer(body)
        return pack_view(image, prediction, list_classes(prediction.class_map), 50)

    def detect() -> Any:
        answer = json.loads(bare)
        png = np.frombuffer(base64.b64decode(answer["segmentation_mask"]), np.uint8)
        ids = cv2.imdecode(png, cv2.IMREAD_UNCHANGED)
        present = np.unique(ids)
        present = present[present != 0]
        masks = ids == present[:, None, None]
        return sv.Detections(xyxy=sv.mask_to_xyxy(masks), mask=masks, class_id=present.astype(int))

    def annotate() -> NDArray[np.uint8]:
        drawn: NDArray[np.uint8] = annotator.annotate(rgb.copy(), detect())
        return drawn

    def send() -> bytes:
        # As st.image does with an array that it may not shrink: Pillow, JPEG, quality 100.
        buffer = io.BytesIO()
        Image.fromarray(annotate()).save(buffer, "JPEG", quality=100)
        return buffer.getvalue()

    _check(pack(bare), class_ids)
    detections = detect()
    require_equal(
        "packet: the peer's masks",
        dict(zip(detections.class_id.tolist(), detections.mask.sum((1, 2)).tolist(), strict=True)),
        {at: n for at, n in enumerate(count_pixels(class_ids).tolist()) if n and at},
    )
    seconds = time_in_turns(
        {
            "ours": lambda: pack(bare),
            "ours with confidence": lambda: pack(with_confidence),
            "annotate": annotate,
            "send": send,
        }
    )
    name = f"packet: 12 MP answer of {len(bare) / 1e6:.1f} MB to what is sent to the browser"
    yield compare_speed(
        name, seconds["ours"], seconds["send"], "JSON to sv.MaskAnnotator to JPEG", 100
    )
    yield compare_speed(
        "packet: the same, the peer's JPEG not counted",
        seconds["ours"],
        seconds["annotate"],
        "JSON to sv.MaskAnnotator",
        100,
    )
    yield compare_speed(
        f"packet: ours with a confidence mask too, {len(with_confidence) / 1e6:.1f} MB; the peer "
        "without",
        seconds["ours with confidence"],
        seconds["send"],
        "JSON to sv.MaskAnnotator to JPEG",
        None,
    )


def _check(packet: bytes, class_ids: NDArray[np.uint8]) -> None:
    """The packet's mask, decoded, is the mask the answer was made of."""
    (length,) = struct.unpack_from("<I", packet)
    header = json.loads(packet[4 : 4 + length])
    start = 4 + length + header["image"]["bytes"]
    mask = decode_gray(packet[start : start + header["mask"]["bytes"]], what="mask")
    require_equal("packet: the mask in it", mask.tobytes(), class_ids.tobytes())
