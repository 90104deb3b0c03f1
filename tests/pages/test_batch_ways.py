"""The ways for pictures into a batch, and how it is spoken of, in Streamlit's own test runner."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from components import desk
from components.model.run import RunCounts
from components.ui import adding, run_words
from tests.pages.batches import (
    LEAD,
    begin,
    make_project,
    press,
    wait_read,
)
from tests.pages.desk_app import texts
from tests.pages.reviewed import open_page
from tests.pictures import make_jpeg


@pytest.fixture(autouse=True)
def own_data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """A desk with a database of the test's own."""
    monkeypatch.setenv("MASK_DESK_FOLDER", str(tmp_path / "data"))
    return monkeypatch


def test_files_dropped_on_the_page_become_a_batch() -> None:
    project = make_project(model="demo-object/1")
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as target:
        target.writestr("one.jpg", make_jpeg(seed=1))
        target.writestr("deep/two.jpg", make_jpeg(seed=2))
    app = open_page("add")
    app.file_uploader(key="project_files_0").set_value(
        [
            ("pictures.zip", archive.getvalue(), "application/zip"),
            ("three.jpg", make_jpeg(seed=3), "image/jpeg"),
        ]
    ).run()
    (run,) = desk.list_runs(LEAD, project.id)
    assert run.source == "2 files"
    wait_read(run.id)
    app.run()
    assert app.button(key=f"start_{run.id}").label == "Ask about 3 pictures"
    assert "its calls cost nothing" in texts(app)
    assert desk.measure_progress(LEAD, project.id).total == 0


def test_names_are_shown_as_they_are_and_do_nothing() -> None:
    hostile = "<img src=x onerror=alert(1)> **bold** [a](https://evil.example) :red[x]"
    project = make_project()
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as target:
        target.writestr("**bold** [a](b) <script>.jpg", b"no picture")
    begin(project, {"a.zip": archive.getvalue()}, source=hostile)
    app = open_page("add")
    shown = texts(app)
    assert "&lt;img src=x onerror=alert(1)&gt; **bold** [a](https://evil.example) :red[x]" in shown
    assert "<img src=x" not in shown
    assert "&lt;script&gt;" in shown
    assert "<script>" not in shown
    for element in [*app.markdown, *app.caption, *app.subheader]:
        assert "evil" not in str(element.value)
        assert "**bold**" not in str(element.value)


def test_many_reasons_are_shown_a_page_at_a_time() -> None:
    project = make_project()
    run = begin(project, {f"{at:03}.jpg": b"no picture %d" % at for at in range(130)})
    app = open_page("add")
    assert "1 to 100 of 130" in texts(app)
    assert "<td>129.jpg</td>" not in texts(app)
    assert "None of it can be read as a picture" in texts(app)
    press(app, f"after_unreadable_{run.id}")
    assert "101 to 130 of 130" in texts(app)
    assert "<td>129.jpg</td>" in texts(app)
    press(app, f"before_unreadable_{run.id}")
    assert "1 to 100 of 130" in texts(app)


def test_a_folder_of_the_server_is_offered_and_its_place_is_said(tmp_path: Path) -> None:
    project = make_project()
    app = open_page("add")
    app.segmented_control(key="way_in").set_value("On the server").run()
    assert str(tmp_path / "data" / "datasets") in texts(app)
    assert "Nothing there yet" in texts(app)
    folder = tmp_path / "data" / "datasets" / "harbour"
    folder.mkdir(parents=True)
    (folder / "a.jpg").write_bytes(make_jpeg())
    app.run()
    assert str(folder) in texts(app)
    press(app, "server_begin")
    (run,) = desk.list_runs(LEAD, project.id)
    assert (run.source, run.kind) == ("harbour", "folder")
    wait_read(run.id)
    assert (folder / "a.jpg").exists()


def test_addresses_are_looked_through_and_private_ones_refused() -> None:
    project = make_project()
    app = open_page("add")
    app.segmented_control(key="way_in").set_value("Web addresses").run()
    submit = next(button for button in app.button if button.label == "Look through them")
    submit.click().run()
    assert "No address yet." in texts(app)
    app.text_area(key="addresses_text_0").set_value("http://127.0.0.1:9/a.jpg?key=hush\n")
    next(button for button in app.button if button.label == "Look through them").click().run()
    (run,) = desk.list_runs(LEAD, project.id)
    assert run.kind == "addresses"
    wait_read(run.id)
    app.run()
    assert "Could not be read: 1" in texts(app)
    assert [area.value for area in app.text_area if "Addresses" in area.label] == [""]


@pytest.mark.parametrize(
    ("names", "left", "folder"),
    [
        (["a/b.jpg", "a/c/d.zip"], ["b.jpg", "c/d.zip"], "a"),
        (["a/b.jpg", "c/d.jpg"], ["a/b.jpg", "c/d.jpg"], ""),
        (["a.jpg", "b.jpg"], ["a.jpg", "b.jpg"], ""),
        (["a.jpg"], ["a.jpg"], ""),
        ([r"a\b.jpg"], ["b.jpg"], "a"),
    ],
)
def test_the_one_folder_around_everything_is_left_out(
    names: list[str], left: list[str], folder: str
) -> None:
    assert adding.split_folder(names) == (left, folder)


@pytest.mark.parametrize(
    ("write", "value", "said"),
    [
        (run_words.write_size, 0, "0 kB"),
        (run_words.write_size, 640_000, "640 kB"),
        (run_words.write_size, 12_440_000, "12.4 MB"),
        (run_words.write_size, 412_000_000, "412 MB"),
        (run_words.write_size, 3_100_000_000, "3.1 GB"),
        (run_words.write_left, 20.0, "under 1 min"),
        (run_words.write_left, 236.0, "about 4 min"),
        (run_words.write_left, 9000.0, "about 2 h"),
        (run_words.write_left, 360_000.0, "about 4 days"),
        (run_words.write_rate, 6.24, ("6.2", "a second")),
        (run_words.write_rate, 0.5, ("30", "a minute")),
        (run_words.count_calls, 1, "1 call"),
        (
            run_words.write_numbers,
            RunCounts({"done": 2, "failed": 1}, calls=2000),
            "2 pictures answered, 1 failed, 2,000 calls",
        ),
    ],
)
def test_numbers_are_written_as_people_say_them(
    write: Callable[[Any], Any], value: Any, said: Any
) -> None:
    assert write(value) == said
