"""The page Exports in Streamlit's own test runner: chosen, looked over, made, sent back."""

from __future__ import annotations

import io
import json
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from streamlit.testing.v1 import AppTest

from components import desk, session
from components.desk.access import open_access
from components.model.review import Decision, Person, Project
from components.model.selection import Selection
from components.settings import Settings
from components.store.lists import Wish
from tests.adding import add_files
from tests.export.roboflow_server import KEY, RoboflowServer, serve_roboflow
from tests.pages.desk_app import texts
from tests.pages.reviewed import LEAD, make_project, open_page
from tests.pictures import make_answer, make_jpeg
from tests.replay import replay, respond

PATIENCE_SECONDS = 45.0
LEA = Person("Lea", "lead", "open")


@pytest.fixture(autouse=True)
def own_data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """A desk with a database of the test's own."""
    monkeypatch.setenv("MASK_DESK_FOLDER", str(tmp_path))
    return monkeypatch


@pytest.fixture
def roboflow(own_data: pytest.MonkeyPatch) -> Iterator[RoboflowServer]:
    """A server that takes uploads, and a desk that has its key."""
    with serve_roboflow() as server:
        own_data.setenv("MASK_DESK_ROBOFLOW_ADDRESS", server.address)
        own_data.setenv("MASK_DESK_ROBOFLOW_API_KEY", KEY)
        own_data.setenv("MASK_DESK_ROBOFLOW_PROJECT", "acme/streets")
        yield server


def make_decided() -> Project:
    """Five pictures: two approved, one rejected."""
    project = make_project(5)
    rows = desk.list_items(LEAD, project.id, Wish(), after=None, limit=10).rows
    for row, move in zip(rows, ("approved", "approved", "rejected"), strict=False):
        assert row.item.answer_id is not None
        desk.decide(
            LEAD,
            Decision(
                id=desk.make_id(),
                item_id=row.item.id,
                move=move,  # type: ignore[arg-type]
                confidence=50,
                answer_id=row.item.answer_id,
            ),
        )
    return project


def press(app: AppTest, key: str) -> None:
    app.button(key=key).click().run()
    assert not app.exception


def run_until(app: AppTest, text: str) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while text not in texts(app):
        assert time.monotonic() < deadline, texts(app)
        time.sleep(0.1)
        app.run()
    assert not app.exception


def figures(app: AppTest) -> dict[str, str]:
    """Numbers of the card by what they count."""
    first = next(text for text in texts(app).split("\n") if 'class="batch-figures"' in text)
    return {
        what: rest.split("<dd>")[1].split("</dd>")[0]
        for what, rest in (cell.split("</dt>", 1) for cell in first.split("<div><dt>")[1:])
    }


def labels(app: AppTest) -> list[str]:
    """Of the buttons that save a file."""
    return [button.proto.label for button in app.get("download_button")]


def test_without_a_project_a_lead_is_led_to_the_samples() -> None:
    app = open_page("exports", name="Lea")
    assert "No project yet" in texts(app)
    assert "Make a project from the samples" in [button.label for button in app.button]


def test_the_page_is_for_leads(own_data: pytest.MonkeyPatch) -> None:
    make_decided()
    own_data.setenv("MASK_DESK_PASSPHRASE_HASH", PasswordHasher(1, 8, 1).hash("a word"))
    own_data.setenv("MASK_DESK_ROLE", "reviewer")
    desk.open_desk.clear()
    open_access.clear()
    app = open_page("exports")
    app.text_input(key=session.NAME_FIELD).set_value("Ana")
    app.text_input(key=session.WORD_FIELD).set_value("a word")
    app.button[0].click().run()
    app.switch_page("pages/exports.py").run()
    assert "This page is not for everybody." in texts(app)
    assert not app.radio


def test_a_project_without_pictures_says_what_to_do() -> None:
    desk.create_project(LEAD, name="Empty", model="demo-scene/1")
    app = open_page("exports", name="Lea")
    assert "Nothing to hand on yet" in texts(app)
    assert not app.radio


def test_every_format_is_offered_once_and_one_is_chosen() -> None:
    make_decided()
    app = open_page("exports", name="Lea")
    assert not app.exception
    offered = [option for radio in app.radio for option in radio.options]
    titles = [one.title for one in desk.list_export_formats()]
    assert sorted(offered) == sorted(titles)
    assert [radio.value for radio in app.radio] == ["report", None, None]
    app.radio(key="export_group_2").set_value("csv").run()
    assert [radio.value for radio in app.radio] == [None, None, "csv"]
    assert "<h2>Decisions (CSV)</h2>" in texts(app)
    assert "csv" in app.query_params["format"]


