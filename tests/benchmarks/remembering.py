"""Memory of the server after many large pictures, looked at by several people at once."""

from __future__ import annotations

import asyncio
import os
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from playwright.async_api import Browser, Page, async_playwright

from tests.benchmarks.material import make_pictures
from tests.benchmarks.measuring import Row
from tests.chromium import CHROMIUM_ARGS, ROOT, find_chromium, streamlit_server

PICTURES: Final = 60
LIMIT_MB: Final = 700
BATCHES: Final = ((20,), (5, 5, 5, 5), (1,) * 20)
"""Files that each session uploads at once, one time after another."""

_PATIENCE_MS: Final = 300_000
_INTERVAL_SECONDS: Final = 0.25


@dataclass(slots=True)
class Usage:
    """What the server's process held.

    Attributes:
        samples: (pictures looked at so far, resident bytes, proportional bytes) from time to time.
        looked_at: pictures that were shown with their mask so far.
    """

    samples: list[tuple[int, int, int]] = field(default_factory=list)
    looked_at: int = 0

    def after(self, pictures: int) -> int:
        """Resident bytes when this many pictures had been looked at for the first time."""
        return next(rss for seen, rss, _ in self.samples if seen >= pictures)


def measure_memory() -> Iterator[Row]:
    """60 different 12 MP pictures through three browser sessions at the same time."""
    with TemporaryDirectory(prefix="mask-desk-bench-") as folder:
        files = []
        for at, jpeg in enumerate(make_pictures(PICTURES)):
            files.append(Path(folder) / f"photo{at:02}.jpg")
            files[-1].write_bytes(jpeg)
        sizes = [file.stat().st_size / 1e6 for file in files]
        with streamlit_server(ROOT / "app.py") as address:
            process = _find_server(address)
            with _watch(process) as usage:
                asyncio.run(_look_at_all(address, files, usage))
                # What is let go of late is not held against anybody.
                time.sleep(5)
            peak = read_kilobytes(process / "status", "VmHWM:") / 1e6
    steps = " · ".join(f"{usage.after(n) / 1e6:.0f}" for n in (0, 1, 20, 40, PICTURES))
    _, rss, pss = usage.samples[-1]
    name = f"memory: {PICTURES} JPEGs of 12 MP, {min(sizes):.1f}–{max(sizes):.1f} MB, 3 sessions"
    yield _compare(f"{name}, peak RSS", peak)
    yield _compare(f"memory: at the end, RSS (PSS {pss / 1e6:.0f} MB)", rss / 1e6)
    yield Row(f"memory: RSS after 0 · 1 · 20 · 40 · {PICTURES} pictures", f"{steps} MB", "", "")


def _compare(name: str, megabytes: float) -> Row:
    return Row(
        name,
        f"{megabytes:.0f} MB",
        f"{LIMIT_MB} MB allowed",
        f"{megabytes / LIMIT_MB:.2f}×",
        f"< {LIMIT_MB} MB",
        megabytes < LIMIT_MB,
    )


async def _look_at_all(address: str, files: Sequence[Path], usage: Usage) -> None:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=find_chromium(), args=list(CHROMIUM_ARGS)
        )
        start = 0
        people = []
        for batches in BATCHES:
            people.append(
                _look(browser, address, files[start : start + sum(batches)], batches, usage)
            )
            start += sum(batches)
        await asyncio.gather(*people)
        await browser.close()


async def _look(
    browser: Browser, address: str, files: Sequence[Path], batches: Sequence[int], usage: Usage
) -> None:
    """One person: uploads each batch and looks at every picture of it."""
    context = await browser.new_context(viewport={"width": 1400, "height": 900})
    page = await context.new_page()
    page.set_default_timeout(_PATIENCE_MS)
    await page.goto(address)
    await _wait_for_mask(page, "")
    seen: set[str] = set()
    added = 0
    for batch in batches:
        before = await _shown(page)
        chosen = [str(file) for file in files[added : added + batch]]
        await page.get_by_role("button", name="Add pictures").click()
        await page.locator('input[type="file"]').set_input_files(chosen)
        added += batch
        tiles = page.locator('.strip button:not([data-id^="sample:"])')
        await tiles.nth(added - 1).wait_for(state="attached")
        await _wait_for_mask(page, before)
        # The first file of a batch comes first in the strip and is shown by itself.
        first, *others = await tiles.evaluate_all("all => all.map((tile) => tile.dataset.id)")
        seen.add(first)
        usage.looked_at += 1
        for tile in others:
            if tile in seen:
                continue
            before = await _shown(page)
            await page.locator(f'.strip [data-id="{tile}"]').click()
            await _wait_for_mask(page, before)
            seen.add(tile)
            usage.looked_at += 1


async def _shown(page: Page) -> str:
    return await page.locator(".desk").get_attribute("data-image-id") or ""


async def _wait_for_mask(page: Page, before: str) -> None:
    """Wait until another picture than `before` is on screen, its mask beside it."""
    await page.wait_for_selector(
        f'.desk[data-state="ready"]:not([data-image-id="{before}"])', timeout=_PATIENCE_MS
    )


@contextmanager
def _watch(process: Path) -> Iterator[Usage]:
    """Note the memory of a process, a folder in /proc, until the context ends."""
    usage, ended = Usage(), threading.Event()

    def note() -> None:
        rss = read_kilobytes(process / "status", "VmRSS:")
        pss = read_kilobytes(process / "smaps_rollup", "Pss:")
        usage.samples.append((usage.looked_at, rss, pss))

    def watch() -> None:
        while not ended.wait(_INTERVAL_SECONDS):
            note()

    note()
    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        yield usage
    finally:
        ended.set()
        watcher.join()
    note()


def read_kilobytes(file: Path, label: str) -> int:
    """A line such as "VmRSS:  123 kB" of a file in /proc, in bytes."""
    lines = file.read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith(label))


def _find_server(address: str) -> Path:
    """The folder in /proc of the child process that serves this address.

    Raises:
        SystemExit: there is none, as on systems without /proc.
    """
    port = f"--server.port={address.rpartition(':')[2]}"
    children = Path(f"/proc/self/task/{os.getpid()}/children")
    if children.is_file():
        for child in children.read_text(encoding="ascii").split():
            process = Path("/proc") / child
            if port in (process / "cmdline").read_text(encoding="utf-8").split("\0"):
                return process
    raise SystemExit("Memory can only be measured on Linux, where /proc tells of processes.")
