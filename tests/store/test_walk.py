"""Whatever is passed in and whatever the database does, nothing but a DeskError leaves the room."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from components.errors import Conflict, DeskError, StoreError
from components.model.review import LONGEST_TEXT, Item, Member, Pin, Project, Remark
from components.store import (
    Database,
    bundle,
    claiming,
    items,
    lists,
    open_database,
    pins,
    projects,
    queue,
    reviews,
)
from components.store.lists import Wish
from tests.store.material import (
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

ODD_TEXTS = (
    "",
    " ",
    "\0",
    "\ud800",
    "'; DROP TABLE items; --",
    "%",
    "_",
    "x" * 5000,
    "Ü" * 500,
    "🙂",
)
ROOMS = (projects, items, lists, queue, claiming, reviews, pins, bundle)


def list_calls(
    project: Project, item: Item, text: str, path: Path
) -> dict[str, Callable[..., Any]]:
    """A call of every public function, with an odd text wherever one fits."""
    decision = make_decision(item)
    pin = Pin(make_id(), item.id, 1, 2, "here", author="anna")
    pinned = make_id()
    by: dict[str, Any] = {"by": text, "now": NOW}
    return {
        "create_project": lambda db: projects.create_project(
            db, name=text, model=text, confidence=50, instructions=text, **by
        ),
        "list_projects": lambda db: projects.list_projects(db),
        "find_project": lambda db: projects.find_project(db, text),
        "change_project": lambda db: projects.change_project(
            db, project.id, name=text, members=[Member(text, 1.0)], model=text, **by
        ),
        "measure_progress": lambda db: projects.measure_progress(db, text, text),
        "add_item": lambda db: items.add_item(
            db, project.id, make_picture("new"), b"small", name=text, **by
        ),
        "keep_answer": lambda db: items.keep_answer(
            db,
            item.id,
            make_answer(model=text),
            cut_to=None,
            areas=make_areas({1: 1.0}),
            mean_confidence=0.1,
            now=NOW,
        ),
        "store_answer": lambda db: items.store_answer(
            db, text, make_answer(), cut_to=None, now=NOW
        ),
        "note_problem": lambda db: items.note_problem(db, item.id, text),
        "remove_item": lambda db: items.remove_item(db, text, **by),
        "find_item": lambda db: items.find_item(db, text),
        "find_size": lambda db: items.find_size(db, text),
        "load_image": lambda db: items.load_image(db, text),
        "load_thumbnails": lambda db: items.load_thumbnails(db, [text]),
        "load_answer": lambda db: items.load_answer(db, text),
        "find_answer": lambda db: items.find_answer(db, text, text, 50, text),
        "list_items": lambda db: lists.list_items(
            db, project.id, Wish(class_name=text, name_part=text), reviewer=text
        ),
        "list_items after": lambda db: lists.list_items(
            db, project.id, Wish(), reviewer=text, after=text
        ),
        "count_items": lambda db: lists.count_items(
            db, project.id, Wish(name_part=text, mine="undecided"), reviewer=text
        ),
        "find_neighbour": lambda db: lists.find_neighbour(
            db, project.id, Wish(), text, 1, reviewer=text
        ),
        "list_following": lambda db: lists.list_following(
            db, project.id, Wish(name_part=text), text, reviewer=text, limit=3
        ),
        "list_class_maps": lambda db: lists.list_class_maps(db, text),
        "list_class_names": lambda db: lists.list_class_names(db, text),
        "take_next": lambda db: queue.take_next(db, project.id, text, now=NOW, after=text),
        "take_place": lambda db: queue.take_place(
            db, project.id, text, item.id, now=NOW, pending=[text]
        ),
        "take_place item": lambda db: queue.take_place(db, project.id, "anna", text, now=NOW),
        "claim_item": lambda db: claiming.claim_item(db, item.id, text, now=NOW),
        "keep_claims": lambda db: claiming.keep_claims(db, text, [text], now=NOW),
        "release_claims": lambda db: claiming.release_claims(db, text, keep=[text]),
        "decide": lambda db: reviews.decide(
            db, replace(decision, note=text, class_names=(text,)), text, now=NOW
        ),
        "decide id": lambda db: reviews.decide(db, replace(decision, id=text), "anna", now=NOW),
        "decide item": lambda db: reviews.decide(
            db, replace(decision, item_id=text, answer_id=text), "anna", now=NOW
        ),
        "find_newest": lambda db: reviews.find_newest(db, text, text),
        "undo": lambda db: reviews.undo(db, make_id(), project.id, text, now=NOW),
        "undo id": lambda db: reviews.undo(db, text, project.id, text, now=NOW),
        "answer_item": lambda db: reviews.answer_item(
            db, make_id(), item.id, by=text, note=text, now=NOW
        ),
        "list_reviews": lambda db: reviews.list_reviews(db, text),
        "list_record": lambda db: reviews.list_record(db, project.id, reviewer=text, move=text),
        "list_events": lambda db: reviews.list_events(db, project.id, kind=text),
        "list_reviewers": lambda db: reviews.list_reviewers(db, text),
        "list_notices": lambda db: reviews.list_notices(db, text, text),
        "see_notice": lambda db: reviews.see_notice(db, text, text),
        "add_pin": lambda db: pins.add_pin(
            db, replace(pin, text=text, author=text, class_name=text, region={"k": text}), now=NOW
        ),
        "add_remark": lambda db: [
            pins.add_pin(db, replace(pin, id=pinned), now=NOW),
            pins.add_remark(db, pinned, Remark(make_id(), text, 0, "reply", text), now=NOW),
        ],
        "list_pins": lambda db: pins.list_pins(db, text),
        "save_desk": lambda db: bundle.save_desk(db, path),
        "open_desk_file": lambda db: bundle.open_desk_file(db, path),
    }


def test_every_public_function_is_walked(tmp_path: Path) -> None:
    named = {
        name
        for room in ROOMS
        for name, value in vars(room).items()
        if inspect.isfunction(value)
        and not name.startswith("_")
        and next(iter(inspect.signature(value).parameters), "") == "db"
    }
    item = Item("0" * 32, "0" * 32, 1, "", "", "0" * 32, "open")
    project = Project("0" * 32, "", "", 50, {}, "", 1, "third_look", (), "", 0)
    walked = {name.split()[0] for name in list_calls(project, item, "", tmp_path)}
    assert walked == named


@pytest.mark.parametrize("odd", ODD_TEXTS)
def test_odd_texts_are_kept_or_refused(database: Database, tmp_path: Path, odd: str) -> None:
    project = make_project(database)
    (item,) = add_pictures(database, project, ["1"])
    for call in list_calls(project, item, odd, tmp_path / "all.desk").values():
        with suppress(DeskError):
            call(database)
    assert items.find_item(database, item.id).name == "1"


def test_a_database_that_fails_in_every_call_is_an_error_of_the_store(
    address: str, tmp_path: Path
) -> None:
    database = open_database(address)
    project = make_project(database)
    (item,) = add_pictures(database, project, ["1"])
    bundle.save_desk(database, tmp_path / "saved.desk")
    calls = list_calls(project, item, "x", tmp_path / "saved.desk")
    with database.write() as connection:
        # Somebody took all tables away while the desk runs.
        for name in (
            "attempts",
            "tallies",
            "standing",
            "notices",
            "remarks",
            "pins",
            "claims",
            "places",
            "events",
            "name_grams",
            "item_classes",
            "reviews",
            "items",
            "answers",
            "images",
            "blobs",
            "projects",
        ):
            connection.execute(text(f"ALTER TABLE {name} RENAME TO gone_{name}"))
    for name, call in calls.items():
        # What is refused before the database is asked is refused as ever.
        with pytest.raises(StoreError) as caught:
            call(database)
        assert "SELECT" not in caught.value.message, name
    database.close()


NUMBERS = st.one_of(
    st.integers(-(2**70), 2**70), st.sampled_from((0, -1, 101, 2**63, -(2**63) - 1))
)


@given(
    number=NUMBERS,
    place=st.floats() | st.integers(-(2**70), 2**70).map(float),
    cursor=st.text(max_size=40) | st.binary(max_size=40).map(lambda raw: raw.hex()),
)
@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_odd_numbers_and_cursors_are_kept_or_refused(
    database: Database, number: int, place: float, cursor: str
) -> None:
    project = make_project(database)
    (item,) = add_pictures(database, project, ["1"])
    pin = Pin(make_id(), item.id, place, place, "", class_id=number, sureness=place, author="a")
    calls: list[Callable[[], object]] = [
        lambda: pins.add_pin(database, pin, now=NOW),
        lambda: reviews.decide(
            database, replace(make_decision(item), confidence=number), "anna", now=NOW
        ),
        lambda: reviews.decide(database, make_decision(item), "anna", now=number),
        lambda: queue.take_next(database, project.id, "chi", now=number),
        lambda: projects.change_project(
            database, project.id, by="lead", now=NOW, needed=number, confidence=number
        ),
        lambda: projects.change_project(
            database, project.id, by="lead", now=NOW, members=[Member("anna", place)]
        ),
        lambda: lists.list_items(database, project.id, Wish(), reviewer="a", after=cursor),
        lambda: lists.list_items(database, project.id, Wish(), reviewer="a", limit=number),
        lambda: lists.count_items(database, project.id, Wish(), reviewer="a", limit=number),
        lambda: reviews.list_record(database, project.id, before_seq=number, limit=number),
    ]
    for call in calls:
        with suppress(StoreError):
            call()
    assert [
        row.item.id for row in lists.list_items(database, project.id, Wish(), reviewer="a").rows
    ] == [item.id]


def test_a_text_that_is_too_long_is_refused_whole(database: Database) -> None:
    project = make_project(database)
    (item,) = add_pictures(database, project, ["1"])
    decision = make_decision(item, note="x" * (LONGEST_TEXT + 1))
    with pytest.raises(Conflict, match="4,000 signs"):
        reviews.decide(database, decision, "anna", now=NOW)
    assert reviews.list_reviews(database, item.id) == []


def test_a_decision_on_another_picture_s_answer_is_refused(database: Database) -> None:
    project = make_project(database)
    first, second = add_pictures(database, project, ["1", "2"])
    for answer_id in (second.answer_id, "", make_id()):
        decision = replace(make_decision(first), answer_id=answer_id or "")
        with pytest.raises(Conflict, match="is not about 1"):
            reviews.decide(database, decision, "anna", now=NOW)
    decision = make_decision(first)
    reviews.decide(database, decision, "anna", now=NOW)
    for other in (replace(decision, item_id=second.id, answer_id=second.answer_id or ""),):
        with pytest.raises(Conflict, match="used for something else"):
            reviews.decide(database, other, "anna", now=NOW)
    with pytest.raises(Conflict, match="used for something else"):
        reviews.decide(database, decision, "chi", now=NOW)
    with pytest.raises(Conflict, match="used for something else"):
        reviews.undo(database, decision.id, project.id, "anna", now=NOW)
