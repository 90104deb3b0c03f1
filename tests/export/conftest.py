"""A project to hand on, on a database of the test's own."""

from __future__ import annotations

import pytest

from components.store import Database
from tests.export.material import Show, make_show


@pytest.fixture
def show(sqlite: Database) -> Show:
    """Pictures of every kind, some decided on."""
    return make_show(sqlite)
