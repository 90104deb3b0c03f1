"""Every format there is, by its key; a new one is registered here.

Formats take `Exhibition` and `Format` from `exhibition`: this module imports all of them.
"""

from __future__ import annotations

from typing import Final

from components.errors import ExportError
from components.export.coco import COCO
from components.export.decisions import CSV, JSONL, PARQUET
from components.export.exhibition import Exhibition, Format
from components.export.folders import CITYSCAPES, VOC
from components.export.masks import MASKS
from components.export.overlays import JPEG, WEBP
from components.export.report import REPORT
from components.export.yolo import YOLO

__all__ = ["FORMATS", "Exhibition", "Format", "find_format"]

FORMATS: Final[tuple[Format, ...]] = (
    REPORT,
    MASKS,
    COCO,
    VOC,
    CITYSCAPES,
    YOLO,
    JPEG,
    WEBP,
    CSV,
    JSONL,
    PARQUET,
)
"""All formats, in the order of a page."""


def find_format(key: str) -> Format:
    """The format of this key.

    Raises:
        ExportError: there is none.
    """
    for one in FORMATS:
        if one.key == key:
            return one
    known = ", ".join(one.key for one in FORMATS)
    raise ExportError(f"There is no format “{key}”. The formats are: {known}.")
