"""A folder of photographs through the whole desk: read, decoded, sent, counted, kept."""

from __future__ import annotations

import statistics
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from components import store
from components.batch import Runner, open_server, reading
from components.batch.asking import Asker
from components.batch.work import Work
from components.model.clock import read_clock
from components.settings import Settings, StoreSettings
from components.store.database import Database, open_database
from tests.benchmarks import roboflow
from tests.benchmarks.answering import MODEL, SECONDS, answer_slowly
from tests.benchmarks.material import make_pictures
from tests.benchmarks.measuring import Row, format_seconds

WORKERS: Final = 8
ROUNDS: Final = 5
PICTURES: Final = 100
_WARM_UP: Final = 16
_OTHERS: Final = 20
_SIZE_WH: Final = (2048, 1536)


def measure_pipeline() -> Iterator[Row]:
    """100 JPEGs of 3 MP, a desk of its own each time, against a loop over the same files."""
    with TemporaryDirectory(prefix="mask-desk-bench-") as folder, answer_slowly() as address:
        files = write_pictures(Path(folder) / "photos", PICTURES, _SIZE_WH)
        few = write_pictures(Path(folder) / "few", _WARM_UP, _SIZE_WH)
        run_through(Path(folder) / "warm", few, address, WORKERS)
        taken = [
            run_through(Path(folder) / f"desk{at}", files, address, WORKERS) for at in range(ROUNDS)
        ]
        others = roboflow.loop(address, sorted(files.iterdir())[:_OTHERS], ROUNDS)
        with _watch() as spent:
            run_through(Path(folder) / "watched", files, address, WORKERS)
    rates = [PICTURES / seconds for seconds, _ in taken]
    rate, other = statistics.median(rates), _OTHERS / statistics.median(others)
    yield Row(
        f"pipeline: {PICTURES} JPEGs of 3 MP, {WORKERS} workers (n = {ROUNDS})",
        f"{rate:.1f} images/s ({min(rates):.1f}–{max(rates):.1f}; "
        f"{WORKERS / SECONDS:.0f} would be ideal)",
        f"{other:.2f} images/s {roboflow.NAME}",
        f"{rate / other:.1f}×",
        "≥ 3×",
        rate / other >= 3,
    )
    cost = statistics.median(busy / PICTURES for _, busy in taken)
    yield Row("pipeline: time of a processor for an image", format_seconds(cost), "", "")
    for name, (wall, busy, times) in spent.items():
        yield Row(
            f"pipeline: of one image, {name}",
            f"{format_seconds(busy / PICTURES)} of a processor, {format_seconds(wall / PICTURES)} "
            f"in all ({times / PICTURES:.2g} ×)",
            "",
            "",
        )


def write_pictures(folder: Path, count: int, size_wh: tuple[int, int]) -> Path:
    """JPEGs as cameras make them, no two alike; returns the folder."""
    folder.mkdir()
    for at, jpeg in enumerate(make_pictures(count, size_wh)):
        (folder / f"photo{at:04}.jpg").write_bytes(jpeg)
    return folder


def run_through(folder: Path, pictures: Path, address: str, workers: int) -> tuple[float, float]:
    """Seconds, and processor seconds, until all of a folder is in a new desk with its answers.

    Raises:
        SystemExit: one has none.
    """
    database = open_database(StoreSettings(folder=folder).url)
    settings = Settings(address=address, models=(MODEL,), timeout_seconds=60)
    server = open_server(address, settings, workers)
    began, busy = time.perf_counter(), time.process_time()
    run_id = begin(database, pictures, address, workers)
    # As the command does it, which has no pages to answer.
    runner = Runner(lambda: database, lambda: {address: server}, gives_way=False)
    runner.start()
    while store.runs.find_run(database, run_id).state == "running":
        time.sleep(0.1)
    seconds, spent = time.perf_counter() - began, time.process_time() - busy
    runner.stop()
    counts = store.runs.count_run(database, run_id, now=read_clock())
    if counts.count("done") != len(list(pictures.iterdir())):
        raise SystemExit(f"Not all were answered: {counts}")
    database.close()
    return seconds, spent


def begin(database: Database, pictures: Path, address: str, workers: int) -> str:
    """A run over a folder in a project of its own; its id."""
    now = read_clock()
    project = store.projects.create_project(
        database, name="Photos", model=MODEL, confidence=50, by="Lead", now=now
    )
    run = store.runs.create_run(
        database,
        project.id,
        model=MODEL,
        confidence=50,
        server=address,
        ask_at=50,
        workers=workers,
        kind="folder",
        source=pictures.name,
        path=str(pictures),
        by="Lead",
        now=now,
        starts=True,
    )
    return run.id


@contextmanager
def _watch() -> Iterator[Mapping[str, tuple[float, float, int]]]:
    """Wall seconds, processor seconds and calls of each part, by its name."""
    spent: dict[str, tuple[float, float, int]] = defaultdict(lambda: (0.0, 0.0, 0))
    lock = threading.Lock()
    parts: tuple[tuple[Any, str, str], ...] = (
        (reading, "_read", "reading and decoding the file, and its thumbnail"),
        (store.staging, "stage", "keeping the picture"),
        (store.tasks, "take_tasks", "claiming"),
        (Asker, "prepare", "fetching the picture"),
        (Asker, "ask", "asking, 200 ms of it the server"),
        (Asker, "count", "counting"),
        (Work, "_finish", "keeping the answer"),
    )
    before = [getattr(owner, name) for owner, name, _ in parts]

    def measure(do: Callable[..., Any], part: str) -> Callable[..., Any]:
        def measured(*values: Any, **named: Any) -> Any:
            wall, busy = time.perf_counter(), time.thread_time()
            try:
                return do(*values, **named)
            finally:
                wall, busy = time.perf_counter() - wall, time.thread_time() - busy
                with lock:
                    old = spent[part]
                    spent[part] = (old[0] + wall, old[1] + busy, old[2] + 1)

        return measured

    for (owner, name, part), do in zip(parts, before, strict=True):
        setattr(owner, name, measure(do, part))
    try:
        yield spent
    finally:
        for (owner, name, _), do in zip(parts, before, strict=True):
            setattr(owner, name, do)
