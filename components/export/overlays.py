"""Pictures with their masks laid over them, for slides and documents."""

from __future__ import annotations

import html
import io
from functools import partial
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from components.errors import ExportError
from components.export.ahead import work_ahead
from components.export.exhibition import Exhibition, Format
from components.export.legend import Legend
from components.export.naming import Names
from components.export.pictures import make_small_ids
from components.export.sink import Sink
from components.model.areas import stretch
from components.model.exhibit import Exhibit

LONGEST: Final = 1920
"""Pixels of the longer side: what a slide shows."""
OPACITY: Final = 0.5
_QUALITY: Final = 85
_ROW: Final = 28


def write_overlays(exhibition: Exhibition, sink: Sink, *, kind: str) -> None:
    """Write each picture with its mask over it, and `_legend.svg` with the colours.

    Args:
        exhibition: what is handed on.
        sink: where.
        kind: "JPEG" or "WEBP".

    Raises:
        ExportError: a mask or a picture cannot be decoded, or an entry not be written.
        StoreError: bytes are lost, or cannot be read now.
    """
    legend, names = exhibition.legend, Names()
    sink.write("_legend.svg", draw_legend(legend))
    suffix = {"JPEG": ".jpg", "WEBP": ".webp"}[kind]

    def make(exhibit: Exhibit) -> bytes:
        return draw_overlay(exhibit, legend, kind=kind)

    for exhibit, data in work_ahead(exhibition.list_masked(), make):
        sink.write(f"{names.take(exhibit.item.name, exhibit.image.sha256)}{suffix}", data)


def draw_overlay(
    exhibit: Exhibit, legend: Legend, *, kind: str = "JPEG", longest: int = LONGEST
) -> bytes:
    """A picture with its mask over it, at most `longest` pixels; the background stays as it is.

    Raises:
        ExportError: mask or picture cannot be decoded.
        StoreError: bytes are lost, or cannot be read now.
    """
    class_ids = make_small_ids(exhibit, legend)
    try:
        with Image.open(io.BytesIO(exhibit.load_image())) as picture:
            picture.draft("RGB", (longest, longest))
            shown = picture.convert("RGB")
    # Pillow's readers raise these for broken streams; SyntaxError is theirs too.
    except (OSError, SyntaxError, ValueError) as error:
        raise ExportError(
            f"{exhibit.item.name} is damaged, so it cannot be drawn. Add it once more, or leave it "
            "out.",
            str(error),
        ) from error
    width, height = exhibit.image.size_wh
    scale = min(1.0, longest / max(width, height))
    size_wh = max(1, round(width * scale)), max(1, round(height * scale))
    if shown.size != size_wh:
        shown = shown.resize(size_wh, Image.Resampling.LANCZOS)
    blended = _blend(np.asarray(shown), stretch(class_ids, size_wh), legend)
    buffer = io.BytesIO()
    Image.fromarray(blended).save(buffer, kind, quality=_QUALITY)
    return buffer.getvalue()


def _blend(
    pixels: NDArray[np.uint8], class_ids: NDArray[np.uint8], legend: Legend
) -> NDArray[np.uint8]:
    """Mix each pixel with its class's colour: uint8 (H, W, 3)."""
    # What each of the 256 values of a channel becomes under each class: three small tables.
    values = np.arange(256, dtype=np.float64)
    mixed = np.empty_like(pixels)
    for channel in range(3):
        colours = [
            int(info.colour[1 + 2 * channel : 3 + 2 * channel], 16) for info in legend.classes
        ]
        over = np.asarray(colours, np.float64)[:, None]
        table = np.rint(values[None, :] * (1 - OPACITY) + over * OPACITY).astype(np.uint8)
        if legend.background_id is not None:
            table[legend.background_id] = np.arange(256, dtype=np.uint8)
        mixed[..., channel] = table[class_ids, pixels[..., channel]]
    return mixed


def draw_legend(legend: Legend) -> bytes:
    """The classes and their colours as a drawing that slides take."""
    rows = []
    for at, info in enumerate(legend.list_named()):
        top = 10 + at * _ROW
        rows.append(
            f'<rect x="10" y="{top}" width="20" height="20" fill="{info.colour}"/>'
            f'<text x="40" y="{top + 15}">{html.escape(info.name)}</text>'
        )
    height = 20 + len(rows) * _ROW
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="480" height="{height}" '
        f'font-family="sans-serif" font-size="15">\n'
        + "\n".join(['<rect width="100%" height="100%" fill="#ffffff"/>', *rows])
        + "\n</svg>\n"
    ).encode()


JPEG = Format(
    key="overlays",
    title="Overlays (JPEG)",
    about="Each picture with its mask over it in colour, for slides and documents.",
    suffix=".zip",
    write=partial(write_overlays, kind="JPEG"),
)
WEBP = Format(
    key="overlays-webp",
    title="Overlays (WebP)",
    about="As the JPEG overlays, in smaller files that browsers and newer programs open.",
    suffix=".zip",
    write=partial(write_overlays, kind="WEBP"),
)
