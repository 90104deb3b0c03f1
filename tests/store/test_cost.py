"""What a page costs does not grow with the project: no table is read from end to end."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import pairwise
from typing import Any

import pytest
from sqlalchemy import Connection, event, text

from components.model.review import Project
from components.store import Database, items, lists, projects, queue, reviews
from components.store.lists import Wish
from components.store.schema import METADATA
from tests.store.material import NOW, add_pictures, make_decision, make_id, make_project

pytestmark = pytest.mark.both_databases

WISHES = (
    Wish(),
    Wish(status=("open", "rejected")),
    Wish(sort="name", descending=True),
    Wish(sort="mean_confidence"),
    Wish(sort="disagreement", descending=True),
    Wish(class_name="road"),
    Wish(class_name="road", sort="share", descending=True, status=("approved",)),
    Wish(class_name="road", sort="name"),
    Wish(mine="decided"),
    Wish(mine="decided", sort="name", status=("rejected",)),
    Wish(mine="undecided"),
    Wish(mine="undecided", status=("open",), sort="mean_confidence"),
    Wish(name_part="pic 3"),
)
LARGE = {"items", "reviews", "standing", "item_classes", "images", "answers", "blobs", "pins"}


@contextmanager
def watching(database: Database) -> Iterator[list[tuple[str, Any]]]:
    """The statements that are run within the block, with their parameters."""
    seen: list[tuple[str, Any]] = []

    def note(_: Any, __: Any, statement: str, parameters: Any, *___: Any) -> None:
        if statement.split()[0] in ("SELECT", "UPDATE", "DELETE", "INSERT"):
            seen.append((statement, parameters))

    event.listen(database._engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(database._engine, "before_cursor_execute", note)


def list_scans(connection: Connection, statement: str, parameters: Any) -> list[str]:
    """Parts of the plan that read a large table without an index."""
    if isinstance(parameters, list):
        parameters = parameters[0]
    if connection.dialect.name == "sqlite":
        plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
        steps = [str(row.detail) for row in plan]
        return [
            step
            for step in steps
            if step.startswith("SCAN") and step.split()[1] in LARGE and "CONSTANT" not in step
        ]
    plan = connection.exec_driver_sql(f"EXPLAIN {statement}", parameters)
    steps = [str(row[0]) for row in plan]
    return [
        step for step in steps if "Seq Scan on" in step and step.split("on ")[1].split()[0] in LARGE
    ]


@pytest.fixture
def project(database: Database) -> Project:
    made = make_project(database, needed=2)
    pictures = add_pictures(database, made, [f"pic {at}" for at in range(12)])
    for item in pictures[:5]:
        reviews.decide(database, make_decision(item), "anna", now=NOW)
    reviews.decide(database, make_decision(pictures[5], "skipped"), "anna", now=NOW)
    reviews.decide(database, make_decision(pictures[6], "rejected"), "chi", now=NOW)
    return made


def _list_doings(database: Database, project: Project) -> dict[str, Callable[[], object]]:
    doings: dict[str, Callable[[], object]] = {
        "next": lambda: queue.take_next(database, project.id, "anna", now=NOW),
        "progress": lambda: projects.measure_progress(database, project.id, "anna"),
        "undo": lambda: reviews.undo(database, make_id(), project.id, "chi", now=NOW),
        "record": lambda: reviews.list_record(database, project.id, reviewer="anna"),
        "notices": lambda: reviews.list_notices(database, project.id, "anna"),
        "reviewers": lambda: reviews.list_reviewers(database, project.id),
        "classes": lambda: lists.list_class_names(database, project.id),
    }

    def decide() -> None:
        turn = queue.take_next(database, project.id, "dan", now=NOW)
        assert turn.item is not None
        reviews.decide(database, make_decision(turn.item), "dan", now=NOW)

    doings["decide"] = decide
    for at, wish in enumerate(WISHES):
        doings[f"page {at}"] = lambda wish=wish: lists.list_items(  # type: ignore[misc]
            database, project.id, wish, reviewer="anna"
        )
        doings[f"count {at}"] = lambda wish=wish: lists.count_items(  # type: ignore[misc]
            database, project.id, wish, reviewer="anna"
        )
    return doings


def test_no_large_table_is_read_from_end_to_end(database: Database, project: Project) -> None:
    for name, do in _list_doings(database, project).items():
        with watching(database) as seen:
            do()
        assert seen, name
        with database.write() as connection:
            if database.kind == "postgresql":
                # So few rows would be read whole otherwise.
                connection.execute(text("SET LOCAL enable_seqscan = off"))
            for statement, parameters in seen:
                assert list_scans(connection, statement, parameters) == [], (name, statement)


def test_the_guard_sees_a_scan(database: Database, project: Project) -> None:
    assert project.id
    with database.write() as connection:
        if database.kind == "postgresql":
            connection.execute(text("SET LOCAL enable_seqscan = off"))
        assert list_scans(connection, "SELECT * FROM items WHERE name = 'x'", ())


def test_as_many_statements_for_many_pictures_as_for_few(
    database: Database, project: Project
) -> None:
    def count() -> dict[str, int]:
        numbers = {}
        for name, do in _list_doings(database, project).items():
            with watching(database) as seen:
                do()
            numbers[name] = len(seen)
        return numbers

    few = count()
    for item in add_pictures(database, project, [f"more {at}" for at in range(60)])[:30]:
        reviews.decide(database, make_decision(item), "eva", now=NOW)
        items.note_problem(database, item.id, "")
    many = count()
    assert {name: many[name] for name in few if many[name] > few[name]} == {}
    assert many["next"] <= 14
    assert many["decide"] - many["next"] <= 24
    assert max(n for name, n in many.items() if name.startswith("page")) <= 9


def test_a_late_page_skips_nothing_and_repeats_nothing(
    database: Database, project: Project
) -> None:
    for wish in WISHES:
        whole = lists.list_items(database, project.id, wish, reviewer="anna", limit=500).rows
        found: list[lists.Row] = []
        cursors = []
        after = None
        while True:
            page = lists.list_items(
                database, project.id, wish, reviewer="anna", after=after, limit=2
            )
            found += page.rows
            cursors.append(page)
            after = page.next
            if after is None:
                break
        assert tuple(found) == whole, wish
        for earlier, later in pairwise(cursors):
            back = lists.list_items(
                database, project.id, wish, reviewer="anna", before=later.previous, limit=2
            )
            assert back.rows == earlier.rows
        assert cursors[0].previous is None
        ids = [row.item.id for row in whole]
        for here, there in zip(whole, ids[1:], strict=False):
            beside = lists.find_neighbour(
                database, project.id, wish, here.item.id, 1, reviewer="anna"
            )
            assert beside is not None
            assert beside.id == there
            back_again = lists.find_neighbour(
                database, project.id, wish, there, -1, reviewer="anna"
            )
            assert back_again == here.item


def test_every_table_that_grows_is_guarded() -> None:
    assert set(METADATA.tables) >= LARGE
