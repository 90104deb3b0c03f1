"""Viewer packets made from arrays, by the format alone: no code of the product has a part."""

from __future__ import annotations

import hashlib
import io
import json
import struct
import zlib
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image

Gray = NDArray[np.uint8]

BASE_COLOURS: Final = (
    "#9aa0a6",
    "#56b4e9",
    "#0072b2",
    "#009e73",
    "#e69f00",
    "#d55e00",
    "#cc79a7",
    "#f0e442",
)
PALETTE: Final = BASE_COLOURS + tuple(
    f"#{(i * 67) % 256:02x}{(i * 29 + 80) % 256:02x}{(i * 151 + 40) % 256:02x}"
    for i in range(len(BASE_COLOURS), 256)
)


def class_entry(class_id: int, name: str, *, background: bool = False) -> dict[str, Any]:
    """One class of the header, in the palette's colour of its id."""
    return {
        "id": class_id,
        "name": name,
        "colour": PALETTE[class_id],
        "background": background,
    }


def gray_png(values: Gray, *, filters: bytes | None = None) -> bytes:
    """Write an 8-bit gray PNG with a chosen filter for every row.

    Args:
        values: uint8, shape (height, width).
        filters: one filter type (0-4, PNG specification section 9) a row; all 0 where None.
    """
    height, width = values.shape
    rows = values.astype(np.int32)
    kinds = filters if filters is not None else bytes(height)
    raw = bytearray()
    for y in range(height):
        row = rows[y]
        above = rows[y - 1] if y else np.zeros_like(row)
        left = np.concatenate(([0], row[:-1]))
        corner = np.concatenate(([0], above[:-1]))
        guess = left + above - corner
        distances = np.stack([abs(guess - left), abs(guess - above), abs(guess - corner)])
        paeth = np.choose(np.argmin(distances, axis=0), [left, above, corner])
        predicted = (0, left, above, (left + above) // 2, paeth)[kinds[y]]
        raw.append(kinds[y])
        raw += ((row - predicted) % 256).astype(np.uint8).tobytes()
    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    packed = zlib.compress(bytes(raw))
    # Two IDAT chunks, cut anywhere: a reader has to join them.
    cut = len(packed) // 3
    chunks = [(b"IHDR", head), (b"IDAT", packed[:cut]), (b"IDAT", packed[cut:]), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(kind, body) for kind, body in chunks)


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def encode_image(rgb: NDArray[np.uint8], kind: str = "PNG") -> bytes:
    """Encode an RGB array of shape (height, width, 3)."""
    out = io.BytesIO()
    Image.fromarray(rgb).save(out, kind, quality=90)
    return out.getvalue()


def build_packet(
    rgb: NDArray[np.uint8],
    mask: Gray | bytes | None = None,
    *,
    mask_size_wh: tuple[int, int] | None = None,
    confidence: Gray | None = None,
    classes: list[dict[str, Any]] | None = None,
    name: str = "picture.png",
    answer: str | None = None,
    image_kind: str = "PNG",
    image_bytes: bytes | None = None,
    threshold: int = 50,
    cut_to: int | None = None,
    note: str = "",
    link: dict[str, str] | None = None,
) -> bytes:
    """Build a viewer packet.

    Args:
        rgb: the image, uint8, shape (height, width, 3).
        mask: class ids, uint8, shape (height, width), or bytes to stand for a mask as they are.
        mask_size_wh: the size to promise where the mask is given as bytes.
        confidence: uint8, shape (height, width); of the mask's size or of another.
        classes: header entries, see `class_entry`; three named classes where None.
        name: file name to show.
        answer: hash of the answer; made from mask and confidence where None.
        image_kind: "PNG" or "JPEG".
        image_bytes: bytes to stand for the image as they are.
        threshold: the confidence in force, percent.
        cut_to: class id that pixels below the confidence take; None for no live cut.
        note: what the desk says about the confidence.
        link: what a copied link names.
    """
    image = encode_image(rgb, image_kind) if image_bytes is None else image_bytes
    mask_bytes = gray_png(mask) if isinstance(mask, np.ndarray) else mask
    if isinstance(mask, np.ndarray):
        mask_size_wh = (mask.shape[1], mask.shape[0])
    confidence_bytes = None if confidence is None else gray_png(confidence)
    if classes is None:
        classes = [
            class_entry(0, "background", background=True),
            class_entry(1, "sky"),
            class_entry(2, "water"),
        ]
    if answer is None:
        held = (mask_bytes or b"") + (confidence_bytes or b"")
        answer = hashlib.sha256(held).hexdigest() if held else ""

    def part(data: bytes | None, size_wh: tuple[int, int] | None) -> dict[str, int] | None:
        if data is None or size_wh is None:
            return None
        return {"bytes": len(data), "w": size_wh[0], "h": size_wh[1]}

    height, width = rgb.shape[:2]
    header = {
        "v": 1,
        "id": hashlib.sha256(image).hexdigest(),
        "answer": answer,
        "name": name,
        "image": {
            "type": f"image/{image_kind.lower()}",
            "bytes": len(image),
            "w": width,
            "h": height,
        },
        "mask": part(mask_bytes, mask_size_wh),
        "confidence": part(
            confidence_bytes,
            None if confidence is None else (confidence.shape[1], confidence.shape[0]),
        ),
        "classes": classes,
        "palette": list(PALETTE),
        "threshold": threshold,
        "cut": None if cut_to is None else {"to": cut_to},
        "note": note,
        "link": link or {},
    }
    text = json.dumps(header).encode()
    return (
        struct.pack("<I", len(text))
        + text
        + image
        + (mask_bytes or b"")
        + (confidence_bytes or b"")
    )


def edited(packet: bytes, change: dict[str, Any]) -> bytes:
    """Change entries of a packet's header and leave the rest as it is."""
    length = struct.unpack_from("<I", packet)[0]
    header = json.dumps(json.loads(packet[4 : 4 + length]) | change).encode()
    return struct.pack("<I", len(header)) + header + packet[4 + length :]


def cut(mask: Gray, confidence: Gray, percent: int, to: int, size_wh: tuple[int, int]) -> Gray:
    """The mask over the image at a confidence, uint8, shape (height, width) of the image.

    A pixel keeps its class where confidence byte / 255 >= percent / 100; 0 % counts as 1 %.
    """
    sure = stretch(confidence, size_wh).astype(np.int64) * 100 >= max(percent, 1) * 255
    return np.where(sure, stretch(mask, size_wh), np.uint8(to))


def stretch(values: Gray, size_wh: tuple[int, int]) -> Gray:
    """Stretch by floor mapping: column x shows column floor(x * width / new width)."""
    width, height = size_wh
    columns = np.arange(width) * values.shape[1] // width
    rows = np.arange(height) * values.shape[0] // height
    stretched: Gray = values[rows[:, None], columns[None, :]]
    return stretched


def format_share(pixels: int, total: int) -> str:
    """A share of the image as the viewer writes it."""
    percent = Decimal(pixels / total * 100)
    if 0 < percent < Decimal("0.05"):
        return "< 0.1 %"
    if Decimal("99.95") <= percent < 100:
        return "> 99.9 %"
    return f"{percent.quantize(Decimal('0.1'), ROUND_HALF_UP)} %"
