"""A desk killed again and again under a reviewer who goes on deciding by keyboard.

`./tests/bench kills` kills fifty times. By itself it takes how often, and which moments:

    python -m tests.benchmarks.killing --kills 20 --seed 7
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from playwright.sync_api import Error, Page

from components import store
from components.settings import StoreSettings
from components.store.database import open_database
from tests.benchmarks.deciding import fill_desk
from tests.benchmarks.measuring import Row
from tests.browser.served import ServedDesk, serve_desk
from tests.chromium import find_port, open_browser

_KILLS: Final = 50
_NAME: Final = "Ana"
_SIZE_WH: Final = (1600, 1200)
_SLOWER: Final = 4
"""How many times slower the browser's processor is made."""

_BACK_SECONDS: Final = 10.0
"""How long a page has, from the moment the desk answers again."""

_LATE_SECONDS: Final = 30.0
"""How much longer it may take to come by itself, which is counted as well."""

_PATIENCE_MS: Final = 120_000

# What is on the page now. A page is white where Streamlit's app is gone, or holds nothing.
_LOOK: Final = """() => {
    const find = (selector) => {
        for (const host of document.querySelectorAll('[data-testid="stBidiComponentIsolated"]')) {
            const found = host.shadowRoot?.querySelector(selector);
            if (found) return found;
        }
        return null;
    };
    const main = document.querySelector('[data-testid="stApp"] [data-testid="stMain"]');
    const bar = find(".decide");
    return {
        isWhite: !main?.innerText.trim() && !bar,
        subject: bar?.dataset.subject ?? "",
        unsaved: Number(bar?.dataset.unsaved ?? 0),
        isReady: find(".desk")?.dataset.state === "ready",
    };
}"""


@dataclass
class Tally:
    """What came of it.

    Attributes:
        kills: how often the desk was killed.
        white: pages that showed nothing until they were loaded anew by hand.
        late: pages that showed nothing ten seconds after the desk was back, the white ones too.
        mended: pages that loaded themselves anew.
        errors: what pages threw, and how often.
        taken: pictures, by id, whose decision the page took.
        stored: pictures, by id, one for each decision in the database.
    """

    kills: int = 0
    white: int = 0
    late: int = 0
    mended: int = 0
    errors: Counter[str] = field(default_factory=Counter)
    taken: list[str] = field(default_factory=list)
    stored: list[str] = field(default_factory=list)

    @property
    def lost(self) -> set[str]:
        """Pictures whose decision the page took and the desk does not have."""
        return set(self.taken) - set(self.stored)

    @property
    def twice(self) -> list[str]:
        """Pictures whose decision is stored more than once."""
        return [id_ for id_, times in Counter(self.stored).items() if times > 1]


def measure_kills() -> Iterator[Row]:
    """Kill fifty times; every decision that the page took is in the database once."""
    seed = random.SystemRandom().randrange(10_000)
    tally = kill(_KILLS, seed)
    yield Row(
        f"kills: {tally.kills} times SIGKILL, seed {seed}",
        f"{len(tally.taken)} decisions taken",
        f"{len(tally.stored)} stored",
        f"{tally.white} white, {len(tally.lost)} lost, {len(tally.twice)} stored twice "
        f"({tally.late} late, {tally.mended} mended)",
        "0, 0, 0",
        bool(tally.taken) and not tally.white and not tally.lost and not tally.twice,
    )


