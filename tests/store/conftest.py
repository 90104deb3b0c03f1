"""Each test of the store runs on both databases, on a fresh one each."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from components.store import Database, open_database
from tests.s3 import ObjectServer, run_object_server


@pytest.fixture(scope="session")
def object_server() -> Iterator[ObjectServer]:
    with run_object_server() as server:
        yield server


@pytest.fixture
def bucket(object_server: ObjectServer) -> ObjectServer:
    """An object storage with nothing in it."""
    object_server.empty()
    return object_server


@pytest.fixture
def desks(address: str) -> Iterator[list[Database]]:
    """Two desks over the one database."""
    opened = [open_database(address) for _ in range(2)]
    yield opened
    for desk in opened:
        desk.close()
