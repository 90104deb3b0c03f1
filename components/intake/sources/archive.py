"""A ZIP archive, read in place: nothing is unpacked to disk, nothing it declares is trusted."""

from __future__ import annotations

import stat
import struct
import threading
import weakref
import zlib
from typing import BinaryIO
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from components.errors import ImageTooLarge, IntakeError, NotAnImage
from components.intake.sources.candidate import SourceLimits
from components.intake.sources.directory import check_directory
from components.intake.sources.names import (
    is_ignored_folder,
    make_order_key,
    split_path,
    split_suffix,
)
from components.intake.sources.tree import HEAD_BYTES, Leaf, Listing, join, spell_size

# What zipfile and zlib raise for archives that are damaged or made to mislead.
_BROKEN = (
    BadZipFile,
    zlib.error,
    struct.error,
    OSError,
    EOFError,
    ValueError,
    RuntimeError,
    OverflowError,
)
_LOCAL_HEADER = 30
_ENCRYPTED, _UTF8 = 0x1 | 0x40, 0x800
_MIN_FOLDERS = 1_000
_RATIO_FROM = 1_000_000
_STEP = 1 << 18
_DAMAGED = "{} is damaged in the archive. Make the archive anew, then try again."


class ArchiveTree:
    """The members of one ZIP archive (PKWARE's APPNOTE 6.3).

    Only stored and deflated members are read: the others' unpackers cannot be stopped at a size.
    """

    def __init__(self, file: BinaryIO, shown: str, limits: SourceLimits) -> None:
        """Read the directory of an archive.

        Args:
            file: open for reading; closed together with this tree, also if this raises.
            shown: how the archive is called in messages.
            limits: what is taken.

        Raises:
            NotAnImage: it is no ZIP archive, damaged, or made to do harm.
            ImageTooLarge: it holds more than the limits allow.
        """
        # The tree lives as long as a candidate of it; the file is closed with the last one.
        weakref.finalize(self, file.close)
        self._limits = limits
        self._lock = threading.Lock()
        self._members: dict[str, ZipInfo] = {}
        self._folders: dict[str, Listing] = {"": Listing()}
        try:
            self._zip = _open_zip(file, shown, limits)
            for info in self._zip.infolist():
                self._add(info)
                # Long paths make more folders than files.
                if len(self._folders) > max(_MIN_FOLDERS, limits.max_members):
                    raise ImageTooLarge(f"{shown} holds too many folders. Split it into several.")
        except IntakeError:
            file.close()
            raise
        for listing in self._folders.values():
            listing.files.sort(key=lambda leaf: make_order_key(leaf.name))
            listing.folders.sort(key=make_order_key)

    def scan(self, folder: str) -> Listing:
        """List one folder; see `Tree.scan`."""
        return self._folders[folder]

    def read(self, leaf: Leaf, max_bytes: int, shown: str) -> bytes:
        """Unpack a member; see `Tree.read`."""
        info = self._members[leaf.path]
        data = b""
        if info.file_size <= max_bytes:
            # One byte more shows what is larger than it declares; its checksum shows the rest.
            data = self._unpack(info, max_bytes + 1, shown)
        if max(info.file_size, len(data)) > max_bytes:
            raise ImageTooLarge(
                f"{shown} has {spell_size(max(info.file_size, len(data)))} unpacked; the desk "
                f"takes up to {spell_size(max_bytes)}. Save it smaller."
            )
        if len(data) != info.file_size:
            raise NotAnImage(_DAMAGED.format(shown), "shorter than declared")
        return data

    def read_head(self, leaf: Leaf, shown: str) -> bytes:
        """Unpack a member's beginning; see `Tree.read_head`."""
        return self._unpack(self._members[leaf.path], HEAD_BYTES, shown)

    def _unpack(self, info: ZipInfo, max_bytes: int, shown: str) -> bytes:
        """Unpack no more than so many bytes, in steps that keep a false size from costing."""
        pieces: list[bytes] = []
        left = max_bytes
        try:
            with self._lock:
                member = self._zip.open(info)
            try:
                while left and (piece := member.read(min(left, _STEP))):
                    pieces.append(piece)
                    left -= len(piece)
            finally:
                with self._lock:
                    member.close()
        except _BROKEN as error:
            raise NotAnImage(_DAMAGED.format(shown), f"{type(error).__name__}: {error}") from error
        return b"".join(pieces)

    def _add(self, info: ZipInfo) -> None:
        name = _spell_name(info)
        is_folder = name.endswith(("/", "\\"))
        parts = split_path(name, self._limits.max_depth)
        if parts is None:
            if not is_folder:
                leaf = Leaf(
                    name, "", "Its path leads out of the archive or is not plain. Rename it."
                )
                self._folders[""].files.append(leaf)
            return
        if is_folder or any(map(is_ignored_folder, parts[:-1])):
            return
        folder = ""
        for part in parts[:-1]:
            inner = join(folder, part)
            if inner not in self._folders:
                self._folders[inner] = Listing()
                self._folders[folder].folders.append(part)
            folder = inner
        path = join(folder, parts[-1])
        problem = self._judge(info)
        if path in self._members:
            problem = "It is in the archive twice; the first one is taken."
        else:
            self._members[path] = info
        self._folders[folder].files.append(Leaf(parts[-1], path, problem))

    def _judge(self, info: ZipInfo) -> str:
        kind = stat.S_IFMT(info.external_attr >> 16)
        if kind not in (0, stat.S_IFREG):
            return "It is a link or another thing that is no file. Put the file in its place."
        if info.flag_bits & _ENCRYPTED:
            return "It is locked with a password. Make the archive anew without one."
        if info.compress_type not in (ZIP_STORED, ZIP_DEFLATED):
            return (
                "It is packed in a way the desk does not read. Make the archive anew with the "
                "ordinary method (deflate)."
            )
        size, packed = info.file_size, max(1, info.compress_size)
        if size > _RATIO_FROM and size / packed > self._limits.max_ratio:
            return (
                f"It unpacks to {size / packed:,.0f} times its packed size, as pictures do not. "
                "Take it out of the archive."
            )
        limits = self._limits
        is_json = split_suffix(info.filename)[1] == "json"
        most = limits.max_answer_bytes if is_json else limits.max_file_bytes
        if size > most:
            return (
                f"It has {spell_size(size)} unpacked; the desk takes up to {spell_size(most)}. "
                "Save it smaller."
            )
        return ""


