"""Shared by all tests."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import streamlit as st
from hypothesis import HealthCheck, settings

from components.store import Database, open_database
from tests.copies import copy_file
from tests.postgres import Postgres, run_postgres

# How fast examples come is the machine's affair: it may be busy with other things.
settings.register_profile("patient", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("patient")


_OF_THE_RUN = {"MASK_DESK_CHROMIUM", "MASK_DESK_NO_SKIPS", "MASK_DESK_UPDATE_SCREENSHOT"}
"""Variables that are about the tests themselves."""


@pytest.fixture(scope="session", autouse=True)
def own_folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """No test meets this machine's settings, or writes into a folder that is not its own."""
    with pytest.MonkeyPatch.context() as environ:
        for name in [name for name in os.environ if name.startswith("MASK_DESK_")]:
            if name not in _OF_THE_RUN:
                environ.delenv(name)
        environ.setenv("MASK_DESK_FOLDER", str(tmp_path_factory.mktemp("desk_data")))
        yield


@pytest.fixture
def fresh_desk() -> Iterator[None]:
    """A desk and caches of its own for the test."""
    st.cache_resource.clear()
    st.cache_data.clear()
    yield
    st.cache_resource.clear()
    st.cache_data.clear()


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """One server for all tests of this process."""
    with run_postgres() as server:
        yield server


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Tests that take a database run on SQLite; those marked `both_databases` on PostgreSQL too."""
    if "database_kind" not in metafunc.fixturenames:
        return
    kinds = [pytest.param("sqlite")]
    if metafunc.definition.get_closest_marker("both_databases"):
        kinds.append(pytest.param("postgresql", marks=pytest.mark.postgresql))
    metafunc.parametrize("database_kind", kinds, indirect=True)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what starts a PostgreSQL server of its own accord."""
    for item in items:
        if {"postgres", "own_postgres"} & set(getattr(item, "fixturenames", ())):
            item.add_marker("postgresql")


@pytest.fixture
def database_kind(request: pytest.FixtureRequest) -> str:
    """Which database: "sqlite" or "postgresql"."""
    return str(request.param)


@pytest.fixture
def new_address(
    database_kind: str, request: pytest.FixtureRequest, tmp_path: Path
) -> Iterator[str]:
    """Of a database in which there is nothing yet, no table either."""
    if database_kind == "sqlite":
        yield f"sqlite:///{tmp_path}/folder/desk.sqlite3"
        return
    server: Postgres = request.getfixturevalue("postgres")
    made = server.create_database()
    yield made
    server.drop_database(made)


@pytest.fixture
def address(database_kind: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Of a database with a desk's tables and nothing in them: a copy, quicker than making them."""
    if database_kind == "sqlite":
        yield copy_file(request.getfixturevalue("empty_desk"), tmp_path)
        return
    server: Postgres = request.getfixturevalue("postgres")
    made = server.create_desk()
    yield made
    server.drop_database(made)


@pytest.fixture
def database(address: str) -> Iterator[Database]:
    opened = open_database(address)
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def empty_desk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with a desk's tables and nothing in them, to be copied."""
    path = tmp_path_factory.mktemp("empty") / "desk.sqlite3"
    open_database(f"sqlite:///{path}").close()
    return path


@pytest.fixture
def sqlite(empty_desk: Path, tmp_path: Path) -> Iterator[Database]:
    """For what has nothing to do with the kind of database."""
    opened = open_database(copy_file(empty_desk, tmp_path))
    yield opened
    opened.close()


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """In the gate, a skipped test is a hole: fail."""
    reporter: Any = session.config.pluginmanager.get_plugin("terminalreporter")
    if os.environ.get("MASK_DESK_NO_SKIPS") and reporter and reporter.stats.get("skipped"):
        reporter.write_line("Tests were skipped, and this run does not allow it.", red=True)
        session.exitstatus = pytest.ExitCode.INTERRUPTED
