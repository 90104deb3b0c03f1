"""Mask images: gray PNGs whose pixel values are class ids or confidences."""

from __future__ import annotations

import io
import struct
import zlib
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from components.errors import MalformedAnswer
from components.model.image import SizeWH

MAX_PIXELS = 64_000_000
"""More than any picture the desk takes in, and below the size at which Pillow warns of a bomb."""

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_GRAY = 0
_PALETTE = 3


@dataclass(frozen=True, slots=True)
class PngHeader:
    """What a PNG says of itself in its IHDR chunk.

    Attributes:
        size_wh: pixels.
        bit_depth: bits a sample.
        colour_type: 0 gray, 2 RGB, 3 palette, 4 gray with alpha, 6 RGB with alpha.
        is_interlaced: whether the rows come in Adam7 order.
    """

    size_wh: SizeWH
    bit_depth: int
    colour_type: int
    is_interlaced: bool

    @property
    def is_plain_gray(self) -> bool:
        """Whether pixel values can be read as they are: 8-bit gray, rows in order."""
        return self.colour_type == _GRAY and self.bit_depth == 8 and not self.is_interlaced


def read_header(png: bytes, *, what: str) -> PngHeader:
    """Walk a PNG's chunks, check every checksum and its end, and return its header.

    The pixels are not decompressed: checksums catch what transport can break, at the speed of
    crc32; a stream that is wrong by intent is caught where it is decoded.

    Args:
        png: the file.
        what: what it is called in a message, for example "mask".

    Raises:
        MalformedAnswer: not a PNG, cut short, damaged, or larger than MAX_PIXELS.
    """
    if not png.startswith(_SIGNATURE):
        raise _malformed(what, "is not a PNG image", f"starts with {png[:8]!r}")
    view = memoryview(png)
    at = len(_SIGNATURE)
    header: PngHeader | None = None
    has_pixels = False
    while True:
        if at + 12 > len(png):
            raise _malformed(what, "is cut short", f"{len(png)} bytes, no IEND")
        length = int.from_bytes(view[at : at + 4], "big")
        kind = bytes(view[at + 4 : at + 8])
        end = at + 8 + length
        if end + 4 > len(png):
            raise _malformed(what, "is cut short", f"chunk {kind!r} of {length} bytes")
        if zlib.crc32(view[at + 4 : end]) != int.from_bytes(view[end : end + 4], "big"):
            raise _malformed(what, "is damaged", f"checksum of chunk {kind!r}")
        if header is None:
            header = _read_ihdr(kind, bytes(view[at + 8 : end]), what)
        has_pixels = has_pixels or kind == b"IDAT"
        if kind == b"IEND":
            break
        at = end + 4
    if not has_pixels:
        raise _malformed(what, "has no pixels", "no IDAT chunk")
    return header


def _read_ihdr(kind: bytes, body: bytes, what: str) -> PngHeader:
    if kind != b"IHDR" or len(body) != 13:
        raise _malformed(what, "is damaged", f"first chunk {kind!r} of {len(body)} bytes")
    width, height, depth, colour, _, _, interlace = struct.unpack(">IIBBBBB", body)
    if not width or not height:
        raise _malformed(what, "has no pixels", f"{width} x {height}")
    if width * height > MAX_PIXELS:
        raise _malformed(what, "is larger than this desk can show", f"{width} x {height}")
    return PngHeader((width, height), depth, colour, interlace != 0)


def decode_gray(png: bytes, *, what: str) -> NDArray[np.uint8]:
    """Pixel values of a mask image.

    Args:
        png: a PNG of class ids or confidences: gray of up to 16 bits, a palette (its indices
            count), or RGB whose channels are equal.
        what: what it is called in a message, for example "mask".

    Returns:
        uint8 (H, W).

    Raises:
        MalformedAnswer: it cannot be decoded, or holds something other than values 0–255.
    """
    header = read_header(png, what=what)
    try:
        with Image.open(io.BytesIO(png), formats=["PNG"]) as image:
            values = np.asarray(image)
    # Pillow's readers raise these for broken streams; SyntaxError is theirs too.
    except (OSError, SyntaxError, ValueError, zlib.error, struct.error, MemoryError) as error:
        raise _malformed(what, "could not be decoded", str(error)) from error
    if header.colour_type not in (_GRAY, _PALETTE):
        if header.bit_depth == 16:
            # Pillow would drop the lower half of each sample, and with it the ids.
            raise _malformed(what, "is a 16-bit colour picture", "class ids are gray samples")
        values = _squeeze_channels(values, header, what)
    if values.dtype == bool:
        return values.astype(np.uint8)
    if header.colour_type == _GRAY and header.bit_depth in (2, 4):
        # Pillow spreads short samples over 0–255; class ids are the samples themselves.
        values = values // (255 // (2**header.bit_depth - 1))
    if values.dtype != np.uint8:
        if values.min() < 0 or values.max() > 255:
            raise _malformed(what, "holds values above 255", f"up to {values.max()}")
        values = values.astype(np.uint8)
    return values


def _squeeze_channels(values: NDArray[np.uint8], header: PngHeader, what: str) -> NDArray[np.uint8]:
    colours = values[..., :1] if header.colour_type == 4 else values[..., :3]
    first = colours[..., 0]
    if any((colours[..., at] != first).any() for at in range(1, colours.shape[-1])):
        raise _malformed(what, "is a colour picture, not a map of class ids", "RGB channels differ")
    return np.ascontiguousarray(first)


def encode_gray(values: NDArray[np.uint8]) -> bytes:
    """A plain 8-bit gray PNG of uint8 (H, W) values."""
    buffer = io.BytesIO()
    Image.fromarray(values).save(buffer, "PNG", compress_level=3)
    return buffer.getvalue()


def _malformed(what: str, fault: str, detail: str) -> MalformedAnswer:
    return MalformedAnswer(
        f"The server's {what} {fault}, so it cannot be shown. Ask again; if it happens again, "
        "tell whoever runs the model server.",
        f"{what} {fault}: {detail}",
    )
