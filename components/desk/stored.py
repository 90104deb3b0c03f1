"""Pictures and answers out of the store, kept in memory for those who look at them next."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import streamlit as st

from components import store
from components.desk.connection import open_desk
from components.model.image import SourceImage

if TYPE_CHECKING:
    from components.store.items import StoredAnswer

# What several reviewers look at, or come back to; beyond that the database is asked again.
_IMAGE_CACHE = "48mb"
_STORED_CACHE = "24mb"


def load_image(sha256: str, name: str) -> SourceImage:
    """A picture under the name it has in its project.

    Its very bytes are sent to models, never the address it came from: what lies there now may be
    another.

    Raises:
        StoreError: the database cannot be asked.
    """
    return replace(_load_image(open_desk().database.label, sha256), name=name, url=None)


def load_answer(answer_id: str) -> StoredAnswer:
    """An answer.

    Raises:
        StoreError: the database cannot be asked.
    """
    return _load_answer(open_desk().database.label, answer_id)


@st.cache_data(show_spinner=False, max_size=_IMAGE_CACHE)
def _load_image(
    label: str,  # noqa: ARG001  part of the cache's key
    sha256: str,
) -> SourceImage:
    return store.items.load_image(open_desk().database, sha256)


@st.cache_data(show_spinner=False, max_size=_STORED_CACHE)
def _load_answer(
    label: str,  # noqa: ARG001  part of the cache's key
    answer_id: str,
) -> StoredAnswer:
    return store.items.load_answer(open_desk().database, answer_id)