def _open_zip(file: BinaryIO, shown: str, limits: SourceLimits) -> ZipFile:
    try:
        start = check_directory(file, shown, limits.max_members)
        # zipfile leaves a file it was handed open, and counts its readers without a lock.
        opened = ZipFile(file)
    except _BROKEN as error:
        raise NotAnImage(
            f"{shown} is a damaged or unusual ZIP archive. Make it anew, then try again.",
            f"{type(error).__name__}: {error}",
        ) from error
    if opened.start_dir != start:
        raise NotAnImage(f"{shown} is a ZIP archive with more than one directory. Make it anew.")
    _check_members(opened.infolist(), start, shown, limits)
    return opened


def _check_members(infos: list[ZipInfo], start: int, shown: str, limits: SourceLimits) -> None:
    """Refuse archives that unpack to too much, or whose members share bytes.

    Members over one another are how a small archive unpacks to petabytes without nesting
    (D. Fifield, A better zip bomb, WOOT 2019).
    """
    total = sum(info.file_size for info in infos)
    if total > limits.max_total_bytes:
        raise ImageTooLarge(
            f"{shown} unpacks to {spell_size(total)}; the desk takes archives of up to "
            f"{spell_size(limits.max_total_bytes)}. Split it into several."
        )
    end = 0
    for info in sorted(infos, key=lambda info: info.header_offset):
        if info.header_offset < end:
            break
        end = info.header_offset + _LOCAL_HEADER + info.compress_size
    else:
        if end <= start:
            return
    raise NotAnImage(
        f"{shown} is not taken: its members lie over one another, as in archives made to do "
        "harm. Make it anew from the files."
    )


def _spell_name(info: ZipInfo) -> str:
    """Decode a member's name; many programs write UTF-8 without saying so."""
    name = info.orig_filename
    if info.flag_bits & _UTF8:
        return name
    try:
        return name.encode("cp437").decode("utf-8")
    except UnicodeError:
        return name
