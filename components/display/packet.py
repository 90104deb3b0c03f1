"""The viewer's packet: everything the browser needs to show one picture, in one run of bytes.

Layout, little-endian: uint32 length of the header; the header, UTF-8 JSON; then the picture, the
mask and the confidence mask, each as the encoded file it came as. Nothing is decoded here: the
browser reads class ids from the mask itself and colours them through a table.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from components.model.classes import ClassInfo
from components.model.image import SizeWH, SourceImage
from components.model.prediction import Prediction

VERSION = 1


def pack_view(
    image: SourceImage,
    prediction: Prediction | None,
    classes: Sequence[ClassInfo],
    confidence: int,
    *,
    is_pending: bool = False,
    cut_to: int | None = None,
    note: str = "",
    link: Mapping[str, str] | None = None,
    subject: str = "",
) -> bytes:
    """The packet for one picture and what the model said about it.

    Args:
        image: the picture, as it was sent.
        prediction: None shows the picture alone.
        classes: the 256 classes by id.
        confidence: the threshold the desk stands at, percent 0–100.
        is_pending: whether the prediction is still being asked for, so that its place is kept.
        cut_to: the class id that pixels below a threshold take, where `prediction` was asked for at
            1 and everybody cuts it for themselves; None where it is shown as it came.
        note: a plain sentence for beneath the slider; "" for none.
        link: what a copied link names: query parameters and their values.
        subject: what a decision or a remark is about: the id of the item. Who shows an item adds
            its remarks to the header (`components.ui.cards`).
    """
    mask = prediction.mask_png if prediction else b""
    confidences = (prediction.confidence_png if prediction else None) or b""
    listed, palette = _describe_classes(
        tuple(classes), tuple(sorted(prediction.class_map)) if prediction else ()
    )
    header = {
        "v": VERSION,
        "id": image.sha256,
        "answer": prediction.sha256 if prediction else "",
        "name": image.name,
        "image": _describe(image.data, image.size_wh) | {"type": image.media_type},
        "mask": _describe(mask, prediction.mask_size_wh) if prediction else None,
        "confidence": _describe(confidences, prediction.confidence_size_wh)
        if prediction and prediction.confidence_size_wh
        else None,
        "classes": listed,
        "palette": palette,
        "threshold": confidence,
        "cut": None if cut_to is None else {"to": cut_to},
        "note": note,
        "link": dict(link or {}),
        "pending": is_pending,
        "subject": subject,
    }
    return b"".join((pack_header(header), image.data, mask, confidences))


def read_header(packet: bytes) -> dict[str, Any]:
    """The header of a packet, to be changed and packed again by `pack_header`."""
    (length,) = struct.unpack_from("<I", packet)
    header: dict[str, Any] = json.loads(packet[4 : 4 + length])
    return header


def pack_header(header: Mapping[str, Any]) -> bytes:
    """A packet of this header alone, for a viewer that has picture and answer by another way."""
    encoded = json.dumps(dict(header), separators=(",", ":")).encode()
    return struct.pack("<I", len(encoded)) + encoded


def _describe(data: bytes, size_wh: SizeWH) -> dict[str, Any]:
    return {"bytes": len(data), "w": size_wh[0], "h": size_wh[1]}


@lru_cache(maxsize=64)
def _describe_classes(
    classes: tuple[ClassInfo, ...], named_ids: tuple[int, ...]
) -> tuple[list[dict[str, Any]], list[str]]:
    listed = [
        {"id": id_, "name": info.name, "colour": info.colour, "background": info.is_background}
        for id_, info in enumerate(classes)
        if id_ in named_ids or info.is_background
    ]
    return listed, [info.colour for info in classes]
