"""Names of files that every system takes, each given out once."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Sequence
from typing import Final

_LONGEST: Final = 120
"""Signs of a stem; with suffixes and folders it stays below the 255 bytes of most systems."""
_MOST_BYTES: Final = 180
_FORBIDDEN: Final = re.compile(r'[<>:"/\\|?*\x00-\x1f\x7f]')
_RESERVED: Final = frozenset(
    {"con", "prn", "aux", "nul"}
    | {f"{port}{at}" for port in ("com", "lpt") for at in "0123456789¹²³"}
)
"""Names that Windows keeps for itself, whatever follows the first dot."""


def make_safe(name: str) -> str:
    """A stem of a file name that Windows, macOS and Linux take, without its suffix.

    Folders before it are left out, signs that a system forbids become "_", and so does what would
    hide it or mean another place; a name that nothing is left of becomes "picture".

    Args:
        name: as people named the picture, maybe with folders and a suffix.
    """
    last = re.split(r"[/\\]", name.strip())[-1]
    stem, dot, suffix = last.rpartition(".")
    if not dot or not stem or not re.fullmatch(r"[A-Za-z0-9]{1,5}", suffix):
        stem = last
    text = unicodedata.normalize("NFC", stem.encode("utf-8", "replace").decode())
    text = "".join(sign if sign.isprintable() else "_" for sign in _FORBIDDEN.sub("_", text))
    text = text.strip(" ").strip(".")[:_LONGEST]
    while len(text.encode()) > _MOST_BYTES:
        text = text[:-1]
    text = text.strip(" .")
    if text.split(".")[0].strip().casefold() in _RESERVED:
        text = f"_{text}"
    return text if text.strip("_") else "picture"


def make_safe_title(title: str) -> str:
    """As `make_safe`, of what is no file's name: nothing in it is a folder or a suffix.

    Args:
        title: as people named it; "/" and "\\" become "-".
    """
    return make_safe(re.sub(r"[/\\]", "-", title) + ".")


class Names:
    """Gives each picture a stem that no other has, upper and lower case taken as one."""

    def __init__(self, endings: Sequence[str] = ("",)) -> None:
        """Begin with none given.

        Args:
            endings: what a format appends to a stem before the suffix; no two files of two
                pictures come to the same name with any of them.
        """
        self._endings = tuple(endings)
        self._taken: set[bytes] = set()

    def take(self, name: str, sha256: str) -> str:
        """A stem for a picture.

        Args:
            name: as people named it.
            sha256: of the picture: what is told apart by where two have the same name.

        Returns:
            The safe name; with a part of the sha256 appended where that was given already.
        """
        stem = make_safe(name)
        tried, length = stem, 0
        while not self._is_free(tried):
            length += 8
            if length > len(sha256):
                tried = f"{tried}_"
                continue
            tried = f"{stem}-{sha256[:length]}"
        self._taken.update(self._list_keys(tried))
        return tried

    def _is_free(self, stem: str) -> bool:
        return self._taken.isdisjoint(self._list_keys(stem))

    def _list_keys(self, stem: str) -> list[bytes]:
        # Digests of 12 bytes rather than names: a hundred thousand pictures stay small.
        folded = unicodedata.normalize("NFKD", stem.casefold())
        return [
            hashlib.blake2b(f"{folded}{ending}".encode(), digest_size=12).digest()
            for ending in self._endings
        ]
