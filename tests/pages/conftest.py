"""Shared by the tests of pages."""

from __future__ import annotations

import pytest


@pytest.fixture(autouse=True)
def own_desk(fresh_desk: None) -> None:
    """Settings may differ from test to test."""
