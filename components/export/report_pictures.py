"""Small pictures with their masks for the report: drawn once, never held in full."""

from __future__ import annotations

import base64
import io
from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from components.errors import ExportError
from components.model.areas import stretch
from components.model.classes import ClassInfo

BOX_WH: Final = (480, 360)


def draw_picture(data: bytes, name: str) -> tuple[bytes, tuple[int, int]]:
    """A JPEG that fits BOX_WH, and its size.

    Args:
        data: the encoded picture.
        name: for the message where it cannot be read.

    Raises:
        ExportError: it cannot be read.
    """
    try:
        with Image.open(io.BytesIO(data)) as picture:
            # For JPEG, lets the decoder itself skip most of the work.
            picture.draft("RGB", (BOX_WH[0] * 2, BOX_WH[1] * 2))
            small = picture.convert("RGB")
        small.thumbnail(BOX_WH, reducing_gap=2.0)
        buffer = io.BytesIO()
        small.save(buffer, "JPEG", quality=80)
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise ExportError(f"{name} cannot be read as a picture.", str(error)) from error
    return buffer.getvalue(), small.size


def draw_overlay(
    class_ids: NDArray[np.uint8], size_wh: tuple[int, int], classes: Sequence[ClassInfo]
) -> bytes:
    """A mask's colours as a PNG to lie over a small picture; the background lets it through.

    Args:
        class_ids: uint8 (h, w).
        size_wh: of the small picture; the mask is brought to it by floor mapping.
        classes: the 256 classes by id.
    """
    width, height = size_wh
    drawn = Image.frombytes("P", (width, height), stretch(class_ids, size_wh).tobytes())
    drawn.putpalette(b"".join(bytes.fromhex(info.colour[1:]) for info in classes))
    opaque = bytes(0 if info.is_background else 255 for info in classes)
    buffer = io.BytesIO()
    drawn.save(buffer, "PNG", transparency=opaque, optimize=True)
    return buffer.getvalue()


def write_data_url(data: bytes, media_type: str) -> str:
    """An address that holds the picture itself, so that nothing is fetched for it."""
    return f"data:{media_type};base64,{base64.b64encode(data).decode()}"
