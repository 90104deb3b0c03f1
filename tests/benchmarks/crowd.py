"""Twenty reviewers at once: on one desk, and on two desks that share one PostgreSQL."""

from __future__ import annotations

import asyncio
import statistics
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from components import store
from components.settings import StoreSettings
from components.store.database import open_database
from tests.benchmarks.measuring import Row, format_seconds
from tests.chromium import ROOT, streamlit_server
from tests.postgres import run_postgres
from tests.reviewing import Reviewer, fill_project, review_for

REVIEWERS: Final = 20
SECONDS: Final = 60.0
_ITEMS: Final = 4000


def measure_crowd() -> Iterator[Row]:
    """A minute of decisions by twenty sessions; every one is counted again in the database."""
    with TemporaryDirectory(prefix="mask-desk-bench-") as folder:
        url = StoreSettings(folder=Path(folder)).url
        with streamlit_server(ROOT / "app.py", env={"MASK_DESK_FOLDER": folder}) as address:
            yield _measure("one desk, SQLite", url, [address])
    with (
        TemporaryDirectory(prefix="mask-desk-bench-") as folder,
        run_postgres(syncs=True) as server,
    ):
        url = server.create_database()
        environ = {"MASK_DESK_FOLDER": folder, "MASK_DESK_DATABASE": url}
        with ExitStack() as stack:
            addresses = [
                stack.enter_context(streamlit_server(ROOT / "app.py", env=environ))
                for _ in range(2)
            ]
            yield _measure("two desks, one PostgreSQL", url, addresses)


def _measure(what: str, url: str, addresses: Sequence[str]) -> Row:
    database = open_database(url)
    project = fill_project(database, _ITEMS)
    began = time.monotonic()
    reviewers = asyncio.run(_review(addresses, project))
    seconds = time.monotonic() - began
    decided = [id_ for reviewer in reviewers for id_ in reviewer.decided]
    stored = [
        review
        for reviewer in reviewers
        for review in store.reviews.list_record(
            database, project, reviewer=reviewer.name, limit=_ITEMS
        )
    ]
    lost = set(decided) - {review.id for review in stored}
    twice = [id_ for id_, times in Counter(review.id for review in stored).items() if times > 1]
    shared = [
        id_ for id_, times in Counter(review.item_id for review in stored).items() if times > 1
    ]
    database.close()
    waits = [wait for reviewer in reviewers for wait in reviewer.waits]
    is_met = bool(decided) and not lost and not twice and not shared
    return Row(
        f"crowd: {REVIEWERS} reviewers for {seconds:.0f} s, {what}",
        f"{len(decided):,} decisions, one every {format_seconds(statistics.median(waits))}",
        f"{len(stored):,} stored",
        f"{len(lost)} lost, {len(twice)} stored twice, {len(shared)} served to two",
        "0, 0, 0",
        is_met,
    )


async def _review(addresses: Sequence[str], project: str) -> list[Reviewer]:
    reviewers = [
        Reviewer(f"Reviewer {at}", addresses[at % len(addresses)], project)
        for at in range(REVIEWERS)
    ]
    await asyncio.gather(*(review_for(reviewer, SECONDS) for reviewer in reviewers))
    return reviewers
