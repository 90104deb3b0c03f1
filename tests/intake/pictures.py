"""Pictures and files made for the tests, each from scratch."""

from __future__ import annotations

import io
import struct
import zlib
from typing import Any

import numpy as np
import numpy.typing as npt
import pillow_heif
from PIL import Image, ImageCms

from components.model.image import SourceImage

Pixels = npt.NDArray[np.uint8]


def scene(width: int = 40, height: int = 30, seed: int = 1) -> Pixels:
    """A smooth coloured scene with an odd corner, so that no turn or flip leaves it the same.

    Returns:
        uint8 (H, W, 3).
    """
    y, x = np.mgrid[0:height, 0:width]
    ramps = np.stack([x * 200 / width, y * 200 / height, (x + y) * 200 / (width + height)], -1)
    ramps[: height // 3, : width // 4] = (250, 20, 90)
    noise = np.random.default_rng(seed).integers(0, 4, ramps.shape)
    return (ramps + noise).astype(np.uint8)


def noise(width: int, height: int, seed: int = 1) -> Pixels:
    """A picture that no encoder makes small.

    Returns:
        uint8 (H, W, 3).
    """
    return np.random.default_rng(seed).integers(0, 256, (height, width, 3), dtype=np.uint8)


def save(image: Image.Image | npt.NDArray[Any], kind: str, **options: Any) -> bytes:
    """Encode with Pillow, or with pillow-heif for HEIF.

    Args:
        image: pixels or a Pillow image.
        kind: Pillow's format name.
        options: passed on to the writer.

    Returns:
        The file.
    """
    picture = image if isinstance(image, Image.Image) else Image.fromarray(image)
    sink = io.BytesIO()
    if kind == "HEIF":
        pillow_heif.from_pillow(picture).save(sink, **options)
    else:
        picture.save(sink, kind, **options)
    return sink.getvalue()


def pixels(image: SourceImage | bytes) -> npt.NDArray[Any]:
    """Decode, as any viewer would.

    Returns:
        uint8 (H, W, 3), or (H, W) for grey.
    """
    data = image.data if isinstance(image, SourceImage) else image
    with Image.open(io.BytesIO(data), formats=("JPEG", "PNG", "WEBP")) as opened:
        assert opened.mode in ("L", "RGB")
        return np.asarray(opened)


def chunk(kind: bytes, body: bytes) -> bytes:
    """One PNG chunk."""
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png(width: int, height: int, depth: int, colour_type: int, rows: bytes) -> bytes:
    """A PNG file from its header fields and its filtered rows, before compression."""
    header = struct.pack(">IIBBBBB", width, height, depth, colour_type, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(rows, 9))
        + chunk(b"IEND", b"")
    )


def swapped_profile() -> bytes:
    """An RGB colour profile in which red and green have changed places."""
    profile = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    # ICC.1:2022, 7.3: a count, then signature, offset and size of each tag.
    for at in range(132, 132 + 12 * int.from_bytes(profile[128:132], "big"), 12):
        signature = bytes(profile[at : at + 4])
        profile[at : at + 1] = {b"rXYZ": b"g", b"gXYZ": b"r"}.get(signature, signature[:1])
    return bytes(profile).replace("sRGB".encode("utf-16-be"), "test".encode("utf-16-be"))


def exif(orientation: int) -> Image.Exif:
    """EXIF with an orientation and a place."""
    tags = Image.Exif()
    tags[0x0112] = orientation
    tags[0x010F] = "SECRET CAMERA"
    tags[0x8825] = {1: "N", 2: (52.0, 31.0, 12.0)}
    return tags
