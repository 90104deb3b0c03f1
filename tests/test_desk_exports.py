"""Exports by the desk's verbs: for leads, each for whoever made it, and gone with the desk."""

from __future__ import annotations

import io
import os
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import pytest
import streamlit as st

from components import desk
from components.errors import AccessError, Conflict, ExportError
from components.export import ownfolder
from components.model.review import Person
from components.store.lists import Wish
from tests.adding import LEAD, wait_for
from tests.export.material import Show, make_show

BOB = Person("Bob", "lead")


@pytest.fixture
def show(fresh_desk: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Show:
    """A project on the desk's own database."""
    monkeypatch.setenv("MASK_DESK_FOLDER", str(tmp_path / "data"))
    return make_show(desk.open_desk().database)


def make_export(show: Show, key: str = "coco", who: Person = LEAD) -> str:
    job = desk.begin_export(who, show.project.id, key, Wish(status=("approved",)))
    wait_for(lambda: desk.look_at_export(who, job.id).is_over, "over")
    return job.id


def test_a_lead_looks_it_over_makes_it_and_is_handed_it(show: Show) -> None:
    wish = Wish(status=("approved",))
    said = desk.look_over_export(LEAD, show.project.id, "coco", wish, has_pictures=False)
    assert (said.pictures, said.files) == (3, 1)
    id_ = make_export(show)
    (job,) = desk.list_exports(LEAD, show.project.id)
    assert (job.id, job.state, job.done) == (id_, "done", 3)
    with desk.open_export(LEAD, id_) as file, zipfile.ZipFile(io.BytesIO(file.read())) as found:
        assert len(found.namelist()) == 4
    with pytest.raises(Conflict):
        desk.open_export(LEAD, id_, 1)
    desk.remove_export(LEAD, id_)
    assert desk.list_exports(LEAD, show.project.id) == []
    with pytest.raises(Conflict):
        desk.open_export(LEAD, id_)


def test_nobody_is_handed_what_another_made(show: Show) -> None:
    id_ = make_export(show)
    assert desk.list_exports(BOB, show.project.id) == []
    for verb in (
        desk.look_at_export, desk.cancel_export, desk.open_export, desk.remove_export
    ):  # fmt: skip
        with pytest.raises(Conflict, match="not on this desk"):
            verb(BOB, id_)
        with pytest.raises(AccessError):
            verb(Person("Lea", "reviewer"), id_)
    assert desk.look_at_export(LEAD, id_).state == "done"


def test_a_format_that_is_none_is_said(show: Show) -> None:
    with pytest.raises(ExportError, match="The formats are: "):
        desk.begin_export(LEAD, show.project.id, "gif", Wish())
    assert "coco" in [one.key for one in desk.list_export_formats()]


def test_a_file_that_is_gone_is_said(show: Show) -> None:
    id_ = make_export(show, "csv")
    desk.look_at_export(LEAD, id_).parts[0].path.unlink()
    with pytest.raises(Conflict, match="Start the export once more"):
        desk.open_export(LEAD, id_)


def test_files_go_with_the_desk(show: Show, tmp_path: Path) -> None:
    make_export(show)
    folder = tmp_path / "data" / "exports"
    assert len(list(folder.rglob("*.zip"))) == 1
    st.cache_resource.clear()
    assert not list(folder.rglob("*.zip"))


KILLED = """
import os, signal, sys
from pathlib import Path
from components.export.ownfolder import OwnFolder
folder = OwnFolder(Path(sys.argv[1]))
folder.make()
(folder.path / "half.zip").write_bytes(b"x" * 1000)
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_what_a_killed_desk_left_goes_when_the_next_one_starts(
    fresh_desk: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MASK_DESK_FOLDER", str(tmp_path / "data"))
    folder = tmp_path / "data" / "exports"
    subprocess.run(
        [sys.executable, "-c", KILLED, folder], cwd=Path(__file__).parents[1], check=False
    )
    assert len(list(folder.rglob("*.zip"))) == 1
    for held in folder.glob("*/held"):
        os.utime(held, (time.time() - 60, time.time() - 60))
    opened = desk.open_desk()
    assert opened.database.label
    opened.runner.wake()
    wait_for(lambda: not list(folder.iterdir()), "swept")
    ownfolder.sweep(folder)