def test_a_link_leads_to_a_format_and_nonsense_to_the_first() -> None:
    make_decided()
    assert "<h2>YOLO polygons</h2>" in texts(open_page("exports", name="Lea", format="yolo"))
    assert "<h2>Report (HTML)</h2>" in texts(open_page("exports", name="Lea", format="nonsense"))


def test_what_is_proposed_goes_with_what_it_is_for() -> None:
    project = make_decided()
    app = open_page("exports", name="Lea")
    assert figures(app)["pictures"] == "5"
    app.radio(key="export_group_1").set_value("masks").run()
    assert figures(app)["pictures"] == "2"
    assert "Approved pictures" in texts(app)
    app.button_group(key=f"export_status_decided_{project.id}").set_value(
        ["approved", "rejected"]
    ).run()
    assert figures(app)["pictures"] == "3"
    assert "Approved, rejected pictures" in texts(app)
    app.text_input(key="export_name").set_value("street 2").run()
    assert figures(app) == {"picture": "1", "files": "3", "together": figures(app)["together"]}
    assert "street 2.jpg" in texts(app)


def add_files_to(project: Project) -> None:
    """One picture."""
    with replay(respond("200 OK", make_answer())) as server:
        connection = desk.open_desk().connect(Settings(address=server.address, models=("a/1",)))
        add_files(connection, project, [("other.jpg", make_jpeg(seed=77))])


def make_list(project: Project, title: str) -> Selection:
    """The first and the last of five pictures."""
    rows = desk.list_items(LEAD, project.id, Wish(), after=None, limit=10).rows
    return desk.keep_selection(
        LEAD, project.id, [rows[4].item.id, rows[0].item.id], title=title, detail=""
    )


def test_whoever_comes_from_a_list_may_export_it_alone() -> None:
    project = make_decided()
    assert not [one for one in open_page("exports", name="Lea").toggle if "list" in one.label]
    selection = make_list(project, "Odd *ones*")
    app = open_page("review", name="Lea", list=selection.id)
    app.switch_page("pages/exports.py").run()
    del app.query_params["list"]  # as a browser leaves it behind
    app.run()
    toggle = app.toggle(key=f"export_list_{selection.id}")
    assert toggle.label == r"Only the list “Odd \*ones\*”, 2"
    toggle.set_value(False).run()
    assert figures(app)["pictures"] == "5"
    app.toggle(key=f"export_list_{selection.id}").set_value(True).run()
    assert figures(app)["pictures"] == "2"
    assert "All pictures of the list" in texts(app)
    press(app, "make_export")
    run_until(app, ">Ready<")
    (job,) = desk.list_exports(LEA, project.id)
    assert (job.order.wish, job.total) == (Wish(selection=selection.id), 2)
    assert "Your 6 newest exports are kept" in texts(app)


def test_a_list_of_the_address_is_chosen_and_one_of_elsewhere_is_not_offered() -> None:
    project = make_decided()
    selection = make_list(project, "Odd ones")
    other = desk.create_project(LEAD, name="Other", model="a/1")
    add_files_to(other)
    app = open_page("exports", name="Lea", project=project.id, list=selection.id)
    assert figures(app)["pictures"] == "2"
    app.selectbox(key="project_choice").set_value(other.id).run()
    assert "Only the list" not in " ".join(one.label for one in app.toggle)
    assert figures(app)["picture"] == "1"
    gone = open_page("exports", name="Lea", project=project.id, list="0" * 32)
    assert not gone.exception
    assert figures(gone)["pictures"] == "5"


def test_what_matches_nothing_cannot_be_made() -> None:
    make_decided()
    app = open_page("exports", name="Lea")
    app.text_input(key="export_name").set_value("no such name").run()
    assert not app.exception
    assert "There is nothing to export: choose other pictures." in texts(app)
    assert app.button(key="make_export").disabled


def test_an_export_is_made_saved_and_put_away() -> None:
    project = make_decided()
    app = open_page("exports", name="Lea", format="coco")
    app.text_input(key=f"export_licence_{project.id}").set_value("CC BY 4.0").run()
    press(app, "make_export")
    run_until(app, ">Ready<")
    assert "2 pictures, " in texts(app)
    (job,) = desk.list_exports(LEA, project.id)
    with desk.open_export(LEA, job.id) as file, zipfile.ZipFile(io.BytesIO(file.read())) as packed:
        said = json.loads(packed.read("annotations/instances_default.json"))
        assert len(packed.namelist()) == 3
    assert len(said["images"]) == 2
    assert said["licenses"][0]["name"] == "CC BY 4.0"
    assert [label[:6] for label in labels(app)] == ["Save (", "Save t"]
    press(app, f"remove_{job.id}")
    assert ">Ready<" not in texts(app)
    assert labels(app) == ["Save the desk"]


