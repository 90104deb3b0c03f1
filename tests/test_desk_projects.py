"""Projects by the desk's verbs: filled once, asked once, reopened without asking again."""

from __future__ import annotations

import uuid
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from components import desk, store
from components.errors import AccessError, Conflict, NotSignedIn, StoreError
from components.model.png import decode_gray
from components.model.review import Decision, Person, Pin, Project
from components.settings import Settings, StoreSettings
from components.store.lists import Wish
from tests.adding import LEAD, add_files, ask_again
from tests.pictures import make_answer, make_jpeg
from tests.replay import Replay, recordings, replay, respond

ANA = Person("Ana", "reviewer")
MODEL = "my-data/3"


@pytest.fixture(autouse=True)
def own_desk(fresh_desk: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A desk with a database of the test's own."""
    monkeypatch.setenv("MASK_DESK_FOLDER", str(tmp_path))


def connect(server: Replay) -> desk.Connection:
    return desk.open_desk().connect(Settings(address=server.address, models=(MODEL,)))


def make_project(confidence: int = 50) -> Project:
    return desk.create_project(LEAD, name="Streets", model=MODEL, confidence=confidence)


def test_files_become_items_and_a_bad_one_harms_no_other() -> None:
    answer = respond("200 OK", make_answer())
    with replay(answer) as server:
        connection, project = connect(server), make_project()
        files = [
            ("a.jpg", make_jpeg(seed=1)),
            ("notes.txt", b"hello"),
            ("b.jpg", make_jpeg(seed=2)),
        ]
        # Lists are read first.
        bad, first, second = add_files(connection, project, files)
        assert first.item is not None
        assert second.item is not None
        assert (first.item.status, second.item.status) == ("open", "open")
        assert bad.item is None
        assert "notes.txt" in bad.problem
        # The same content under another name is the same picture, and no call.
        calls = len(server.requests)
        (again,) = add_files(connection, project, [("c.jpg", files[0][1])])
        assert again.was_there
        assert again.item == first.item
        assert len(server.requests) == calls
    assert desk.measure_progress(LEAD, project.id).total == 2


def test_a_picture_the_model_does_not_answer_about_waits_and_is_asked_again() -> None:
    refusal = respond("400 No", b'{"message": "no such thing"}')
    with replay(refusal, respond("200 OK", make_answer())) as server:
        connection, project = connect(server), make_project()
        (added,) = add_files(connection, project, [("a.jpg", make_jpeg())])
        assert added.item is not None
        assert added.problem
        waiting = desk.find_item(ANA, added.item.id)
        assert (waiting.status, waiting.problem) == ("no_answer", added.problem)
        assert desk.take_turn(ANA, project.id).item is None
        with pytest.raises(Conflict, match="not answered"):
            desk.see_item(ANA, connection, waiting, 50)
        (asked,) = ask_again(connection, project)
        assert not asked.problem
        turn = desk.take_turn(ANA, project.id)
        assert turn.item is not None
        assert turn.item.id == added.item.id
        assert turn.item.problem == ""


def test_what_is_stored_is_shown_after_a_restart_without_a_call() -> None:
    with replay(respond("200 OK", make_answer())) as server:
        connection, project = connect(server), make_project()
        (added,) = add_files(connection, project, [("a.jpg", make_jpeg())])
        assert added.item is not None
        before = desk.see_item(ANA, connection, added.item, 50)
    desk.open_desk.clear()
    with replay(respond("500 No", b"{}")) as gone:
        connection = connect(gone)
        sight = desk.see_item(ANA, connection, desk.find_item(ANA, added.item.id), 50)
        assert not gone.requests
    assert sight.answer_id == before.answer_id
    assert sight.view.image == before.view.image
    assert sight.view.answer.prediction == before.view.answer.prediction
    assert sight.view.cut_to == before.view.cut_to


def test_a_live_model_is_asked_at_one_and_every_confidence_is_cut_from_it() -> None:
    with replay(recordings("new")) as server:
        connection, project = connect(server), make_project(40)
        added = list(
            add_files(connection, project, [(f"{at}.jpg", make_jpeg(seed=at)) for at in (1, 2)])
        )
        # Two for finding out, one for the second picture.
        assert server.confidences == [1, 40, 1]
        for one in added:
            assert one.item is not None
            for confidence in (40, 75):
                sight = desk.see_item(ANA, connection, one.item, confidence)
                assert sight.view.cut_to is not None
                assert sight.view.confidence == confidence
        assert len(server.confidences) == 3


def test_a_model_that_is_called_for_each_confidence_has_each_answer_stored() -> None:
    low = make_answer(np.array([[1, 1], [1, 1]], np.uint8))
    high = make_answer(np.array([[0, 1], [1, 1]], np.uint8))

    with replay(respond("200 OK", low), respond("200 OK", high)) as server:
        connection, project = connect(server), make_project(50)
        (added,) = add_files(connection, project, [("a.jpg", make_jpeg())])
        assert added.item is not None
        calls = len(server.requests)
        at_80 = desk.see_item(ANA, connection, added.item, 80)
        assert len(server.requests) <= calls + 1
        assert at_80.view.answer.confidence == 80
        calls = len(server.requests)
    desk.open_desk.clear()
    with replay(respond("500 No", b"{}")) as gone:
        again = desk.see_item(ANA, connect_as(gone, server), added.item, 80)
        assert not gone.requests
    assert again.answer_id == at_80.answer_id
    mask = decode_gray(again.view.answer.prediction.mask_png, what="mask")
    assert mask.shape == (2, 2)


def connect_as(gone: Replay, server: Replay) -> desk.Connection:
    """A connection that would ask nobody; stored answers are found by the address of their time."""
    return desk.open_desk().connect(Settings(address=gone.address, models=(MODEL,)))


@pytest.mark.long
def test_the_samples_are_ten_and_each_has_the_model_that_suits_it() -> None:
    connection = desk.open_desk().connection
    project = desk.create_project(LEAD, name="Samples", model="demo-scene/1")
    added = list(desk.add_samples(LEAD, connection, project))
    assert len(added) == desk.count_samples() == 10
    assert not [one.problem for one in added if one.problem]
    models = {}
    for one in added:
        assert one.item is not None
        models[one.name] = desk.see_item(ANA, connection, one.item, 50).view.answer.model
    assert models["Cat"] == models["Cup of coffee"] == "demo-object/1"
    assert set(models.values()) == {"demo-scene/1", "demo-object/1"}
    # Once more adds nothing.
    assert all(one.was_there for one in desk.add_samples(LEAD, connection, project))
    assert {"water", "sky"} <= set(desk.list_class_names(ANA, project.id))


def test_a_review_from_the_first_picture_to_the_file_of_the_whole_desk(tmp_path: Path) -> None:
    with replay(respond("200 OK", make_answer())) as server:
        connection, project = connect(server), make_project()
        files = [(f"{at}.jpg", make_jpeg(seed=at)) for at in range(4)]
        list(add_files(connection, project, files))
        turn = desk.take_turn(ANA, project.id)
        assert turn.item is not None
        assert len(turn.ahead) == 3
        sight = desk.see_item(ANA, connection, turn.item, 50)
    pin = desk.add_pin(ANA, Pin(desk.make_id(), turn.item.id, 3, 4, "here", author="Somebody"))
    assert pin.author == "Ana"
    decision = Decision(desk.make_id(), turn.item.id, "needs_fix", 50, sight.answer_id, note="n")
    outcome = desk.decide(ANA, decision)
    assert outcome.review.reviewer == "Ana"
    assert desk.decide(ANA, decision).was_stored
    # Answered by the lead, it comes back first.
    desk.answer_item(LEAD, desk.make_id(), turn.item.id, "done")
    back = desk.take_turn(ANA, project.id).item
    assert back is not None
    assert (back.id, back.status) == (turn.item.id, "answered")
    taken = desk.undo(LEAD, uuid.uuid4().hex, project.id)
    assert taken is None

    data = desk.save_desk(LEAD)
    desk.open_desk.clear()
    other = tmp_path / "other"
    with pytest.MonkeyPatch.context() as environ:
        environ.setenv("MASK_DESK_FOLDER", str(other))
        opened = desk.open_desk_file(LEAD, data)
        assert (opened.projects, opened.items, opened.pins) == (1, 4, 1)
        assert [line.move for line in desk.list_reviews(ANA, turn.item.id)] == [
            "needs_fix",
            "answered",
        ]
        assert desk.list_pins(ANA, turn.item.id)[0].text == "here"
        with pytest.raises(StoreError, match="desk"):
            desk.open_desk_file(LEAD, b"not a desk at all")
        assert desk.list_items(ANA, project.id, Wish()).rows
        assert (other / "desk.sqlite3").exists()
    desk.open_desk.clear()


def test_a_picture_taken_out_leaves_the_queue_and_comes_back_when_added() -> None:
    with replay(respond("200 OK", make_answer())) as server:
        connection, project = connect(server), make_project()
        files = [("a.jpg", make_jpeg(seed=1)), ("b.jpg", make_jpeg(seed=2))]
        first, _ = add_files(connection, project, files)
        assert first.item is not None
        desk.remove_item(LEAD, first.item.id)
        assert desk.measure_progress(LEAD, project.id).total == 1
        (again,) = add_files(connection, project, files[:1])
        assert again.item is not None
        assert again.item.id == first.item.id
        assert desk.measure_progress(LEAD, project.id).total == 2


def test_who_may_not_is_told_so_and_nothing_happens() -> None:
    project = make_project()
    for who, error in (
        (ANA, AccessError),
        (None, NotSignedIn),
        (Person("V", "viewer"), AccessError),
    ):
        with pytest.raises(error):
            desk.create_project(who, name="No", model=MODEL)
    with pytest.raises(AccessError):
        desk.decide(Person("V", "viewer"), Decision(desk.make_id(), "x", "approved", 50, "y"))
    assert desk.list_projects(ANA) == [project]


@pytest.mark.parametrize(
    ("mounts", "keeps"),
    [
        ("/dev/sda1 / ext4 rw 0 0\n", True),
        ("overlay / overlay rw 0 0\n", False),
        ("overlay / overlay rw 0 0\n/dev/sdb {folder} ext4 rw 0 0\n", True),
        ("/dev/sda1 / ext4 rw 0 0\ntmpfs {folder} tmpfs rw 0 0\n", False),
        ("", True),
    ],
)
def test_a_disk_that_forgets_is_known_by_its_kind(tmp_path: Path, mounts: str, keeps: bool) -> None:
    table = tmp_path / "mounts"
    folder = desk.open_desk().store_settings.folder
    table.write_text(mounts.format(folder=folder))
    assert desk.does_keep(table) is keeps


def test_a_database_of_its_own_and_a_disk_said_to_last_do_keep(tmp_path: Path) -> None:
    opened = desk.open_desk()
    table = tmp_path / "mounts"
    table.write_text("overlay / overlay rw 0 0\n")
    opened.store_settings = replace(opened.store_settings, lasts=True)
    assert desk.does_keep(table)
    opened.store_settings = StoreSettings(folder=Path("/mount/src/desk/data"))
    assert not desk.does_keep(tmp_path / "none")


def test_the_desk_says_where_it_keeps(tmp_path: Path) -> None:
    assert (
        desk.name_database()
        == store.database.open_database(StoreSettings(folder=tmp_path).url).label
    )
