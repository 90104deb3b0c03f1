"""Pictures, thumbnails and masks in object storage, each under the sha256 of its bytes.

Nothing is ever changed or removed there: bytes of another content have another name, and several
desks, and files saved of them, may name the same ones.
"""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Final, Protocol, TypeVar

from components.errors import StoreError
from components.settings import PictureSettings

_THREADS: Final = 32
# Most of a page of thumbnails was on the page before; pictures and masks are kept by the desk.
_SMALL_BYTES: Final = 64_000
_CACHE_BYTES: Final = 24_000_000
_REMEMBERED: Final = 50_000
_TRIES: Final = 2

_In = TypeVar("_In")
_Out = TypeVar("_Out")


class Place(Protocol):
    """Where bytes can be put under a name; threads may share it."""

    def put(self, name: str, data: bytes) -> None:
        """Keep bytes; once this returns they last."""

    def get(self, name: str) -> bytes | None:
        """The bytes of this name; None where there are none."""

    def exists(self, name: str) -> bool:
        """Whether there are bytes of this name."""

    def close(self) -> None:
        """Let go of connections; the next call makes new ones."""


class Objects:
    """Bytes by their sha256 at one place; threads may share it.

    Attributes:
        label: what the place is called on a page, "s3://bucket/prefix" or a folder.
    """

    def __init__(self, place: Place, label: str) -> None:
        self.label: Final = label
        self._place = place
        self._lock = threading.Lock()
        self._pool: ThreadPoolExecutor | None = None
        self._put: OrderedDict[str, None] = OrderedDict()
        self._small: OrderedDict[str, bytes] = OrderedDict()
        self._small_bytes = 0

    def __repr__(self) -> str:
        return f"Objects({self.label!r})"

    def put(self, *blobs: bytes) -> list[str]:
        """Keep bytes, several at a time; once this returns they last.

        Returns:
            The sha256 of each.

        Raises:
            StoreUnavailable: the place cannot be reached or written now.
            SettingsError: it is not there, or refuses this desk.
        """
        by_sha = {hashlib.sha256(data).hexdigest(): data for data in blobs}
        self._spread(lambda one: self._place.put(_name(one[0]), one[1]), list(by_sha.items()))
        with self._lock:
            for sha256 in by_sha:
                self._put[sha256] = None
                self._put.move_to_end(sha256)
            while len(self._put) > _REMEMBERED:
                self._put.popitem(last=False)
        return [hashlib.sha256(data).hexdigest() for data in blobs]

    def was_put(self, sha256: str) -> bool:
        """Whether these bytes were put here lately, by this very object."""
        with self._lock:
            return sha256 in self._put

    def exists(self, sha256: str) -> bool:
        """Whether there are bytes of this sha256, whoever put them; they are not looked at.

        Raises:
            StoreUnavailable, SettingsError: as `put`.
        """
        return self._place.exists(_name(sha256))

    def get(self, sha256: str) -> bytes:
        """The bytes of a sha256, compared with it.

        Raises:
            StoreUnavailable, SettingsError: as `put`.
            StoreError: they are not there, or are others.
        """
        return self.get_many([sha256])[sha256]

    def get_many(self, sha256s: Iterable[str], *, skip_lost: bool = False) -> dict[str, bytes]:
        """Bytes by their sha256, several brought at a time.

        Args:
            sha256s: of what is wanted.
            skip_lost: leave out what is not there or is damaged.

        Raises:
            StoreUnavailable, SettingsError: as `put`.
            StoreError: one is not there, or is damaged; not with `skip_lost`.
        """
        wanted = list(dict.fromkeys(sha256s))
        found = self._recall(wanted)
        missing = [sha256 for sha256 in wanted if sha256 not in found]
        for sha256, data in zip(missing, self._spread(self._fetch, missing), strict=True):
            if isinstance(data, bytes):
                found[sha256] = data
                self._keep(sha256, data)
            elif not skip_lost:
                raise data
        return found

    def check(self, sha256s: Sequence[str]) -> None:
        """See that bytes are there and are what was put, without taking a word for it.

        Raises:
            StoreUnavailable, SettingsError, StoreError: as `get_many`.
        """
        for data in self._spread(self._fetch, sha256s):
            if isinstance(data, StoreError):
                raise data

    def close(self) -> None:
        """Let go of threads and connections; the next call makes new ones."""
        with self._lock:
            pool, self._pool = self._pool, None
            self._small.clear()
            self._small_bytes = 0
        if pool is not None:
            pool.shutdown()
        self._place.close()

    def _fetch(self, sha256: str) -> bytes | StoreError:
        """The bytes, or what is wrong with them; a place that does not answer is raised."""
        for _ in range(_TRIES):  # what was damaged on its way comes whole the second time
            data = self._place.get(_name(sha256))
            if data is None:
                return StoreError(
                    f"A picture or mask that was put into {self.label} is not there any more. "
                    "Whoever runs this desk has to bring it back there from a copy.",
                    sha256,
                )
            if hashlib.sha256(data).hexdigest() == sha256:
                return data
        return StoreError(
            f"A picture or mask in {self.label} is damaged: it is not what was put there. "
            "Whoever runs this desk has to bring it back there from a copy.",
            sha256,
        )

    def _recall(self, wanted: Sequence[str]) -> dict[str, bytes]:
        found = {}
        with self._lock:
            for sha256 in wanted:
                if sha256 in self._small:
                    self._small.move_to_end(sha256)
                    found[sha256] = self._small[sha256]
        return found

    def _keep(self, sha256: str, data: bytes) -> None:
        if len(data) > _SMALL_BYTES:
            return
        with self._lock:
            if sha256 not in self._small:
                self._small_bytes += len(data)
            self._small[sha256] = data
            while self._small_bytes > _CACHE_BYTES:
                self._small_bytes -= len(self._small.popitem(last=False)[1])

    def _spread(self, do: Callable[[_In], _Out], what: Sequence[_In]) -> list[_Out]:
        """Do it to each, several at a time; the first error ends it."""
        if len(what) < 2:
            return [do(one) for one in what]
        with self._lock:
            if self._pool is None:
                self._pool = ThreadPoolExecutor(_THREADS, thread_name_prefix="objects")
            tasks: list[Future[_Out]] = [self._pool.submit(do, one) for one in what]
        try:
            return [task.result() for task in tasks]
        finally:
            for task in tasks:
                task.cancel()


def open_objects(settings: PictureSettings | None) -> Objects | None:
    """The object storage that is set; None where pictures are kept in the database.

    Nothing is asked yet: a desk whose object storage is away still shows and takes decisions.
    """
    if settings is None:
        return None
    if settings.folder is not None:
        from components.store.folder import Folder

        return Objects(Folder(settings.folder), settings.label)
    # Imported here, as the client and its files take a while that other desks need not spend.
    from components.store.bucket import Bucket

    return Objects(Bucket(settings), settings.label)


def _name(sha256: str) -> str:
    return f"{sha256[:2]}/{sha256}"