def test_an_export_without_the_pictures_is_smaller() -> None:
    make_decided()
    app = open_page("exports", name="Lea", format="masks")
    assert figures(app)["files"] == "5"
    app.toggle(key="export_with_pictures").set_value(False).run()
    assert figures(app)["files"] == "3"


def test_without_a_key_a_dry_run_is_all_there_is(own_data: pytest.MonkeyPatch) -> None:
    project = make_decided()
    app = open_page("exports", name="Lea")
    assert "No key is set" in texts(app)
    assert app.button(key="dry_run").disabled
    app.text_input(key=f"roboflow_target_{project.id}").set_value("acme/streets").run()
    press(app, "dry_run")
    assert "<dt>masks to send</dt><dd>2</dd>" in texts(app)
    assert app.button(key="begin_upload").disabled


def test_masks_go_back_after_a_dry_run_that_sends_nothing(roboflow: RoboflowServer) -> None:
    make_decided()
    app = open_page("exports", name="Lea")
    press(app, "dry_run")
    assert "<dt>pictures to send</dt><dd>2</dd>" in texts(app)
    assert "street 0.jpg, street 1.jpg" in texts(app)
    assert not roboflow.asked
    press(app, "begin_upload")
    run_until(app, "All of it is at Roboflow, in streets. Sent by Lea")
    assert sorted(name for name, _ in roboflow.images.values()) == ["street 0.jpg", "street 1.jpg"]
    assert len(roboflow.annotations) == 2
    press(app, "dry_run")
    assert "2 pictures left out: sent before, with the same mask." in texts(app)
    assert "There is nothing new to send." in texts(app)
    assert KEY not in texts(app)


def test_only_what_the_page_shows_goes_back(roboflow: RoboflowServer) -> None:
    make_decided()
    app = open_page("exports", name="Lea")
    assert "chosen above hold here too" not in texts(app)
    app.text_input(key="export_name").set_value("street 1").run()
    assert "chosen above hold here too" in texts(app)
    press(app, "dry_run")
    assert "<dt>mask to send</dt><dd>1</dd>" in texts(app)
    press(app, "begin_upload")
    run_until(app, "All of it is at Roboflow, in streets. Sent by Lea")
    assert [name for name, _ in roboflow.images.values()] == ["street 1.jpg"]
    app.text_input(key="export_name").set_value("nothing").run()
    press(app, "dry_run")
    assert "None of these is approved yet." in texts(app)


def test_a_dry_run_tells_of_a_project_of_another_kind(roboflow: RoboflowServer) -> None:
    make_decided()
    roboflow.kinds["streets"] = "object-detection"
    app = open_page("exports", name="Lea")
    press(app, "dry_run")
    assert "That project is for object detection, not for semantic segmentation" in texts(app)
    assert not roboflow.asked
    roboflow.kinds.clear()
    press(app, "dry_run")
    assert "not for semantic segmentation" not in texts(app)


def test_a_refusal_is_said_and_what_was_sent_is_not_sent_again(roboflow: RoboflowServer) -> None:
    make_decided()
    roboflow.projects = ()
    app = open_page("exports", name="Lea")
    press(app, "dry_run")
    press(app, "begin_upload")
    run_until(app, "Not all was sent.")
    assert "Roboflow has no such project" in texts(app)
    roboflow.projects = ("streets",)
    press(app, "dry_run")
    press(app, "begin_upload")
    run_until(app, "All of it is at Roboflow")


def test_a_project_that_is_none_is_said(roboflow: RoboflowServer) -> None:
    project = make_decided()
    app = open_page("exports", name="Lea")
    app.text_input(key=f"roboflow_target_{project.id}").set_value("no such / thing").run()
    press(app, "dry_run")
    assert "A project is a workspace and a project with a slash between" in texts(app)
    assert not roboflow.asked


def test_an_upload_can_be_stopped(roboflow: RoboflowServer) -> None:
    make_decided()
    roboflow.script = [(429, {"retry-after": "50"}, b"{}")] * 9
    app = open_page("exports", name="Lea")
    press(app, "dry_run")
    press(app, "begin_upload")
    press(app, "stop_upload")
    run_until(app, "The upload was stopped.")


def test_settings_that_cannot_be_used_are_said(own_data: pytest.MonkeyPatch) -> None:
    make_decided()
    own_data.setenv("MASK_DESK_ROBOFLOW_ADDRESS", "no address")
    app = open_page("exports", name="Lea")
    assert not app.exception
    assert "An address looks like" in texts(app)
    assert session.EXPORT_FORMAT in app.session_state
