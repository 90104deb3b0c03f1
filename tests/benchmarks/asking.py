"""Many calls at once against a server that takes 200 ms: how near to the ideal, and the cost."""

from __future__ import annotations

import statistics
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from components.batch import open_server
from components.batch.pace import Pace
from components.inference import Request
from components.settings import Settings
from tests.benchmarks import roboflow
from tests.benchmarks.answering import MODEL, SECONDS, answer_slowly
from tests.benchmarks.material import make_pictures, make_source_image
from tests.benchmarks.measuring import Row, format_seconds

WORKERS: Final = 32
ROUNDS: Final = 7
_WAVES: Final = 12
_ONE_BY_ONE: Final = 10
_SIZE_WH: Final = (640, 480)


def measure_asking() -> Iterator[Row]:
    """Pictures a second of 32 workers as a run asks, against the ideal and against one by one."""
    picture = next(make_pictures(1, _SIZE_WH))
    with TemporaryDirectory(prefix="mask-desk-bench-") as folder, answer_slowly() as address:
        file = Path(folder) / "photo.jpg"
        file.write_bytes(picture)
        rates, costs = _ask(address, picture)
        others = roboflow.loop(address, [file] * _ONE_BY_ONE, ROUNDS)
    rate = statistics.median(rates)
    ideal = WORKERS / SECONDS
    span = f"{rate:.0f} images/s ({min(rates):.0f}–{max(rates):.0f})"
    yield Row(
        f"asking: {WORKERS} workers, an answer of 100 KB after 200 ms (n = {len(rates)})",
        span,
        f"{ideal:.0f} images/s ideal",
        f"{rate / ideal:.2f}×",
        "≥ 0.9×",
        rate / ideal >= 0.9,
    )
    other = _ONE_BY_ONE / statistics.median(others)
    yield Row(
        "asking: the same against one by one",
        span,
        f"{other:.2f} images/s {roboflow.NAME}",
        f"{rate / other:.1f}×",
        "≥ 25×",
        rate / other >= 25,
    )
    cost = statistics.median(costs)
    yield Row("asking: time of a processor for an image", format_seconds(cost), "", "")


def _ask(address: str, picture: bytes) -> tuple[list[float], list[float]]:
    """Images a second and processor seconds an image, of each round after one to warm up."""
    settings = Settings(address=address, models=(MODEL,), timeout_seconds=30)
    client = open_server(address, settings, WORKERS).client
    pace = Pace(WORKERS)
    request = Request(make_source_image(picture), MODEL, 50)
    rates, costs = [], []
    calls = WORKERS * _WAVES
    for at in range(ROUNDS + 1):
        left = threading.Semaphore(calls)

        def work(left: threading.Semaphore = left) -> None:
            while left.acquire(blocking=False):
                while not pace.enter(0.5):
                    pass
                pace.succeed(client.predict(request).seconds)

        threads = [threading.Thread(target=work) for _ in range(WORKERS)]
        began, busy = time.perf_counter(), time.process_time()
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        if at:
            rates.append(calls / (time.perf_counter() - began))
            costs.append((time.process_time() - busy) / calls)
    client.close()
    return rates, costs
