"""Names and colours of classes."""

from __future__ import annotations

import numpy as np
import pytest
from colorspacious import cspace_convert
from hypothesis import given
from hypothesis import strategies as st

from components.model.classes import BACKGROUND_COLOUR, is_background_name, list_classes
from components.model.palette_table import COLOURS


@given(st.dictionaries(st.integers(0, 255), st.text(max_size=12), max_size=256))
def test_each_named_class_has_a_colour_of_its_own(class_map: dict[int, str]) -> None:
    classes = list_classes(class_map)
    assert [info.class_id for info in classes] == list(range(256))
    colours = [
        classes[id_].colour for id_, name in class_map.items() if not is_background_name(name)
    ]
    assert len(set(colours)) == len(colours)


def test_a_name_keeps_its_colour_under_another_id_and_beside_other_names() -> None:
    one = list_classes({0: "background", 1: "weld", 2: "rust"})
    two = list_classes({0: "rust", 4: " Weld ", 5: "background"})
    assert one[1].colour == two[4].colour
    assert one[2].colour == two[0].colour


@pytest.mark.parametrize("name", [" background", "Background", "__background__", "BG"])
def test_background_is_found_by_name_whatever_its_id(name: str) -> None:
    classes = list_classes({0: "crack", 7: name})
    assert [info.class_id for info in classes if info.is_background] == [7]
    assert classes[7].colour == BACKGROUND_COLOUR
    assert classes[7].name == name.strip()


def test_without_a_background_by_name_the_unmapped_255_is_it() -> None:
    classes = list_classes({0: "crack", 1: "rust"})
    assert classes[255].is_background
    assert classes[255].name == "background"
    assert not list_classes({0: "background"})[255].is_background
    assert list_classes({0: "background"})[255].name == "unlabelled 255"


def test_names_are_stripped_and_missing_ones_said_to_be_unlabelled() -> None:
    classes = list_classes({1: "  object "})
    assert (classes[1].name, classes[1].is_named) == ("object", True)
    assert (classes[2].name, classes[2].is_named) == ("unlabelled 2", False)


@pytest.mark.parametrize("vision", [None, "deuteranomaly", "protanomaly", "tritanomaly"])
def test_the_first_colours_differ_for_every_common_kind_of_vision(vision: str | None) -> None:
    rgb = np.array([[int(c[at : at + 2], 16) / 255 for at in (1, 3, 5)] for c in COLOURS[:12]])
    if vision:
        space = {"name": "sRGB1+CVD", "cvd_type": vision, "severity": 100}
        rgb = np.clip(cspace_convert(rgb, space, "sRGB1"), 0, 1)
    seen = np.asarray(cspace_convert(rgb, "sRGB1", "CAM02-UCS"))
    apart = np.linalg.norm(seen[:, None] - seen[None], axis=2) + np.eye(len(seen)) * 1000
    # 1 in this space is a just noticeable difference side by side; legend and picture are apart.
    assert apart.min() > 8


def test_no_two_colours_of_the_table_are_the_same() -> None:
    assert len(set(COLOURS)) == len(COLOURS) == 256
