"""Batches on the page Add, in Streamlit's own test runner: looked over, started, held, ended."""

from __future__ import annotations

import io
import time
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest

from components import desk, session
from components.errors import AccessError
from components.model.review import Person, Project
from components.model.run import Run, RunCounts
from components.settings import Settings
from components.ui import adding, run_words
from tests.pages.desk_app import texts
from tests.pages.test_review import open_page
from tests.pictures import make_answer, make_jpeg
from tests.replay import Replay, replay, respond

LEAD = Person("Ana", "lead", "open")
ANSWERS = respond("200 OK", make_answer())
PATIENCE_SECONDS = 45.0


@pytest.fixture(autouse=True)
def own_data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """A desk with a database of the test's own."""
    monkeypatch.setenv("MASK_DESK_FOLDER", str(tmp_path / "data"))
    return monkeypatch


@pytest.fixture
def connect(own_data: pytest.MonkeyPatch) -> Callable[[Replay], None]:
    """Let the desk ask this server."""

    def use(server: Replay) -> None:
        own_data.setenv("MASK_DESK_ADDRESS", server.address)
        own_data.setenv("MASK_DESK_MODELS", "a/1")
        desk.open_desk.clear()

    return use


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


def test_what_came_is_looked_over_before_anything_is_sent(
    connect: Callable[[Replay], None],
) -> None:
    with replay(ANSWERS) as server:
        connect(server)
        project = make_project()
        first = begin(project, {"known.jpg": make_jpeg(seed=9)})
        app = open_page("add")
        press(app, f"start_{first.id}")
        wait_for(app, "from start to end")
        asked = len(server.requests)
        run = begin(
            project,
            {
                "a.jpg": make_jpeg(seed=1),
                "a_mask.png": make_mask(),
                "b.jpg": make_jpeg(seed=2),
                "b_mask.png": make_mask(mode="RGB"),
                "c.jpg": make_jpeg(seed=3),
                "c.json": make_answer(),
                "again a.jpg": make_jpeg(seed=1),
                "known too.jpg": make_jpeg(seed=9),
                "letter.jpg": b"Dear reviewer",
            },
        )
        app = open_page("add")
        wait_for(app, "new pictures")
        shown = figures(app)
        assert shown.pop("together").endswith("kB")
        assert shown == {
            "new pictures": "3",
            "in the project already": "1",
            "twice in this batch": "1",
            "could not be read": "1",
            "with an answer of their own": "1",
            "truth mask": "1",
        }
        assert "<strong>2 calls</strong> to a/1" in texts(app)
        assert server.address in texts(app)
        assert "<td>letter.jpg</td>" in texts(app)
        assert "<td>b.jpg</td><td>The truth mask has colours" in texts(app)
        assert app.button(key=f"start_{run.id}").label == "Ask about 2 pictures"
        assert len(server.requests) == asked
        press(app, f"start_{run.id}")
        wait_for(app, "could not be read")
        deadline = time.monotonic() + PATIENCE_SECONDS
        while desk.look_at_run(LEAD, run.id).run.state != "done":
            assert time.monotonic() < deadline
            time.sleep(0.1)
        app.run()
        assert figures(app)["answered"] == "3"
        changes = [list(table.value["What"]) for table in app.dataframe]
        assert [what for column in changes for what in column if "batch" in what] == [
            "Started a batch"
        ] * 2
        assert desk.measure_progress(LEAD, project.id).total == 4
        press(app, f"seen_{run.id}")
        press(app, f"seen_{first.id}")
        assert "batch-head" not in texts(app)
        # Out of sight for good, and told in the list of those before.
        app.session_state["earlier_batches"] = True
        app.run()
        assert "3 pictures answered, 1 in the project before, 1 twice, 1 not readable" in texts(app)


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


def test_a_picture_with_its_answer_needs_no_call_and_nothing_new_is_put_away() -> None:
    project = make_project()
    files = {"a.jpg": make_jpeg(), "a.json": make_answer()}
    run = begin(project, files)
    app = open_page("add")
    assert app.button(key=f"start_{run.id}").label == "Add 1 picture"
    assert "No call to a model is needed" in texts(app)
    press(app, f"start_{run.id}")
    wait_for(app, "from start to end")
    again = begin(project, files)
    app.run()
    assert "Nothing new: the project has every picture of it already." in texts(app)
    assert f"start_{again.id}" not in [button.key for button in app.button]
    press(app, f"discard_{again.id}")
    assert desk.look_at_run(LEAD, again.id).run.state == "cancelled"
    assert f"discard_{again.id}" not in [button.key for button in app.button]


def test_refused_for_credits_it_pauses_with_the_reason_and_goes_on(
    connect: Callable[[Replay], None],
) -> None:
    now = [ANSWERS]
    with replay(lambda _: now[0]) as server:
        connect(server)
        project = make_project()
        run = begin(project, {f"{at}.jpg": make_jpeg(seed=at) for at in range(3)})
        app = open_page("add")
        now[0] = respond("402 No", b'{"message": "no credits"}')
        press(app, f"start_{run.id}")
        wait_for(app, "<strong>Paused.</strong>")
        assert "no credits" in texts(app)
        assert not desk.measure_progress(LEAD, project.id).total
        now[0] = ANSWERS
        press(app, f"resume_{run.id}")
        wait_for(app, "from start to end")
        assert desk.measure_progress(LEAD, project.id).by_status["open"] == 3


