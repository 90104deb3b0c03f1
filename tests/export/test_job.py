"""Exports in the background: how they go on, end and are cleared away."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from components.errors import Conflict, ExportError
from components.export import ownfolder
from components.export.exhibition import Exhibition, Format
from components.export.job import Job, Jobs, Order
from components.export.registry import find_format
from components.export.sink import Sink
from components.store.lists import Wish
from tests.adding import wait_for
from tests.export.material import Show, add_item, draw_ids, make_answer, write

ROOT = Path(__file__).parents[2]
MASKS, COCO = find_format("masks"), find_format("coco")


@pytest.fixture
def jobs(show: Show, tmp_path: Path) -> Iterator[Jobs]:
    made = Jobs(lambda: show.database, tmp_path / "exports")
    yield made
    made.stop()


def order(show: Show, format_: Format = MASKS, by: str = "Lea", **wish: object) -> Order:
    return Order(show.project.id, format_, Wish(**wish), by)  # type: ignore[arg-type]


def wait_over(jobs: Jobs, job: Job) -> Job:
    wait_for(lambda: jobs.look(job.id, job.order.by).is_over, "over")
    return jobs.look(job.id, job.order.by)


class Held:
    """A format that waits in the middle until it is let go."""

    def __init__(self) -> None:
        self.is_met = threading.Event()
        self.go_on = threading.Event()
        self.format = replace(MASKS, write=self.write)

    def write(self, exhibition: Exhibition, sink: Sink) -> None:
        for exhibit in exhibition.list_masked():
            sink.write(f"{exhibit.item.id}.bin", b"x" * 1000)
            self.is_met.set()
            assert self.go_on.wait(60)


def test_an_export_becomes_a_file(show: Show, jobs: Jobs, tmp_path: Path) -> None:
    job = wait_over(jobs, jobs.begin(order(show, COCO)))
    assert (job.state, job.message, job.done, job.total, job.left_out) == ("done", "", 6, 6, 1)
    assert job.project_name == "Streets: north"
    assert 0 < job.begun_at <= job.ended_at
    (part,) = job.parts
    assert part.name == "Streets_-north-coco.zip"
    assert part.size_bytes == job.size_bytes == part.path.stat().st_size
    assert part.path.read_bytes() == write(COCO, show.exhibit(), tmp_path / "x").read_bytes()


def test_a_single_file_is_handed_on_as_it_is(show: Show, jobs: Jobs) -> None:
    job = wait_over(jobs, jobs.begin(order(show, find_format("csv"), status=("rejected",))))
    (part,) = job.parts
    assert part.name == "Streets_-north-decisions.csv"
    assert part.path.read_text(encoding="utf-8-sig").count("\n") == 2


def test_a_large_export_comes_in_parts(show: Show, tmp_path: Path) -> None:
    for number in range(30):
        answer = make_answer(draw_ids(number), None, asked_at=50)
        add_item(show, f"{number}", f"{number}.jpg", answer=answer)
    jobs = Jobs(lambda: show.database, tmp_path / "exports", part_bytes=20_000)
    job = wait_over(jobs, jobs.begin(order(show)))
    assert len(job.parts) > 2
    names: list[str] = []
    for part in job.parts:
        assert part.size_bytes < 30_000
        with zipfile.ZipFile(part.path) as found:
            names += found.namelist()
    assert len(names) == len(set(names)) == 71
    jobs.stop()
    assert not list((tmp_path / "exports").iterdir())


def test_one_after_another_and_each_to_its_own(show: Show, jobs: Jobs) -> None:
    held = Held()
    first = jobs.begin(order(show, held.format))
    second = jobs.begin(order(show, COCO, by="Bob"))
    assert held.is_met.wait(60)
    assert jobs.look(first.id, "Lea").state == "running"
    assert jobs.look(second.id, "Bob").state == "waiting"
    for verb in (jobs.look, jobs.cancel, jobs.remove):
        with pytest.raises(Conflict):
            verb(first.id, "Bob")
        with pytest.raises(Conflict):
            verb("gone", "Lea")
    assert [job.id for job in jobs.list_jobs("Lea", show.project.id)] == [first.id]
    assert jobs.list_jobs("Lea", "another") == []
    held.go_on.set()
    assert wait_over(jobs, second).state == "done"
    assert wait_over(jobs, first).state == "done"


def test_a_cancelled_export_ends_and_leaves_nothing(show: Show, jobs: Jobs, tmp_path: Path) -> None:
    held = Held()
    first, second = jobs.begin(order(show, held.format)), jobs.begin(order(show, COCO))
    assert held.is_met.wait(60)
    assert jobs.cancel(second.id, "Lea").state == "cancelled"
    jobs.cancel(first.id, "Lea")
    held.go_on.set()
    job = wait_over(jobs, first)
    assert (job.state, job.parts) == ("cancelled", ())
    third = wait_over(jobs, jobs.begin(order(show)))
    assert third.state == "done"
    assert jobs.look(second.id, "Lea").state == "cancelled"
    left = [path for path in (tmp_path / "exports").glob("*/*") if path.is_dir()]
    assert [path.name for path in left] == [third.id]
    jobs.remove(third.id, "Lea")
    assert not [path for path in (tmp_path / "exports").glob("*/*") if path.is_dir()]


def test_what_fails_is_said_and_leaves_nothing(show: Show, jobs: Jobs, tmp_path: Path) -> None:
    class Lost(Exception):
        pass

    def fail(error: Exception, exhibition: Exhibition, sink: Sink) -> None:
        sink.write("x", b"x")
        raise error

    for error, message in (
        (ExportError("There is no room."), "There is no room."),
        (Lost("secret detail"), "finds in its log"),
    ):
        job = wait_over(jobs, jobs.begin(order(show, replace(MASKS, write=partial(fail, error)))))
        assert job.state == "failed"
        assert message in job.message
        assert "secret" not in job.message
    job = wait_over(jobs, jobs.begin(replace(order(show), project_id="0" * 32)))
    assert "no such project" in job.message
    assert not [path for path in (tmp_path / "exports").glob("*/*") if path.is_dir()]


def test_only_so_many_are_kept(show: Show, jobs: Jobs) -> None:
    made = [wait_over(jobs, jobs.begin(order(show, find_format("csv")))) for _ in range(9)]
    kept = jobs.list_jobs("Lea", show.project.id)
    assert [job.id for job in kept] == [job.id for job in reversed(made[-6:])]
    assert not made[0].parts[0].path.exists()
    assert made[-1].parts[0].path.exists()


def test_nothing_begins_once_it_is_stopped(show: Show, tmp_path: Path) -> None:
    jobs = Jobs(lambda: show.database, tmp_path / "exports")
    held = Held()
    jobs.begin(order(show, held.format))
    assert held.is_met.wait(60)
    threading.Timer(0.1, held.go_on.set).start()
    jobs.stop()
    assert not list((tmp_path / "exports").iterdir())
    with pytest.raises(ExportError, match="being stopped"):
        jobs.begin(order(show))


HOLDING = """
import sys, time
from pathlib import Path
from components.export.ownfolder import OwnFolder
folder = OwnFolder(Path(sys.argv[1]))
folder.make()
(folder.path / "job").mkdir()
(folder.path / "job" / "half.zip").write_bytes(b"x" * 1000)
print("made", flush=True)
time.sleep(600)
"""


def make_old(folder: Path) -> None:
    for held in folder.glob("*/held"):
        os.utime(held, (time.time() - 60, time.time() - 60))


def test_what_a_killed_desk_left_behind_goes_and_what_a_living_one_has_stays(
    show: Show, jobs: Jobs, tmp_path: Path
) -> None:
    job = wait_over(jobs, jobs.begin(order(show)))
    folder = tmp_path / "exports"
    with subprocess.Popen(
        [sys.executable, "-c", HOLDING, folder], cwd=ROOT, stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "made\n"
        make_old(folder)
        ownfolder.sweep(folder)
        assert len(list(folder.iterdir())) == 2
        other.send_signal(signal.SIGKILL)
    ownfolder.sweep(folder)
    assert len(list(folder.iterdir())) == 1
    assert job.parts[0].path.exists()


def test_sweeping_a_folder_that_is_not_there_does_nothing(tmp_path: Path) -> None:
    ownfolder.sweep(tmp_path / "nothing")


def test_a_folder_that_cannot_be_made_is_said(show: Show, tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    jobs = Jobs(lambda: show.database, tmp_path / "file")
    with pytest.raises(ExportError, match="disk is full or cannot be written"):
        jobs.begin(order(show))
    jobs.stop()
