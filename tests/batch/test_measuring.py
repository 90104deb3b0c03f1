"""Truth masks that came with a batch are counted against once it is over, before anybody looks."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from components import store
from components.batch.__main__ import DONE
from components.batch.catching_up import measure_next
from components.model.insights import Slice
from components.model.run import Run
from components.store import Database, insights
from tests.batch.command import finish, open_desk, start
from tests.batch.material import (
    begin_run,
    know_server,
    make_pictures,
    make_project,
    read_whole,
    running,
    wait_for,
    wait_until_over,
    work_off,
)
from tests.moody import open_moody

pytestmark = pytest.mark.both_databases

PICTURES = 6
TRUE = 4


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Small pictures, most of them with a truth mask beside."""
    pictures = make_pictures(tmp_path / "pictures", PICTURES)
    for seed in range(TRUE):
        ids = np.full((24, 32), seed % 3, np.uint8)
        Image.fromarray(ids).save(pictures / f"{seed:04}_mask.png")
    return pictures


def check_counted(database: Database, run: Run) -> None:
    assert insights.count_unmeasured(database, run.project_id).pending == 0
    truth = insights.load_truth_totals(database, run.project_id, Slice())
    assert (truth.items, truth.unmeasured) == (TRUE, 0)
    assert truth.confusion.sum() + sum(truth.ignored.values()) == TRUE * 32 * 24


def test_the_desk_counts_when_the_run_is_over(database: Database, folder: Path) -> None:
    run = begin_run(database, folder)
    with open_moody("fine") as moody, running(database, know_server(moody)):
        wait_until_over(database, run)
        wait_for(
            lambda: insights.count_unmeasured(database, run.project_id).pending == 0,
            "all is counted",
        )
    check_counted(database, run)


def test_what_was_not_counted_is_said_and_counted_later(database: Database, folder: Path) -> None:
    """As after a kill between the last answer and the last count."""
    project = make_project(database)
    run = begin_run(database, folder, project=project)
    read_whole(database, run)
    with open_moody("fine") as moody:
        assert work_off(database, run, know_server(moody)).state == "done"
        truth = insights.load_truth_totals(database, project.id, Slice())
        assert (truth.items, truth.unmeasured) == (0, TRUE)
        assert measure_next(database, project.id, 1) == 1
        asked = moody.total
        # The same folder once more: nothing is asked, what is left is counted.
        again = begin_run(database, folder, project=project)
        with running(database, know_server(moody)):
            wait_until_over(database, again)
            wait_for(
                lambda: insights.count_unmeasured(database, project.id).pending == 0,
                "all is counted",
            )
        assert moody.total == asked
    check_counted(database, again)


def test_so_does_the_command(tmp_path: Path, folder: Path) -> None:
    with open_moody("fine") as moody:
        status, said = finish(start(tmp_path, moody, folder))
    assert status == DONE
    assert f"{PICTURES} answered" in said
    with open_desk(tmp_path) as database:
        (project,) = store.projects.list_projects(database)
        (run,) = store.runs.list_runs(database, project.id)
        check_counted(database, run)