def test_one_that_failed_says_why_and_is_tried_again_alone(
    connect: Callable[[Replay], None],
) -> None:
    now = [ANSWERS]
    with replay(lambda _: now[0]) as server:
        connect(server)
        project = make_project()
        run = begin(project, {"night.jpg": make_jpeg()})
        app = open_page("add")
        now[0] = respond("400 No", b'{"message": "too *dark*"}')
        press(app, f"start_{run.id}")
        wait_for(app, "Failed, with the last reason: 1")
        assert "too *dark*" in texts(app)
        assert "Try the one that failed again" in labels(app)
        assert "Ask about 1 picture without a mask" in labels(app)
        now[0] = ANSWERS
        press(app, f"retry_{run.id}")
        wait_for(app, "from start to end")
        assert figures(app)["answered"] == "1"
        assert "failed" not in figures(app)


def test_it_is_paused_and_cancelled_by_hand(connect: Callable[[Replay], None]) -> None:
    now = [ANSWERS]
    with replay(lambda _: now[0]) as server:
        connect(server)
        project = make_project()
        run = begin(project, {f"{at}.jpg": make_jpeg(seed=at) for at in range(3)})
        app = open_page("add")
        # It is waited out, so that the batch stays as it is.
        now[0] = respond("429 Wait", b"{}", retry_after="1")
        press(app, f"start_{run.id}")
        assert "of 3 done" in figures(app)
        assert "desk-error" not in texts(app)
        press(app, f"pause_{run.id}")
        assert "Nothing more is asked until you go on." in texts(app)
        assert "3 pictures not asked about yet will be left out." in texts(app)
        press(app, f"cancel_{run.id}")
        assert desk.look_at_run(LEAD, run.id).run.state == "cancelled"
        assert "batch-head" not in texts(app)
        assert not desk.measure_progress(LEAD, project.id).total


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


def test_who_is_not_there_any_more_starts_nothing() -> None:
    project = make_project()
    run = begin(project, {"a.jpg": make_jpeg()})
    app = open_page("add")
    button = app.button(key=f"start_{run.id}")
    app.session_state[session.NAME] = "Ben"
    button.click().run()
    assert desk.look_at_run(LEAD, run.id).run.state == "preview"
    assert "You are not signed in any more." in texts(app)
    with pytest.raises(AccessError):
        desk.list_unused_masks(Person("Rea", "reviewer"), run.id)


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


def test_another_look_at_all_pictures_is_kept_beside_the_first(
    connect: Callable[[Replay], None],
) -> None:
    with replay(ANSWERS) as server:
        connect(server)
        project = make_project()
        first = begin(project, {"a.jpg": make_jpeg()})
        app = open_page("add")
        press(app, f"start_{first.id}")
        wait_for(app, "from start to end")
        item = desk.find_item(LEAD, desk.list_tasks(LEAD, first.id, ("done",))[0].item_id or "")
        app.slider(key="again_confidence").set_value(80)
        press(app, "again_begin")
        run = desk.list_runs(LEAD, project.id)[0]
        assert (run.kind, run.confidence, run.state) == ("again", 80, "preview")
        assert "At most <strong>1 call</strong> to a/1" in texts(app)
        press(app, "again_begin")
        assert "That is on the list of batches already." in texts(app)
        assert len(desk.list_runs(LEAD, project.id)) == 2
        press(app, f"start_{run.id}")
        deadline = time.monotonic() + PATIENCE_SECONDS
        while desk.look_at_run(LEAD, run.id).run.state != "done":
            assert time.monotonic() < deadline
            time.sleep(0.1)
        (task,) = desk.list_tasks(LEAD, run.id, ("done",))
        assert task.item_id == item.id
        assert desk.find_item(LEAD, item.id).answer_id == item.answer_id


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
    assert "An address a line was expected" in texts(app)
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


def test_a_batch_of_another_server_says_whom_to_connect_to() -> None:
    # It is waited out, so that the batch stays as it is.
    with replay(respond("429 Wait", b"{}", retry_after="1")) as server:
        other = desk.open_desk().connect(Settings(address=server.address, models=("a/1",)))
        project = make_project()
        files = [("a.jpg", io.BytesIO(make_jpeg()))]
        run = desk.begin_files(LEAD, other, project, files, source="a.jpg")
        wait_read(run.id)
        app = open_page("add")
        press(app, f"start_{run.id}")
        assert f"This batch asks {server.address}" in texts(app)
        desk.start_run(LEAD, other, run.id)
        desk.pause_run(LEAD, run.id)
        # The next process knows the connection of its settings alone.
        desk.open_desk.clear()
        app = open_page("add")
        assert f"It asks {server.address}, and this desk is connected to another one." in texts(app)
        assert f"resume_{run.id}" in [button.key for button in app.button]
        assert not desk.measure_progress(LEAD, project.id).total
