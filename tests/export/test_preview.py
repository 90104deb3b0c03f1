"""What is said of an export beforehand is what comes of it."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from components.export.exhibition import Exhibition, Format
from components.export.preview import preview_export
from components.export.registry import FORMATS, find_format
from tests.export.material import Show, add_item, draw_ids, make_answer, write

ZIPPED = [one for one in FORMATS if not one.is_single]


def list_entries(path: Path) -> dict[str, int]:
    with zipfile.ZipFile(path) as found:
        return {entry.filename: entry.file_size for entry in found.infolist()}


@pytest.mark.parametrize("format_", ZIPPED, ids=lambda format_: format_.key)
def test_names_number_and_size_are_those_of_the_export(
    format_: Format, show: Show, tmp_path: Path
) -> None:
    for number in range(40):
        ids = draw_ids(number)
        name = f"street {number:03}.jpg"
        add_item(show, name, name, answer=make_answer(ids, None, asked_at=50))
    opened = show.open()
    said = preview_export(format_, Exhibition(opened), opened)
    path = write(format_, show.exhibit(), tmp_path / "x.zip")
    entries, size = list_entries(path), path.stat().st_size
    assert said.pictures == 45
    assert said.left_out == 1
    assert abs(said.files - len(entries)) <= 0.1 * len(entries)
    assert abs(said.size_bytes - size) <= 0.25 * size
    assert len(said.names) == 5
    assert set(said.names) <= set(entries)


# A report is worked out from a few of the pictures.
@pytest.mark.parametrize(
    ("key", "part"), [("csv", 0.1), ("jsonl", 0.1), ("parquet", 0.1), ("report", 0.25)]
)
def test_a_single_file_is_one_file(key: str, part: float, show: Show, tmp_path: Path) -> None:
    opened = show.open()
    said = preview_export(find_format(key), Exhibition(opened), opened)
    size = write(find_format(key), show.exhibit(), tmp_path / "x").stat().st_size
    assert (said.files, said.left_out) == (1, 0)
    assert abs(said.size_bytes - size) <= part * size


def test_what_is_odd_is_said(show: Show) -> None:
    opened = show.open()
    said = preview_export(find_format("masks"), Exhibition(opened), opened)
    assert said.counts == {"no_answer": 1, "open": 1, "approved": 3, "rejected": 1}
    told = " ".join(said.warnings)
    assert "1 picture has no mask yet and is left out." in told
    assert "1 picture has no verdict yet" in told
    assert "stretched" in told
    assert "made smaller" in told
    assert "other class ids" not in told
    other = make_answer(draw_ids(50), None, class_map={0: "sky", 9: "background"}, asked_at=50)
    add_item(show, "other", "other.jpg", answer=other)
    opened = show.open()
    told = " ".join(preview_export(find_format("masks"), Exhibition(opened), opened).warnings)
    assert "other class ids" in told


def test_nothing_chosen_is_said(show: Show) -> None:
    for wish in ({"name_part": "nothing has this"}, {"status": ("no_answer",)}):
        opened = show.open(**wish)
        said = preview_export(find_format("coco"), Exhibition(opened), opened)
        assert said.pictures == 0
        assert said.warnings == ("There is nothing to export: choose other pictures.",)
