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


@pytest.mark.parametrize("goes_ahead", [False, True], ids=["asking", "going ahead"])
def test_everything_is_decided_and_nothing_is_lost_or_stored_twice(
    start_desk: StartDesk, goes_ahead: bool
) -> None:
    with run_postgres() as server:
        url = server.create_database()
        database = open_database(url)
        project = fill_project(database, PICTURES)
        desks = [start_desk(database=url) for _ in range(2)]
        reviewers = [
            Reviewer(
                f"Reviewer {at} Ä",
                desks[at % 2].address,
                project,
                goes_ahead=goes_ahead,
                posts=at % 4 < 2,
            )
            for at in range(REVIEWERS)
        ]

        async def review() -> None:
            await asyncio.gather(*(review_for(reviewer, 300) for reviewer in reviewers))

        # In a thread of its own: Playwright keeps a loop running in the tests' own.
        with ThreadPoolExecutor(1) as thread:
            thread.submit(asyncio.run, review()).result()
        record = store.reviews.list_record(database, project, limit=1000)
        told = {
            (reviewer.name, notice.other, notice.item_id)
            for reviewer in reviewers
            for notice in store.reviews.list_notices(database, project, reviewer.name)
        }
        database.close()
    decided = [id_ for reviewer in reviewers for id_ in reviewer.decided]
    assert Counter(line.id for line in record) == Counter(decided)
    assert {line.reviewer for line in record} == {reviewer.name for reviewer in reviewers}
    served = Counter(item_id for reviewer in reviewers for item_id in reviewer.seen)
    assert len(served) == PICTURES
    by_item: dict[str, list[str]] = {}
    for line in sorted(record, key=lambda line: line.at):
        by_item.setdefault(line.item_id, []).append(line.reviewer)
    shared = {item_id: people for item_id, people in by_item.items() if len(people) > 1}
    # What somebody held ahead may be taken over, where nothing else is left, while they go on to
    # it: then both decide, both decisions are kept, and whoever was first is told.
    assert goes_ahead or not shared
    assert {item_id: len(people) for item_id, people in by_item.items()} == served
    for item_id, people in shared.items():
        assert len(set(people)) == len(people)
        for other in people[1:]:
            assert (people[0], other, item_id) in told or (other, people[0], item_id) in told
