"""Many reviewers at once over real websockets, on two desks that share one PostgreSQL."""

from __future__ import annotations

import asyncio
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest

from components import store
from components.store.database import open_database
from tests.browser.conftest import StartDesk
from tests.postgres import run_postgres
from tests.reviewing import Reviewer, fill_project, review_for

pytestmark = pytest.mark.browser

REVIEWERS, PICTURES = 8, 60


def test_everything_is_decided_once_and_nothing_is_served_to_two(start_desk: StartDesk) -> None:
    with run_postgres() as server:
        url = server.create_database()
        database = open_database(url)
        project = fill_project(database, PICTURES)
        desks = [start_desk(database=url) for _ in range(2)]
        reviewers = [
            Reviewer(f"Reviewer {at} Ä", desks[at % 2].address, project) for at in range(REVIEWERS)
        ]

        async def review() -> None:
            await asyncio.gather(*(review_for(reviewer, 300) for reviewer in reviewers))

        # In a thread of its own: Playwright keeps a loop running in the tests' own.
        with ThreadPoolExecutor(1) as thread:
            thread.submit(asyncio.run, review()).result()
        record = store.reviews.list_record(database, project, limit=1000)
        database.close()
    decided = [id_ for reviewer in reviewers for id_ in reviewer.decided]
    assert Counter(line.id for line in record) == Counter(decided)
    assert len(decided) == PICTURES
    assert {line.reviewer for line in record} == {reviewer.name for reviewer in reviewers}
    served = Counter(item_id for reviewer in reviewers for item_id in reviewer.seen)
    assert set(served.values()) == {1}
