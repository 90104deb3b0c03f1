"""Counts of single pictures packed into bytes, and those of many pictures read at once.

Everything is little-endian. A class is called by the first eight bytes of its name's sha256, which
`class_keys` has the name of: so two desks that write at once need not agree on numbers first.

    classes    by class: key int64, regions uint32, tiny uint32, width uint8, flags uint8
    bins       by class 101 counts of `width` bytes each, in the order of `classes`; a width of 0
               is a class without bins
    pairs      by pair: key of the true class, key of the answered one, pixels, int64 each
    boundary   by class: key, intersection, union, int64 each
    ignored    by name: key, pixels, int64 each
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from components.model.insights import CONFIDENCES
from components.model.measures import ClassMeasure, TruthMeasure
from components.store.rows import clean_text

IS_BACKGROUND: Final = 1
"""Flag of a class that takes what is cut."""

CLASS: Final = np.dtype(
    [("key", "<i8"), ("regions", "<u4"), ("tiny", "<u4"), ("width", "u1"), ("flags", "u1")]
)
PAIR: Final = np.dtype([("truth", "<i8"), ("answer", "<i8"), ("pixels", "<i8")])
BOUNDARY: Final = np.dtype([("key", "<i8"), ("intersection", "<i8"), ("union", "<i8")])
IGNORED: Final = np.dtype([("key", "<i8"), ("pixels", "<i8")])

_WIDTHS: Final = (1, 2, 4, 8)
_MOST_BYTES: Final = 64_000_000  # widened to eight bytes a count at once

Records = NDArray[Any]


def make_key(name: str) -> int:
    """What a class of this name is called in packed arrays."""
    digest = hashlib.sha256(clean_text(name).encode()).digest()
    return int.from_bytes(digest[:8], "little", signed=True)


def list_names(classes: Iterable[ClassMeasure], truth: TruthMeasure | None) -> set[str]:
    """Names that packing these makes keys of."""
    names = {one.name for one in classes}
    if truth is not None:
        names.update(name for pair in truth.pairs for name in pair)
        names.update(truth.boundary, truth.ignored)
    return {clean_text(name) for name in names}


def pack_classes(classes: Sequence[ClassMeasure]) -> tuple[bytes, bytes]:
    """The bytes of `classes` and of `bins`."""
    records = np.zeros(len(classes), CLASS)
    parts = []
    for at, one in enumerate(classes):
        width = 0
        if one.bins is not None:
            largest = int(one.bins.max())
            width = next(width for width in _WIDTHS if largest < 1 << (8 * width))
            parts.append(one.bins.astype(f"<u{width}").tobytes())
        records[at] = make_key(one.name), one.regions, one.tiny, width, one.is_background
    return records.tobytes(), b"".join(parts)


def pack_truth(truth: TruthMeasure) -> dict[str, bytes]:
    """The bytes of `pairs`, `boundary` and `ignored`."""
    pairs = [(make_key(a), make_key(b), pixels) for (a, b), pixels in truth.pairs.items()]
    boundary = [(make_key(name), *counts) for name, counts in truth.boundary.items()]
    ignored = [(make_key(name), pixels) for name, pixels in truth.ignored.items()]
    return {
        "pairs": np.array(pairs, PAIR).tobytes(),
        "boundary": np.array(boundary, BOUNDARY).tobytes(),
        "ignored": np.array(ignored, IGNORED).tobytes(),
    }


Column = tuple[bytes, NDArray[np.int64]]
"""The bytes of many pictures one after another, and how many each has, int64 (n,)."""


def unpack(
    column: Column, kind: np.dtype[Any], positions: NDArray[np.int64]
) -> tuple[Records, NDArray[np.int64]]:
    """The records of many pictures, and the position of each record's picture.

    Args:
        column: as `dialect.read_columns` gives it.
        kind: of the records, of which there are n.
        positions: of the pictures.

    Returns:
        (n,) of that kind, and int64 (n,).
    """
    joined, lengths = column
    return np.frombuffer(joined, kind), np.repeat(positions, lengths // kind.itemsize)


class Bins:
    """The bins of many pictures' classes; row r is that of record r of their `classes`."""

    def __init__(self, records: Records, joined: bytes) -> None:
        """Begin.

        Args:
            records: of CLASS, of all the pictures.
            joined: their `bins`, in the same order.
        """
        # As many bytes more: a window of the widest may begin at the last row.
        self._bytes = np.frombuffer(joined + bytes(8 * CONFIDENCES), np.uint8)
        self._widths = records["width"]
        sizes = self._widths.astype(np.int64) * CONFIDENCES
        self._starts = np.cumsum(sizes) - sizes

    def sum(self, rows: NDArray[np.int64]) -> NDArray[np.int64]:
        """The sum of some rows: int64 (101,), exact."""
        total = np.zeros(CONFIDENCES, np.int64)
        for counts, _ in self._walk(rows):
            total += counts.sum(axis=0, dtype=np.int64)
        return total

    def find_vanishing(self, rows: NDArray[np.int64]) -> NDArray[np.int64]:
        """The lowest confidence that shows nothing of the class, 1–101, as
        `thresholds.find_vanishing`: int64 (len(rows),)."""
        found = np.ones(len(rows), np.int64)
        for counts, at in self._walk(rows):
            shown = counts[:, 1:] != 0
            last = CONFIDENCES - np.argmax(shown[:, ::-1], axis=1)
            found[at] = np.where(shown.any(axis=1), last, 1)
        return found

    def _walk(
        self, rows: NDArray[np.int64]
    ) -> Iterable[tuple[NDArray[np.unsignedinteger[Any]], NDArray[np.int64]]]:
        """Counts of some of the rows at a time, and which of `rows` they are."""
        widths = self._widths[rows]
        for width in _WIDTHS:
            wanted = np.flatnonzero(widths == width)
            size = width * CONFIDENCES
            windows = np.lib.stride_tricks.sliding_window_view(self._bytes, size)
            step = _MOST_BYTES // (8 * CONFIDENCES)
            for at in range(0, len(wanted), step):
                some = wanted[at : at + step]
                yield windows[self._starts[rows[some]]].view(f"<u{width}"), some
