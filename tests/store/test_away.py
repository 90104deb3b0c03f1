"""A PostgreSQL that goes away in the middle and comes back."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from components.errors import StoreUnavailable
from components.store import open_database, projects, queue, reviews
from tests.postgres import Postgres, run_postgres
from tests.store.material import NOW, add_pictures, make_decision, make_project
from tests.store.recount import check_consistency


@pytest.fixture
def own_postgres() -> Iterator[Postgres]:
    with run_postgres() as server:
        yield server


def test_it_goes_away_and_comes_back(own_postgres: Postgres) -> None:
    address = own_postgres.create_database()
    database = open_database(address)
    project = make_project(database)
    first, second = add_pictures(database, project, ["1.jpg", "2.jpg"])
    reviews.decide(database, make_decision(first), "anna", now=NOW)
    decision = make_decision(second)
    own_postgres.stop()
    for _ in range(2):
        with pytest.raises(StoreUnavailable, match="nothing was saved"):
            reviews.decide(database, decision, "anna", now=NOW)
    with pytest.raises(StoreUnavailable):
        queue.take_next(database, project.id, "anna", now=NOW)
    with pytest.raises(StoreUnavailable):
        database.ping()
    with pytest.raises(StoreUnavailable):
        open_database(address)
    own_postgres.start()
    database.ping()
    outcome = reviews.decide(database, decision, "anna", now=NOW)
    assert not outcome.was_stored
    assert projects.measure_progress(database, project.id, "anna").by_status["approved"] == 2
    check_consistency(database)
    database.close()


def test_a_connection_that_breaks_within_a_transaction_saves_nothing(
    own_postgres: Postgres,
) -> None:
    database = open_database(own_postgres.create_database())
    project = make_project(database)

    def rename_and_lose() -> None:
        with database.write() as connection:
            projects.note_event(connection, project.id, "x", by="anna", now=NOW)
            own_postgres.stop()
            projects.note_event(connection, project.id, "x", by="anna", now=NOW)

    with pytest.raises(StoreUnavailable):
        rename_and_lose()
    own_postgres.start()
    assert [one.kind for one in reviews.list_events(database, project.id)] == ["project_created"]
    database.close()
