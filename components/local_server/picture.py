"""From image file bytes to upright pixels at a size the models work at."""

from __future__ import annotations

import io
import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageOps

from components.local_server.refusal import Refusal, malformed, too_large

MAX_PIXELS = 50_000_000
WORKING_PIXELS = 800_000
"""Pictures are reduced to about this many pixels before a model sees them."""

_FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF", "MPO", "PPM", "AVIF")
_ORIENTATION = 0x0112


@dataclass(frozen=True, slots=True)
class Picture:
    """An upright picture.

    Attributes:
        size_wh: width and height of the upright original, in pixels.
        rgb: uint8 (h, w, 3), the original reduced to at most about `WORKING_PIXELS`.
    """

    size_wh: tuple[int, int]
    rgb: npt.NDArray[np.uint8]


def load_picture(data: bytes) -> Picture:
    """Decode an image file, turn it upright by its EXIF orientation, and reduce it.

    Large JPEGs are decoded at half, quarter or eighth size, which saves time and memory.

    Args:
        data: a JPEG, PNG, WebP, GIF (first frame), BMP, TIFF (first page), PPM or AVIF file.

    Returns:
        The picture.

    Raises:
        Refusal: 400 when the bytes are no readable picture, 413 when it has too many pixels.
    """
    try:
        with Image.open(io.BytesIO(data), formats=_FORMATS) as image:
            width, height = image.size
            if width * height > MAX_PIXELS:
                raise _too_many(width * height)
            if width < 1 or height < 1:
                raise malformed("it has no pixels.")
            work_wh = _working_size(width, height)
            if image.format in ("JPEG", "MPO"):
                turned = image.getexif().get(_ORIENTATION, 1) in (5, 6, 7, 8)
                image.draft(None, work_wh)
                image.load()
                # In place, because a copy of a large picture would double the memory it takes.
                ImageOps.exif_transpose(image, in_place=True)
                size_wh = (height, width) if turned else (width, height)
            else:
                ImageOps.exif_transpose(image, in_place=True)
                size_wh = image.size
            reduced = _to_rgb(image).resize(
                _working_size(*size_wh), Image.Resampling.BOX, reducing_gap=3.0
            )
            return Picture(size_wh, np.asarray(reduced, dtype=np.uint8))
    except Refusal:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise _too_many(None) from error
    except Exception as error:
        # Pillow's decoders raise whatever a hostile file provokes (struct.error, SyntaxError,
        # TypeError, zlib.error, ...); for the sender all of it means one thing.
        raise malformed("the data is no readable picture, or it is cut off.") from error


def count_pixels(data: bytes) -> int:
    """How many pixels a file says it has, without decoding it; 0 where it cannot be told."""
    try:
        with Image.open(io.BytesIO(data), formats=_FORMATS) as image:
            return image.width * image.height
    except Exception:  # noqa: BLE001 - as in load_picture, which will say what is wrong
        return 0


def _working_size(width: int, height: int) -> tuple[int, int]:
    factor = math.sqrt(min(1.0, WORKING_PIXELS / (width * height)))
    return max(1, round(width * factor)), max(1, round(height * factor))


def _too_many(pixels: int | None) -> Refusal:
    came = f"it has {pixels:,}" if pixels else "it has far more"
    return too_large(f"a picture may have {MAX_PIXELS:,} pixels at most, and {came}.")


def _to_rgb(image: Image.Image) -> Image.Image:
    """Any Pillow mode to RGB; 16-bit and float gray are scaled rather than clipped."""
    if image.mode == "RGB":
        return image
    if image.mode.startswith("I") or image.mode == "F":
        gray = np.asarray(image, dtype=np.float32)
        low, high = float(np.nanmin(gray)), float(np.nanmax(gray))
        if image.mode.startswith("I;16") or (image.mode == "I" and 255 < high <= 65535):
            gray = gray / 257.0
        elif not (low >= 0 and high <= 255):
            gray = (gray - low) * (255.0 / max(high - low, 1e-12))
        gray = np.nan_to_num(gray)
        return Image.fromarray(np.clip(gray, 0, 255).astype(np.uint8)).convert("RGB")
    if image.mode in ("P", "PA"):
        # By way of RGBA, because palettes with transparency warn on the direct way.
        return image.convert("RGBA").convert("RGB")
    return image.convert("RGB")
