"""The desk's pages while the desk itself works on a run, against the same pages when it is idle."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final
from urllib.parse import quote

from streamlit.proto.BackMsg_pb2 import BackMsg

from components import store
from components.settings import StoreSettings
from components.store.database import Database, open_database
from tests.benchmarks.answering import MODEL, answer_slowly
from tests.benchmarks.measuring import Row, compare_delay
from tests.benchmarks.through import begin, write_pictures
from tests.chromium import ROOT, streamlit_server
from tests.reviewing import fill_project
from tests.websession import WebSession

WORKERS: Final = 8
PICTURES: Final = 400
ROUNDS: Final = 15
AT_MOST: Final = 2.0
PAGES: Final = ("inspect", "add", "review")

_SIZE_WH: Final = (2048, 1536)
_ITEMS: Final = 200
_BETWEEN_SECONDS: Final = 0.2


class _Tab(WebSession):
    async def rerun(self) -> float:
        """Run the page once more with nothing changed; the seconds it took."""
        began = time.perf_counter()
        await self._run(BackMsg())
        return time.perf_counter() - began


def measure_pages() -> Iterator[Row]:
    """Reruns of each page over the desk's own websocket, idle and with 8 workers at 3 MP JPEGs."""
    with TemporaryDirectory(prefix="mask-desk-bench-") as folder, answer_slowly() as address:
        photos = write_pictures(Path(folder) / "photos", PICTURES, _SIZE_WH)
        environ = {
            "MASK_DESK_FOLDER": folder,
            "MASK_DESK_ADDRESS": address,
            "MASK_DESK_MODELS": MODEL,
        }
        with streamlit_server(ROOT / "app.py", env=environ) as desk:
            database = open_database(StoreSettings(folder=Path(folder)).url)
            project = fill_project(database, _ITEMS)
            idle = asyncio.run(_visit(desk, project))
            run_id = begin(database, photos, address, WORKERS)
            _wait_for_answers(database, run_id)
            busy = asyncio.run(_visit(desk, project))
            if store.runs.find_run(database, run_id).state != "running":
                raise SystemExit("The run was over before the pages were measured.")
            database.close()
    for page in PAGES:
        yield compare_delay(
            f"pages: {page}, nothing changed, while a run is on",
            busy[page],
            idle[page],
            "idle",
            AT_MOST,
        )


def _wait_for_answers(database: Database, run_id: str) -> None:
    for _ in range(600):
        if store.runs.count_run(database, run_id, now=time.time_ns() // 1_000_000).count("done"):
            return
        time.sleep(0.1)
    raise SystemExit("The desk does not work on the run.")


async def _visit(address: str, project: str) -> Mapping[str, list[float]]:
    """Seconds of each rerun, by page, in turns."""
    cookie = f"mask_desk_name_{address.rpartition(':')[2]}"
    tabs = {page: _Tab(address, page, {cookie: quote("Anna")}) for page in PAGES}
    for tab in tabs.values():
        await tab.open(project=project)
    taken: dict[str, list[float]] = {page: [] for page in PAGES}
    for at in range(3 + ROUNDS):
        for page, tab in tabs.items():
            seconds = await tab.rerun()
            if at >= 3:
                taken[page].append(seconds)
            await asyncio.sleep(_BETWEEN_SECONDS)
    for tab in tabs.values():
        await tab.close()
    return taken
