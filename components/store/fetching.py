"""Bytes of several pictures fetched at a time, since asking takes longer than reading."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Sequence
from typing import Final

from components.errors import StoreError
from components.store import content
from components.store.database import Database


class Fetching:
    """Where the bytes of some pictures come from.

    The first time one of a group is asked for, all of its group are fetched, and each is let go of
    when it is handed out.
    """

    def __init__(self, db: Database, groups: Iterable[Sequence[str]]) -> None:
        """Begin; nothing is fetched yet.

        Args:
            db: where.
            groups: sha256 of what is likely wanted soon after one another, such as the masks of
                pictures that follow each other.
        """
        self._db: Final = db
        self._groups = {sha256: group for group in groups for sha256 in group}
        self._held: dict[str, bytes] = {}
        self._lock = threading.Lock()

    def load(self, sha256: str) -> bytes:
        """The bytes of one.

        Raises:
            StoreError: they are lost, or cannot be read now.
        """
        with self._lock:
            held = self._held.pop(sha256, None)
            if held is not None:
                return held
            group = self._groups.get(sha256, ())
            fresh = [one for one in group if self._groups.pop(one, None) is not None]
            if len(fresh) > 1:
                # One that is lost is no reason to do without the others.
                self._held.update(self._fetch(fresh, skip_lost=True))
                held = self._held.pop(sha256, None)
                if held is not None:
                    return held
        found = self._fetch([sha256], skip_lost=False)
        if sha256 not in found:
            raise StoreError(
                "A picture or a mask of this project is lost, so it cannot be exported. Restore "
                "the desk from a copy, or leave that picture out.",
                f"no blob {sha256}",
            )
        return found[sha256]

    def _fetch(self, sha256s: Sequence[str], *, skip_lost: bool) -> dict[str, bytes]:
        with self._db.read() as connection:
            found = content.find_blobs(connection, sha256s)
        return self._db.bring(found, skip_lost=skip_lost)
