"""A ZIP archive's directory, counted before anything is built from it."""

from __future__ import annotations

import struct
from typing import BinaryIO

from components.errors import ImageTooLarge, NotAnImage

# PKWARE's APPNOTE 6.3, sections 4.3.12 to 4.3.16.
_END, _END_BYTES = b"PK\5\6", 22
_LOCATOR, _LOCATOR_BYTES = b"PK\6\7", 20
_END_64, _END_64_BYTES = b"PK\6\6", 56
_ENTRY, _ENTRY_BYTES = b"PK\1\2", 46
_MAX_COMMENT = 1 << 16
_SIZE_AT, _SIZE_64_AT, _LENGTHS_AT = 12, 40, 28
# Far more than names take; what is longer is padding.
_BYTES_PER_ENTRY = 400
_MIN_BOUND = 1_000_000


def check_directory(file: BinaryIO, shown: str, max_members: int) -> int:
    """Count an archive's members by its directory itself, since the number it gives may be false.

    An entry costs a reader some hundred bytes of memory however short it is, so that a
    directory has to be judged before a list is made of it. Found as `zipfile` finds it: right
    before the record of its end.

    Args:
        file: an archive, open for reading.
        shown: how it is called in a message.
        max_members: entries at most.

    Returns:
        Where the directory starts, in bytes from the file's beginning.

    Raises:
        NotAnImage: there is no directory, or it is damaged.
        ImageTooLarge: it has more entries.
        OSError: the file cannot be read.
    """
    length = file.seek(0, 2)
    tail_at = max(0, length - _MAX_COMMENT - _END_BYTES)
    file.seek(tail_at)
    tail = file.read(_MAX_COMMENT + _END_BYTES)
    at = len(tail) - _END_BYTES
    if at < 0 or tail[at : at + 4] != _END or tail[-2:] != b"\0\0":
        at = tail.rfind(_END)
    record = tail[at : at + _END_BYTES] if at >= 0 else b""
    if len(record) != _END_BYTES:
        raise NotAnImage(
            f"{shown} is no ZIP archive, or was cut short. Make or copy it again, then try "
            "once more."
        )
    size: int = struct.unpack_from("<L", record, _SIZE_AT)[0]
    end = tail_at + at
    if _peek(file, end - _LOCATOR_BYTES, 4) == _LOCATOR:
        end -= _LOCATOR_BYTES + _END_64_BYTES
        record = _peek(file, end, _END_64_BYTES)
        if record[:4] != _END_64 or len(record) != _END_64_BYTES:
            raise _damaged(shown)
        size = struct.unpack_from("<Q", record, _SIZE_64_AT)[0]
    if size > end:
        raise _damaged(shown)
    if size > max(_MIN_BOUND, max_members * _BYTES_PER_ENTRY):
        raise _too_many(shown, max_members)
    if _count(_peek(file, end - size, size), max_members) > max_members:
        raise _too_many(shown, max_members)
    return end - size


def _peek(file: BinaryIO, at: int, size: int) -> bytes:
    if at < 0:
        return b""
    file.seek(at)
    return file.read(size)


def _count(directory: bytes, max_members: int) -> int:
    """Count the entries, no further than one too many."""
    count = at = 0
    while at + _ENTRY_BYTES <= len(directory) and count <= max_members:
        if directory[at : at + 4] != _ENTRY:
            break
        at += _ENTRY_BYTES + sum(struct.unpack_from("<3H", directory, at + _LENGTHS_AT))
        count += 1
    return count


def _damaged(shown: str) -> NotAnImage:
    return NotAnImage(f"{shown} is a damaged ZIP archive. Make it anew, then try again.")


def _too_many(shown: str, max_members: int) -> ImageTooLarge:
    return ImageTooLarge(
        f"{shown} holds more than {max_members:,} files, the most the desk opens in one archive. "
        "Split it into several."
    )
