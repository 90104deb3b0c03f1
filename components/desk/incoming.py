"""Files on their way in: put beside the desk's own, where a restart finds them again."""

from __future__ import annotations

import re
import shutil
import time
from collections.abc import Callable, Iterable
from pathlib import Path, PurePosixPath
from typing import Any, Final

from components.errors import StoreError

_DEEPEST: Final = 8
_LONGEST_PART: Final = 200  # bytes; file systems take 255
_KEPT_END: Final = 30
_CHUNK: Final = 1 << 20
_OLD_SECONDS: Final = 86_400  # nobody uploads for so long
_CONTROL: Final = re.compile(r'[\x00-\x1f\x7f<>:"|?*]')


def keep_files(folder: Path, files: Iterable[tuple[str, Any]]) -> int:
    """Write files into a new folder.

    Args:
        folder: is made; removed again where not all can be written.
        files: names, folders of their own in front allowed, and file objects open for reading.

    Returns:
        How many.

    Raises:
        StoreError: they could not be written.
    """
    count = 0
    try:
        folder.mkdir(parents=True)
        for name, file in files:
            with _find_place(folder, name).open("xb") as target:
                shutil.copyfileobj(file, target, _CHUNK)
            count += 1
    except OSError as error:
        shutil.rmtree(folder, ignore_errors=True)
        raise StoreError(
            "The files could not be kept on the desk's disk, so none of them was read. Whoever "
            "runs the desk has to make room; then add them once more.",
            str(error),
        ) from error
    return count


def sweep(folder: Path, is_used: Callable[[str], bool]) -> None:
    """Remove what was put aside and never became a batch, since the desk was ended meanwhile.

    Args:
        folder: with a folder for each.
        is_used: whether the batch of this id still reads its own.
    """
    try:
        found = [
            one for one in folder.iterdir() if time.time() - one.stat().st_mtime > _OLD_SECONDS
        ]
    except OSError:
        return
    for one in found:
        if not is_used(one.name):
            shutil.rmtree(one, ignore_errors=True)


def _find_place(folder: Path, name: str) -> Path:
    """A free place within the folder, whatever the name says."""
    parts = [_clean(part) for part in re.split(r"[\\/]+", name) if part.strip(". ")]
    *folders, last = parts[-_DEEPEST:] or ["file"]
    place = folder
    for part in folders:
        place = place / part
        if place.is_file():  # a file of this name came before the folder
            place = place.with_name(place.name + "_")
    place.mkdir(parents=True, exist_ok=True)
    pure = PurePosixPath(last)
    found, number = place / last, 2
    while found.exists():
        found = place / f"{pure.stem} ({number}){pure.suffix}"
        number += 1
    return found


def _clean(part: str) -> str:
    part = _CONTROL.sub("_", part.encode("utf-8", "replace").decode()).strip()
    pure = PurePosixPath(part)
    suffix = pure.suffix[:20]
    stem = part[: len(part) - len(pure.suffix)] if pure.suffix else part
    whole = stem.encode()
    room = _LONGEST_PART - len(suffix.encode())
    if len(whole) > room:
        # The end tells a mask from its picture.
        whole = whole[: room - _KEPT_END] + whole[-_KEPT_END:]
    # A leading dot would hide it from the reader.
    return (whole.decode("utf-8", "ignore").lstrip(".") or "file") + suffix
