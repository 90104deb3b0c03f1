"""Shared by the tests of pages."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import streamlit as st


@pytest.fixture(autouse=True)
def fresh_desk() -> Iterator[None]:
    """A desk of its own for each test: settings may differ."""
    st.cache_resource.clear()
    yield
    st.cache_resource.clear()
