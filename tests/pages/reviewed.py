"""Projects to review, and pages that somebody has opened, in Streamlit's own test runner."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from streamlit.testing.v1 import AppTest

from components import desk, session
from components.model.review import Person, Project
from components.settings import Settings
from tests.adding import add_files
from tests.pages.desk_app import read_part
from tests.pictures import make_answer, make_jpeg
from tests.replay import replay, respond
from tests.sample_desk import remember

LEAD = Person("Lea", "lead")


def make_project(count: int = 3, **changes: Any) -> Project:
    """A project of small pictures, answered by a server that is gone afterwards."""
    project = remember(f"Streets {count}", lambda: _ask(count))
    return desk.change_project(LEAD, project.id, **changes) if changes else project


def _ask(count: int) -> Project:
    with replay(respond("200 OK", make_answer())) as server:
        connection = desk.open_desk().connect(Settings(address=server.address, models=("a/1",)))
        project = desk.create_project(LEAD, name="Streets", model="a/1")
        files = [(f"street {at}.jpg", make_jpeg(seed=at)) for at in range(count)]
        added = add_files(connection, project, files)
    assert not [one.problem for one in added if one.problem]
    return project


def open_page(page: str, name: str = "Ana", **query: str) -> AppTest:
    """A page of the desk, opened by somebody of this name."""
    app = AppTest.from_file(str(Path(__file__).parents[2] / "app.py"), default_timeout=60)
    app.session_state[session.NAME] = name
    for key, value in query.items():
        app.query_params[key] = value
    return app.switch_page(f"pages/{page}.py").run()


def read_bar(app: AppTest) -> dict[str, Any]:
    """What the decision bar is told."""
    state: dict[str, Any] = read_part(app, f"bar:{session.DECIDING}")
    return state
