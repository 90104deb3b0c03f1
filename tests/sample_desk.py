"""Projects that are made once, and given to any desk in a moment; and that of the samples.

Asking a model about ten pictures takes ten seconds of a processor, and most tests are about what
comes after it. The way there through a real browser is walked by the test that reviews by keyboard
alone, and by the one that clicks twice.
"""

from __future__ import annotations

import atexit
import fcntl
import shutil
import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from components import desk, session
from components.model.review import Person, Project
from components.store.bundle import open_desk_file, save_desk
from components.store.database import open_database
from tests.chromium import ROOT
from tests.copies import find_shared_folder
from tests.remembered import remember_answers

_SECONDS = 600
_LEAD = Person("Lea", "lead")


def share_samples(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A desk's file with the project; whichever process of the run comes first makes it."""
    folder = find_shared_folder(tmp_path_factory)
    path = folder / "samples.maskdesk"
    with (folder / "samples.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not path.exists():
            with pytest.MonkeyPatch.context() as patch:
                remember_answers(folder / "answers", patch)
                _make_samples(tmp_path_factory.mktemp("samples"), path)
    return path


def give_file(file: Path, url: str) -> None:
    """Add what a desk's file holds to a database.

    Args:
        file: such as `share_samples` returns.
        url: of the database, as `StoreSettings.url`; it need not be there yet.
    """
    database = open_database(url)
    try:
        open_desk_file(database, file)
    finally:
        database.close()


def remember(kind: str, make: Callable[[], Project]) -> Project:
    """A project of its kind: made where there is none yet, and the very same given to later desks.

    Only a desk without any is given one; with others beside it, it is made.

    Args:
        kind: what all projects that `make` makes have in common.
        make: makes it on the desk that is open now.
    """
    if desk.list_projects(_LEAD):
        return make()
    kept = _folder() / f"{kind}.maskdesk"
    if not kept.exists():
        project = make()
        save_desk(desk.open_desk().database, kept)
        return project
    give_file(kept, desk.open_desk().store_settings.url)
    (project,) = desk.list_projects(_LEAD)
    return project


@cache
def _folder() -> Path:
    """Where this process keeps the projects it has made."""
    folder = tempfile.mkdtemp(prefix="desk-projects-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return Path(folder)


def _make_samples(folder: Path, path: Path) -> None:
    """As a lead makes it: by the button of an empty desk."""
    with pytest.MonkeyPatch.context() as environ:
        environ.setenv("MASK_DESK_FOLDER", str(folder))
        st.cache_resource.clear()
        app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=_SECONDS)
        app.session_state[session.NAME] = "Lead"
        app.switch_page("pages/review.py").run()
        (button,) = [one for one in app.button if one.label == "Make a project from the samples"]
        button.click().run()
        assert not app.exception
        save_desk(desk.open_desk().database, path)
        st.cache_resource.clear()
