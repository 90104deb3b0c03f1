"""One list of classes out of several class maps."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from components.errors import ExportError
from components.export.coco import PLACE
from components.export.exhibition import Exhibition
from components.export.legend import make_legend
from components.export.registry import find_format
from tests.export.exhibits import Shelf, make_exhibit
from tests.export.material import unpack, write

MAPS = st.dictionaries(
    st.integers(0, 255), st.sampled_from(["road", " Road", "sky", "tree", "background", "x"]),
    max_size=6,
)  # fmt: skip


def test_one_map_stays_as_it_is() -> None:
    legend = make_legend([{0: " background", 3: "road"}])
    assert legend.names == {0: " background", 3: "road"}
    assert legend.background_id == 0
    assert legend.find_table({0: " background", 3: "road"}) is None
    assert not legend.is_merged


def test_maps_that_complete_each_other_stay_as_they_are() -> None:
    legend = make_legend([{0: "background", 1: "road"}, {0: "background", 2: "sky"}])
    assert legend.names == {0: "background", 1: "road", 2: "sky"}
    assert not legend.is_merged


def test_a_class_is_known_by_its_name() -> None:
    other = {0: "Background ", 1: "sky", 2: "road"}
    legend = make_legend([{0: "background", 1: "road"}, other])
    assert legend.names == {0: "background", 1: "road", 2: "sky"}
    table = legend.find_table(other)
    assert table is not None
    assert table[[0, 1, 2]].tolist() == [0, 2, 1]
    assert legend.is_merged


def test_an_id_without_a_name_is_not_taken_for_another_models_class() -> None:
    other = {0: "background"}
    table = make_legend([{0: "background", 7: "road"}, other]).find_table(other)
    assert table is not None
    assert table[7] == 255
    assert table[8] == 8


def test_background_that_only_pixels_know_is_the_background() -> None:
    other = {4: "road"}
    legend = make_legend([{0: "background", 4: "road"}, other])
    table = legend.find_table(other)
    assert table is not None
    assert table[255] == 0
    assert make_legend([other]).background_id == 255


def test_255_with_a_name_is_a_class_and_no_background() -> None:
    legend = make_legend([{0: "road", 255: "car"}])
    assert legend.background_id is None
    assert [info.class_id for info in legend.list_named()] == [0, 255]
    other = {0: "road"}
    table = make_legend([{0: "road", 255: "car"}, other]).find_table(other)
    assert table is not None
    assert table[255] == 254


@pytest.mark.parametrize("key", ["coco", "masks", "yolo", "overlays", "cityscapes"])
def test_255_with_a_name_is_exported(key: str, tmp_path: Path) -> None:
    ids = np.zeros((48, 64), np.uint8)
    ids[:10] = 255
    exhibit = make_exhibit(1, class_ids=ids, class_map={0: "road", 255: "car"})
    folder = unpack(find_format(key), Exhibition(Shelf([exhibit])), tmp_path)
    if key == "coco":
        found = json.loads((folder / PLACE).read_text(encoding="utf-8"))
        areas = {one["category_id"]: one["area"] for one in found["annotations"]}
        assert areas == {0: 38 * 64, 255: 10 * 64}
    elif key == "yolo":
        (labels,) = folder.glob("labels/train/*.txt")
        assert {line.split()[0] for line in labels.read_text().splitlines()} == {"0", "1"}
    elif key == "masks":
        (mask,) = folder.glob("*_mask.png")
        with Image.open(mask) as image:
            assert "transparency" not in image.info
            assert (np.asarray(image) == ids).all()
    else:
        assert [path for path in folder.rglob("*") if path.is_file()]


@pytest.mark.parametrize(
    "key", ["coco", "masks", "yolo", "overlays", "cityscapes", "voc", "report"]
)
def test_half_a_surrogate_in_a_name_keeps_nothing_from_being_written(
    key: str, tmp_path: Path
) -> None:
    class_map = {0: "background", 1: "a\ud800", 2: "\ud83d\ude00"}
    exhibit = make_exhibit(1, class_map=class_map)
    legend = make_legend([class_map])
    assert legend.names == {0: "background", 1: "a\ufffd", 2: "😀"}
    assert legend.find_table(class_map) is None
    path = write(find_format(key), Exhibition(Shelf([exhibit])), tmp_path / "out")
    assert path.stat().st_size > 100


def test_a_map_that_nobody_knew_of_is_refused() -> None:
    with pytest.raises(ExportError, match="answered anew"):
        make_legend([{0: "background"}]).find_table({0: "sky"})


def test_more_classes_than_a_mask_has_room_for() -> None:
    first = {id_: f"a{id_}" for id_ in range(200)}
    with pytest.raises(ExportError, match=r"256.*file names, by a class or by a list"):
        make_legend([first, {id_: f"b{id_}" for id_ in range(100)}])


@given(st.lists(MAPS, max_size=4))
def test_every_name_is_written_as_one_of_that_name(maps: list[dict[int, str]]) -> None:
    legend = make_legend(maps)
    for class_map in maps:
        table = legend.find_table(class_map)
        written = np.arange(256) if table is None else table
        for class_id, name in class_map.items():
            assert (
                legend.names[int(written[class_id])].strip().casefold() == name.strip().casefold()
            )
