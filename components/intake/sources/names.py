"""Names of files: how they are shown, compared and ordered, and what they promise."""

from __future__ import annotations

import re
import unicodedata

_MAX_SHOWN, _HEAD = 200, 80
_DIGITS = re.compile(r"[0-9]+")
_DRIVE = re.compile(r"[A-Za-z]:")

PICTURES = frozenset(
    [
        "jpg",
        "jpeg",
        "jpe",
        "jfif",
        "png",
        "webp",
        "gif",
        "bmp",
        "dib",
        "tif",
        "tiff",
        "heic",
        "heif",
        "hif",
        "avif",
    ]
)
LISTS = frozenset({"csv", "tsv", "txt"})
ARCHIVES = frozenset(
    [
        "zip",
        "tar",
        "gz",
        "tgz",
        "bz2",
        "tbz",
        "tbz2",
        "xz",
        "txz",
        "zst",
        "tzst",
        "lz4",
        "lzma",
        "7z",
        "rar",
        "cab",
        "iso",
        "jar",
        "arj",
    ]
)
CLASSES = "_classes.csv"
_CLUTTER = frozenset({"thumbs.db", "ehthumbs.db", "desktop.ini"})
# What dataset makers put beside the pictures; it holds no picture and nothing that is used here.
_DESCRIPTIONS = frozenset(
    {CLASSES, "_darknet.labels", "obj.names", "obj.data", "citation.cff"}
    | {f"{stem}{end}" for stem in ("data", "dataset") for end in (".yaml", ".yml")}
    | {f"{stem}.txt" for stem in ("classes", "labels", "requirements")}
    | {
        f"{stem}{end}"
        for stem in ("license", "licence", "notice", "copying")
        for end in ("", ".txt", ".md")
    }
)


def fold(name: str) -> str:
    """Spell a name so that it equals itself as other systems write it: NFC, without case."""
    if name.isascii():
        return name.lower()
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold())


def make_order_key(name: str) -> tuple[str, str]:
    """Make the key by which names are sorted: numbers by value, case aside, always the same."""
    return _DIGITS.sub(_pad, fold(name)), name


def _pad(match: re.Match[str]) -> str:
    digits = match[0].lstrip("0")
    return f"{len(digits):05d}{digits}"


def split_suffix(name: str) -> tuple[str, str]:
    """Take a name apart into its stem and its suffix, in lower case without the dot."""
    stem, dot, suffix = name.rpartition(".")
    return (stem, suffix.casefold()) if dot and stem else (name, "")


def is_ignored(name: str) -> bool:
    """Tell whether a file is left out without a word: hidden, clutter, a description."""
    lowered = fold(name)
    if lowered.startswith(".") or lowered in _CLUTTER or lowered in _DESCRIPTIONS:
        return True
    return lowered.startswith("readme") and split_suffix(lowered)[1] not in PICTURES


def is_ignored_folder(name: str) -> bool:
    """Tell whether a folder is left out without a word."""
    return name.startswith(".") or fold(name) == "__macosx"


def split_path(path: str, max_depth: int) -> list[str] | None:
    """Take a foreign path apart, as an archive or a list names it.

    Args:
        path: with "/" or "\\" between folders, as systems of either kind write it.
        max_depth: folders inside one another.

    Returns:
        Its parts; None where it leads out of where it starts, begins at a root or a drive, holds
        NUL, names nothing or lies too deep.
    """
    plain = path.replace("\\", "/")
    if "\0" in plain or plain.startswith("/") or _DRIVE.match(plain):
        return None
    parts = [part for part in plain.split("/") if part not in ("", ".")]
    if not parts or ".." in parts or len(parts) > max_depth + 1:
        return None
    return parts


def clean_name(path: str) -> str:
    """Make a path fit to be shown: printable, NFC, at most 200 characters.

    Args:
        path: with "/" between folders.

    Returns:
        The path; of a long one its beginning and its end; "unnamed" where nothing is left.
    """
    kept: list[str] = []
    for char in unicodedata.normalize("NFC", path):
        if char.isprintable():
            kept.append(char)
        elif unicodedata.category(char) == "Zs":
            kept.append(" ")
        elif unicodedata.category(char) == "Cs":
            # A byte of a name that is not text.
            kept.append("\ufffd")
    shown = "/".join(part.strip() for part in "".join(kept).split("/") if part.strip())
    if len(shown) > _MAX_SHOWN:
        shown = f"{shown[:_HEAD]}…{shown[_HEAD + 1 - _MAX_SHOWN :]}"
    return shown or "unnamed"
