"""The whole desk as one file, from a shell."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from components.store import open_database, projects
from tests.store.material import add_pictures, make_project

pytestmark = pytest.mark.both_databases

ROOT = Path(__file__).parents[2]


def run(address: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    environ = dict(os.environ)
    if address.startswith("sqlite"):
        folder = address.removeprefix("sqlite:///").removesuffix("/desk.sqlite3")
        environ["MASK_DESK_FOLDER"] = folder
    else:
        environ["MASK_DESK_DATABASE"] = address
    command = [sys.executable, "-m", "components.store", *arguments]
    return subprocess.run(command, cwd=ROOT, env=environ, capture_output=True, text=True)


def test_a_desk_is_saved_and_opened_elsewhere(address: str, tmp_path: Path) -> None:
    database = open_database(address)
    project = make_project(database, name="Fields")
    add_pictures(database, project, ["1", "2"])
    database.close()
    file = tmp_path / "whole.sqlite3"
    saved = run(address, "save", str(file))
    assert saved.returncode == 0, saved.stderr
    assert file.exists()
    again = run(address, "save", str(file))
    assert again.returncode == 1
    assert "there already" in again.stderr
    other = f"sqlite:///{tmp_path}/other/desk.sqlite3"
    opened = run(other, "open", str(file))
    assert "1 projects, 2 pictures" in opened.stdout, opened.stderr
    database = open_database(other)
    assert [one.name for one in projects.list_projects(database)] == ["Fields"]
    database.close()
    broken = tmp_path / "broken"
    broken.write_bytes(b"nothing of the kind")
    refused = run(other, "open", str(broken))
    assert refused.returncode == 1
    assert "Traceback" not in refused.stderr
    assert refused.stderr.strip()
