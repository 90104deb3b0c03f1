"""An object storage, two desks over one database, and a project whose figures are known."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from components.store import Database, open_database
from tests.copies import copy_file
from tests.postgres import Postgres
from tests.s3 import ObjectServer, run_object_server
from tests.store.insight_material import Desk, make_desk


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


@pytest.fixture(scope="session")
def made_desks() -> dict[str, tuple[str, Desk]]:
    """What `desk` copies: addresses by the kind of database, with what is known of them."""
    return {}


@pytest.fixture
def desk(
    database_kind: str,
    made_desks: dict[str, tuple[str, Desk]],
    request: pytest.FixtureRequest,
    tmp_path: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Desk]:
    """The project of `make_desk`, made once for each kind of database, in a copy of its own."""
    is_sqlite = database_kind == "sqlite"
    server: Postgres | None = None if is_sqlite else request.getfixturevalue("postgres")
    if database_kind not in made_desks:
        file = tmp_path_factory.mktemp("counted") / "desk.sqlite3"
        made_at = server.create_desk() if server else f"sqlite:///{file}"
        database = open_database(made_at)
        made_desks[database_kind] = made_at, make_desk(database)
        database.close()
    made_at, known = made_desks[database_kind]
    if server:
        address = server.copy_database(made_at)
    else:
        address = copy_file(Path(made_at.removeprefix("sqlite:///")), tmp_path)
    database = open_database(address)
    yield replace(known, database=database, pictures=list(known.pictures))
    database.close()
    if server:
        server.drop_database(address)
