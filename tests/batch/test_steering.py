"""Runs that are paused, resumed, cancelled and tried again while they work."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from components import store
from components.batch.reading import BROUGHT
from components.model.run import LEFT
from components.store import Database
from tests.batch.material import (
    NAME,
    begin_run,
    check_run,
    count,
    know_server,
    list_all,
    make_pictures,
    make_project,
    read_whole,
    running,
    wait_for,
    wait_for_calls,
    wait_until_over,
    work_off,
)
from tests.moody import always, make_answer, open_moody, read_subject
from tests.store.recount import check_consistency

pytestmark = pytest.mark.both_databases


def work_in_thread(db: Database, run_id: str, do: Callable[[], object]) -> threading.Thread:
    thread = threading.Thread(target=do, name=run_id)
    thread.start()
    return thread


def test_paused_and_resumed_nothing_is_asked_twice(database: Database, few: Path) -> None:
    with open_moody(seconds=0.05) as moody, running(database, know_server(moody)):
        run = begin_run(database, few, workers=4)
        for at in (5, 15, 25):
            wait_for_calls(moody, at)
            store.runs.pause_run(database, run.id)
            wait_for(lambda: count(database, run).count("asking") == 0, "what was asked came in")
            before = moody.total
            assert count(database, run).count("done") == before
            threading.Event().wait(0.2)
            assert moody.total == before
            store.runs.resume_run(database, run.id)
        wait_until_over(database, run)
        counts = check_run(database, run, 40)
        assert counts.calls == moody.total == 40
    check_consistency(database)


def test_cancelled_what_was_answered_stays(database: Database, few: Path) -> None:
    with open_moody(seconds=0.05) as moody, running(database, know_server(moody)):
        run = begin_run(database, few, workers=4)
        wait_for_calls(moody, 10)
        store.runs.cancel_run(database, run.id, by="Lead", now=1)
        wait_for(lambda: moody.now == 0 and not count(database, run).count("asking"), "it ends")
        calls = moody.total
        assert count(database, run).count("done") == calls < 40
        store.discarding.discard_tasks(database, run.id)
        assert len(list_all(database, run)) == calls
        again = begin_run(
            database, few, project=store.projects.find_project(database, run.project_id)
        )
        wait_until_over(database, again)
        counts = count(database, again)
        assert counts.count("known") == calls
        assert counts.count("done") == 40 - calls
        assert moody.total == 40
    check_consistency(database)


def test_failures_alone_are_tried_again(sqlite: Database, few: Path) -> None:
    with open_moody(lambda number, _: "400" if number % 5 == 0 else "fine") as moody:
        run = begin_run(sqlite, few)
        with running(sqlite, know_server(moody)):
            wait_until_over(sqlite, run)
            assert check_run(sqlite, run, 40).count("failed") == 8
            moody.tell = always("fine")
            store.runs.retry_run(sqlite, run.id)
            wait_until_over(sqlite, run)
        counts = check_run(sqlite, run, 40)
        assert counts.count("done") == 40
        assert counts.calls == moody.total == 48
    check_consistency(sqlite)


def test_a_second_model_and_another_confidence_stand_beside_the_first(
    sqlite: Database, few: Path
) -> None:
    project = make_project(sqlite)
    with open_moody() as moody:
        server = know_server(moody)
        first = begin_run(sqlite, few, project=project)
        read_whole(sqlite, first)
        work_off(sqlite, first, server)
        by_picture = {task.image_sha256: task for task in list_all(sqlite, first)}
        for calls, (model, confidence) in (
            (80, ("other-model/2", 50)),
            (120, ("some-model/1", 70)),
        ):
            run = store.runs.create_run(
                sqlite,
                project.id,
                model=model,
                confidence=confidence,
                server=NAME,
                ask_at=confidence,
                workers=8,
                kind="again",
                source="",
                path="",
                by="Lead",
                now=1,
                starts=True,
            )
            assert store.again.stage_again(sqlite, run.id, only_unanswered=False, now=1) == 40
            assert work_off(sqlite, run, server).state == "done"
            assert moody.total == calls
            for task in list_all(sqlite, run):
                before = by_picture[task.image_sha256]
                assert task.state == "done"
                assert task.item_id == before.item_id
                assert task.answer_id not in (None, before.answer_id)
                assert task.answer_id is not None
                stored = store.items.load_answer(sqlite, task.answer_id).answer
                assert (stored.model, stored.confidence) == (model, confidence)
                assert read_subject(stored.prediction.mask_png) == task.image_sha256
                item = store.items.find_item(sqlite, str(task.item_id))
                assert item.answer_id == before.answer_id
        # The same once more is known, and asks nobody.
        run = begin_run(sqlite, few, project=make_project(sqlite))
        read_whole(sqlite, run)
        work_off(sqlite, run, server)
        assert count(sqlite, run).count("done") == 40
        assert moody.total == 120
    check_consistency(sqlite)


def test_answers_that_lie_beside_pictures_are_taken_and_nobody_is_asked(
    sqlite: Database, tmp_path: Path
) -> None:
    folder = make_pictures(tmp_path / "answered", 6, first=5000)
    for picture in folder.glob("*.jpg"):
        sha256 = hashlib.sha256(picture.read_bytes()).hexdigest()
        picture.with_suffix(".json").write_bytes(make_answer(sha256))
    with open_moody("402") as moody:
        run = begin_run(sqlite, folder)
        read_whole(sqlite, run)
        assert count(sqlite, run).with_answer == 6
        assert count(sqlite, run).calls_left == 0
        assert work_off(sqlite, run, know_server(moody)).state == "done"
        assert check_run(sqlite, run, 6).count("done") == 6
        assert moody.total == 0
    for task in list_all(sqlite, run):
        assert store.items.load_answer(sqlite, str(task.answer_id)).answer.address == BROUGHT


def test_what_the_project_has_and_what_came_twice_calls_nothing(
    sqlite: Database, few: Path, tmp_path: Path
) -> None:
    project = make_project(sqlite)
    folder = make_pictures(tmp_path / "twice", 5, first=6000)
    for picture in sorted(folder.glob("*.jpg"))[:3]:
        (folder / f"again-{picture.name}").write_bytes(picture.read_bytes())
    (folder / "no picture.jpg").write_bytes(b"hello")
    with open_moody() as moody:
        for calls, twins, known in ((5, 3, 0), (5, 3, 5)):
            run = begin_run(sqlite, folder, project=project)
            read_whole(sqlite, run)
            assert work_off(sqlite, run, know_server(moody)).state == "done"
            counts = count(sqlite, run)
            assert counts.count("known") == known
            assert counts.count("done") == 5 - known
            assert counts.count("twin") == twins
            assert counts.count("unreadable") == 1
            assert counts.count(*LEFT) == 0
            assert moody.total == calls


def test_a_preview_asks_nobody_until_it_is_started(sqlite: Database, few: Path) -> None:
    with open_moody() as moody, running(sqlite, know_server(moody)):
        run = begin_run(sqlite, few, starts=False)
        wait_for(lambda: not store.runs.find_run(sqlite, run.id).is_reading, "all is read")
        counts = count(sqlite, run)
        assert counts.calls_left == 40
        assert moody.total == counts.calls == 0
        store.runs.start_run(sqlite, run.id, by="Lead", now=1)
        wait_until_over(sqlite, run)
        assert check_run(sqlite, run, 40).calls == moody.total == 40
