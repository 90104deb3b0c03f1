"""All faults at once: a fifth of all calls fail, and each picture ends with an answer or a reason.

While the pictures are asked about, a second desk works on the same run whose lookup of the
server's name fails, then one whose TLS fails; and the server is gone for two seconds.
"""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from components.store import Database
from tests.batch.material import (
    begin_run,
    check_run,
    know_server,
    running,
    wait_for_calls,
    wait_until_over,
)
from tests.moody import mix, open_moody
from tests.store.recount import check_consistency

RATE = 0.2
MOST_CALLS = 1.4
AWAY_SECONDS = 2.0


def test_a_fifth_of_all_calls_fail(
    database: Database, many: Path, fewer: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    expected = 1000 if database.kind == "sqlite" else 300
    with open_moody(mix(RATE, seed=5), seconds=0.02) as moody:
        nameless = f"http://no-such-host.invalid:{moody.address.rpartition(':')[2]}"
        sealed = moody.address.replace("http:", "https:")
        run = begin_run(database, many if expected == 1000 else fewer)
        with running(database, know_server(moody, timeout_seconds=0.5)):
            for address, at in ((nameless, expected // 5), (sealed, 2 * expected // 5)):
                wait_for_calls(moody, at)
                with running(database, know_server(address)):
                    time.sleep(1)
            wait_for_calls(moody, 3 * expected // 5)
            moody.go_away()
            time.sleep(AWAY_SECONDS)
            moody.come_back()
            wait_until_over(database, run)
        counts = check_run(database, run, expected)
        told = ", ".join(f"{number} × {mood}" for mood, number in sorted(moody.given.items()))
        with capsys.disabled():
            print(
                f"\n{database.kind}: {expected} pictures, {counts.count('done')} answered, "
                f"{counts.count('failed')} failed, {moody.total} calls; met: {told}"
            )
        assert moody.faults >= RATE * 0.8 * expected
        assert moody.total <= MOST_CALLS * expected
        # What broke while the server went may have been sent, or not.
        assert moody.total <= counts.calls <= moody.total + run.workers
        assert counts.count("failed") <= 0.05 * expected
    check_consistency(database)
