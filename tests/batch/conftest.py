"""Batches run against a real server with moods, on both databases where it matters."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from components.store import Database, open_database
from tests.batch.material import make_pictures
from tests.postgres import Postgres, run_postgres


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    with run_postgres() as server:
        yield server


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
def sqlite(tmp_path: Path) -> Iterator[Database]:
    """For what has nothing to do with the kind of database."""
    opened = open_database(f"sqlite:///{tmp_path}/folder/desk.sqlite3")
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def many(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of 1,000 small pictures, no two alike."""
    return make_pictures(tmp_path_factory.mktemp("many"), 1000)


@pytest.fixture(scope="session")
def fewer(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of 300 small pictures, no two alike."""
    return make_pictures(tmp_path_factory.mktemp("fewer"), 300)


@pytest.fixture(scope="session")
def few(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of 40 small pictures, no two alike."""
    return make_pictures(tmp_path_factory.mktemp("few"), 40)
