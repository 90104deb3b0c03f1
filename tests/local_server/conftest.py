"""One built-in server for all tests of this folder, and raw HTTP to talk to it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from components.local_server import LocalServer, start


@pytest.fixture(scope="session")
def server() -> Iterator[LocalServer]:
    """A running server that may fetch from localhost."""
    with start(allow_hosts={"localhost"}) as running:
        yield running
