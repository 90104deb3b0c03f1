"""YOLO polygons, drawn by OpenCV and read back by supervision."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import supervision
import yaml  # type: ignore[import-untyped]
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from components.export.exhibition import Exhibition
from components.export.polygons import list_polygons
from components.export.yolo import YOLO, spell_labels
from tests.export.exhibits import Shelf, make_exhibit
from tests.export.material import CLASSES, Show, find_stem, unpack


@given(arrays(np.bool_, st.tuples(st.integers(1, 24), st.integers(1, 24))))
def test_filled_polygons_are_the_very_region(mask: np.ndarray) -> None:
    drawn = np.zeros(mask.shape, np.uint8)
    for polygon in list_polygons(mask):
        assert len(polygon) >= 3
        cv2.fillPoly(drawn, [polygon], 1)
    assert (drawn.astype(bool) == mask).all()


@given(st.integers(0, 2**32 - 1), st.floats(0.5, 0.98))
def test_regions_full_of_holes_too(seed: int, share: float) -> None:
    mask = np.random.default_rng(seed).random((40, 60)) < share
    drawn = np.zeros(mask.shape, np.uint8)
    for polygon in list_polygons(mask):
        cv2.fillPoly(drawn, [polygon], 1)
    assert (drawn.astype(bool) == mask).all()


def test_an_outline_has_no_corner_too_many() -> None:
    mask = np.zeros((20, 30), bool)
    mask[5:15, 4:25] = True
    (polygon,) = list_polygons(mask)
    assert sorted(map(tuple, polygon.tolist())) == [(4, 5), (4, 14), (24, 5), (24, 14)]


def test_a_hole_hangs_on_a_line_there_and_back() -> None:
    mask = np.zeros((9, 9), bool)
    mask[1:8, 1:8] = True
    mask[4, 4] = False
    (polygon,) = list_polygons(mask)
    drawn = np.zeros(mask.shape, np.uint8)
    cv2.fillPoly(drawn, [polygon], 1)
    assert (drawn.astype(bool) == mask).all()
    assert polygon.tolist().count([1, 4]) == 2  # left there and come back to


def test_parts_that_do_not_hang_together_are_lines_of_their_own() -> None:
    ids = np.zeros((10, 10), np.uint8)
    ids[0:3, 0:3] = 1
    ids[5:9, 5:9] = 1
    ids[9, 0] = 2
    lines = spell_labels(ids, {1: 0, 2: 1}).decode().splitlines()
    assert sorted(line.split()[0] for line in lines) == ["0", "0", "1"]
    (point,) = (line for line in lines if line.startswith("1"))
    assert point == "1 " + " ".join(["0.025000 0.925000"] * 3)


def test_readers_that_round_and_readers_that_cut_off_find_the_same_pixels() -> None:
    ids = np.random.default_rng(5).integers(0, 2, (37, 1999), np.uint8)
    labels = spell_labels(ids, {1: 0}).decode()
    for turn in (np.round, np.trunc):
        drawn = np.zeros_like(ids)
        for line in labels.splitlines():
            shares = np.array(line.split()[1:], np.float32).reshape(-1, 2)
            corners = turn(shares * np.array([1999, 37], np.float32)).astype(np.int32)
            cv2.fillPoly(drawn, [corners], 1)
        assert (drawn == ids).all()


def test_every_class_name_comes_back_from_the_yaml(tmp_path: Path) -> None:
    names = dict(
        enumerate(("😀 sky", "李", 'a "b": c', "x\u2028y\x85\x7f", "👨\u200d🌾", "\U000e0001"), 1)
    )
    shelf = Shelf([make_exhibit(1, class_map={0: "background", **names})])
    folder = unpack(YOLO, Exhibition(shelf), tmp_path)
    text = (folder / "data.yaml").read_text(encoding="utf-8")
    assert list(yaml.safe_load(text)["names"].values()) == list(names.values())
    assert "😀 sky" in text


def test_supervision_reads_the_very_masks(show: Show, tmp_path: Path) -> None:
    folder = unpack(YOLO, show.exhibit(), tmp_path)
    dataset = supervision.DetectionDataset.from_yolo(
        str(folder / "images/train"),
        str(folder / "labels/train"),
        str(folder / "data.yaml"),
        force_masks=True,
    )
    ids = [class_id for class_id in sorted(CLASSES) if class_id != 0]
    assert dataset.classes == [CLASSES[class_id] for class_id in ids]
    met = set()
    for path, _, found in dataset:
        stem = Path(path).stem
        key = next(one for one in show.masks if find_stem(show, one) == stem)
        drawn = np.zeros_like(show.masks[key])
        assert found.mask is not None
        assert found.class_id is not None
        for mask, number in zip(found.mask, found.class_id, strict=True):
            drawn[mask] = ids[number]
        assert (drawn == show.masks[key]).all(), key
        met.add(key)
    assert met >= {"plain", "cut", "same", "open"}  # it looks for no WebP
