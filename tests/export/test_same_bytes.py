"""The same pictures and decisions are handed on as the same bytes, whenever and from wherever."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import func, select, update

from components.export.exhibition import Format
from components.export.registry import FORMATS
from components.store import open_database
from components.store.schema import items
from tests.copies import copy_file
from tests.export.material import Show, make_show, write


@pytest.fixture(scope="module")
def written(
    empty_desk: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Show, dict[str, bytes]]]:
    """All exports of a project, by their keys; then its rows change places, and time goes on."""
    folder = tmp_path_factory.mktemp("first")
    database = open_database(copy_file(empty_desk, folder))
    show = make_show(database)
    first = {one.key: write(one, show.exhibit(), folder / one.key).read_bytes() for one in FORMATS}
    with database.write() as connection:
        last = connection.scalar(select(func.max(items.c.position)))
        turned = update(items).values(position=10_000 + last - items.c.position)
        connection.execute(turned)
    time.sleep(2.1)  # ZIP keeps times of an even second
    yield show, first
    database.close()


@pytest.mark.parametrize("format_", FORMATS, ids=lambda format_: format_.key)
def test_the_same_bytes_again(
    format_: Format,
    written: tuple[Show, dict[str, bytes]],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    show, first = written
    # In another part of the world, where it may be another day.
    monkeypatch.setenv("TZ", "Pacific/Auckland")
    time.tzset()
    try:
        again = write(format_, show.exhibit(), tmp_path / "again").read_bytes()
    finally:
        monkeypatch.undo()
        time.tzset()
    assert again == first[format_.key]
    assert len(again) > 100


def test_every_format_has_a_key_a_title_and_a_sentence_of_its_own() -> None:
    for words in ("key", "title", "about"):
        said = [getattr(one, words) for one in FORMATS]
        assert len(set(said)) == len(said)
    for one in FORMATS:
        assert one.about.endswith(".")
        assert one.suffix.startswith(".")
