"""A folder that belongs to one process and goes with it, however that ends."""

from __future__ import annotations

import os
import shutil
import sys
import time
import uuid
from pathlib import Path
from typing import IO, Final

from components.errors import ExportError

_HELD: Final = "held"
_YOUNG_SECONDS: Final = 5.0


class OwnFolder:
    """A folder below one that several processes may share; made at first use.

    A file in it is held for as long as the process lives, and let go of by the system when that is
    killed: this is how `sweep` tells what was left behind.
    """

    def __init__(self, shared: Path) -> None:
        """Begin; nothing is made yet.

        Args:
            shared: the folder it is made in.
        """
        self.path: Final = shared / f"{os.getpid()}-{uuid.uuid4().hex}"
        self._held: IO[bytes] | None = None

    def make(self) -> None:
        """Make it, where it is not there yet.

        Raises:
            ExportError: it cannot be made.
        """
        if self._held is not None:
            return
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            self._held = (self.path / _HELD).open("wb")
            if sys.platform != "win32":
                import fcntl

                fcntl.flock(self._held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise ExportError(
                "The export could not be begun: the desk's disk is full or cannot be written. Tell "
                "whoever runs this desk.",
                str(error),
            ) from error

    def remove(self) -> None:
        """Remove it and all that is in it."""
        if self._held is not None:
            self._held.close()
            self._held = None
        shutil.rmtree(self.path, ignore_errors=True)


def sweep(shared: Path) -> None:
    """Remove the folders of processes that are no more.

    Args:
        shared: the folder they are in.
    """
    try:
        found = [one for one in shared.iterdir() if one.is_dir()]
    except OSError:
        return
    for one in found:
        if not _is_held(one / _HELD):
            shutil.rmtree(one, ignore_errors=True)


def _is_held(path: Path) -> bool:
    try:
        # One that is just being made is not held yet.
        if time.time() - path.stat().st_mtime < _YOUNG_SECONDS:
            return True
        if sys.platform == "win32":
            path.unlink()  # refused while it is open anywhere
            return False
        import fcntl

        with path.open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except FileNotFoundError:
        return False
    except OSError:
        return True
    return False
