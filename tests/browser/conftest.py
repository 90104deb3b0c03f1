"""One desk and one Chromium for the whole folder; pages that are used again, clean each time."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser

from tests.browser.desk_page import DeskPage
from tests.browser.prepared import Prepared, prepare
from tests.browser.served import ServedDesk, serve_desk
from tests.browser.watch import Watch
from tests.chromium import find_port, open_browser
from tests.copies import find_shared_folder
from tests.page_pool import WIDE, PagePool
from tests.sample_desk import share_samples

OpenPage = Callable[..., DeskPage]
StartDesk = Callable[..., ServedDesk]


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    with open_browser() as found:
        yield found


@pytest.fixture(scope="package")
def page_pool(browser: Browser) -> Iterator[PagePool]:
    pool = PagePool(browser)
    yield pool
    pool.close()


@pytest.fixture(scope="package")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Prepared]:
    """What desks are forked from that are not tested for how they start."""
    with prepare(find_shared_folder(tmp_path_factory) / "answers") as process:
        yield process


@pytest.fixture(scope="package")
def desk(prepared: Prepared, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedDesk]:
    """The desk most tests look at: the built-in server answers, 127.0.0.1 may be connected to."""
    folder = tmp_path_factory.mktemp("desk")
    with serve_desk(folder, prepared=prepared, allow_hosts="127.0.0.1") as served:
        yield served


@pytest.fixture(scope="session")
def samples(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A desk's file with the project of samples, for `serve_desk` to begin with."""
    return share_samples(tmp_path_factory)


@pytest.fixture(scope="package")
def own_ports() -> list[int]:
    """Where desks of a test's own listen, one test after the other.

    Chromium knows code by its address: from a port of their own each would be read anew.
    """
    return [find_port(), find_port()]


@pytest.fixture
def start_desk(
    prepared: Prepared, own_ports: list[int], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[StartDesk]:
    """Start a desk of the test's own; arguments are those of `serve_desk`."""
    ports = iter(own_ports)
    with ExitStack() as stack:

        def start(**settings: Any) -> ServedDesk:
            settings = {"prepared": prepared, "port": find_port(next(ports, 0)), **settings}
            return stack.enter_context(serve_desk(tmp_path_factory.mktemp("own"), **settings))

        yield start


@pytest.fixture
def open_page(page_pool: PagePool, start_desk: StartDesk) -> Iterator[OpenPage]:
    """Open a page of a desk; further arguments are those of `PagePool.lend`.

    At the end of the test no page may have logged an error, let an exception escape, or asked
    anybody but its desk for anything. Pages close before the desks of `start_desk` do.
    """
    watches: list[Watch] = []
    with ExitStack() as stack:

        def open_for(desk: ServedDesk, **context: Any) -> DeskPage:
            context = {**WIDE, **context}
            page = stack.enter_context(page_pool.lend(**context))
            watch = Watch(desk.address)
            watch.listen(page)
            stack.callback(watch.stop, page)
            watches.append(watch)
            return DeskPage(page, desk.address, watch)

        yield open_for
    assert not [fault for watch in watches for fault in watch.faults]
    assert not [url for watch in watches for url in watch.strangers]


@pytest.fixture
def desk_page(open_page: OpenPage, desk: ServedDesk) -> DeskPage:
    """A page of the shared desk, nothing opened yet."""
    return open_page(desk)
