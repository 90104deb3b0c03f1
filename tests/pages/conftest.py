"""Shared by the tests of pages."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

import pytest
from streamlit.components.v2 import manifest_scanner

from tests.copies import find_shared_folder
from tests.remembered import remember_answers


@pytest.fixture(scope="package", autouse=True)
def scanned_once() -> Iterator[None]:
    """Each app of a test looks through all packages of this machine, which stay what they are."""
    with pytest.MonkeyPatch.context() as patch:
        scan = cache(manifest_scanner.scan_component_manifests)
        patch.setattr(manifest_scanner, "scan_component_manifests", scan)
        yield


@pytest.fixture(scope="package", autouse=True)
def remembered(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """The samples are asked about on most pages."""
    with pytest.MonkeyPatch.context() as patch:
        remember_answers(find_shared_folder(tmp_path_factory) / "answers", patch)
        yield


@pytest.fixture(autouse=True)
def own_desk(fresh_desk: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Settings may differ from test to test."""
    # The folder of a test may lie in memory, which pages would warn of.
    monkeypatch.setenv("MASK_DESK_LASTS", "true")
