"""Plain pixels written as PNG or JPEG, no larger than a server takes."""

from __future__ import annotations

import io
import math
from dataclasses import dataclass, field

from PIL import Image

from components.errors import ImageTooLarge
from components.model.image import SizeWH

# Level 4 writes flat pictures about as small as Pillow's 6, and noisy ones in 60 % of the time.
_PNG_LEVEL = 4
_BEST, _GOOD = 92, 85
# libjpeg's own limit, JPEG_MAX_DIMENSION.
_MAX_JPEG_SIDE = 65_500
# Bytes grow more slowly than pixels: halving the sides of a photograph leaves about a third.
_BYTES_PER_SIDE = 1.6
_MAX_SHRINKS = 12
# A file this full of what the server takes is not worth another try.
_WELL_FILLED = 0.6


@dataclass(frozen=True, slots=True)
class Encoded:
    """An encoded picture.

    Attributes:
        data: the file.
        media_type: "image/png" or "image/jpeg".
        size_wh: its pixels.
        notes: plain sentences about what was lost.
    """

    data: bytes = field(repr=False)
    media_type: str
    size_wh: SizeWH
    notes: tuple[str, ...]


class _Full(Exception):
    """More bytes than the sink takes."""


class _Sink(io.BytesIO):
    """A file that ends the writing as soon as it would grow too large."""

    def __init__(self, max_bytes: int) -> None:
        super().__init__()
        self._max_bytes = max_bytes

    def write(self, data: bytes, /) -> int:  # type: ignore[override]
        if self.tell() + len(data) > self._max_bytes:
            raise _Full
        return super().write(data)


def encode_within(
    image: Image.Image, *, name: str, lossless: bool, source_bytes: int, max_bytes: int
) -> Encoded:
    """Encode a picture with as little loss as its size allows.

    PNG for a lossless source if that fits; else JPEG without colour subsampling, at quality 92,
    then 85, then made smaller.

    Args:
        image: mode "L" or "RGB".
        name: how the picture is called in a message.
        lossless: whether the source was stored without loss.
        source_bytes: size of the source's file.
        max_bytes: the file may not be larger.

    Returns:
        A file of at most `max_bytes`.

    Raises:
        ImageTooLarge: even a tiny version is larger than that.
    """
    if lossless and (data := _write(image, "PNG", max_bytes, compress_level=_PNG_LEVEL)):
        return Encoded(data, "image/png", image.size, ())
    size = 0
    if max(image.size) <= _MAX_JPEG_SIDE:
        data = _write_jpeg(image, _BEST, max_bytes)
        if data is not None:
            return Encoded(
                data, "image/jpeg", image.size, _notes(lossless, source_bytes > max_bytes)
            )
        # Written to its end even if too large: by how much tells how far to shrink.
        data = _write_jpeg(image, _GOOD, None) or b""
        size = len(data)
        if size <= max_bytes:
            return Encoded(data, "image/jpeg", image.size, _notes(lossless, True))
    return _shrink_within(image, size, max_bytes, name)


def _notes(lossless: bool, squeezed: bool) -> tuple[str, ...]:
    if lossless:
        return ("Compressed as JPEG so that the server accepts it.",)
    return ("Compressed more strongly so that the server accepts it.",) if squeezed else ()


def _shrink_within(image: Image.Image, size: int, max_bytes: int, name: str) -> Encoded:
    """Shrink by what the last sizes tell until the file fits, mostly at the first or second try.

    Args:
        image: the picture.
        size: bytes at full size; 0 where not known, as JPEG cannot hold that many pixels a side.
        max_bytes: the file may not be larger.
        name: how the picture is called in a message.

    Returns:
        A file that fits and, tries permitting, does not waste what the server takes.

    Raises:
        ImageTooLarge: even a tiny version does not fit.
    """
    top = min(1.0, _MAX_JPEG_SIDE / max(image.size))
    scale = _guess(top, size, max_bytes) if size else top
    over = (top, size)
    best: Encoded | None = None
    for attempt in range(_MAX_SHRINKS):
        width, height = (max(1, round(side * scale)) for side in image.size)
        small = image.resize((width, height), Image.Resampling.LANCZOS, reducing_gap=2.0)
        data = _write_jpeg(small, _GOOD, None) or b""
        if len(data) > max_bytes:
            if best is not None and attempt >= 2:
                return best
            over = (scale, len(data))
            scale = _guess(scale, len(data), max_bytes)
            continue
        if best is None or len(data) > len(best.data):
            was, now = _spell(image.size), _spell(small.size)
            note = f"Made smaller from {was} to {now} pixels so that the server accepts it."
            best = Encoded(data, "image/jpeg", small.size, (note,))
        if len(data) >= _WELL_FILLED * max_bytes or scale >= top or attempt >= 2:
            return best
        scale = _between((scale, len(data)), over, max_bytes)
    if best is not None:
        return best
    raise ImageTooLarge(
        f"{name} cannot be made small enough for the server, which takes {max_bytes:,} bytes. "
        "Ask whoever runs the desk to raise that limit."
    )


def _guess(scale: float, size: int, max_bytes: int) -> float:
    """A scale that may fit, from one that did not."""
    return scale * min(0.97, 0.98 * math.pow(max_bytes / size, 1 / _BYTES_PER_SIDE))


def _between(fits: tuple[float, int], over: tuple[float, int], max_bytes: int) -> float:
    """A larger scale that may fit, between one that does and one that does not.

    Bytes are taken to grow as a power of the scale.
    """
    span = math.log(over[0] / fits[0])
    power = math.log(over[1] / fits[1]) / span
    return fits[0] * math.exp(min(span, math.log(0.9 * max_bytes / fits[1]) / power))


def _write_jpeg(image: Image.Image, quality: int, max_bytes: int | None) -> bytes | None:
    return _write(image, "JPEG", max_bytes, quality=quality, subsampling=0)


def _write(image: Image.Image, kind: str, max_bytes: int | None, **options: int) -> bytes | None:
    sink = io.BytesIO() if max_bytes is None else _Sink(max_bytes)
    try:
        image.save(sink, kind, **options)
    except _Full:
        return None
    return sink.getvalue()


def _spell(size_wh: SizeWH) -> str:
    return f"{size_wh[0]:,} × {size_wh[1]:,}"
