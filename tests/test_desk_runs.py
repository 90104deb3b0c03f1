"""Runs by the desk's verbs: what is let in, who is asked, and what a restart does to them."""

from __future__ import annotations

import io
import os
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from components import desk
from components.desk.incoming import keep_files, sweep
from components.errors import Conflict
from components.model.review import Project
from components.settings import Settings
from components.store.lists import Wish
from tests.adding import LEAD, add_files, finish, list_all, wait_for, wait_over, wait_read
from tests.pictures import make_answer, make_jpeg
from tests.replay import Replay, replay, respond

MODEL = "my-data/3"
ANSWER = respond("200 OK", make_answer())


@pytest.fixture(autouse=True)
def own_desk(fresh_desk: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A desk with a database of the test's own."""
    monkeypatch.setenv("MASK_DESK_FOLDER", str(tmp_path / "data"))


def connect(server: Replay) -> desk.Connection:
    return desk.open_desk().connect(Settings(address=server.address, models=(MODEL,)))


def make_project() -> Project:
    return desk.create_project(LEAD, name="Streets", model=MODEL, confidence=50)


def make_files(count: int) -> list[tuple[str, bytes]]:
    return [(f"{at}.jpg", make_jpeg(seed=at)) for at in range(count)]


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    names=st.lists(
        st.one_of(
            st.text(max_size=400),
            st.sampled_from(["../../x", "/etc/x", "a/b", "a", "C:\\x\\y", "..", ".", "", "a/b/c"]),
        ),
        max_size=8,
    )
)
def test_files_of_any_name_are_kept_and_within_their_folder(
    tmp_path_factory: pytest.TempPathFactory, names: list[str]
) -> None:
    outside = tmp_path_factory.mktemp("outside")
    folder = outside / "inside"
    files = [(name, io.BytesIO(str(at).encode())) for at, name in enumerate(names)]
    assert keep_files(folder, files) == len(names)
    kept = [path for path in folder.rglob("*") if path.is_file()]
    assert sorted(path.read_bytes() for path in kept) == sorted(
        str(at).encode() for at in range(len(names))
    )
    assert [path.name for path in outside.iterdir()] == ["inside"]
    assert not any(path.is_symlink() or path.name.startswith(".") for path in folder.rglob("*"))


def test_what_never_became_a_batch_is_swept_away_a_day_later(tmp_path: Path) -> None:
    for name, hours in (("old", 25), ("used", 25), ("new", 1)):
        keep_files(tmp_path / name, [("a.jpg", io.BytesIO(b"a"))])
        at = time.time() - hours * 3600
        os.utime(tmp_path / name, (at, at))
    sweep(tmp_path, lambda run_id: run_id == "used")
    assert sorted(one.name for one in tmp_path.iterdir() if one.name != "data") == ["new", "used"]


def test_only_folders_that_the_settings_name_are_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    named, other = tmp_path / "named", tmp_path / "other"
    for folder in (named / "autumn", other):
        folder.mkdir(parents=True)
        (folder / "a.jpg").write_bytes(make_jpeg())
    (named / "link").symlink_to(other)
    monkeypatch.setenv("MASK_DESK_DATASETS", str(named))
    with replay(ANSWER) as server:
        connection, project = connect(server), make_project()
        offered = {one.label: one.path for one in desk.list_datasets(LEAD)}
        assert "named/autumn" in offered
        for wrong in (other, named / ".." / "other", named / "link", named / "none", Path("/etc")):
            with pytest.raises(Conflict, match="Choose one from the list"):
                desk.begin_dataset(LEAD, connection, project, str(wrong))
        run = desk.begin_dataset(LEAD, connection, project, offered["named/autumn"])
        (brought,) = finish(connection, wait_read(run))
        assert brought.item is not None
    assert (named / "autumn" / "a.jpg").exists()


def test_addresses_within_a_private_network_are_refused_one_by_one() -> None:
    with replay(ANSWER) as server:
        connection, project = connect(server), make_project()
        with pytest.raises(Conflict, match="Paste some"):
            desk.begin_addresses(LEAD, connection, project, " \n ")
        text = f"{server.address}/a.jpg\nhttp://169.254.169.254/latest\nnonsense\n"
        run = wait_read(desk.begin_addresses(LEAD, connection, project, text))
        tasks = list_all(run)
        assert [task.state for task in tasks] == ["unreadable"] * 3
        assert all(task.problem for task in tasks)
        assert not server.requests


def test_uploads_are_gone_from_the_disk_once_they_are_read() -> None:
    with replay(ANSWER) as server:
        connection, project = connect(server), make_project()
        add_files(connection, project, make_files(2))
        incoming = desk.open_desk().store_settings.folder / "incoming"
        assert list(incoming.iterdir()) == []


def test_a_batch_that_is_put_away_leaves_no_file_and_no_picture() -> None:
    with replay(ANSWER) as server:
        connection, project = connect(server), make_project()
        files = [(name, io.BytesIO(data)) for name, data in make_files(3)]
        run = wait_read(desk.begin_files(LEAD, connection, project, files, source="3 files"))
        desk.cancel_run(LEAD, run.id)
        wait_for(lambda: not list_all(run), "forgotten")
        assert not server.requests
    assert not desk.list_items(LEAD, project.id, Wish()).rows