def kill(kills: int, seed: int) -> Tally:
    """Decide by keyboard in a slow browser while the desk is killed and started again.

    Args:
        kills: how often.
        seed: of the moments.

    Raises:
        playwright.sync_api.TimeoutError: the page did not come back even when it was loaded anew.
    """
    randomly = random.Random(seed)
    tally = Tally()
    with TemporaryDirectory(prefix="mask-desk-bench-") as folder, open_browser() as browser:
        home = Path(folder)
        (home / "data").mkdir()
        project = fill_desk(home / "data", kills * 3 + 20, _SIZE_WH)
        port = find_port()
        address = f"http://127.0.0.1:{port}"
        with browser.new_context(viewport={"width": 1400, "height": 900}) as context:
            cookie = {"name": f"mask_desk_name_{port}", "value": _NAME, "url": address}
            context.add_cookies([cookie])  # type: ignore[list-item]
            page = context.new_page()
            page.on("pageerror", lambda error: tally.errors.update([str(error)[:80]]))
            context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": _SLOWER})
            with serve_desk(home, port=port) as desk:
                page.goto(f"{address}/review?project={project}")
                _wait_ready(page)
                _decide_and_kill(page, desk, randomly, tally)
            while tally.kills < kills:
                # Long enough, now and then, for the page to have noticed.
                time.sleep(randomly.choice([0, randomly.uniform(0, 4)]))
                with serve_desk(home, port=port) as desk:
                    _come_back(page, tally)
                    _decide_and_kill(page, desk, randomly, tally)
            with serve_desk(home, port=port) as desk:
                _come_back(page, tally)
                page.wait_for_function(f"() => !({_LOOK})().unsaved", timeout=_PATIENCE_MS)
                tally.stored = _list_stored(desk, project)
    return tally


def _decide_and_kill(page: Page, desk: ServedDesk, randomly: random.Random, tally: Tally) -> None:
    """A few decisions, the last of them perhaps under way still when the desk is killed."""
    for _ in range(randomly.randint(1, 3)):
        _wait_ready(page)
        before = page.evaluate(_LOOK)
        page.keyboard.press("a")
        page.wait_for_timeout(randomly.uniform(0, 100))
        now = page.evaluate(_LOOK)
        is_taken = now["unsaved"] or now["subject"] != before["subject"]
        # What is pressed while a decision waits may be that same decision.
        if is_taken and before["subject"] not in tally.taken:
            tally.taken.append(before["subject"])
        page.wait_for_timeout(randomly.choice([0, randomly.uniform(0, 600)]))
    os.kill(desk.process_id, signal.SIGKILL)
    tally.kills += 1


def _come_back(page: Page, tally: Tally) -> None:
    """Wait for a page whose desk answers again, and load it by hand where it stays white."""
    _call(page, "() => { window.isFromBefore = true; }")
    page.wait_for_timeout(_BACK_SECONDS * 1000)
    found = _peek(page)
    tally.late += bool(found["isWhite"])
    # A machine with much else to do may take longer to begin.
    ends = time.monotonic() + _LATE_SECONDS
    while found["isWhite"] and time.monotonic() < ends:
        page.wait_for_timeout(500)
        found = _peek(page)
    if found["isWhite"]:
        tally.white += 1
        page.reload()
    elif not _call(page, "() => window.isFromBefore === true"):
        tally.mended += 1
    _wait_ready(page)


def _peek(page: Page) -> dict[str, object]:
    found = _call(page, _LOOK)
    return found if isinstance(found, dict) else {"isWhite": True, "isReady": False}


def _call(page: Page, script: str) -> object:
    try:
        return page.evaluate(script)
    except Error:
        # It is being loaded anew in this moment.
        return None


def _wait_ready(page: Page) -> None:
    page.wait_for_function(
        f"() => {{ const found = ({_LOOK})(); return found.isReady && found.subject; }}",
        timeout=_PATIENCE_MS,
    )


def _list_stored(desk: ServedDesk, project: str) -> list[str]:
    database = open_database(StoreSettings(folder=desk.data).url)
    try:
        record = store.reviews.list_record(database, project, reviewer=_NAME, limit=100_000)
    finally:
        database.close()
    return [review.item_id for review in record]


def main() -> None:
    """Kill as often as is asked for, and print what came of it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=_KILLS)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10_000))
    asked = parser.parse_args()
    print(f"seed {asked.seed}", flush=True)
    tally = kill(asked.kills, asked.seed)
    print(
        f"{tally.kills} kills: {tally.white} white, {tally.late} late, {tally.mended} mended; "
        f"{len(tally.taken)} decisions taken, {len(tally.stored)} stored, {len(tally.lost)} lost, "
        f"{len(tally.twice)} stored twice; errors: {dict(tally.errors)}"
    )


if __name__ == "__main__":
    main()
