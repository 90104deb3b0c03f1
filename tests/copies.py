"""SQLite databases that are made once and copied for each test."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest


def copy_file(path: Path, folder: Path) -> str:
    """Copy a SQLite file that nobody has open into a folder of its own, and return its address."""
    to = folder / "folder" / "desk.sqlite3"
    to.parent.mkdir()
    shutil.copy(path, to)
    return f"sqlite:///{to}"


def find_shared_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of this run of tests, the same for all its processes."""
    folder = tmp_path_factory.getbasetemp()
    return folder.parent if "PYTEST_XDIST_WORKER" in os.environ else folder
