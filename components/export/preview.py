"""What an export would be, from a few of its pictures: how many files, how large, what is odd."""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import IO, Final, Protocol

from components.export.archive import LEVEL
from components.export.exhibition import Exhibition, Format, Relayed
from components.export.sink import CountingSink
from components.model.exhibit import Exhibit, Exhibits
from components.model.review import VERDICTS, Status

_FIRST: Final = 3
_SPREAD: Final = 5
_FIRST_LINES: Final = 200
_NAMES: Final = 5
_TEXTS: Final = (".txt", ".csv", ".json", ".xml", ".yaml")
"""What a ZIP makes smaller; pictures and masks come packed already."""
_BLOCK: Final = 1 << 20


class Choosable(Exhibits, Protocol):
    """Pictures of which some can be looked at without going through all before."""

    def pick(self, places: list[int]) -> Iterator[Exhibit]:
        """Those at these places, 0 for the first, in the order given."""


@dataclass(frozen=True, slots=True)
class Preview:
    """What an export would be.

    Attributes:
        counts: pictures by status, those that are left out too.
        pictures: how many are handed on.
        left_out: how many are not, since they have no mask.
        files: entries, about.
        size_bytes: of what is saved, about.
        names: of the first entries.
        warnings: plain sentences about what whoever opens the export should know.
    """

    counts: Mapping[Status, int]
    pictures: int
    left_out: int
    files: int
    size_bytes: int
    names: tuple[str, ...]
    warnings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Some(Relayed):
    """A few pictures in the place of all."""

    some: tuple[Exhibit, ...]

    def __len__(self) -> int:
        return len(self.some)

    def __iter__(self) -> Iterator[Exhibit]:
        return iter(self.some)


class _ZippedSink(CountingSink):
    """Remembers about the sizes that entries have in a ZIP."""

    def write(self, name: str, data: bytes) -> None:
        size = len(zlib.compress(data, LEVEL)) if name.endswith(_TEXTS) else len(data)
        self.entries[name] = size + _measure_listing(name)

    def copy(self, name: str, file: IO[bytes]) -> None:
        if not name.endswith(_TEXTS):
            super().copy(name, file)
            self.entries[name] += _measure_listing(name)
            return
        file.seek(0)
        packing, size = zlib.compressobj(LEVEL), 0
        while block := file.read(_BLOCK):
            size += len(packing.compress(block))
        self.entries[name] = size + len(packing.flush()) + _measure_listing(name)


def _measure_listing(name: str) -> int:
    """Bytes a ZIP takes to list an entry: 30 before it and 46 at the end, each with its name.

    Source: https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT, 4.3.7 and 4.3.12
    """
    return 76 + 2 * len(name.encode())


def preview_export(format_: Format, exhibition: Exhibition, exhibits: Choosable) -> Preview:
    """Write a few pictures to nowhere, and work out from them what all would be.

    Args:
        format_: what it would be written as.
        exhibition: what would be handed on.
        exhibits: its pictures.

    Raises:
        ExportError: one of those looked at cannot be handed on.
        StoreError: bytes are lost, or cannot be read now.
    """
    some = tuple(exhibits.pick(_choose(len(exhibits), format_)))
    make_sink = CountingSink if format_.is_single else _ZippedSink
    empty, sample = make_sink(), make_sink()
    format_.write(replace(exhibition, exhibits=_Some(exhibits, ())), empty)
    format_.write(replace(exhibition, exhibits=_Some(exhibits, some)), sample)
    shown = [exhibit for exhibit in some if exhibit.answer is not None or not format_.needs_masks]
    left_out = exhibits.without_answer if format_.needs_masks else 0
    pictures = len(exhibits) - left_out
    factor = pictures / len(shown) if shown else 0.0
    begun = sum(empty.entries.values())
    grown = sum(sample.entries.values()) - begun
    more = len(sample.entries) - len(empty.entries)
    return Preview(
        counts=exhibits.counts,
        pictures=pictures,
        left_out=left_out,
        files=len(empty.entries) + round(more * factor),
        size_bytes=begun + round(grown * factor),
        names=tuple(sample.entries)[:_NAMES],
        warnings=tuple(_list_warnings(format_, exhibition, shown, pictures, left_out)),
    )


def _choose(count: int, format_: Format) -> list[int]:
    """The first ones, whose names are shown, and some from all over, for their size."""
    if not format_.loads_bytes:
        return list(range(min(count, _FIRST_LINES)))
    spread = {at * count // _SPREAD for at in range(_SPREAD)} if count else set()
    return sorted({*range(min(count, _FIRST)), *spread})


def _list_warnings(
    format_: Format, exhibition: Exhibition, shown: list[Exhibit], pictures: int, left_out: int
) -> Iterator[str]:
    if not pictures:
        yield "There is nothing to export: choose other pictures."
        return
    if left_out:
        have, are = ("has", "is") if left_out == 1 else ("have", "are")
        yield f"{_count(left_out)} {have} no mask yet and {are} left out."
    undecided = (
        sum(n for status, n in exhibition.exhibits.counts.items() if status not in VERDICTS)
        - left_out
    )
    if format_.needs_masks and undecided > 0:
        have = "has" if undecided == 1 else "have"
        yield f"{_count(undecided)} {have} no verdict yet; the model's mask goes along as it is."
    if format_.needs_masks and exhibition.legend.is_merged:
        yield (
            "Models named their classes differently, so some masks are written with other class "
            "ids than they came with."
        )
    if format_.needs_masks and any(one.is_stretched for one in shown):
        yield "Masks that have another size than their picture are stretched to it."
    if (
        format_.takes_pictures
        and exhibition.has_pictures
        and any(one.image.size_wh != one.image.original_size_wh for one in shown)
    ):
        yield "Pictures that the desk made smaller are handed on at that size, as are their masks."


def _count(pictures: int) -> str:
    return "1 picture" if pictures == 1 else f"{pictures:,} pictures"
