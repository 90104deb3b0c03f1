"""What each format asks of a picture: its class ids as they are written, its file, its name."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from components.errors import ExportError, InferenceError
from components.export.legend import Legend, join_colours
from components.model.areas import stretch
from components.model.classes import ClassInfo
from components.model.exhibit import Exhibit
from components.model.png import encode_gray, read_header

_SUFFIXES: Final = {"image/jpeg": ".jpg", "image/png": ".png", "image/webp": ".webp"}
_SIGNATURE: Final = b"\x89PNG\r\n\x1a\n"
_PALETTE: Final = 3
_PNG_ENDINGS: Final = 12  # length, kind and checksum of a chunk


def find_suffix(exhibit: Exhibit) -> str:
    """The suffix that goes with a picture's bytes, with its dot."""
    return _SUFFIXES[exhibit.image.media_type]


def make_class_ids(exhibit: Exhibit, legend: Legend) -> NDArray[np.uint8]:
    """The mask as it is written: cut, in the ids of the export, at the picture's size.

    Returns:
        uint8 (H, W).

    Raises:
        ExportError: there is no mask, or it cannot be decoded.
    """
    return stretch(make_small_ids(exhibit, legend), exhibit.image.size_wh)


def make_small_ids(exhibit: Exhibit, legend: Legend) -> NDArray[np.uint8]:
    """As `make_class_ids`, at the size the mask came in: uint8 (h, w)."""
    class_ids = exhibit.read_class_ids()
    table = None if exhibit.answer is None else legend.find_table(exhibit.answer.class_map)
    return class_ids if table is None else table[class_ids]


def make_gray(exhibit: Exhibit, legend: Legend) -> bytes:
    """The mask at the picture's size as an 8-bit gray PNG; the very file that came where it can be.

    Raises:
        ExportError: there is no mask, or it cannot be decoded.
    """
    if is_as_it_came(exhibit, legend):
        png = exhibit.load_mask()
        try:
            if read_header(png, what="mask").is_plain_gray:
                return png
        except InferenceError as error:
            raise ExportError(
                f"The mask of {exhibit.item.name} is damaged, so nothing with it can be exported. "
                "Ask the model about that picture again, or leave it out.",
                error.detail,
            ) from error
    return encode_gray(make_class_ids(exhibit, legend))


def make_indexed(exhibit: Exhibit, legend: Legend, *, has_alpha: bool = True) -> bytes:
    """The mask at the picture's size as a PNG with a palette: the indices are class ids.

    Raises:
        ExportError: as `make_gray`.
    """
    hidden = legend.background_id if has_alpha else None
    return _index(make_gray(exhibit, legend), legend.palette, hidden)


def index_gray(png: bytes, classes: Sequence[ClassInfo], hidden: int | None) -> bytes:
    """Give a gray PNG a palette without touching its pixels.

    An 8-bit sample is a gray value or a place in a palette by what the header says alone, so the
    compressed pixels (IDAT) stay byte for byte. Source: PNG specification, third edition, 11.2.

    Args:
        png: 8-bit gray, as `make_gray` gives it; what it says beside its pixels is dropped.
        classes: the 256 classes by id, with their colours.
        hidden: the class id that is transparent; None for none.
    """
    return _index(png, join_colours(classes), hidden)


def _index(png: bytes, palette: bytes, hidden: int | None) -> bytes:
    view = memoryview(png)
    ihdr = bytearray(view[16:29])
    ihdr[9] = _PALETTE
    parts: list[bytes | memoryview] = [
        _SIGNATURE,
        _make_chunk(b"IHDR", bytes(ihdr)),
        _make_chunk(b"PLTE", palette),
    ]
    if hidden is not None:
        parts.append(_make_chunk(b"tRNS", b"\xff" * hidden + b"\x00"))
    at = len(_SIGNATURE)
    while at < len(png):
        (length,) = struct.unpack_from(">I", png, at)
        end = at + _PNG_ENDINGS + length
        if png[at + 4 : at + 8] == b"IDAT":
            parts.append(view[at:end])
        at = end
    return b"".join([*parts, _make_chunk(b"IEND", b"")])


def write_classes(legend: Legend) -> bytes:
    """The `_classes.csv` that lies beside Roboflow's semantic masks.

    Its columns are "Pixel Value, Class"; names stand as they came, blanks included.
    """
    lines = ["Pixel Value, Class"]
    names = dict(legend.names)
    for info in legend.list_named():
        lines.append(f"{info.class_id},{_quote(names.get(info.class_id, info.name))}")
    return "".join(f"{line}\n" for line in lines).encode()


def _quote(name: str) -> str:
    plain = name.replace("\r", " ").replace("\n", " ")
    return '"' + plain.replace('"', '""') + '"' if "," in plain or '"' in plain else plain


def is_as_it_came(exhibit: Exhibit, legend: Legend) -> bool:
    """Whether the mask is written with the very pixels it came with, so that none is unpacked."""
    return (
        exhibit.answer is not None
        and not exhibit.is_cut
        and not exhibit.is_stretched
        and legend.find_table(exhibit.answer.class_map) is None
    )


def _make_chunk(kind: bytes, body: bytes) -> bytes:
    return b"".join(
        (struct.pack(">I", len(body)), kind, body, struct.pack(">I", zlib.crc32(kind + body)))
    )
