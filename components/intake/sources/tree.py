"""Folders on disk and inside archives, seen alike."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol

from components.intake.sources.candidate import Refusal

HEAD_BYTES = 1024


@dataclass(frozen=True, slots=True)
class Leaf:
    """A file in a tree.

    Attributes:
        name: its last part.
        path: where its bytes are, for the tree that gave it.
        problem: sentences why it is not taken; "" where nothing speaks against it.
    """

    name: str
    path: str
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Listing:
    """What lies in one folder.

    Attributes:
        files: in natural order.
        folders: names, in natural order.
        refusals: what is in neither.
    """

    files: list[Leaf] = field(default_factory=list)
    folders: list[str] = field(default_factory=list)
    refusals: list[Refusal] = field(default_factory=list)


class Tree(Protocol):
    """Folders and files, read from any thread."""

    def scan(self, folder: str) -> Listing:
        """List one folder, "" being the top; the same every time."""

    def read(self, leaf: Leaf, max_bytes: int, shown: str) -> bytes:
        """Read a file of at most so many bytes.

        Raises:
            IntakeError: it is larger (`ImageTooLarge`), damaged (`NotAnImage`) or gone; `shown`
                is how it is called in the message.
        """

    def read_head(self, leaf: Leaf, shown: str) -> bytes:
        """Read the first `HEAD_BYTES` of a file.

        Raises:
            IntakeError: it is damaged or gone.
        """


def join(folder: str, name: str) -> str:
    """Put a name behind a folder's path, "" being the top."""
    return f"{folder}/{name}" if folder else name


def spell_size(size: float) -> str:
    """Spell bytes as megabytes."""
    return f"{size / 1e6:,.1f} MB" if size < 1e9 else f"{size / 1e9:,.1f} GB"
