"""Where an export is written: a ZIP file, a folder or one single file, each alike in use."""

from __future__ import annotations

import os
import shutil
import tempfile
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Final

from components.errors import ExportError
from components.export.archive import Archive, Packer, gather

_BLOCK: Final = 1 << 20
_GATHERED: Final = 1 << 18
_PUSHED: Final = 8 << 20
_PACKED: Final = (".jpg", ".jpeg", ".png", ".webp", ".parquet")
"""Compressed already: deflating them again costs time and saves nothing."""


class Sink(ABC):
    """Takes entries in the order they come; each name once."""

    def __init__(self, scratch: Path | None = None) -> None:
        """Begin.

        Args:
            scratch: the folder for what is put together before it is an entry; None for the
                system's own, which on small machines may be memory.
        """
        self._scratch = scratch

    @abstractmethod
    def write(self, name: str, data: bytes) -> None:
        """Write one entry.

        Args:
            name: relative, with "/" between folders.
            data: all of it.

        Raises:
            ExportError: it cannot be written.
        """

    @abstractmethod
    def copy(self, name: str, file: IO[bytes]) -> None:
        """Write one entry from a file, from its beginning, a block at a time.

        Raises:
            ExportError: it cannot be written.
        """

    @abstractmethod
    def close(self) -> None:
        """End it: only now is it whole.

        Raises:
            ExportError: it cannot be written.
        """

    @contextmanager
    def compose(self, name: str) -> Iterator[IO[bytes]]:
        """A file beside the export, to write piece by piece; it is the entry at the end.

        Several may be composed at the same time, and other entries written meanwhile.

        Raises:
            ExportError: it cannot be written.
        """
        with self.open_scratch() as file:
            yield file
            self.copy(name, file)

    @contextmanager
    def open_scratch(self) -> Iterator[IO[bytes]]:
        """A file that is gone afterwards.

        Raises:
            ExportError: it cannot be written.
        """
        with (
            _translate("a file beside it"),
            tempfile.TemporaryFile(prefix="mask-desk-", dir=self._scratch) as file,
        ):
            yield file


class ZipSink(Sink):
    """Writes a ZIP whose bytes depend on nothing but its entries and their order."""

    def __init__(self, path: Path, most_bytes: int | None = None) -> None:
        """Begin the file.

        Args:
            path: it is made, or written over.
            most_bytes: where it would grow beyond this it goes on in another part, called
                "<name>-2.zip" and so on; None for one file of any size.

        Raises:
            ExportError: it cannot be written.
        """
        super().__init__(path.parent)
        self._path = path
        self._most_bytes = most_bytes
        self._parts: list[Path] = []
        self._open_part()

    def write(self, name: str, data: bytes) -> None:
        _split(name)
        self._make_room(len(data))
        with _translate(name):
            self._archive.add(name, data, is_packed=_is_packed(name))
        self._push()

    def copy(self, name: str, file: IO[bytes]) -> None:
        with _translate(name), self.compose(name) as entry:
            file.seek(0)
            shutil.copyfileobj(file, entry, _BLOCK)

    @contextmanager
    def compose(self, name: str) -> Iterator[IO[bytes]]:
        """As in every sink; what is written is deflated at once."""
        _split(name)
        with self.open_scratch() as packed:
            packer = Packer(packed, is_packed=_is_packed(name))
            with gather(packer) as entry:
                yield entry
            self._make_room(packer.facts.packed_size)
            self._archive.add_file(name, packed, packer.facts)

    def close(self) -> None:
        """Write the list of entries; before this it is no ZIP."""
        with _translate("the end of the file"):
            self._end_part()
            if len(self._parts) == 1:
                self._parts[0] = self._parts[0].replace(self._path)

    def list_parts(self) -> list[Path]:
        """The files that were written; each is a ZIP of its own, unpacked into one folder."""
        return list(self._parts)

    def _make_room(self, size: int) -> None:
        if self._most_bytes is None or not len(self._archive):
            return
        if self._archive.size + size > self._most_bytes:
            with _translate("the end of a part"):
                self._end_part()
            self._open_part()

    def _open_part(self) -> None:
        number = len(self._parts) + 1
        part = self._path.with_name(f"{self._path.stem}-{number}{self._path.suffix}")
        with _translate(part.name):
            self._file = part.open("wb", _GATHERED)
            self._archive = Archive(self._file)
        self._pushed = 0
        self._parts.append(part)

    def _end_part(self) -> None:
        with self._file:
            self._archive.end()

    def _push(self) -> None:
        """Have the system write to the disk what it has of the file by now, without waiting.

        It would gather gigabytes first, and whoever decides on a picture then waits until all of
        them are on the disk.
        """
        size = self._archive.size
        if size - self._pushed < _PUSHED or not hasattr(os, "posix_fadvise"):
            return
        with suppress(OSError):  # it is advice, and some file systems take none
            os.posix_fadvise(
                self._file.fileno(), self._pushed, size - self._pushed, os.POSIX_FADV_DONTNEED
            )
        self._pushed = size


