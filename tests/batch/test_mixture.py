"""All faults at once: a fifth of all calls fail, and each picture ends with an answer or a reason.

While the pictures are asked about, a second desk works on the same run whose lookup of the
server's name fails, then one whose TLS fails; and the server is gone for two seconds.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import pytest

from components.model.run import RunCounts
from components.store import Database, open_database
from tests.batch.material import (
    begin_run,
    check_run,
    know_server,
    running,
    wait_for_calls,
    wait_until_over,
)
from tests.moody import Moody, mix, open_moody
from tests.postgres import Postgres
from tests.store.recount import check_consistency

RATE = 0.2
MOST_CALLS = 1.4
AWAY_SECONDS = 2.0
EXPECTED = {"sqlite": 1000, "postgresql": 300}


def work_off_moodily(db: Database, folder: Path, expected: int) -> tuple[RunCounts, Moody, int]:
    """A run of which everything goes wrong that can; the counts, the server, the calls at once."""
    with open_moody(mix(RATE, seed=5), seconds=0.02) as moody:
        nameless = f"http://no-such-host.invalid:{moody.address.rpartition(':')[2]}"
        sealed = moody.address.replace("http:", "https:")
        run = begin_run(db, folder)
        with running(db, know_server(moody, timeout_seconds=1.5)):
            for address, at in ((nameless, expected // 5), (sealed, 2 * expected // 5)):
                wait_for_calls(moody, at)
                with running(db, know_server(address)):
                    time.sleep(1)
            wait_for_calls(moody, 3 * expected // 5)
            moody.go_away()
            time.sleep(AWAY_SECONDS)
            moody.come_back()
            wait_until_over(db, run)
        counts = check_run(db, run, expected)
    check_consistency(db)
    return counts, moody, run.workers


@pytest.fixture(scope="module")
def outcomes(
    tmp_path_factory: pytest.TempPathFactory, postgres: Postgres, many: Path, fewer: Path
) -> Iterator[dict[str, Future[tuple[RunCounts, Moody, int]]]]:
    """Both databases at the same time: most of it is waiting."""
    addresses = {
        "sqlite": f"sqlite:///{tmp_path_factory.mktemp('mixture')}/desk.sqlite3",
        "postgresql": postgres.create_database(),
    }
    opened = {kind: open_database(address) for kind, address in addresses.items()}
    with ThreadPoolExecutor() as pool:
        yield {
            "sqlite": pool.submit(work_off_moodily, opened["sqlite"], many, 1000),
            "postgresql": pool.submit(work_off_moodily, opened["postgresql"], fewer, 300),
        }
    for db in opened.values():
        db.close()


@pytest.mark.parametrize("kind", EXPECTED)
def test_a_fifth_of_all_calls_fail(
    kind: str,
    outcomes: dict[str, Future[tuple[RunCounts, Moody, int]]],
    capsys: pytest.CaptureFixture[str],
) -> None:
    expected = EXPECTED[kind]
    counts, moody, workers = outcomes[kind].result()
    told = ", ".join(f"{number} × {mood}" for mood, number in sorted(moody.given.items()))
    with capsys.disabled():
        print(
            f"\n{kind}: {expected} pictures, {counts.count('done')} answered, "
            f"{counts.count('failed')} failed, {moody.total} calls; met: {told}"
        )
    assert moody.faults >= RATE * 0.8 * expected
    assert moody.total <= MOST_CALLS * expected
    # What broke off when the server went may have been sent, or not.
    assert moody.total <= counts.calls <= moody.total + workers
    assert counts.count("failed") <= 0.05 * expected
