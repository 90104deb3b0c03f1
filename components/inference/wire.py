"""The segmentation API's JSON: the only file that knows it."""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import re
from collections.abc import Mapping
from typing import Any

from components.errors import MalformedAnswer
from components.model.image import SizeWH
from components.model.png import decode_gray, encode_gray, read_header
from components.model.prediction import Prediction

_MOST_BRACKETS = 20_000
_LONGEST_NAME = 1000
_LONGEST_MESSAGE = 20_000
_DATA_PREFIX = re.compile(r"data:[\w/+.-]*;base64,")


def parse_answer(body: bytes) -> Prediction:
    """Read a 2xx answer, flat as the hosted service documents it or nested under `predictions`.

    Masks are checked by header and checksum and kept as they came; only a mask that is not plain
    8-bit gray is decoded, to be encoded as one.

    Args:
        body: the answer's JSON, UTF-8.

    Raises:
        MalformedAnswer: anything the contract does not allow.
    """
    try:
        # Masks are text: an answer has few lists and objects, and each of them costs memory.
        if body.count(b"[") + body.count(b"{") > _MOST_BRACKETS:
            raise ValueError("too many lists and objects")
        answer = json.loads(body)
    # A deep nest of brackets is a RecursionError, bad UTF-8 and bad JSON are ValueErrors.
    except (ValueError, RecursionError) as error:
        raise _malformed("is not JSON", f"{type(error).__name__}, {len(body)} bytes") from error
    if not isinstance(answer, dict):
        raise _malformed("is not a JSON object", type(answer).__name__)
    fields = _find_fields(answer)
    mask_png, mask_size = _read_mask(fields["segmentation_mask"], "mask")
    confidence_png, confidence_size = None, None
    if fields.get("confidence_mask") is not None:
        confidence_png, confidence_size = _read_mask(fields["confidence_mask"], "confidence mask")
    class_map = _read_class_map(fields.get("class_map", answer.get("class_map")))
    digest = hashlib.sha256(mask_png)
    digest.update(confidence_png or b"")
    digest.update(json.dumps(sorted(class_map.items())).encode())
    inference_id = answer.get("inference_id")
    return Prediction(
        mask_png=mask_png,
        mask_size_wh=mask_size,
        confidence_png=confidence_png,
        confidence_size_wh=confidence_size,
        class_map=class_map,
        image_size_wh=_read_size(answer.get("image", fields.get("image"))),
        inference_id=_encodable(inference_id)[:100] if isinstance(inference_id, str) else "",
        server_seconds=_read_seconds(answer.get("time", fields.get("time"))),
        sha256=digest.hexdigest(),
    )


def parse_error(body: bytes) -> str:
    """The server's own words in an error answer, `{"message"}` or `{"detail"}`; "" if none.

    Not cut short yet, so that a key in it can still be found whole and blanked.
    """
    try:
        answer = json.loads(body)
    except (ValueError, RecursionError):
        return ""
    if not isinstance(answer, dict):
        return ""
    for key in ("message", "detail", "error"):
        value = answer.get(key)
        if isinstance(value, list) and value and isinstance(value[0], dict):
            value = value[0].get("msg")
        if isinstance(value, dict):
            value = value.get("message")
        if isinstance(value, str) and value.strip():
            readable = "".join(sign if sign.isprintable() else " " for sign in value)
            return " ".join(readable.split())[:_LONGEST_MESSAGE]
    return ""


def _find_fields(answer: Mapping[str, Any]) -> Mapping[str, Any]:
    if "segmentation_mask" in answer:
        return answer
    predictions = answer.get("predictions")
    if isinstance(predictions, list) and len(predictions) == 1:
        predictions = predictions[0]
    if isinstance(predictions, dict) and "segmentation_mask" in predictions:
        return predictions
    if "predictions" in answer or "top" in answer:
        raise MalformedAnswer(
            "This model finds boxes or labels, not areas: its answer has no segmentation mask. "
            "Choose a semantic segmentation model.",
            f"predictions without segmentation_mask, keys {sorted(answer)[:20]}",
        )
    raise _malformed("has no segmentation mask", f"keys {sorted(answer)[:20]}")


def _read_mask(value: Any, what: str) -> tuple[bytes, SizeWH]:
    if not isinstance(value, str):
        raise _malformed(f"has a {what} that is not text", type(value).__name__)
    if value.startswith("data:"):
        value = _DATA_PREFIX.sub("", value, count=1)
    try:
        png = base64.b64decode(value, validate=False)
    except (binascii.Error, ValueError) as error:
        raise _malformed(f"has a {what} that is not base64", str(error)) from error
    header = read_header(png, what=what)
    if not header.is_plain_gray:
        values = decode_gray(png, what=what)
        return encode_gray(values), (values.shape[1], values.shape[0])
    return png, header.size_wh


def _read_class_map(value: Any) -> dict[int, str]:
    if not isinstance(value, dict):
        raise _malformed("has no class map", type(value).__name__)
    class_map: dict[int, str] = {}
    for key, name in value.items():
        if not (key.isascii() and key.isdecimal() and int(key[:9]) <= 255 and len(key) < 9):
            raise _malformed("has a class id that is not 0 to 255", repr(key[:40]))
        if not isinstance(name, str):
            raise _malformed("has a class name that is not text", type(name).__name__)
        if len(name) > _LONGEST_NAME:
            raise _malformed("has a class name that is far too long", f"{len(name)} characters")
        class_map[int(key)] = _encodable(name)
    return class_map


def _encodable(text: str) -> str:
    # JSON can hold half of a surrogate pair, which no page and no file can.
    return text.encode("utf-8", "replace").decode()


def _read_size(value: Any) -> SizeWH | None:
    if not isinstance(value, dict):
        return None
    width, height = value.get("width"), value.get("height")
    if type(width) is int and type(height) is int and 0 < width < 10**6 and 0 < height < 10**6:
        return width, height
    return None


def _read_seconds(value: Any) -> float | None:
    if isinstance(value, (int, float)) and not isinstance(value, bool) and 0 <= value < 1e6:
        return float(value)
    return None


def _malformed(fault: str, detail: str) -> MalformedAnswer:
    return MalformedAnswer(
        f"The server's answer {fault}. Check on the Connection page that the address and the model "
        "are those of a semantic segmentation server.",
        f"answer {fault}: {detail}",
    )
