"""A folder that desks share, as the place of their pictures: a disk of the network."""

from __future__ import annotations

import os
import tempfile
from contextlib import suppress
from pathlib import Path

from components.errors import StoreUnavailable


class Folder:
    """A folder with bytes by name; it has to be there, for a disk that is away leaves an empty one.

    A name is "ab/cd": a folder in it, and a file.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    def put(self, name: str, data: bytes) -> None:
        """Keep bytes; once this returns they are on disk.

        Raises:
            StoreUnavailable: they cannot be written now.
        """
        target = self._path / name
        try:
            if not self._path.is_dir():
                raise FileNotFoundError(str(self._path))
            target.parent.mkdir(exist_ok=True)
            handle, half = tempfile.mkstemp(prefix=".", suffix=".part", dir=target.parent)
            try:
                with os.fdopen(handle, "wb") as file:
                    file.write(data)
                    file.flush()
                    os.fsync(file.fileno())
                # Other desks may run as other users of one group.
                Path(half).chmod(0o664)
                Path(half).replace(target)
            except BaseException:
                with suppress(OSError):
                    Path(half).unlink()
                raise
            _flush(target.parent)
        except OSError as error:
            raise self._miss("written", error) from error

    def get(self, name: str) -> bytes | None:
        """The bytes of this name; None where there are none.

        Raises:
            StoreUnavailable: the folder cannot be read now.
        """
        try:
            return (self._path / name).read_bytes()
        except FileNotFoundError as error:
            if not self._path.is_dir():
                raise self._miss("read", error) from error
            return None
        except OSError as error:
            raise self._miss("read", error) from error

    def exists(self, name: str) -> bool:
        """Whether there are bytes of this name.

        Raises:
            StoreUnavailable: the folder cannot be read now.
        """
        try:
            (self._path / name).stat()
        except FileNotFoundError as error:
            if not self._path.is_dir():
                raise self._miss("read", error) from error
            return False
        except OSError as error:
            raise self._miss("read", error) from error
        return True

    def close(self) -> None:
        """Nothing is held open."""

    def _miss(self, what: str, error: OSError) -> StoreUnavailable:
        return StoreUnavailable(
            f"The folder of the pictures, {self._path}, cannot be {what} at the moment. It has to "
            "be there, and open to this desk; try again.",
            f"{type(error).__name__}: {error.strerror or error}",
        )


def _flush(folder: Path) -> None:
    """Bring a folder's own list of names to the disk, where the system lets one."""
    if os.name != "posix":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
