"""Pictures of the running desk, on disk rather than in memory.

Small machines have about 1 GB of memory and a disk that is forgotten at a restart. Pictures that
people add live in a temporary folder, bounded in bytes, and go when the desk stops; memory holds
only what is being looked at.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import tempfile
import threading
import weakref
from dataclasses import dataclass, field
from pathlib import Path

from components.errors import StoreError
from components.model.image import SourceImage

MAX_BYTES = 2_000_000_000

_KEY = re.compile(r"[0-9a-f]{32}")


@dataclass(frozen=True, slots=True)
class Kept:
    """A picture in the spool, as small as a list of them needs.

    Attributes:
        key: what the spool finds it by.
        name: file name to show.
        thumbnail: small JPEG; b"" where none was made.
    """

    key: str
    name: str
    thumbnail: bytes = field(repr=False, default=b"")


class Spool:
    """A bounded folder of pictures, each found by a key drawn from its content."""

    def __init__(self, max_bytes: int = MAX_BYTES) -> None:
        """Make the folder; it is removed when the process ends.

        Args:
            max_bytes: when more is kept, what was looked at longest ago goes first.
        """
        self._folder = Path(tempfile.mkdtemp(prefix="mask-desk-"))
        self._remove = weakref.finalize(self, shutil.rmtree, self._folder, ignore_errors=True)
        self._max_bytes = max_bytes
        self._lock = threading.Lock()

    def keep(self, image: SourceImage) -> str:
        """Write a picture and return its key; the same picture twice is written once.

        Raises:
            StoreError: the disk is full or not writable.
        """
        facts = json.dumps(
            {
                "name": image.name,
                "media_type": image.media_type,
                "size_wh": image.size_wh,
                "original_size_wh": image.original_size_wh,
                "original_bytes": image.original_bytes,
                "original_format": image.original_format,
                "sha256": image.sha256,
                "url": image.url,
                "notes": image.notes,
            }
        ).encode()
        key = hashlib.sha256(facts).hexdigest()[:32]
        path = self._path(key)
        try:
            with self._lock:
                if path.exists():
                    os.utime(path)
                    return key
                # A name of its own until it is whole, so that a reader never sees half a file.
                half = path.with_suffix(".part")
                half.write_bytes(facts + b"\n" + image.data)
                half.replace(path)
                self._make_room(path)
        except OSError as error:
            raise StoreError(
                f"{image.name} could not be kept: the desk's disk is full or cannot be written. "
                "Tell whoever runs this desk.",
                str(error),
            ) from error
        return key

    def load(self, key: str) -> SourceImage:
        """Read a picture back.

        Args:
            key: as `keep` gave it; it may come from an address, so any text is borne.

        Raises:
            StoreError: there is none of this key, or it has been put away to make room.
        """
        path = self._path(key)
        try:
            if not _KEY.fullmatch(key):
                raise FileNotFoundError("not a key")
            facts, data = path.read_bytes().split(b"\n", 1)
            os.utime(path)
        except OSError as error:
            raise StoreError(
                "That picture is not on this desk any more. Add it once more to see it.",
                str(error),
            ) from error
        known = json.loads(facts)
        return SourceImage(
            **{
                **known,
                "data": data,
                "size_wh": tuple(known["size_wh"]),
                "original_size_wh": tuple(known["original_size_wh"]),
                "notes": tuple(known["notes"]),
            }
        )

    def close(self) -> None:
        """Remove the folder."""
        self._remove()

    def _path(self, key: str) -> Path:
        return self._folder / f"{key}.image"

    def _make_room(self, newest: Path) -> None:
        files = [(path, path.stat()) for path in self._folder.glob("*.image")]
        excess = sum(stat.st_size for _, stat in files) - self._max_bytes
        for path, stat in sorted(files, key=lambda file: file[1].st_mtime_ns):
            if excess <= 0:
                return
            if path != newest:
                path.unlink(missing_ok=True)
                excess -= stat.st_size