class FolderSink(Sink):
    """Writes entries as files into a folder."""

    def __init__(self, folder: Path) -> None:
        """Begin; the folder is made where there is none.

        Raises:
            ExportError: it cannot be made.
        """
        with _translate(str(folder)):
            folder.mkdir(parents=True, exist_ok=True)
        super().__init__(folder)
        self._folder = folder

    def write(self, name: str, data: bytes) -> None:
        with _translate(name), self._open(name) as entry:
            entry.write(data)

    def copy(self, name: str, file: IO[bytes]) -> None:
        with _translate(name), self._open(name) as entry:
            file.seek(0)
            shutil.copyfileobj(file, entry, _BLOCK)

    def close(self) -> None:
        pass

    def _open(self, name: str) -> IO[bytes]:
        path = self._folder.joinpath(*_split(name))
        path.parent.mkdir(parents=True, exist_ok=True)
        return path.open("wb")


class FileSink(Sink):
    """Writes the one entry of a format that is a single file; its name is left out."""

    def __init__(self, path: Path) -> None:
        super().__init__(path.parent)
        self._path = path
        self._is_written = False

    def write(self, name: str, data: bytes) -> None:
        with _translate(name), self._open() as entry:
            entry.write(data)

    def copy(self, name: str, file: IO[bytes]) -> None:
        with _translate(name), self._open() as entry:
            file.seek(0)
            shutil.copyfileobj(file, entry, _BLOCK)

    def close(self) -> None:
        pass

    def _open(self) -> IO[bytes]:
        if self._is_written:
            raise ValueError("a format of one file has one entry")
        self._is_written = True
        return self._path.open("wb")


class CountingSink(Sink):
    """Writes nothing and remembers the names and sizes: what an export would be.

    Attributes:
        entries: size in bytes by name, in the order they came.
    """

    def __init__(self, scratch: Path | None = None) -> None:
        super().__init__(scratch)
        self.entries: dict[str, int] = {}

    def write(self, name: str, data: bytes) -> None:
        self.entries[name] = len(data)

    def copy(self, name: str, file: IO[bytes]) -> None:
        self.entries[name] = file.seek(0, 2)

    def close(self) -> None:
        pass


def _split(name: str) -> tuple[str, ...]:
    parts = tuple(name.split("/"))
    if "\\" in name or not {"", ".", ".."}.isdisjoint(parts):
        raise ValueError(f"no relative name of an entry: {name!r}")
    return parts


def _is_packed(name: str) -> bool:
    return name.lower().endswith(_PACKED)


@contextmanager
def _translate(name: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise ExportError(
            f"The export could not be written at {name}: the disk is full or cannot be written. "
            "Make room, or choose fewer pictures.",
            str(error),
        ) from error
