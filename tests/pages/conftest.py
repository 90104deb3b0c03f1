"""Shared by the tests of pages."""

from __future__ import annotations

import pytest


@pytest.fixture(autouse=True)
def own_desk(fresh_desk: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Settings may differ from test to test."""
    # The folder of a test may lie in memory, which pages would warn of.
    monkeypatch.setenv("MASK_DESK_LASTS", "true")
