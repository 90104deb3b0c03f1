"""COCO, read back by pycocotools and by supervision."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import supervision
from pycocotools.coco import COCO as Reader

from components.export.coco import COCO, PLACE
from components.export.exhibition import Exhibition
from tests.export.material import CLASSES, Show, find_stem, unpack


@pytest.fixture
def folder(show: Show, tmp_path: Path) -> Path:
    return unpack(COCO, show.exhibit(licence="CC BY 4.0"), tmp_path)


def load(folder: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((folder / PLACE).read_text(encoding="utf-8"))
    return found


@pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")
def test_pycocotools_reads_the_very_masks(show: Show, folder: Path) -> None:
    reader = Reader(folder / PLACE)
    listed: list[Any] = list(reader.loadImgs(reader.getImgIds()))
    images = {image["extra"]["name"]: image for image in listed}
    assert len(images) == len(show.masks)
    for key, mask in show.masks.items():
        image = images[show.items[key].name]
        assert (image["width"], image["height"]) == mask.shape[::-1]
        drawn = np.zeros_like(mask)
        for region in reader.loadAnns(reader.getAnnIds(imgIds=image["id"])):
            pixels = reader.annToMask(region).astype(bool)
            assert region["area"] == pixels.sum()
            rows, columns = np.nonzero(pixels)
            left, top = int(columns.min()), int(rows.min())
            box = [left, top, int(columns.max()) - left + 1, int(rows.max()) - top + 1]
            assert region["bbox"] == box
            assert region["iscrowd"] == 1
            drawn[pixels] = region["category_id"]
        assert (drawn == mask).all(), key


def test_categories_have_the_ids_and_names_that_came(folder: Path) -> None:
    reader = Reader(folder / PLACE)
    categories = {one["id"]: one["name"] for one in reader.loadCats(reader.getCatIds())}
    assert categories == CLASSES


def test_it_says_where_it_comes_from(folder: Path) -> None:
    found = load(folder)
    assert found["info"]["description"] == "Streets: north"
    assert found["info"]["date_created"] == "2027-01-15T08:00:01+00:00"
    assert found["licenses"] == [{"id": 1, "name": "CC BY 4.0", "url": ""}]
    assert {image["license"] for image in found["images"]} == {1}
    assert [region["id"] for region in found["annotations"]] == list(
        range(1, len(found["annotations"]) + 1)
    )


def test_supervision_reads_the_very_masks(show: Show, folder: Path) -> None:
    dataset = supervision.DetectionDataset.from_coco(
        str(folder / "images/default"), str(folder / PLACE), force_masks=True
    )
    assert dataset.classes == [CLASSES[class_id] for class_id in sorted(CLASSES)]
    ids = sorted(CLASSES)
    met = 0
    for path, picture, found in dataset:
        key = next(one for one in show.masks if find_stem(show, one) == Path(path).stem)
        assert picture.shape[:2] == show.masks[key].shape
        drawn = np.zeros_like(show.masks[key])
        assert found.mask is not None
        assert found.class_id is not None
        for mask, number in zip(found.mask, found.class_id, strict=True):
            drawn[mask] = ids[number]
        assert (drawn == show.masks[key]).all(), key
        met += 1
    assert met == len(show.masks)


def test_nothing_chosen_is_a_file_without_pictures(show: Show, tmp_path: Path) -> None:
    folder = unpack(COCO, Exhibition(show.open(name_part="nothing has this")), tmp_path)
    found = load(folder)
    assert (found["images"], found["annotations"], found["categories"]) == ([], [], [])
