"""YOLO segmentation: a text file a picture, one polygon a line.

`data.yaml`, `images/train/…` and `labels/train/….txt`. A line is the class and the corners of one
part of it, x and y as shares of the picture's width and height, each a quarter of a pixel beyond
the edge of its own: readers that cut decimals off (Ultralytics) and readers that round
(supervision) both find that very pixel.
Holes are joined to their outline by a line that runs there and back (`polygons`), so that filling
a polygon gives back the very pixels. YOLO numbers classes from 0 without gaps: `data.yaml` names
them, and `_classes.csv` the class ids they had. The background is left out.

Source: https://docs.ultralytics.com/datasets/segment/
"""

from __future__ import annotations

import json
from typing import Final

import numpy as np
from numpy.typing import NDArray

from components.export.ahead import work_ahead
from components.export.exhibition import Exhibition, Format
from components.export.legend import Legend
from components.export.naming import Names
from components.export.pictures import find_suffix, make_class_ids, write_classes
from components.export.polygons import list_polygons
from components.export.sink import Sink
from components.model.exhibit import Exhibit

_INTO_PIXEL: Final = 0.25


def write_yolo(exhibition: Exhibition, sink: Sink) -> None:
    """Write pictures and labels.

    Raises:
        ExportError: a mask cannot be decoded, or an entry not be written.
        StoreError: bytes are lost, or cannot be read now.
    """
    legend, names = exhibition.legend, Names()
    numbers = number_classes(legend)
    sink.write("_classes.csv", write_classes(legend))
    sink.write("data.yaml", _describe(legend, numbers))

    def make(exhibit: Exhibit) -> tuple[bytes, bytes | None]:
        picture = exhibit.load_image() if exhibition.has_pictures else None
        return spell_labels(make_class_ids(exhibit, legend), numbers), picture

    for exhibit, (labels, picture) in work_ahead(exhibition.list_masked(), make):
        stem = names.take(exhibit.item.name, exhibit.image.sha256)
        if picture is not None:
            sink.write(f"images/train/{stem}{find_suffix(exhibit)}", picture)
        sink.write(f"labels/train/{stem}.txt", labels)


def number_classes(legend: Legend) -> dict[int, int]:
    """YOLO's number by class id: the named classes without the background, in their order."""
    named = [class_id for class_id in legend.names if class_id != legend.background_id]
    return {class_id: number for number, class_id in enumerate(sorted(named))}


def spell_labels(class_ids: NDArray[np.uint8], numbers: dict[int, int]) -> bytes:
    """The lines about one picture; classes that have no number are left out.

    Args:
        class_ids: uint8 (H, W).
        numbers: YOLO's number by class id.
    """
    height, width = class_ids.shape
    present = np.flatnonzero(np.bincount(class_ids.ravel(), minlength=256)).tolist()
    lines = []
    for class_id in present:
        if class_id not in numbers:
            continue
        for polygon in list_polygons(class_ids == class_id):
            shares = (polygon + _INTO_PIXEL) / (width, height)
            corners = " ".join(f"{share:.6f}" for share in shares.ravel().tolist())
            lines.append(f"{numbers[class_id]} {corners}\n")
    return "".join(lines).encode()


def _describe(legend: Legend, numbers: dict[int, int]) -> bytes:
    names = "".join(
        f"  {number}: {_quote(legend.names[class_id])}\n" for class_id, number in numbers.items()
    )
    listed = f"names:\n{names}" if names else "names: {}\n"
    return f"path: .\ntrain: images/train\nval: images/train\n{listed}".encode()


def _quote(name: str) -> str:
    """A JSON string is a YAML string, but YAML takes no half surrogates, which JSON makes of emoji.

    What does not print is escaped, since YAML refuses some of it and takes some for a line's end.
    """
    return "".join(
        sign if sign.isprintable() else f"\\U{ord(sign):08x}"
        for sign in json.dumps(name, ensure_ascii=False)
    )


YOLO = Format(
    key="yolo",
    title="YOLO polygons",
    about="A text file a picture with the outlines of its classes, for training YOLO models.",
    suffix=".zip",
    write=write_yolo,
    takes_pictures=True,
)
