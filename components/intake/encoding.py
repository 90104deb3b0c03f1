"""Plain pixels written as PNG or JPEG, no larger than a server takes."""

from __future__ import annotations

import io
from dataclasses import dataclass, field

from PIL import Image

from components.errors import ImageTooLarge
from components.model.image import SizeWH

# Level 4 writes flat pictures about as small as Pillow's 6, and noisy ones in 60 % of the time.
_PNG_LEVEL = 4
_QUALITIES = (92, 85)
# libjpeg's own limit, JPEG_MAX_DIMENSION.
_MAX_JPEG_SIDE = 65_500
# Bytes grow more slowly than pixels: halving the sides of a photograph leaves about a third.
_BYTES_PER_SIDE = 1.6
_MAX_SHRINKS = 12


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
    image: Image.Image, *, lossless: bool, source_bytes: int, max_bytes: int
) -> Encoded:
    """Encode a picture with as little loss as its size allows.

    PNG for a lossless source if that fits; else JPEG without colour subsampling, at quality 92,
    then 85, then made smaller.

    Args:
        image: mode "L" or "RGB".
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
    notes: tuple[str, ...]
    size = 0
    if max(image.size) <= _MAX_JPEG_SIDE:
        for quality in _QUALITIES:
            data = _write_jpeg(image, quality, max_bytes)
            if data is not None:
                squeezed = source_bytes > max_bytes or quality != _QUALITIES[0]
                if lossless:
                    notes = ("Compressed as JPEG so that the server accepts it.",)
                elif squeezed:
                    notes = ("Compressed more strongly so that the server accepts it.",)
                else:
                    notes = ()
                return Encoded(data, "image/jpeg", image.size, notes)
        size = len(_write_jpeg(image, _QUALITIES[-1], None) or b"")
    return _shrunk(image, size, max_bytes)


def _shrunk(image: Image.Image, size: int, max_bytes: int) -> Encoded:
    scale = min(1.0, _MAX_JPEG_SIDE / max(image.size))
    for _ in range(_MAX_SHRINKS):
        if size:
            scale *= min(0.97, 0.98 * (max_bytes / size) ** (1 / _BYTES_PER_SIDE))
        width, height = (max(1, round(side * scale)) for side in image.size)
        small = image.resize((width, height), Image.Resampling.LANCZOS, reducing_gap=2.0)
        data = _write_jpeg(small, _QUALITIES[-1], None) or b""
        size = len(data)
        if size <= max_bytes:
            was, now = _spell(image.size), _spell(small.size)
            note = f"Made smaller from {was} to {now} pixels so that the server accepts it."
            return Encoded(data, "image/jpeg", small.size, (note,))
    raise ImageTooLarge(
        f"The picture cannot be made small enough for the server, which takes {max_bytes:,} "
        "bytes. Ask whoever runs the desk to raise that limit."
    )


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
