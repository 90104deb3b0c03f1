"""Truth masks: PNG files in which each pixel is the id of its class."""

from __future__ import annotations

import csv
import io
import re

import numpy as np
from PIL import Image

from components.errors import ImageTooLarge, NotAnImage
from components.intake.container import strip_png
from components.intake.kind import tell_kind
from components.intake.pixels import open_picture
from components.model.image import SizeWH

_MAX_PIXELS = 60_000_000
_GRAY, _PALETTE = 0, 3
_COLOURS = {2: "colours (RGB)", 4: "transparency", 6: "colours with transparency (RGBA)"}
_FAST = 4


def check_truth(data: bytes, size_wh: SizeWH | None) -> tuple[bytes, SizeWH]:
    """Check a truth mask and bring it into its one plain form.

    A class id is the grey value as it is stored, or the index into the palette whatever colour
    stands there. Grey of 1, 2 or 4 bits counts from 0 too.

    Args:
        data: a PNG file (W3C PNG, third edition) of at most 8 bits a pixel, grey or palette.
        size_wh: the upright original picture's width and height, before any shrinking; None where
            it is not known. The mask may be smaller or larger, but has to have the same shape, by
            a pixel of rounding.

    Returns:
        An 8-bit grey PNG of class ids, not interlaced, without metadata; and its width and height.

    Raises:
        NotAnImage: no PNG, colours, 16 bits, damaged, or another shape than the picture.
        ImageTooLarge: more than 60 million pixels.
    """
    kind = _name_kind(data)
    if kind != "PNG":
        raise NotAnImage(
            f"The truth mask is {kind}; it has to be a PNG, one class id a pixel. Export it as an "
            "8-bit PNG."
        )
    header = data[16:29].ljust(13, b"\0")
    size = (int.from_bytes(header[:4], "big"), int.from_bytes(header[4:8], "big"))
    depth, colour, interlaced = header[8], header[9], header[12]
    if colour in _COLOURS:
        raise NotAnImage(
            f"The truth mask has {_COLOURS[colour]}; it has to be grey or a palette, one class id "
            "a pixel. Export class ids instead of colours."
        )
    if depth > 8:
        raise NotAnImage(
            "The truth mask has 16 bits a pixel; class ids go from 0 to 255. Export it with 8 bits."
        )
    if size[0] * size[1] > _MAX_PIXELS:
        raise ImageTooLarge(
            f"The truth mask has {_spell(size)} pixels; the desk takes up to "
            f"{_MAX_PIXELS // 1_000_000} million. Export it smaller."
        )
    if size_wh is not None:
        _check_shape(size, size_wh)
    ids = _decode(data)
    stripped = strip_png(data) if (depth, colour, interlaced) == (8, _GRAY, 0) else None
    return stripped or _encode(_rescale(ids, depth, colour)), ids.size


def read_classes(data: bytes) -> dict[int, str]:
    """Read the class names of a `_classes.csv`, as Roboflow exports semantic masks.

    Its columns are "Pixel Value, Class"; each line an id and, after a comma, a name.

    Args:
        data: the file, UTF-8.

    Returns:
        Names by class id, 0 to 255, as they stand there, with their blanks; lines that say
        nothing of the kind are passed over.
    """
    names: dict[int, str] = {}
    for line in io.StringIO(data.decode("utf-8-sig", "replace"), newline=None):
        try:
            cells = next(csv.reader([line.rstrip("\n")]), [])
        except csv.Error:
            continue
        if len(cells) > 1 and re.fullmatch(r" *[0-9]{1,3} *", cells[0]) and int(cells[0]) <= 255:
            names.setdefault(int(cells[0]), cells[1])
    return names


def _name_kind(data: bytes) -> str:
    try:
        kind = tell_kind(data, "The truth mask")
    except NotAnImage:
        return "no picture" if data else "empty"
    return kind if kind == "PNG" else f"a {kind} picture"


def _check_shape(size: SizeWH, picture: SizeWH) -> None:
    if _is_alike(size, picture):
        return
    said = f"The truth mask has {_spell(size)} pixels, its picture {_spell(picture)}"
    if _is_alike((size[1], size[0]), picture):
        raise NotAnImage(
            f"{said}: it lies on its side. The picture is turned upright by its camera's note "
            "(EXIF); turn the mask likewise."
        )
    raise NotAnImage(
        f"{said}: the shapes differ. Export the mask in the size of the original picture."
    )


def _is_alike(size: SizeWH, picture: SizeWH) -> bool:
    """Whether a size is a multiple of another, but for one pixel of rounding on either side."""
    return abs(size[0] * picture[1] - size[1] * picture[0]) <= max(*size, *picture)


def _decode(data: bytes) -> Image.Image:
    try:
        image = open_picture("PNG", data)
        image.load()
    except MemoryError as error:
        raise ImageTooLarge(
            "The truth mask needs more memory than the desk has. Export it smaller."
        ) from error
    except Exception as error:
        # Pillow documents no closed set of what a broken file raises.
        raise NotAnImage(
            "The truth mask begins like a PNG but is damaged or cut short. Save or copy it again, "
            "then try once more.",
            f"{type(error).__name__}: {error}",
        ) from error
    return image


def _rescale(image: Image.Image, depth: int, colour: int) -> Image.Image:
    """Undo the brightening that Pillow gives grey of fewer than 8 bits."""
    if colour == _PALETTE:
        return Image.fromarray(np.asarray(image, dtype=np.uint8))
    levels = np.asarray(image.convert("L"))
    return Image.fromarray(levels // (255 // (2**depth - 1)))


def _encode(image: Image.Image) -> bytes:
    sink = io.BytesIO()
    image.save(sink, "PNG", compress_level=_FAST)
    return sink.getvalue()


def _spell(size_wh: SizeWH) -> str:
    return f"{size_wh[0]:,} × {size_wh[1]:,}"
