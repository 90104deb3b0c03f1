"""A desk killed at any moment: every decision that it said was stored is there, nothing is half."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from pathlib import Path

import pytest

from components.store import open_database, reviews
from tests.store.material import add_pictures, make_project
from tests.store.recount import check_consistency

pytestmark = pytest.mark.both_databases

KILLS = {"sqlite": 12, "postgresql": 6}
ROOT = Path(__file__).parents[2]


@pytest.mark.long
def test_killed_at_any_moment_nothing_said_is_lost(address: str, database_kind: str) -> None:
    database = open_database(address)
    project = make_project(database, needed=2)
    add_pictures(database, project, [f"{at}.jpg" for at in range(5)])
    database.close()
    draw = random.Random()
    kills = KILLS[database_kind]
    said: list[str] = []
    for at in range(kills):
        child = subprocess.Popen(
            [sys.executable, "-m", "tests.store.deciding", address, project.id, f"one {at % 3}"],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert child.stdout is not None
        assert child.stdout.readline() == "ready\n"
        # After some lines rather than some time: a machine in use may not come to the first in it.
        said += [child.stdout.readline()[:-1] for _ in range(draw.randrange(12))]
        time.sleep(draw.uniform(0.0, 0.02))
        child.kill()
        # The last line may be cut off where the process ended.
        said += [line[:-1] for line in child.stdout.readlines() if line.endswith("\n")]
        child.stdout.close()
        child.wait()
    database = open_database(address)
    record = reviews.list_record(database, project.id, limit=10_000)
    assert said
    stored = {line.id for line in record}
    assert set(said) <= stored
    # At most one a kill was stored and not said any more.
    assert len(stored) <= len(said) + kills
    check_consistency(database)
    database.close()
