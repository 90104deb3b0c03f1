"""Each test of the store runs on both databases, on a fresh one each."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from components.store import Database, open_database
from tests.postgres import Postgres, run_postgres
from tests.s3 import ObjectServer, run_object_server


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    with run_postgres() as server:
        yield server


@pytest.fixture(scope="session")
def object_server() -> Iterator[ObjectServer]:
    with run_object_server() as server:
        yield server


@pytest.fixture
def bucket(object_server: ObjectServer) -> ObjectServer:
    """An object storage with nothing in it."""
    object_server.empty()
    return object_server


@pytest.fixture(params=["sqlite", "postgresql"])
def address(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Of an empty database."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/folder/desk.sqlite3"
        return
    server: Postgres = request.getfixturevalue("postgres")
    made = server.create_database()
    yield made
    server.drop_database(made)


@pytest.fixture
def database(address: str) -> Iterator[Database]:
    opened = open_database(address)
    yield opened
    opened.close()


@pytest.fixture
def desks(address: str) -> Iterator[list[Database]]:
    """Two desks over the one database."""
    opened = [open_database(address) for _ in range(2)]
    yield opened
    for desk in opened:
        desk.close()
