"""Batches on the page Add, in Streamlit's own test runner: looked over, started, held, ended."""

from __future__ import annotations

import io
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from components import desk, session
from components.errors import AccessError
from components.model.review import Person
from components.settings import Settings
from tests.pages.batches import (
    ANSWERS,
    LEAD,
    PATIENCE_SECONDS,
    begin,
    figures,
    labels,
    make_mask,
    make_project,
    press,
    wait_for,
    wait_read,
)
from tests.pages.desk_app import texts
from tests.pages.reviewed import open_page
from tests.pictures import make_answer, make_jpeg
from tests.replay import Replay, replay, respond


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


def test_what_came_is_looked_over_before_anything_is_sent(
    connect: Callable[[Replay], None],
) -> None:
    with replay(ANSWERS) as server:
        connect(server)
        project = make_project()
        first = begin(project, {"known.jpg": make_jpeg(seed=9)})
        # How the model takes the confidence is known from then on, and costs no calls below.
        open_page("inspect")
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
        assert "<td>again a.jpg</td>" not in texts(app)
        app.session_state[f"passed_over_{run.id}"] = True
        app.run()
        assert "<td>again a.jpg</td><td>The same picture is in this batch" in texts(app)
        assert "<td>known too.jpg</td><td>The project has this very picture" in texts(app)
        assert len(server.requests) == asked
        press(app, f"start_{run.id}")
        wait_for(app, "could not be read")
        deadline = time.monotonic() + PATIENCE_SECONDS
        while desk.look_at_run(LEAD, run.id).run.state != "done":
            assert time.monotonic() < deadline
            time.sleep(0.1)
        app.run()
        assert figures(app)["answered"] == "3"
        assert "1 picture had an answer already: no call was made for it." in texts(app)
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
        assert "Ended early: nothing of it is in the project" in texts(app)
        press(app, f"seen_{run.id}")
        assert "batch-head" not in texts(app)
        assert not desk.measure_progress(LEAD, project.id).total


def test_who_is_not_there_any_more_starts_nothing() -> None:
    project = make_project()
    run = begin(project, {"a.jpg": make_jpeg()})
    app = open_page("add")
    button = app.button(key=f"start_{run.id}")
    app.session_state[session.NAME] = "Ben"
    button.click().run()
    assert desk.look_at_run(LEAD, run.id).run.state == "preview"
    assert "You are no longer signed in." in texts(app)
    with pytest.raises(AccessError):
        desk.list_unused_masks(Person("Rea", "reviewer"), run.id)


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


def test_a_batch_of_another_server_says_whom_to_connect_to() -> None:
    # It is waited out, so that the batch stays as it is.
    with replay(respond("429 Wait", b"{}", retry_after="1")) as server:
        other = desk.open_desk().connect(Settings(address=server.address, models=("a/1",)))
        project = make_project()
        files = [("a.jpg", io.BytesIO(make_jpeg()))]
        run = desk.begin_files(LEAD, other, project, files, source="a.jpg")
        wait_read(run.id)
        app = open_page("add")
        assert app.button(key=f"start_{run.id}").disabled
        assert f"This batch was made for {server.address}; this desk is connected" in texts(app)
        desk.start_run(LEAD, other, run.id)
        desk.pause_run(LEAD, run.id)
        # The next process knows the connection of its settings alone.
        desk.open_desk.clear()
        app = open_page("add")
        assert f"It asks {server.address}, and this desk is connected to another one." in texts(app)
        assert f"resume_{run.id}" in [button.key for button in app.button]
        assert not desk.measure_progress(LEAD, project.id).total
