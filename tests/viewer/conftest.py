"""One server and one browser for all viewer tests; pages that are used again, clean each time."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser

from tests.chromium import open_browser, streamlit_server
from tests.viewer.bar_page import BarPage
from tests.viewer.desk_page import DeskPage
from tests.viewer.pin_page import FIRST, SECOND, PinPage
from tests.viewer.quiet_pages import QuietPages

OpenDesk = Callable[..., DeskPage]
OpenBar = Callable[..., BarPage]
OpenPins = Callable[..., PinPage]
_cases = itertools.count()


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    with open_browser() as found:
        yield found


@pytest.fixture(scope="package")
def page_pool(browser: Browser) -> Iterator[QuietPages]:
    pool = QuietPages(browser)
    yield pool
    pool.close()


@pytest.fixture(scope="package")
def packet_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("packets")


@pytest.fixture(scope="package")
def address(packet_folder: Path) -> Iterator[str]:
    script = Path(__file__).parent / "viewer_app.py"
    with streamlit_server(script, env={"MASK_DESK_TEST_PACKETS": str(packet_folder)}) as found:
        yield found


@pytest.fixture
def open_desk(page_pool: QuietPages, address: str, packet_folder: Path) -> Iterator[OpenDesk]:
    """Open a page with a packet; further arguments are those of a browser context.

    Motion is reduced where a test does not say otherwise, so that a key's effect is there at once.
    `query` is what the address says beside the packet, as (name, value) pairs. At the end of the
    test no page may have logged an error.
    """
    with ExitStack() as stack:

        def open_with(
            packet: bytes, query: tuple[tuple[str, str], ...] = (), **context: Any
        ) -> DeskPage:
            context = {
                "viewport": {"width": 1400, "height": 900},
                "reduced_motion": "reduce",
                **context,
            }
            desk = DeskPage(stack.enter_context(page_pool.lend(**context)), address, packet_folder)
            desk.open(packet, query)
            return desk

        yield open_with


@pytest.fixture(scope="package")
def bar_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("bars")


@pytest.fixture(scope="package")
def bar_address(bar_folder: Path) -> Iterator[str]:
    script = Path(__file__).parent / "bar_app.py"
    with streamlit_server(script, env={"MASK_DESK_TEST_BAR": str(bar_folder)}) as found:
        yield found


@pytest.fixture
def open_bar(page_pool: QuietPages, bar_address: str, bar_folder: Path) -> Iterator[OpenBar]:
    """Open the page with a store of its own; `state` changes what the bar is told."""
    with ExitStack() as stack:

        def open_with(state: dict[str, Any] | None = None, **context: Any) -> BarPage:
            folder = bar_folder / f"case{next(_cases)}"
            folder.mkdir()
            context = {
                "viewport": {"width": 1400, "height": 900},
                "reduced_motion": "reduce",
                **context,
            }
            bar = BarPage(stack.enter_context(page_pool.lend(**context)), bar_address, folder)
            if state:
                bar.put("state.json", json.dumps(state))
            bar.open()
            return bar

        yield open_with


@pytest.fixture(scope="package")
def pin_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("pins")


@pytest.fixture(scope="package")
def pin_address(pin_folder: Path) -> Iterator[str]:
    script = Path(__file__).parent / "pin_app.py"
    with streamlit_server(script, env={"MASK_DESK_TEST_PINS": str(pin_folder)}) as found:
        yield found


@pytest.fixture
def open_pins(page_pool: QuietPages, pin_address: str, pin_folder: Path) -> Iterator[OpenPins]:
    """Open the page with a store of its own, `pins` in it already; `query` joins the address."""
    with ExitStack() as stack:

        def open_with(*pins: dict[str, Any], query: str = "", **context: Any) -> PinPage:
            folder = pin_folder / f"case{next(_cases)}"
            folder.mkdir()
            (folder / "first.bin").write_bytes(FIRST)
            (folder / "second.bin").write_bytes(SECOND)
            context = {
                "viewport": {"width": 1400, "height": 900},
                "reduced_motion": "reduce",
                **context,
            }
            desk = PinPage(stack.enter_context(page_pool.lend(**context)), pin_address, folder)
            desk.put("pins.json", json.dumps(pins))
            desk.open_case(**({query: "1"} if query else {}))
            return desk

        yield open_with
