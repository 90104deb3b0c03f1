"""Tests that failed are run by themselves, and it is said what came of it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.alone import FEW, main

TESTS = """

def test_alone(): pass
def test_never(): assert "what was" == "expected"
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A project of two tests."""
    (tmp_path / "test_two.py").write_text(TESTS)
    (tmp_path / ".pytest_cache/v/cache").mkdir(parents=True)
    return tmp_path


def note_failed(root: Path, *names: str) -> None:
    path = root / ".pytest_cache/v/cache/lastfailed"
    path.write_text(json.dumps({f"test_two.py::{name}": True for name in names}))


def test_each_is_told_apart(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    note_failed(root, "test_alone", "test_never")
    main(root)
    said = capsys.readouterr().out
    assert "== passes alone: test_two.py::test_alone\n" in said
    assert "== fails alone too: test_two.py::test_never\n" in said
    assert "AssertionError" in said


def test_many_are_left(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(root)
    note_failed(root, *(f"test_{at}" for at in range(FEW + 1)))
    main(root)
    assert capsys.readouterr().out == ""
