"""A folder on disk, read without ever leaving it."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from components.errors import ImageTooLarge, IntakeError
from components.intake.sources.candidate import Refusal, SourceLimits
from components.intake.sources.names import clean_name, make_order_key
from components.intake.sources.tree import HEAD_BYTES, Leaf, Listing, join, spell_size

# A FIFO would keep an ordinary opening waiting for ever; these are missing where Windows is.
_FLAGS = (
    os.O_RDONLY
    | getattr(os, "O_NOFOLLOW", 0)
    | getattr(os, "O_NONBLOCK", 0)
    | getattr(os, "O_CLOEXEC", 0)
    | getattr(os, "O_BINARY", 0)
)
_STEPWISE = os.open in os.supports_dir_fd and os.scandir in os.supports_fd


class FolderTree:
    """The files below one folder.

    Every opening walks down from the top one folder at a time, without following links, so
    that nothing put in the place of a folder or file meanwhile leads elsewhere.
    """

    def __init__(self, root: Path, limits: SourceLimits) -> None:
        self._root = os.path.realpath(root)
        self._limits = limits

    def scan(self, folder: str) -> Listing:
        """List one folder; see `Tree.scan`.

        Of more than `max_members` files the first by name are kept, in bounded memory.
        """
        names: list[str] = []
        odd: dict[str, Leaf] = {}
        listing = Listing()
        shown = clean_name(folder or Path(self._root).name)
        bound = self._limits.max_members
        cut = False
        try:
            with self._scanning(folder) as entries:
                for entry in entries:
                    if entry.is_dir(follow_symlinks=False):
                        listing.folders.append(entry.name)
                        continue
                    names.append(entry.name)
                    if not entry.is_file(follow_symlinks=False):
                        odd[entry.name] = self._look_at(folder, entry)
                    if len(names) > 2 * bound:
                        names = sorted(names, key=make_order_key)[:bound]
                        odd = {name: odd[name] for name in names if name in odd}
                        cut = True
        except OSError as error:
            listing.refusals.append(Refusal(shown, _explain(error, "This folder")))
        names.sort(key=make_order_key)
        if cut or len(names) > bound:
            del names[bound:]
            listing.refusals.append(
                Refusal(
                    shown,
                    f"This folder has more than {bound:,} files; only the first {bound:,} by "
                    "name are looked at. Spread them over several folders.",
                )
            )
        listing.files.extend(odd.get(name) or Leaf(name, join(folder, name)) for name in names)
        listing.folders.sort(key=make_order_key)
        return listing

    def read(self, leaf: Leaf, max_bytes: int, shown: str) -> bytes:
        """Read a whole file; see `Tree.read`."""
        try:
            with self.open(leaf, shown) as file:
                size = os.fstat(file.fileno()).st_size
                data = file.read(max_bytes + 1) if size <= max_bytes else b""
        except OSError as error:
            raise IntakeError(_explain(error, shown), type(error).__name__) from error
        if max(size, len(data)) > max_bytes:
            raise ImageTooLarge(
                f"{shown} has {spell_size(max(size, len(data)))}; the desk takes up to "
                f"{spell_size(max_bytes)}. Save it smaller."
            )
        return data

    def read_head(self, leaf: Leaf, shown: str) -> bytes:
        """Read a file's beginning; see `Tree.read_head`."""
        try:
            with self.open(leaf, shown) as file:
                return file.read(HEAD_BYTES)
        except OSError as error:
            raise IntakeError(_explain(error, shown), type(error).__name__) from error

    def open(self, leaf: Leaf, shown: str) -> BinaryIO:
        """Open a file for reading; whoever asks closes it.

        Args:
            leaf: a file of this tree.
            shown: how it is called in a message.

        Returns:
            An open regular file.

        Raises:
            IntakeError: it is gone, was replaced by a link or something special, or may not be
                read.
        """
        folder, _, name = leaf.path.rpartition("/")
        try:
            with self._opened(folder) as parent:
                if parent is None:
                    self._check_inside(leaf.path)
                    number = os.open(os.path.join(self._root, leaf.path), _FLAGS)  # noqa: PTH118
                else:
                    number = os.open(name, _FLAGS, dir_fd=parent)
        except (OSError, ValueError) as error:
            raise IntakeError(_explain(error, shown), type(error).__name__) from error
        if not stat.S_ISREG(os.fstat(number).st_mode):
            os.close(number)
            raise IntakeError(_SPECIAL.format(shown))
        return os.fdopen(number, "rb")

    def _look_at(self, folder: str, entry: os.DirEntry[str]) -> Leaf:
        path = join(folder, entry.name)
        if entry.is_symlink():
            return self._follow(path, entry.name)
        return Leaf(entry.name, path, _SPECIAL.format("It"))

    def _follow(self, path: str, name: str) -> Leaf:
        """Find what a link leads to; only a file inside the folder is taken."""
        try:
            target = os.path.realpath(os.path.join(self._root, path), strict=True)  # noqa: PTH118
            mode = os.lstat(target).st_mode
        except (OSError, ValueError):
            return Leaf(name, path, "It is a link that leads nowhere. Put the file in its place.")
        if not _is_inside(target, self._root):
            return Leaf(
                name,
                path,
                "It is a link that leads out of the folder, and such links are not followed. "
                "Put a copy of the file in its place.",
            )
        if stat.S_ISDIR(mode):
            return Leaf(
                name,
                path,
                "It is a link to another folder. That one is read where it is, and only once.",
            )
        if not stat.S_ISREG(mode):
            return Leaf(name, path, _SPECIAL.format("It"))
        return Leaf(name, os.path.relpath(target, self._root).replace(os.sep, "/"))

    @contextmanager
    def _scanning(self, folder: str) -> Iterator[Iterator[os.DirEntry[str]]]:
        with self._opened(folder) as number:
            if number is None:
                self._check_inside(folder)
                with os.scandir(os.path.join(self._root, folder)) as entries:  # noqa: PTH118
                    yield entries
            else:
                # mypy's view of scandir knows bytes and numbers apart, not this pair.
                with os.scandir(number) as entries:
                    yield entries

    @contextmanager
    def _opened(self, folder: str) -> Iterator[int | None]:
        """Open a folder step by step; gives None where the system cannot do so."""
        if not _STEPWISE:
            yield None
            return
        flags = _FLAGS | os.O_DIRECTORY
        number = os.open(self._root, flags)
        try:
            for part in folder.split("/") if folder else ():
                inner = os.open(part, flags, dir_fd=number)
                os.close(number)
                number = inner
            yield number
        finally:
            os.close(number)

    def _check_inside(self, path: str) -> None:
        target = os.path.realpath(os.path.join(self._root, path))  # noqa: PTH118
        if not _is_inside(target, self._root):
            raise OSError(errno.ELOOP, "a link leads out of the folder")


_SPECIAL = "{} is neither a file nor a folder, and is not opened. Leave it out."


def _is_inside(target: str, root: str) -> bool:
    return target == root or target.startswith(root if root.endswith(os.sep) else root + os.sep)


def _explain(error: Exception, shown: str) -> str:
    if isinstance(error, FileNotFoundError):
        return f"{shown} is not there any more. Put it back, then try again."
    if isinstance(error, PermissionError):
        return f"{shown} may not be read by the desk. Allow it, or leave it out."
    if isinstance(error, OSError) and error.errno in (errno.ELOOP, errno.ENOTDIR):
        return (
            f"{shown} leads over a link, and such links are not followed. "
            "Put a copy of the file in its place."
        )
    return f"{shown} cannot be read from the disk. Copy it again, then try once more."
