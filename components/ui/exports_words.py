"""How exports are spoken of: who a format is for, what a number of files is called."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from components.export.exhibition import Format
from components.model.review import Status

GROUPS: Final[dict[str, tuple[str, ...]]] = {
    "To read and show": ("report", "overlays", "overlays-webp"),
    "To train with": ("masks", "coco", "voc", "cityscapes", "yolo"),
    "To count with": ("csv", "jsonl", "parquet"),
}
_OTHERS: Final = "Others"

_FOR_WHOM: Final = {
    "report": "For people who will never open the desk.",
    "overlays": "For people who only look.",
    "overlays-webp": "For web pages.",
    "masks": "For Roboflow, and for most training code.",
    "coco": "For training and measuring tools.",
    "voc": "For tools that know Pascal VOC.",
    "cityscapes": "For tools that know Cityscapes.",
    "yolo": "For Ultralytics and its like.",
    "csv": "For anybody’s own sums.",
    "jsonl": "For developers.",
    "parquet": "For data teams.",
}
MOST_BYTES: Final = {"report": 4_000_000}
"""What a format does not grow beyond, however many pictures there are."""

_MIME: Final = {
    ".zip": "application/zip",
    ".html": "text/html",
    ".csv": "text/csv",
    ".jsonl": "application/jsonl",
    ".parquet": "application/vnd.apache.parquet",
}


def group_formats(formats: Sequence[Format]) -> dict[str, list[Format]]:
    """Formats by what they are for, in the order of the page."""
    by_key = {one.key: one for one in formats}
    groups = {
        title: [by_key.pop(key) for key in keys if key in by_key] for title, keys in GROUPS.items()
    }
    return {
        title: found for title, found in {**groups, _OTHERS: [*by_key.values()]}.items() if found
    }


def tell_for_whom(format_: Format) -> str:
    """Who a format is for; "" where nobody has said."""
    return _FOR_WHOM.get(format_.key, "")


def propose_statuses(format_: Format) -> tuple[Status, ...]:
    """Which pictures one most likely wants in this format; empty for all."""
    return ("approved",) if format_.key in GROUPS["To train with"] else ()


def find_mime(suffix: str) -> str:
    """The media type of a file with this suffix."""
    return _MIME.get(suffix, "application/octet-stream")


def count_files(number: int) -> str:
    """ "1 file", "2,000 files"."""
    return f"{number:,} file" if number == 1 else f"{number:,} files"
