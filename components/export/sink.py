"""Where an export is written: a ZIP file, a folder or one single file, each alike in use."""

from __future__ import annotations

import shutil
import tempfile
import zipfile
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Final

from components.errors import ExportError

_BLOCK: Final = 1 << 20
_FIRST_DATE: Final = (1980, 1, 1, 0, 0, 0)
"""The earliest a ZIP can tell; always the same, so that the same export has the same bytes."""
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
        self._make_room(len(data))
        with _translate(name):
            self._zip.writestr(_describe(name), data)

    def copy(self, name: str, file: IO[bytes]) -> None:
        with _translate(name):
            self._make_room(file.seek(0, 2))
            file.seek(0)
            with self._zip.open(_describe(name), "w", force_zip64=True) as entry:
                shutil.copyfileobj(file, entry, _BLOCK)

    def close(self) -> None:
        """Write the list of entries; before this it is no ZIP."""
        with _translate("the end of the file"):
            self._zip.close()
            self._file.close()
            if len(self._parts) == 1:
                self._parts[0] = self._parts[0].replace(self._path)

    def list_parts(self) -> list[Path]:
        """The files that were written; each is a ZIP of its own, unpacked into one folder."""
        return list(self._parts)

    def _make_room(self, size: int) -> None:
        if self._most_bytes is None or not self._zip.filelist:
            return
        if self._file.tell() + size > self._most_bytes:
            with _translate("the end of a part"):
                self._zip.close()
                self._file.close()
            self._open_part()

    def _open_part(self) -> None:
        number = len(self._parts) + 1
        part = self._path.with_name(f"{self._path.stem}-{number}{self._path.suffix}")
        with _translate(part.name):
            self._file = part.open("wb")
            self._zip = zipfile.ZipFile(self._file, "w", allowZip64=True)
        self._parts.append(part)


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


def _describe(name: str) -> zipfile.ZipInfo:
    _split(name)
    entry = zipfile.ZipInfo(name, _FIRST_DATE)
    entry.create_system = 3  # Unix, whatever system this runs on
    entry.external_attr = 0o644 << 16
    is_packed = name.lower().endswith(_PACKED)
    entry.compress_type = zipfile.ZIP_STORED if is_packed else zipfile.ZIP_DEFLATED
    return entry


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
