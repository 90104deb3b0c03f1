"""A ZIP written front to back, with as little work an entry as can be.

The standard library's `zipfile` goes back to each entry's beginning once it is written, and holds
an object for each until the end. Here size and checksum are known before an entry is begun, and
what is held of it is its line in the list at the end: 46 bytes and its name. Entries that are
stored have the very bytes that `zipfile` writes, which a test compares.

Source: https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT, 4.3 to 4.5
"""

from __future__ import annotations

import io
import shutil
import struct
import zlib
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING, Final

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

LEVEL: Final = 1
"""Of deflating: half the time of the usual 6, for a twentieth more bytes of COCO's regions."""
_BLOCK: Final = 1 << 20
_GATHERED: Final = 1 << 18
_RAW: Final = -15  # a window of 32 KB, without zlib's own head and checksum
_STORED, _DEFLATED = 0, 8
_FIRST_DAY: Final = 1 << 5 | 1
"""1980-01-01, the earliest a ZIP can tell; always the same, so that the same export has the same
bytes."""
_UNIX: Final = 3
_RIGHTS: Final = 0o644 << 16
_IS_UTF8: Final = 1 << 11
_PLAIN, _LARGE = 20, 45  # the version of the format that a reader has to know
_MOST_SIZE: Final = 0x7FFFFFFF
"""Some readers take the 32 bits with a sign."""
_MOST_ENTRIES: Final = 0xFFFF
_ELSEWHERE: Final = 0xFFFFFFFF  # stands for a number that needs 64 bits, in the extra field


@dataclass(frozen=True, slots=True)
class Facts:
    """What a ZIP says of an entry.

    Attributes:
        crc: CRC-32 of its bytes.
        size: of its bytes.
        packed_size: of its bytes as they are written.
        is_deflated: whether these are deflated, or stand as they are.
    """

    crc: int
    size: int
    packed_size: int
    is_deflated: bool


class Packer(io.RawIOBase):
    """A file to write to, whose bytes go into another one as a ZIP has them."""

    def __init__(self, packed: IO[bytes], *, is_packed: bool) -> None:
        """Begin.

        Args:
            packed: takes the bytes; stays open.
            is_packed: they are stored as they are; else they are deflated.
        """
        super().__init__()
        self._packed = packed
        self._deflating = None if is_packed else zlib.compressobj(LEVEL, zlib.DEFLATED, _RAW)
        self._crc = self._size = self._packed_size = 0

    @property
    def facts(self) -> Facts:
        """About what was written; once it is closed."""
        return Facts(self._crc, self._size, self._packed_size, self._deflating is not None)

    def writable(self) -> bool:
        return True

    def write(self, data: ReadableBuffer, /) -> int:
        view = memoryview(data)
        self._crc = zlib.crc32(view, self._crc)
        self._size += view.nbytes
        self._pass_on(view if self._deflating is None else self._deflating.compress(view))
        return view.nbytes

    def close(self) -> None:
        if not self.closed and self._deflating is not None:
            self._pass_on(self._deflating.flush())
        super().close()

    def _pass_on(self, packed: bytes | memoryview) -> None:
        self._packed_size += len(packed)
        self._packed.write(packed)


def gather(packer: Packer) -> io.BufferedWriter:
    """The file to write small pieces to: they are gathered before they are deflated."""
    return io.BufferedWriter(packer, _GATHERED)


class Archive:
    """A ZIP being written; it is one once it is ended."""

    def __init__(self, file: IO[bytes]) -> None:
        """Begin.

        Args:
            file: written from where it stands; stays open.
        """
        self._file = file
        self._at = file.tell()
        self._count = 0
        self._list = bytearray()

    def __len__(self) -> int:
        """How many entries there are."""
        return self._count

    @property
    def size(self) -> int:
        """Bytes written so far, the list at the end not counted."""
        return self._at

    def add(self, name: str, data: bytes, *, is_packed: bool) -> None:
        """Write an entry.

        Args:
            name: relative, with "/" between folders.
            data: all of it.
            is_packed: it is stored as it is; else it is deflated.
        """
        written = data
        if not is_packed:
            deflating = zlib.compressobj(LEVEL, zlib.DEFLATED, _RAW)
            written = deflating.compress(data) + deflating.flush()
        facts = Facts(zlib.crc32(data), len(data), len(written), is_deflated=not is_packed)
        self._begin(name, facts)
        self._file.write(written)

    def add_file(self, name: str, file: IO[bytes], facts: Facts) -> None:
        """Write an entry from a file, from its beginning, a block at a time.

        Args:
            name: as in `add`.
            file: its bytes as they are written.
            facts: about them.
        """
        self._begin(name, facts)
        file.seek(0)
        shutil.copyfileobj(file, self._file, _BLOCK)

    def end(self) -> None:
        """Write the list of entries."""
        start, size, count = self._at, len(self._list), self._count
        self._file.write(self._list)
        if max(start, size) > _MOST_SIZE or count > _MOST_ENTRIES:
            large = struct.pack(
                "<4sQ2H2L4Q", b"PK\6\6", 44, _LARGE, _LARGE, 0, 0, count, count, size, start
            )
            place = struct.pack("<4sLQL", b"PK\6\7", 0, start + size, 1)
            self._file.write(large + place)
            count, size, start = (
                min(count, _MOST_ENTRIES), min(size, _ELSEWHERE), min(start, _ELSEWHERE)
            )  # fmt: skip
        self._file.write(struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, count, count, size, start, 0))

    def _begin(self, name: str, facts: Facts) -> None:
        """Write what stands before an entry, and note its line of the list."""
        try:
            raw, flags = name.encode("ascii"), 0
        except UnicodeEncodeError:
            raw, flags = name.encode(), _IS_UTF8
        method = _DEFLATED if facts.is_deflated else _STORED
        sizes = facts.size, facts.packed_size
        wide = sizes if max(sizes) > _MOST_SIZE else ()
        extra = _pack_wide(*wide)
        head = (_LARGE if wide else _PLAIN, flags, method, 0, _FIRST_DAY, facts.crc)
        written = (_ELSEWHERE, _ELSEWHERE) if wide else (facts.packed_size, facts.size)
        self._file.write(
            struct.pack("<4s5H3L2H", b"PK\3\4", *head, *written, len(raw), len(extra)) + raw + extra
        )
        at = self._at
        self._at += 30 + len(raw) + len(extra) + facts.packed_size
        place = at
        if at > _MOST_SIZE:
            wide, place = (*wide, at), _ELSEWHERE
            extra = _pack_wide(*wide)
        version = _LARGE if wide else _PLAIN
        self._list += struct.pack(
            "<4s2B5H3L5H2L",
            b"PK\1\2",
            version,
            _UNIX,
            version,
            *head[1:],
            *written,
            len(raw),
            len(extra),
            0,
            0,
            0,
            _RIGHTS,
            place,
        )
        self._list += raw + extra
        self._count += 1


def _pack_wide(*numbers: int) -> bytes:
    """The extra field for numbers of 64 bits, in the order of the format; none for none."""
    if not numbers:
        return b""
    return struct.pack(f"<2H{len(numbers)}Q", 1, 8 * len(numbers), *numbers)
