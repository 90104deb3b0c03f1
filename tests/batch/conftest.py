"""Batches run against a real server with moods, on both databases where it matters."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.batch.material import make_pictures


@pytest.fixture(scope="session")
def many(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of 1,000 small pictures, no two alike."""
    return make_pictures(tmp_path_factory.mktemp("many"), 1000)


@pytest.fixture(scope="session")
def fewer(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of 300 small pictures, no two alike."""
    return make_pictures(tmp_path_factory.mktemp("fewer"), 300)


@pytest.fixture(scope="session")
def some(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of 100 small pictures, no two alike."""
    return make_pictures(tmp_path_factory.mktemp("some"), 100)


@pytest.fixture(scope="session")
def few(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of 40 small pictures, no two alike."""
    return make_pictures(tmp_path_factory.mktemp("few"), 40)
