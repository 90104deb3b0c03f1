"""Browser tests stand on this: a Chromium, a page that must stay quiet, a real Streamlit server."""

from __future__ import annotations

import os
import random
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, Protocol

from playwright.sync_api import Browser, ConsoleMessage, Page, expect, sync_playwright

ROOT: Final = Path(__file__).parent.parent

CHROMIUM_ARGS: Final = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)

PATIENCE_MS: Final = 45_000.0
"""How long an expectation may take to come true: a small machine's cold start, and more."""

_START_SECONDS: Final = 180.0
_STOP_SECONDS: Final = 10.0

# Below those that systems give to whoever asks for any, so that nobody is given one that a test has
# found and not opened yet, or whose server is being killed and started again.
_PORTS: Final = range(20_000, 32_000)


def find_chromium() -> str | None:
    """Find a Chromium: MASK_DESK_CHROMIUM, else one on the path, else None for Playwright's own.

    Raises:
        FileNotFoundError: MASK_DESK_CHROMIUM names no file.
    """
    named = os.environ.get("MASK_DESK_CHROMIUM")
    if named:
        if not Path(named).is_file():
            raise FileNotFoundError(f"MASK_DESK_CHROMIUM is {named!r}, but there is no such file.")
        return named
    # The one without a window first: it draws pages alike, and spends nothing on tabs and bars.
    names = (
        "chromium-headless-shell",
        "chrome-headless-shell",
        "chromium",
        "chromium-browser",
        "google-chrome",
        "google-chrome-stable",
    )
    return next(filter(None, map(shutil.which, names)), None)


@contextmanager
def open_browser() -> Iterator[Browser]:
    """Start a headless Chromium for as long as the context lasts."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=find_chromium(), args=list(CHROMIUM_ARGS)
        )
        expect.set_options(timeout=PATIENCE_MS)
        try:
            yield browser
        finally:
            browser.close()


@contextmanager
def quiet_page(browser: Browser, **context: Any) -> Iterator[Page]:
    """Open a page of its own; at the end nothing may have gone wrong in its console.

    Args:
        browser: from `open_browser`.
        context: options of Playwright's `Browser.new_context`, such as viewport or color_scheme.

    Raises:
        AssertionError: the page logged an error or let an exception escape.
    """
    noise: list[str] = []

    def hear(message: ConsoleMessage) -> None:
        if message.type == "error":
            noise.append(f"{message.text} ({message.location.get('url', '')})")

    with browser.new_context(**context) as opened:
        page = opened.new_page()
        page.on("console", hear)
        page.on("pageerror", lambda error: noise.append(str(error)))
        yield page
    assert not noise, noise


def find_port(wished: int = 0) -> int:
    """A port of 127.0.0.1 that is free now, and that stays so until somebody asks for it by number.

    Args:
        wished: taken where it is free; 0 for any.

    Raises:
        RuntimeError: none was found.
    """
    # What a test has seeded is no concern of this.
    others = random.SystemRandom().sample(_PORTS, 100)
    for port in [wished, *others] if wished else others:
        with socket.socket() as probe:
            # As servers do: connections that are over do not count.
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise RuntimeError("No free port of 127.0.0.1 was found.")


@contextmanager
def streamlit_server(script: Path, *, env: Mapping[str, str] | None = None) -> Iterator[str]:
    """Serve a Streamlit script on a free loopback port and yield its address, without a slash.

    Args:
        script: the script to run; the repository's root is importable from it.
        env: environment variables beside those of this process.

    Raises:
        RuntimeError: the server ended or did not become healthy; its log is in the message.
    """
    port = find_port()
    options = {
        "server.port": port,
        "server.address": "127.0.0.1",
        "server.headless": "true",
        "server.fileWatcherType": "none",
        "browser.gatherUsageStats": "false",
    }
    command = [sys.executable, "-m", "streamlit", "run", str(script)]
    command += [f"--{name}={value}" for name, value in options.items()]
    search = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")]))
    with (
        tempfile.TemporaryFile() as log,
        subprocess.Popen(
            command,
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": search, **(env or {})},
            stdout=log,
            stderr=subprocess.STDOUT,
        ) as server,
    ):
        address = f"http://127.0.0.1:{port}"

        def read_log() -> str:
            log.seek(0)
            return log.read().decode(errors="replace")

        with run_until_done(server, address, read_log):
            yield address


class Server(Protocol):
    """What is asked of a process that serves, as `subprocess.Popen` answers it."""

    def poll(self) -> int | None: ...
    def terminate(self) -> None: ...
    def kill(self) -> None: ...
    def wait(self, timeout: float | None = None) -> int: ...


@contextmanager
def run_until_done(server: Server, address: str, read_log: Callable[[], str]) -> Iterator[None]:
    """Wait until a Streamlit server is healthy, and end it afterwards.

    Raises:
        RuntimeError: it ended or did not become healthy; its log is in the message.
    """
    try:
        deadline = time.monotonic() + _START_SECONDS
        while not _is_healthy(address):
            if time.monotonic() > deadline or server.poll() is not None:
                raise RuntimeError(f"The server did not start:\n{read_log()}")
            time.sleep(0.1)
        yield
    finally:
        server.terminate()
        try:
            server.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            server.kill()


def _is_healthy(address: str) -> bool:
    try:
        with urllib.request.urlopen(f"{address}/_stcore/health", timeout=10) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, ConnectionError, TimeoutError):
        return False


def main() -> int:
    """Print the Chromium that tests would start; exit status 1 when there is none."""
    found = find_chromium()
    if found is None:
        with sync_playwright() as playwright:
            found = playwright.chromium.executable_path
    if not Path(found).is_file():
        return 1
    print(found)
    return 0


if __name__ == "__main__":
    sys.exit(main())
