"""Runs and their tasks: read, handed out, answered, given back, ended; on both databases."""

from __future__ import annotations

import threading
from collections import Counter
from typing import Any

import pytest
from sqlalchemy import func, select

from components.errors import Conflict
from components.model.review import Project
from components.model.run import Run, Task
from components.store import (
    Database,
    again,
    discarding,
    finishing,
    items,
    lists,
    projects,
    queue,
    reviews,
    runs,
    staging,
    tasks,
    truths,
)
from components.store.finishing import Found
from components.store.schema import blobs, images
from components.store.schema import tasks as task_table
from components.store.staging import Staged
from tests.store.material import (
    CLASSES,
    NOW,
    add_pictures,
    make_answer,
    make_areas,
    make_decision,
    make_id,
    make_picture,
    make_project,
)

pytestmark = pytest.mark.both_databases

LATER = NOW + 20_000


def begin(database: Database, project: Project, **more: Any) -> Run:
    given = {
        "model": "fields/3", "confidence": 50, "server": "http://x.example", "ask_at": 50,
        "workers": 4, "kind": "files", "source": "some files", "path": "/nowhere",
        "by": "lead", "now": NOW,
    }  # fmt: skip
    return runs.create_run(database, project.id, **{**given, **more})


def read(name: str, **more: Any) -> Staged:
    return Staged(name, "autumn", 1234, "", make_picture(name), b"small " + name.encode(), **more)


def put_in(database: Database, run: Run, *files: Staged, is_all: bool = True) -> None:
    assert staging.claim_reading(database, run.id, "reader", now=NOW, until=LATER) is not None
    assert staging.stage(database, run.id, "reader", files, now=NOW, until=LATER)
    if is_all:
        staging.end_reading(database, run.id, "reader")


def take(
    database: Database, run: Run, limit: int = 10, who: str = "w", now: int = NOW
) -> list[Task]:
    return tasks.take_tasks(database, run.id, who, limit, now=now, until=now + 20_000)


def finish(database: Database, task: Task, **more: Any) -> bool:
    answer = make_answer(task.name.encode(), confidence=50)
    found = Found(answer, "", None, make_areas({0: 0.5, 1: 0.5}), 0.5, dict(CLASSES), 1)
    given = {"by": "lead", "now": NOW + 1, "seconds": 0.2, **more}
    return finishing.finish_task(database, task, found, **given)


def list_names(database: Database, project: Project, **wish: Any) -> list[str]:
    page = lists.list_items(database, project.id, lists.Wish(**wish), reviewer="anna", limit=100)
    return [row.item.name for row in page.rows]


def test_nothing_is_in_the_project_before_it_is_answered_and_then_all_in_its_place(
    database: Database,
) -> None:
    project = make_project(database)
    run = begin(database, project)
    names = [f"{at}.jpg" for at in range(5)]
    put_in(database, run, *(read(name) for name in names))
    assert take(database, run) == []  # a preview asks nothing
    assert list_names(database, project) == []
    runs.start_run(database, run.id, by="lead", now=NOW)
    taken = take(database, run)
    assert [task.name for task in taken] == names
    assert not runs.end_if_over(database, run.id, now=NOW)
    for task in reversed(taken):
        assert finish(database, task)
    assert list_names(database, project) == names
    assert list_names(database, project, name_part="utum") == names  # their group's
    assert runs.end_if_over(database, run.id, now=NOW + 2)
    ended = runs.find_run(database, run.id)
    assert (ended.state, ended.ended_at) == ("done", NOW + 2)
    counts = runs.count_run(database, run.id, now=NOW + 1001)
    assert (counts.by_state, counts.calls, counts.calls_left) == ({"done": 5}, 5, 0)
    assert (counts.lately, counts.lately_seconds, counts.rate) == (5, 1.0, 5.0)


def test_what_is_there_already_or_came_twice_costs_no_call(database: Database) -> None:
    project = make_project(database)
    (known,) = add_pictures(database, project, ["old.jpg"])
    there = Staged("again.jpg", image=items.load_image(database, known.image_sha256))
    unanswered, _ = items.add_item(
        database, project.id, make_picture("b"), b"s", name="b", by="lead", now=NOW
    )
    run = begin(database, project)
    put_in(
        database,
        run,
        there,
        read("a"),
        read("a"),
        Staged("notes.doc", problem="It is no picture."),
        read("b"),
        is_all=False,
    )
    put_in(database, run, read("a"))
    counts = runs.count_run(database, run.id, now=NOW)
    assert counts.by_state == {"known": 1, "twin": 2, "unreadable": 1, "waiting": 2}
    assert (counts.calls_left, counts.size) == (2, 5 * 1234 - 1234)
    runs.start_run(database, run.id, by="lead", now=NOW)
    for task in take(database, run):
        finish(database, task)
    assert sorted(list_names(database, project)) == ["a", "b", "old.jpg"]
    assert items.find_item(database, unanswered.id).answer_id is not None
    (problem,) = tasks.list_tasks(database, run.id, ("unreadable",), limit=9)
    assert (problem.name, problem.problem) == ("notes.doc", "It is no picture.")


