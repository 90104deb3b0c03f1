"""Batches as tests of the page Add handle them."""

from __future__ import annotations

import io
import time
from collections.abc import Mapping

from PIL import Image
from streamlit.testing.v1 import AppTest

from components import desk
from components.model.review import Person, Project
from components.model.run import Run
from tests.pages.desk_app import texts
from tests.pictures import make_answer
from tests.replay import respond

LEAD = Person("Ana", "lead", "open")
ANSWERS = respond("200 OK", make_answer())
PATIENCE_SECONDS = 45.0


def make_project(name: str = "Streets", model: str = "a/1") -> Project:
    return desk.create_project(LEAD, name=name, model=model)


def begin(project: Project, files: Mapping[str, bytes], source: str = "") -> Run:
    """Files as the page hands them over, read to the end."""
    opened = [(name, io.BytesIO(data)) for name, data in files.items()]
    connection = desk.open_desk().connection
    run = desk.begin_files(
        LEAD, connection, project, opened, source=source or f"{len(files)} files"
    )
    return wait_read(run.id)


def wait_read(run_id: str) -> Run:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while (run := desk.look_at_run(LEAD, run_id).run).is_reading:
        assert time.monotonic() < deadline
        time.sleep(0.05)
    return run


def wait_for(app: AppTest, text: str) -> None:
    """Run the page until it says this."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while text not in texts(app):
        assert time.monotonic() < deadline, texts(app)
        time.sleep(0.1)
        app.run()
    assert not app.exception


def press(app: AppTest, key: str) -> None:
    app.button(key=key).click().run()
    assert not app.exception


def labels(app: AppTest) -> list[str]:
    return [button.label for button in app.button]


def figures(app: AppTest) -> dict[str, str]:
    """Numbers of the first batch by what they count."""
    first = next(text for text in texts(app).split("\n") if 'class="batch-figures"' in text)
    cells = first.split("<div><dt>")[1:]
    return {
        what: rest.split("<dd>")[1].split("</dd>")[0]
        for what, rest in (cell.split("</dt>", 1) for cell in cells)
    }


def make_mask(size_wh: tuple[int, int] = (64, 48), mode: str = "L") -> bytes:
    buffer = io.BytesIO()
    Image.new(mode, size_wh, 1).save(buffer, "PNG")
    return buffer.getvalue()