def test_a_restart_goes_on_and_asks_about_nothing_twice() -> None:
    count = 30

    def answer_slowly(request: bytes) -> bytes:
        time.sleep(0.15)
        return ANSWER

    with replay(answer_slowly) as server, pytest.MonkeyPatch.context() as environ:
        environ.setenv("MASK_DESK_ADDRESS", server.address)
        environ.setenv("MASK_DESK_MODELS", MODEL)
        desk.open_desk.clear()
        connection, project = desk.open_desk().connection, make_project()
        files = [(name, io.BytesIO(data)) for name, data in make_files(count)]
        run = desk.begin_files(LEAD, connection, project, files, source="files")
        desk.start_run(LEAD, connection, run.id)  # also while it is still being read
        wait_for(lambda: desk.look_at_run(LEAD, run.id).counts.count("done") >= 5, "begun")
        desk.open_desk.clear()
        before = len(server.requests)
        assert 5 <= before < count
        assert wait_over(run).state == "done"
        counts = desk.look_at_run(LEAD, run.id).counts
        assert counts.by_state == {"done": count}
        # At most three tell how the model takes the confidence.
        assert counts.calls == len(server.requests) <= count + 3
    names = [row.item.name for row in desk.list_items(LEAD, project.id, Wish(), limit=99).rows]
    assert names == [f"{at}.jpg" for at in range(count)]


def test_a_run_of_a_server_that_is_not_connected_says_so_and_goes_on_once_it_is() -> None:
    with replay(ANSWER) as server, replay(ANSWER) as other:
        connection, project = connect(server), make_project()
        files = [(name, io.BytesIO(data)) for name, data in make_files(2)]
        run = wait_read(desk.begin_files(LEAD, connection, project, files, source="2 files"))
        assert desk.look_at_run(LEAD, run.id).needs_connection
        with pytest.raises(Conflict, match="page Connection"):
            desk.start_run(LEAD, connect(other), run.id)
        desk.start_run(LEAD, connection, run.id)
        assert wait_over(run).state == "done"
        desk.open_desk.clear()
        again = desk.begin_again(
            LEAD, connection, project, model="other/1", confidence=70, only_unanswered=False
        )
        assert desk.look_at_run(LEAD, again.id).counts.calls_left == 2
        finish(connection, again)
        assert not other.requests
    assert {task.state for task in list_all(again)} == {"done"}
    rows = desk.list_items(LEAD, project.id, Wish()).rows
    assert {row.item.answer_id for row in rows}.isdisjoint(
        task.answer_id for task in list_all(again)
    )


def test_a_batch_that_waits_for_its_server_keeps_no_other_one_waiting() -> None:
    asleep = respond("503 Asleep", b'{"message": "model is temporarily not ready"}')
    with replay(asleep) as server, replay(ANSWER) as other:
        waiting, connection = connect(server), connect(other)
        first, second = make_project(), make_project()
        given = [(name, io.BytesIO(data)) for name, data in make_files(3)]
        slow = wait_read(desk.begin_files(LEAD, waiting, first, given, source="3 files"))
        desk.start_run(LEAD, waiting, slow.id)
        wait_for(lambda: len(server.requests) > 0, "asked")
        brought = add_files(connection, second, make_files(3))
        assert all(one.item is not None for one in brought)
        assert desk.look_at_run(LEAD, slow.id).run.state == "running"
        desk.cancel_run(LEAD, slow.id)


def test_answers_of_another_project_are_taken_without_a_call() -> None:
    with replay(ANSWER) as server:
        connection = connect(server)
        add_files(connection, make_project(), make_files(4))
        calls = len(server.requests)
        brought = add_files(connection, make_project(), make_files(4))
        assert all(one.item is not None and one.item.answer_id for one in brought)
        assert len(server.requests) == calls


def test_an_answer_that_came_along_is_shown_at_its_own_confidence_without_a_server() -> None:
    refusal = respond("404 No", b'{"message": "no such model"}')
    with replay(refusal) as server:
        connection, project = connect(server), make_project()
        files = [("a.jpg", make_jpeg()), ("a.json", make_answer())]
        (brought,) = add_files(connection, project, files)
        assert brought.item is not None
        assert not server.requests
        assert desk.find_kept_confidence(LEAD, brought.item, 60) == 50
        sight = desk.see_item(LEAD, connection, brought.item, 50)
        assert sight.view.confidence == 50
        assert not server.requests


def test_another_confidence_of_a_fetched_picture_is_asked_with_its_bytes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    picture = make_jpeg()
    with replay(respond("200 OK", picture)) as shop, replay(ANSWER) as server:
        monkeypatch.setenv("MASK_DESK_ALLOW_HOSTS", shop.address.removeprefix("http://"))
        desk.open_desk.clear()
        connection, project = connect(server), make_project()
        run = desk.begin_addresses(LEAD, connection, project, f"{shop.address}/a.jpg?sig=SECRET")
        (brought,) = finish(connection, wait_read(run))
        assert brought.item is not None
        desk.see_item(LEAD, connection, brought.item, 70)
        assert server.confidences[-1] == 70
        assert not [request for request in server.requests if b"image=" in request]
        assert not [request for request in server.requests if b"SECRET" in request]
