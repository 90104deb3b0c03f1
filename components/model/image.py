"""A picture as the desk knows it: the very bytes that are shown and sent."""

from __future__ import annotations

from dataclasses import dataclass, field

SizeWH = tuple[int, int]
"""Width and height in pixels, in this order."""


@dataclass(frozen=True, slots=True)
class SourceImage:
    """One picture, upright, ready to be shown and sent.

    Attributes:
        name: file name to show, without a path.
        data: encoded picture (JPEG, PNG or WebP), EXIF orientation already applied; these
            bytes are both shown and sent.
        media_type: "image/jpeg", "image/png" or "image/webp", as `data` is encoded.
        size_wh: pixels of `data`.
        original_size_wh: pixels of the upright original, before any shrinking.
        original_bytes: size of the file as it came, in bytes.
        original_format: what the file was, for example "JPEG", "TIFF", "HEIF".
        sha256: hex digest of `data`; the picture's identity everywhere.
        url: the address it was fetched from; None for an upload or a sample.
        notes: plain sentences about what was done to it ("Turned upright.", "Made smaller …").
    """

    name: str
    data: bytes = field(repr=False)
    media_type: str
    size_wh: SizeWH
    original_size_wh: SizeWH
    original_bytes: int
    original_format: str
    sha256: str
    url: str | None = None
    notes: tuple[str, ...] = ()

    @property
    def scale(self) -> float:
        """Width of the sent picture over the width of the original; 1.0 when not shrunk."""
        return self.size_wh[0] / self.original_size_wh[0]
