"""The command, started as somebody at a terminal would, and what it wrote."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from components import store
from components.model.run import Run
from components.store import Database, open_database
from tests.batch.material import MODEL
from tests.moody import Moody

ROOT: Final = Path(__file__).parents[2]
PROJECT: Final = "Night shift"
WORKERS: Final = 8
LEARNING: Final = 2
"""Calls more about one picture, to learn how the model takes the confidence."""


def start(
    folder: Path, moody: Moody | None, *sources: Path, database: str = "", **more: str
) -> subprocess.Popen[str]:
    """Start the command as somebody at a terminal would."""
    env = {
        **os.environ,
        "HOME": str(folder),  # no account's own settings
        "MASK_DESK_FOLDER": str(folder),
        "MASK_DESK_TIMEOUT_SECONDS": "5",
        **({"MASK_DESK_DATABASE": database} if database else {}),
        **({"MASK_DESK_ADDRESS": moody.address, "MASK_DESK_MODELS": MODEL} if moody else {}),
        **more,
    }
    command = [sys.executable, "-m", "components.batch", "--project", PROJECT]
    command += ["--workers", str(WORKERS), *map(str, sources)]
    return subprocess.Popen(
        command, cwd=ROOT, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def finish(child: subprocess.Popen[str]) -> tuple[int, str]:
    """Wait; the exit status, and all that was said."""
    try:
        said, errors = child.communicate(timeout=400)
    finally:
        end(child)
    assert "Traceback" not in errors, errors
    return child.returncode, said + errors


def end(child: subprocess.Popen[str]) -> None:
    """Kill it, if it still runs."""
    if child.returncode is None:
        child.kill()
        child.communicate()


@contextmanager
def open_desk(folder: Path, url: str = "") -> Iterator[Database]:
    """The database that the command used."""
    database = open_database(url or f"sqlite:///{folder}/desk.sqlite3")
    yield database
    database.close()


def find_runs(database: Database) -> list[Run]:
    """All runs of the project."""
    (project,) = store.projects.list_projects(database)
    return store.runs.list_runs(database, project.id)
