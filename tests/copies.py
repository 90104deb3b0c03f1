"""SQLite databases that are made once and copied for each test."""

from __future__ import annotations

import shutil
from pathlib import Path


def copy_file(path: Path, folder: Path) -> str:
    """Copy a SQLite file that nobody has open into a folder of its own, and return its address."""
    to = folder / "folder" / "desk.sqlite3"
    to.parent.mkdir()
    shutil.copy(path, to)
    return f"sqlite:///{to}"
