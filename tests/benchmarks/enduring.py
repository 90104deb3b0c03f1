"""Memory of a process that works on a long run: python -m tests.benchmarks.enduring ADDRESS …"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from components import store
from components.batch import Runner, open_server
from components.model.clock import read_clock
from components.settings import Settings, StoreSettings
from components.store.database import open_database
from tests.benchmarks.answering import MODEL, answer_slowly
from tests.benchmarks.measuring import Row
from tests.benchmarks.remembering import read_kilobytes
from tests.benchmarks.through import begin
from tests.pictures import make_jpeg

PICTURES: Final = 5000
EARLY: Final = 500
WORKERS: Final = 32
AT_MOST: Final = 1.2
_SIZE_WH: Final = (320, 240)


def measure_endurance() -> Iterator[Row]:
    """Resident memory after 5,000 small pictures against that after the first 500."""
    with TemporaryDirectory(prefix="mask-desk-bench-") as folder, answer_slowly() as address:
        pictures = Path(folder) / "pictures"
        pictures.mkdir()
        for seed in range(PICTURES):
            (pictures / f"{seed:05}.jpg").write_bytes(make_jpeg(_SIZE_WH, seed))
        command = [sys.executable, "-m", "tests.benchmarks.enduring", address, folder]
        done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    seen = json.loads(done.stdout)
    early, late = (
        next(size for done, size in seen["memory"] if done >= at) for at in (EARLY, PICTURES)
    )
    ratio = late / early
    highest = max(size for _, size in seen["memory"])
    yield Row(
        f"endurance: {PICTURES:,} pictures, {WORKERS} workers, RSS at the end",
        f"{late / 1e6:.0f} MB (highest {highest / 1e6:.0f} MB; "
        f"{PICTURES / seen['seconds']:.0f} images/s)",
        f"{early / 1e6:.0f} MB at {EARLY}",
        f"{ratio:.2f}×",
        f"≤ {AT_MOST:g}×",
        ratio <= AT_MOST,
    )


def main(address: str, folder: str) -> None:
    """Work on a run in this process, and print what it held after how many pictures."""
    database = open_database(StoreSettings(folder=Path(folder) / "desk").url)
    settings = Settings(address=address, models=(MODEL,), timeout_seconds=60)
    server = open_server(address, settings, WORKERS)
    began = time.monotonic()
    run_id = begin(database, Path(folder) / "pictures", address, WORKERS)
    runner = Runner(lambda: database, lambda: {address: server})
    runner.start()
    memory = []
    while True:
        time.sleep(0.5)
        is_over = store.runs.find_run(database, run_id).state != "running"
        done = store.runs.count_run(database, run_id, now=read_clock()).count("done")
        memory.append((done, read_kilobytes(Path("/proc/self/status"), "VmRSS:")))
        if is_over:
            break
    seconds = time.monotonic() - began
    runner.stop()
    database.close()
    print(json.dumps({"memory": memory, "seconds": seconds}))


if __name__ == "__main__":
    main(*sys.argv[1:])
