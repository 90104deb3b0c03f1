"""The folders of Pascal VOC and Cityscapes, read back by Pillow; Datumaro: tests/foreign."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from components.export.exhibition import Exhibition
from components.export.folders import CITYSCAPES, VOC, _list_colours
from components.model.classes import list_classes
from tests.export.exhibits import PROJECT, Shelf, make_exhibit
from tests.export.material import CLASSES, Show, find_stem, unpack


def test_voc_has_pictures_masks_and_their_names(show: Show, tmp_path: Path) -> None:
    folder = unpack(VOC, show.exhibit(), tmp_path)
    listed = (folder / "ImageSets/Segmentation/default.txt").read_text(encoding="utf-8").split("\n")
    assert sorted(listed) == sorted(["", *(find_stem(show, key) for key in show.masks)])
    assert len(list((folder / "JPEGImages").iterdir())) == len(show.masks)
    for key, mask in show.masks.items():
        with Image.open(folder / f"SegmentationClass/{find_stem(show, key)}.png") as image:
            assert image.mode == "P"
            assert "transparency" not in image.info
            assert (np.asarray(image) == mask).all(), key


def test_voc_colours_of_the_labels_are_those_of_the_masks(show: Show, tmp_path: Path) -> None:
    folder = unpack(VOC, show.exhibit(has_pictures=False), tmp_path)
    assert not (folder / "JPEGImages").exists()
    lines = (folder / "labelmap.txt").read_text(encoding="utf-8").splitlines()[1:]
    named = [line.split(":") for line in lines]
    assert [name for name, *_ in named] == ["background", "road", "Straße, naß", "=sky"]
    colours = {tuple(map(int, colour.split(","))): name for name, colour, *_ in named}
    names = {info.class_id: info.name for info in list_classes(CLASSES)}
    for key, mask in show.masks.items():
        with Image.open(folder / f"SegmentationClass/{find_stem(show, key)}.png") as image:
            rgb = np.asarray(image.convert("RGB"))
        for class_id in np.unique(mask):
            assert colours[tuple(rgb[mask == class_id][0].tolist())] == names[class_id]


def test_cityscapes_has_gray_and_coloured_masks(show: Show, tmp_path: Path) -> None:
    folder = unpack(CITYSCAPES, show.exhibit(), tmp_path)
    city = "gtFine/default/Streets__north"
    for key, mask in show.masks.items():
        stem = find_stem(show, key)
        with Image.open(folder / f"{city}/{stem}_gtFine_labelIds.png") as image:
            assert image.mode == "L"
            assert (np.asarray(image) == mask).all(), key
        gray = (folder / f"{city}/{stem}_gtFine_labelIds.png").read_bytes()
        assert (folder / f"{city}/{stem}_gtFine_instanceIds.png").read_bytes() == gray
        with Image.open(folder / f"{city}/{stem}_gtFine_color.png") as image:
            assert (np.asarray(image) == mask).all(), key
        (picture,) = (folder / "leftImg8bit/default/Streets__north").glob(f"{stem}_leftImg8bit.*")
        with Image.open(picture) as shown:
            assert shown.size == mask.shape[::-1]
    lines = (folder / "label_colors.txt").read_text(encoding="utf-8").splitlines()
    assert [lines[class_id].split()[3] for class_id in CLASSES] == [
        "background", "road", "Straße,_naß", "=sky",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "names",
    [
        {1: "tree 3", 2: "tree", 3: "tree", 4: "car"},
        {1: "tree_2", 2: "tree 2", 3: "tree  2", 4: "car"},
        {1: "t", 2: "t 3", 3: "t", 4: "t 3 3"},
    ],
)
def test_no_class_loses_its_line_whatever_the_names(names: dict[int, str], tmp_path: Path) -> None:
    ids = np.tile(np.arange(1, 5, dtype=np.uint8), (48, 16))
    exhibition = Exhibition(Shelf([make_exhibit(1, class_ids=ids, class_map=names)]))
    voc = unpack(VOC, exhibition, tmp_path) / "labelmap.txt"
    labels = [line.split(":")[0] for line in voc.read_text(encoding="utf-8").splitlines()[1:]]
    assert len(set(labels)) == len(labels) == 5  # with the background
    cityscapes = unpack(CITYSCAPES, exhibition, tmp_path) / "label_colors.txt"
    lines = [line.split() for line in cityscapes.read_text(encoding="utf-8").splitlines()]
    assert len({name for *_, name in lines}) == len(lines) == 5
    legend = exhibition.legend
    for class_id, (*rgb, _) in enumerate(lines):
        assert "#" + "".join(f"{int(one):02x}" for one in rgb) == legend.classes[class_id].colour
    assert lines[1][-1] == names[1].replace(" ", "_")


def test_a_project_is_a_city_by_its_whole_name(tmp_path: Path) -> None:
    shelf = Shelf([make_exhibit(1)], replace(PROJECT, name="a/b v1.2"))
    folder = unpack(CITYSCAPES, Exhibition(shelf), tmp_path)
    assert [path.name for path in (folder / "gtFine/default").iterdir()] == ["a-b_v1.2"]


def test_no_label_has_the_name_of_another_or_of_a_comment() -> None:
    classes = list_classes({0: "a", 1: "a ", 2: "#x", 3: "b:c"})[:4]
    assert [name for name, _ in _list_colours(classes)] == ["a", "a 1", "_#x", "b_c"]
