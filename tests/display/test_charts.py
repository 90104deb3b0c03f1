"""What all charts share: tables, colours that can be seen in both themes, text that is text."""

from __future__ import annotations

import csv
import io

import numpy as np
import pytest

from components.display.charts import (
    MOVE_COLOURS,
    OUTLINE,
    colour_classes,
    make_plain,
    write_csv,
)
from components.display.charts.grid import draw_grid
from components.display.charts.look import ACCENT, scale_tints, tint
from components.model.classes import list_classes
from tests.display.contrast import contrast

GROUNDS = {"light": "#ffffff", "dark": "#14171c"}
TEXTS = {"light": "#1c2027", "dark": "#e6e8ec"}


def parse(colour: str) -> tuple[float, ...]:
    return tuple(int(colour[at : at + 2], 16) for at in (1, 3, 5))


@pytest.mark.parametrize("theme", GROUNDS)
@pytest.mark.parametrize("colour", [*MOVE_COLOURS.values(), OUTLINE, ACCENT])
def test_marks_are_seen_on_both_grounds(colour: str, theme: str) -> None:
    assert contrast(parse(colour), parse(GROUNDS[theme])) >= 3


@pytest.mark.parametrize("theme", GROUNDS)
@pytest.mark.parametrize("value", [0.0, 0.25, 0.5, 0.75, 1.0])
def test_numbers_in_cells_are_read_in_both_themes(value: float, theme: str) -> None:
    scale = scale_tints()
    alphas = [float(step[1].rpartition(",")[2].rstrip(")")) for step in scale]
    alpha = float(np.interp(value, [step[0] for step in scale], alphas))
    ground = parse(GROUNDS[theme])
    cell = tuple(
        top * alpha + under * (1 - alpha) for top, under in zip(parse(ACCENT), ground, strict=True)
    )
    assert contrast(cell, parse(TEXTS[theme])) >= 4.5


def test_classes_have_the_colours_of_the_viewer() -> None:
    class_map = {0: "background", 1: " road", 2: "tree", 7: "a<b>"}
    names = ["road", "tree", "a<b>", "background", "unlabelled 9", "nowhere"]
    colours = colour_classes([class_map], names)
    viewer = {info.class_id: info.colour for info in list_classes(class_map)}
    assert [colours[name] for name in names[:5]] == [viewer[at] for at in (1, 2, 7, 0, 9)]
    assert colours["nowhere"].startswith("#")
    assert colour_classes([class_map], names, {"road": "#123456"})["road"] == "#123456"


def test_no_two_classes_of_several_models_are_alike() -> None:
    street = {0: "background", 1: "car", 2: "road", 3: "blob"}
    yard = {0: " background", 1: "object", 2: "sky", 3: "river", 4: "car"}
    names = ["sky", "car", "object", "road", "river", "blob", "background", "only true"]
    colours = colour_classes([street, yard], names)
    viewers = [
        {info.name: info.colour for info in list_classes(class_map) if info.is_named}
        for class_map in (street, yard)
    ]
    assert viewers[0]["car"] == viewers[1]["object"]  # each would like the same one
    assert viewers[0].items() <= colours.items()
    assert colours["sky"] == viewers[1]["sky"]
    assert len(set(colours.values())) == len(colours) == len(names)
    other = colour_classes([yard, street], names)
    assert viewers[1].items() <= other.items()
    assert len(set(other.values())) == len(names)


def test_more_names_than_ids_still_have_a_colour() -> None:
    names = [f"class {at}" for at in range(400)]
    assert set(names) <= set(colour_classes([{0: "background"}], names))


def test_tint() -> None:
    assert tint("#0a10ff", 0.5) == "rgba(10,16,255,0.5)"


def test_a_name_is_no_markup() -> None:
    assert make_plain("<b>a & b</b>") == "&lt;b&gt;a &amp; b&lt;/b&gt;"
    assert make_plain("x" * 50, 10) == "x" * 9 + "…"
    assert "\u202e" not in make_plain("a\u202eb")


def test_csv_reads_back_and_holds_no_formula() -> None:
    rows = [("=1+1", 3, 0.25), ("road, wet", None, -2.5), ("Straße\n“x”", 0, 1e9)]
    data = write_csv(("Class", "@n", "Share"), rows)
    assert data.startswith(b"\xef\xbb\xbf")
    read = list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))
    assert read == [
        ["Class", "'@n", "Share"],
        ["'=1+1", "3", "0.25"],
        ["road, wet", "", "-2.5"],
        ["Straße\n“x”", "0", "1000000000.0"],
    ]


def test_each_cell_of_a_grid_can_be_clicked() -> None:
    figure = draw_grid(
        ["a", "b"],
        ["x", "y", "<z>"],
        [[1, 2, 3], [4, 5, 6]],
        texts=[["1", "2", "3"], ["4", "5", "6"]],
        hovers=[["h1", "h2", "h3"], ["h4", "h5", "h6"]],
        keys=[[0, 1, 2], [3, -1, 5]],
    )
    heat, marks = figure.data
    told = {
        (int(y), int(x)): list(data)
        for x, y, data in zip(marks.x, marks.y, marks.customdata, strict=True)
    }
    assert told[0, 2] == ["h3", 2]
    assert told[1, 1] == ["h5", -1]
    assert len(told) == 6
    assert np.asarray(heat.z).tolist() == [[1, 2, 3], [4, 5, 6]]
    assert heat.zmax == 6
    assert list(figure.layout.xaxis.ticktext) == ["x", "y", "&lt;z&gt;"]
