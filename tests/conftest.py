"""Shared by all tests."""

from __future__ import annotations

import os
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

# How fast examples come is the machine's affair: it may be busy with other things.
settings.register_profile("patient", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("patient")


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """In the gate, a skipped test is a hole: fail."""
    reporter: Any = session.config.pluginmanager.get_plugin("terminalreporter")
    if os.environ.get("MASK_DESK_NO_SKIPS") and reporter and reporter.stats.get("skipped"):
        reporter.write_line("Tests were skipped, and this run does not allow it.", red=True)
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
