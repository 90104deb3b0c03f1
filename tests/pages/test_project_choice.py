"""Which project is looked at: chosen on one page, it is the one on every other."""

from __future__ import annotations

from pathlib import Path

import pytest

from components import desk, session
from tests.pages.reviewed import LEAD, make_project, open_page

PAGES = ("review", "insights", "exports", "add")


@pytest.fixture(autouse=True)
def own_data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A desk with a database of the test's own."""
    monkeypatch.setenv("MASK_DESK_FOLDER", str(tmp_path))


@pytest.mark.parametrize("begun", PAGES)
def test_a_choice_lasts_over_all_pages(begun: str) -> None:
    oldest = make_project(2)
    for name in ("Later", "Newest"):
        desk.create_project(LEAD, name=name, model="a/1")
    app = open_page(begun, name="Lea")
    assert app.selectbox(key="project_choice").options == ["Newest", "Later", "Streets"]
    app.selectbox(key="project_choice").set_value(oldest.id).run()
    for page in (*PAGES, *reversed(PAGES), "insights", "exports", "review"):
        app.switch_page(f"pages/{page}.py").run()
        assert not app.exception
        assert app.selectbox(key="project_choice").value == oldest.id, page
        assert app.session_state[session.PROJECT] == oldest.id
        assert oldest.id in app.query_params[session.PROJECT]
