"""Files that people drop on a desk: pictures that know which way is up, and broken ones."""

from __future__ import annotations

import io
import struct
import zlib
from typing import Final

import numpy as np
import pillow_heif
from PIL import Image

from tests.pictures import make_jpeg

SIZE_WH: Final = (96, 64)
CORNERS: Final = {
    (0.15, 0.15): (200, 30, 30),
    (0.85, 0.15): (30, 180, 40),
    (0.15, 0.85): (40, 60, 210),
    (0.85, 0.85): (230, 220, 60),
}
"""Colours of the four quarters of `draw_quarters`, by a place (x, y) in them, 0 to 1."""

_EXIF_ORIENTATION: Final = 0x0112


def draw_quarters() -> Image.Image:
    """A picture of four quarters in the colours of `CORNERS`, upright."""
    picture = Image.new("RGB", SIZE_WH)
    width, height = SIZE_WH
    for (x, y), colour in CORNERS.items():
        left, top = (x > 0.5) * width // 2, (y > 0.5) * height // 2
        picture.paste(colour, (left, top, left + width // 2, top + height // 2))
    return picture


def make_turned_jpeg() -> bytes:
    """The quarters, lying on their side, with the EXIF word that says how to turn them (6)."""
    exif = Image.Exif()
    exif[_EXIF_ORIENTATION] = 6
    # 6: the stored picture has to be turned a quarter clockwise to be upright.
    lying = draw_quarters().transpose(Image.Transpose.ROTATE_90)
    return _save(lying, "JPEG", quality=95, subsampling=0, exif=exif)


def make_webp() -> bytes:
    """The quarters as lossless WebP."""
    return _save(draw_quarters(), "WEBP", lossless=True)


def make_heic() -> bytes:
    """The quarters as HEIC."""
    buffer = io.BytesIO()
    pillow_heif.from_pillow(draw_quarters()).save(buffer, quality=95)
    return buffer.getvalue()


def make_deep_png() -> bytes:
    """The quarters as 16-bit grey, darker to brighter in the order of `CORNERS`."""
    width, height = SIZE_WH
    values = np.zeros((height, width), np.uint16)
    for (x, y), grey in zip(CORNERS, GREYS, strict=True):
        rows = slice(height // 2, None) if y > 0.5 else slice(height // 2)
        columns = slice(width // 2, None) if x > 0.5 else slice(width // 2)
        values[rows, columns] = grey * 257
    return _save(Image.fromarray(values), "PNG")


GREYS: Final = (10, 90, 170, 250)
"""What the quarters of `make_deep_png` are in 8 bits."""


def make_bad_files() -> dict[str, bytes]:
    """Files that are no picture, by name."""
    header = struct.pack(">IIBBBBB", 100_000, 100_000, 8, 2, 0, 0, 0)
    chunks = (b"IHDR", header), (b"IDAT", zlib.compress(bytes(1000))), (b"IEND", b"")
    bomb = b"\x89PNG\r\n\x1a\n" + b"".join(_write_chunk(*chunk) for chunk in chunks)
    return {
        "letter.jpg": b"Dear reviewer, this is no picture.\n" * 20,
        "empty.png": b"",
        "cut short.jpg": make_jpeg((640, 480))[:2000],
        "bomb.png": bomb,
    }


def _write_chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def _save(picture: Image.Image, kind: str, **options: object) -> bytes:
    buffer = io.BytesIO()
    picture.save(buffer, kind, **options)
    return buffer.getvalue()
