"""The same pictures and decisions are handed on as the same bytes, whenever and from wherever."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from sqlalchemy import func, select, update

from components.export.exhibition import Format
from components.export.registry import FORMATS
from components.store.schema import items
from tests.export.material import Show, write


@pytest.mark.parametrize("format_", FORMATS, ids=lambda format_: format_.key)
def test_the_same_bytes_again(
    format_: Format, show: Show, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = write(format_, show.exhibit(), tmp_path / "first").read_bytes()
    with show.database.write() as connection:
        last = connection.scalar(select(func.max(items.c.position)))
        turned = update(items).values(position=10_000 + last - items.c.position)
        connection.execute(turned)
    # Another day, in another part of the world; ZIP keeps times of an even second.
    monkeypatch.setenv("TZ", "Pacific/Auckland")
    time.tzset()
    try:
        time.sleep(2.1)
        again = write(format_, show.exhibit(), tmp_path / "again").read_bytes()
    finally:
        monkeypatch.undo()
        time.tzset()
    assert again == first
    assert len(first) > 100


def test_every_format_has_a_key_a_title_and_a_sentence_of_its_own() -> None:
    for words in ("key", "title", "about"):
        said = [getattr(one, words) for one in FORMATS]
        assert len(set(said)) == len(said)
    for one in FORMATS:
        assert one.about.endswith(".")
        assert one.suffix.startswith(".")