def test_reading_goes_on_where_it_stood_and_by_one_reader_alone(database: Database) -> None:
    run = begin(database, make_project(database))
    put_in(database, run, read("a"), read("b"), is_all=False)
    claim = staging.claim_reading
    assert claim(database, run.id, "other", now=NOW, until=LATER) is None
    assert claim(database, run.id, "other", now=LATER + 1, until=2 * LATER) == 2
    assert not staging.stage(database, run.id, "reader", [read("c")], now=NOW, until=LATER)
    assert runs.count_run(database, run.id, now=NOW).total == 2
    runs.cancel_run(database, run.id, by="lead", now=NOW)
    assert not staging.stage(database, run.id, "other", [read("c")], now=NOW, until=LATER)


def test_two_desks_are_never_handed_the_same_picture(desks: list[Database]) -> None:
    run = begin(desks[0], make_project(desks[0]), starts=True)
    put_in(desks[0], run, *(read(f"{at}.jpg") for at in range(60)))
    taken: list[int] = []

    def work(at: int) -> None:
        while mine := take(desks[at % 2], run, 3, f"worker {at}"):
            taken.extend(task.seq for task in mine)

    threads = [threading.Thread(target=work, args=(at,)) for at in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert Counter(taken) == Counter(range(1, 61))


def test_what_a_dead_worker_had_comes_back_and_its_late_answer_is_not_kept_twice(
    database: Database,
) -> None:
    project = make_project(database)
    run = begin(database, project, starts=True)
    put_in(database, run, read("a"))
    (dead,) = take(database, run, who="dead")
    assert take(database, run, who="other", now=NOW + 19_000) == []
    tasks.renew_claims(database, "dead", until=NOW + 30_000)
    assert take(database, run, who="other", now=NOW + 25_000) == []
    (again,) = take(database, run, who="other", now=NOW + 31_000)
    assert runs.count_run(database, run.id, now=NOW).calls == 1  # most likely it was made
    assert finish(database, again)
    assert not finish(database, dead)
    tasks.give_back(database, dead, "dead", problem="late")
    finishing.fail_task(database, dead, "dead", problem="late", calls=0, by="lead", now=NOW)
    (done,) = tasks.list_tasks(database, run.id, ("done",), limit=9)
    assert (done.problem, done.attempts) == ("", 3)
    assert list_names(database, project) == ["a"]


def test_what_failed_is_in_the_project_with_its_reason_and_is_tried_again_alone(
    database: Database,
) -> None:
    project = make_project(database)
    run = begin(database, project, starts=True)
    put_in(database, run, read("good"), read("bad"))
    good, bad = take(database, run)
    finish(database, good)
    tasks.give_back(database, bad, "w", problem="Wait.", not_before=LATER, calls=1, failures=2)
    assert take(database, run) == []
    assert tasks.find_next_due(database, run.id) == LATER
    (bad,) = take(database, run, now=LATER)
    assert (bad.attempts, bad.failures, bad.problem) == (1, 2, "Wait.")
    finishing.fail_task(
        database, bad, "w", problem="No <b>luck</b>.", calls=1, by="lead", now=LATER
    )
    assert runs.end_if_over(database, run.id, now=LATER)
    rows = lists.list_items(database, project.id, lists.Wish(), reviewer="a", limit=9).rows
    assert {row.item.name: (row.item.status, row.item.problem) for row in rows} == {
        "good": ("open", ""),
        "bad": ("no_answer", "No <b>luck</b>."),
    }
    runs.retry_run(database, run.id)
    (bad,) = take(database, run)
    assert (bad.name, bad.failures) == ("bad", 0)
    finish(database, bad)
    assert runs.end_if_over(database, run.id, now=LATER)
    assert runs.count_run(database, run.id, now=LATER).calls == 4
    assert items.find_item(database, bad.item_id or "").problem == ""
    with pytest.raises(Conflict, match="Nothing of this batch failed"):
        runs.retry_run(database, run.id)
    assert runs.find_run(database, run.id).state == "done"


def test_a_run_is_moved_only_from_where_it_stands(database: Database) -> None:
    run = begin(database, make_project(database))
    for wrong in (runs.pause_run, runs.resume_run, runs.retry_run):
        with pytest.raises(Conflict, match="not started"):
            wrong(database, run.id)
    runs.start_run(database, run.id, by="lead", now=NOW)
    assert runs.pause_run(database, run.id, reason="No credits.").reason == "No credits."
    assert runs.resume_run(database, run.id).reason == ""
    runs.cancel_run(database, run.id, by="lead", now=NOW)
    with pytest.raises(Conflict, match="cancelled"):
        runs.resume_run(database, run.id)
    with pytest.raises(Conflict, match="no such batch"):
        runs.find_run(database, "nothing")


def test_a_preview_that_is_put_away_leaves_nothing_behind(database: Database) -> None:
    project = make_project(database)
    (known,) = add_pictures(database, project, ["old.jpg"])
    with database.read() as connection:
        before = connection.scalar(select(func.count()).select_from(blobs))
    run = begin(database, project)
    old = items.load_image(database, known.image_sha256)
    put_in(
        database,
        run,
        read("a", truth=(b"truth", (40, 30)), answer=make_answer(b"brought")),
        Staged("old.jpg", image=old, truth=(b"truth of old", (40, 30))),
    )
    with pytest.raises(Conflict):
        discarding.discard_tasks(database, run.id)
    runs.cancel_run(database, run.id, by="lead", now=NOW)
    discarding.discard_tasks(database, run.id)
    with database.read() as connection:
        assert connection.scalar(select(func.count()).select_from(blobs)) == before
        assert connection.scalar(select(func.count()).select_from(images)) == 1
        assert connection.scalar(select(func.count()).select_from(task_table)) == 0
    assert items.load_answer(database, known.answer_id or "").answer == make_answer(b"old.jpg")


def test_truth_and_answers_that_came_along_are_kept(database: Database) -> None:
    project = make_project(database)
    (known,) = add_pictures(database, project, ["old.jpg"])
    run = begin(database, project)
    old = items.load_image(database, known.image_sha256)
    put_in(
        database,
        run,
        read("a", truth=(b"truth", (40, 30)), answer=make_answer(b"brought", confidence=50)),
        Staged("old.jpg", image=old, truth=(b"truth of old", (40, 30))),
    )
    counts = runs.count_run(database, run.id, now=NOW)
    assert (counts.with_answer, counts.with_truth, counts.calls_left) == (1, 2, 0)
    assert truths.count_truths(database, project.id) == 0
    runs.start_run(database, run.id, by="lead", now=NOW)
    assert truths.count_truths(database, project.id) == 1
    (task,) = take(database, run)
    found = Found(None, task.answer_id or "", None, make_areas({1: 1.0}), None, dict(CLASSES), 0)
    finishing.finish_task(database, task, found, by="lead", now=NOW, seconds=None)
    assert truths.count_truths(database, project.id) == 2
    assert runs.count_run(database, run.id, now=NOW).calls == 0
    assert list_names(database, project, class_name="road") == ["old.jpg", "a"]


def test_another_models_answers_are_kept_beside_the_first(database: Database) -> None:
    project = make_project(database)
    first, second = add_pictures(database, project, ["a", "b"])
    items.remove_item(database, second.id, by="lead", now=NOW)
    third, _ = items.add_item(
        database, project.id, make_picture("c"), b"s", name="c", by="lead", now=NOW
    )
    run = begin(database, project, path="", model="other/1", kind="again")
    assert again.stage_again(database, run.id, only_unanswered=False, now=NOW) == 2
    runs.start_run(database, run.id, by="lead", now=NOW)
    for task in take(database, run):
        answer = make_answer(b"other " + task.name.encode(), model="other/1", confidence=50)
        found = Found(answer, "", None, make_areas({1: 1.0}), 0.5, dict(CLASSES), 1)
        finishing.finish_task(database, task, found, by="lead", now=NOW, seconds=0.1)
    assert items.find_item(database, first.id).answer_id == first.answer_id
    done = {task.item_id: task for task in tasks.list_tasks(database, run.id, ("done",), limit=9)}
    kept = items.load_answer(database, done[first.id].answer_id or "").answer
    assert (kept.model, kept.prediction.mask_png) == ("other/1", b"other a")
    assert items.find_item(database, third.id).answer_id == done[third.id].answer_id
    only = begin(database, project, path="", kind="again")
    assert again.stage_again(database, only.id, only_unanswered=True, now=NOW) == 0


def test_a_picture_that_comes_in_below_what_was_judged_is_still_served(database: Database) -> None:
    project = make_project(database)
    run = begin(database, project, starts=True)
    put_in(database, run, read("first"), read("second"))
    first, second = take(database, run)
    finish(database, second)
    (item,) = lists.list_items(database, project.id, lists.Wish(), reviewer="a", limit=9).rows
    reviews.decide(database, make_decision(item.item), "anna", now=NOW)
    finish(database, first)
    assert list_names(database, project, status=("open",)) == ["first"]
    again = lists.list_items(database, project.id, lists.Wish(), reviewer="anna", limit=9)
    assert [row.item.name for row in again.rows] == ["first", "second"]
    served = queue.take_next(database, project.id, "anna", now=NOW).item
    assert served is not None
    assert served.name == "first"


def test_one_that_was_taken_out_comes_back_when_it_is_added_again(database: Database) -> None:
    project = make_project(database)
    (known,) = add_pictures(database, project, ["old.jpg"])
    items.remove_item(database, known.id, by="lead", now=NOW)
    run = begin(database, project, starts=True)
    put_in(database, run, Staged("x", image=items.load_image(database, known.image_sha256)))
    (task,) = take(database, run)
    finish(database, task)
    assert list_names(database, project) == ["old.jpg"]
    assert items.find_item(database, known.id).answer_id == known.answer_id


def test_values_that_cannot_be_are_refused(database: Database) -> None:
    project = make_project(database)
    with pytest.raises(Conflict, match="0 to 100"):
        begin(database, project, confidence=101)
    with pytest.raises(Conflict):
        begin(database, project, model="no model")
    with pytest.raises(Conflict, match="no such project"):
        runs.create_run(
            database, make_id(), model="a/1", confidence=1, server="", ask_at=None, workers=1,
            kind="files", source="", path="", by="x", now=NOW,
        )  # fmt: skip
    assert begin(database, project, workers=5000).workers == runs.MOST_WORKERS


def test_open_runs_are_listed_however_old_they_are(database: Database) -> None:
    project = make_project(database)
    old = begin(database, project)
    for at in range(4):
        over = begin(database, project, now=NOW + 1 + at)
        runs.cancel_run(database, over.id, by="lead", now=NOW + 9)
    listed = runs.list_runs(database, project.id, limit=2)
    assert [run.created_at for run in listed] == [NOW + 4, NOW + 3, NOW]
    assert listed[-1].id == old.id


@pytest.mark.parametrize("is_one_batch", [True, False])
def test_what_came_along_with_the_second_of_two_alike_is_the_firsts(
    database: Database, is_one_batch: bool
) -> None:
    run = begin(database, make_project(database))
    brought = {"truth": (b"truth", (40, 30)), "answer": make_answer(b"brought", confidence=50)}
    if is_one_batch:
        put_in(database, run, read("a"), read("a", **brought))
    else:
        put_in(database, run, read("a"), is_all=False)
        put_in(database, run, read("a", **brought))
    counts = runs.count_run(database, run.id, now=NOW)
    assert counts.by_state == {"waiting": 1, "twin": 1}
    assert (counts.calls_left, counts.with_answer, counts.with_truth) == (0, 1, 1)


def test_a_picture_taken_out_stays_out_of_a_batch_over_the_projects_own(
    database: Database,
) -> None:
    project = make_project(database)
    first, second = add_pictures(database, project, ["a", "b"])
    run = begin(database, project, path="", model="other/1", kind="again")
    again.stage_again(database, run.id, only_unanswered=False, now=NOW)
    runs.start_run(database, run.id, by="lead", now=NOW)
    taken = take(database, run)
    items.remove_item(database, first.id, by="lead", now=NOW)
    items.remove_item(database, second.id, by="lead", now=NOW)
    assert all(finishing.is_taken_out(database, task) for task in taken)
    finish(database, taken[0])
    finishing.fail_task(database, taken[1], "w", problem="", calls=0, by="lead", now=NOW)
    assert list_names(database, project) == []
    failed = tasks.list_tasks(database, run.id, ("failed",), limit=9)
    assert ["taken out" in task.problem for task in failed] == [True, True]


def test_another_confidence_over_a_folder_asks_about_what_is_known(database: Database) -> None:
    project = make_project(database)
    (known,) = add_pictures(database, project, ["old.jpg"])
    there = Staged("again.jpg", image=items.load_image(database, known.image_sha256))
    states = []
    for confidence in (50, 70):
        run = begin(database, project, kind="folder", confidence=confidence)
        put_in(database, run, there)
        states.append(runs.count_run(database, run.id, now=NOW).by_state)
    assert states == [{"known": 1}, {"waiting": 1}]


def test_a_project_that_is_put_away_pauses_its_runs(database: Database) -> None:
    project = make_project(database)
    run = begin(database, project, starts=True)
    projects.change_project(database, project.id, by="lead", now=NOW, archived=True)
    paused = runs.find_run(database, run.id)
    assert (paused.state, paused.reason) == ("paused", "The project was put away meanwhile.")
