"""Two answers compared: every figure counted again, pixel by pixel, in plain Python."""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.model.comparison import (
    ItemChange,
    Pair,
    ShownMask,
    SideErrors,
    count_changes,
    count_errors,
)
from components.model.comparison_summary import LEAST_FOR_INTERVAL, summarise

FIRST = {0: " background", 1: "road", 2: "Tree", 7: "sky"}
SECOND = {0: "BG", 3: " ROAD ", 4: "tree", 5: "water"}


def name_of(class_map: dict[int, str], class_id: int) -> str:
    """What a class is compared by, told anew: the background is one class."""
    name = class_map.get(class_id, f"unlabelled {class_id}").strip().casefold()
    return "background" if name in ("background", "bg") else name


def value_at(values: Any, x: int, y: int, size_wh: tuple[int, int]) -> int:
    """The mask pixel that a picture's pixel shows, by floor mapping."""
    height, width = values.shape
    return int(values[y * height // size_wh[1], x * width // size_wh[0]])


def show_at(mask: ShownMask, x: int, y: int, size_wh: tuple[int, int]) -> int:
    """The class id that a side gives a picture's pixel."""
    class_id = value_at(mask.class_ids, x, y, size_wh)
    if mask.cut_to is None or mask.confidence_map is None:
        return class_id
    sure = value_at(mask.confidence_map, x, y, size_wh)
    return class_id if sure * 100 >= max(mask.confidence, 1) * 255 else mask.cut_to


def count_by_hand(a: ShownMask, b: ShownMask, size_wh: tuple[int, int]) -> Counter[Any]:
    found: Counter[Any] = Counter()
    for y in range(size_wh[1]):
        for x in range(size_wh[0]):
            first = name_of(dict(a.class_map), show_at(a, x, y, size_wh))
            second = name_of(dict(b.class_map), show_at(b, x, y, size_wh))
            if first != second:
                found[first, second] += 1
    return found


def fold(name: str) -> str:
    folded = name.strip().casefold()
    return "background" if folded == "bg" else folded


@st.composite
def masks(draw: st.DrawFn, class_map: dict[int, str]) -> ShownMask:
    seed = draw(st.integers(0, 2**31))
    random = np.random.default_rng(seed)
    shape = draw(st.tuples(st.integers(1, 9), st.integers(1, 9)))
    ids = random.choice([*class_map, 99], shape).astype(np.uint8)
    if draw(st.booleans()):
        return ShownMask(ids, class_map)
    sure_shape = draw(st.sampled_from([shape, (4, 7)]))
    sure = random.integers(0, 256, sure_shape, np.uint8)
    return ShownMask(ids, class_map, sure, draw(st.integers(0, 100)), 0)


@given(masks(FIRST), masks(SECOND), st.tuples(st.integers(1, 12), st.integers(1, 12)))
def test_changes_are_those_counted_pixel_by_pixel(
    a: ShownMask, b: ShownMask, size_wh: tuple[int, int]
) -> None:
    pairs = count_changes(a, b, size_wh)
    found = {(fold(pair.a), fold(pair.b)): pair.pixels for pair in pairs}
    assert found == dict(count_by_hand(a, b, size_wh))
    assert len(found) == len(pairs)
    assert [pair.pixels for pair in pairs] == sorted((p.pixels for p in pairs), reverse=True)


@given(masks(FIRST), masks(SECOND), st.tuples(st.integers(1, 12), st.integers(1, 12)))
def test_errors_against_the_truth_are_those_counted_pixel_by_pixel(
    truth: ShownMask, mask: ShownMask, size_wh: tuple[int, int]
) -> None:
    truth = ShownMask(truth.class_ids, FIRST)
    wanted: dict[str, list[int]] = {}
    for y in range(size_wh[1]):
        for x in range(size_wh[0]):
            true = name_of(FIRST, value_at(truth.class_ids, x, y, size_wh))
            said = name_of(dict(mask.class_map), show_at(mask, x, y, size_wh))
            if true == said:
                wanted.setdefault(true, [0, 0, 0])[0] += 1
            else:
                wanted.setdefault(said, [0, 0, 0])[1] += 1
                wanted.setdefault(true, [0, 0, 0])[2] += 1
    found = count_errors(truth.class_ids, FIRST, mask, size_wh)
    assert {fold(name): list(three) for name, three in found.errors.items()} == wanted
    assert not found.ignored


def test_two_thresholds_of_one_answer_only_take_away() -> None:
    random = np.random.default_rng(3)
    ids = random.integers(0, 3, (40, 50)).astype(np.uint8)
    sure = random.integers(0, 256, (40, 50), np.uint8)
    low, high = (ShownMask(ids, FIRST, sure, percent, 0) for percent in (50, 80))
    pairs = count_changes(low, high, (100, 80))
    assert {fold(pair.b) for pair in pairs} == {"background"}
    lost = ((sure >= 128) & (sure < 204) & (ids > 0)).sum()
    assert sum(pair.pixels for pair in pairs) == 4 * lost
    assert count_changes(low, low, (100, 80)) == ()


def test_what_nobody_labelled_does_not_count_and_is_said() -> None:
    truth = np.array([[1, 255], [2, 255]], np.uint8)
    found = count_errors(
        truth, {0: "background", 1: "road", 2: "tree"}, ShownMask(truth, {1: "road"}), (2, 2)
    )
    assert found.errors == {"road": (1, 0, 0), "tree": (0, 0, 1), "unlabelled 2": (0, 1, 0)}
    assert sum(found.ignored.values()) == 2


def test_a_truth_without_names_has_the_ids_of_the_model() -> None:
    truth = np.array([[1, 2]], np.uint8)
    found = count_errors(truth, {}, ShownMask(truth, FIRST), (2, 1))
    assert found.errors == {"road": (1, 0, 0), "Tree": (1, 0, 0)}


def make_change(at: int, pairs: list[tuple[str, str, int]], **truth: Any) -> ItemChange:
    changed = sum(pixels for *_, pixels in pairs)
    made = tuple(Pair(*pair) for pair in pairs)
    return ItemChange(f"item{at}", 1000, changed / 1000, made, **truth)


def test_a_summary_adds_up() -> None:
    summary = summarise(
        [
            make_change(1, [("road", "tree", 300), ("sky", "background", 100)]),
            make_change(2, [("Road", "tree", 50)]),
            make_change(3, []),
        ],
        failed=2,
    )
    assert (summary.items, summary.changed_items, summary.failed) == (3, 2, 2)
    assert (summary.pixels, summary.changed) == (3000, 450)
    assert summary.share == pytest.approx(0.15)
    assert summary.median == pytest.approx(0.05)
    assert [(p.a, p.b, p.pixels, p.items) for p in summary.pairs] == [
        ("road", "tree", 350, 2),
        ("sky", "background", 100, 1),
    ]
    assert summary.pairs[0].share == pytest.approx(350 / 3000)
    assert summary.gains is None


def test_nothing_compared_is_no_division_by_nothing() -> None:
    summary = summarise([])
    assert (summary.share, summary.median, summary.pairs, summary.gains) == (0.0, 0.0, (), None)


def make_judged(a: list[Any], b: list[Any]) -> list[ItemChange]:
    return [
        make_change(
            at, [], truth_a=SideErrors(first, {"void": 5}), truth_b=SideErrors(second, {"void": 5})
        )
        for at, (first, second) in enumerate(zip(a, b, strict=True))
    ]


def test_gains_are_ious_of_summed_pixels_and_say_what_is_sure() -> None:
    random = np.random.default_rng(5)
    a, b = [], []
    for _ in range(40):
        hits = int(random.integers(50, 90))
        a.append({"road": (hits, 100 - hits, 10), "sky": (500, 3, 3)})
        # Road is better in every picture, sky the same up to noise.
        noise = int(random.integers(0, 7))
        b.append({"Road": (hits + 8, 92 - hits, 2), "sky": (500, noise, 3), "rain": (0, 4, 0)})
    gains = summarise(make_judged(a, b)).gains
    assert gains is not None
    assert (gains.items, gains.ignored) == (40, {"void": 200})
    by_name = {gain.name: gain for gain in gains.classes}
    for name, gain in by_name.items():
        for which, side in enumerate((a, b)):
            rows = [
                three
                for one in side
                for other, three in one.items()
                if other.casefold() == name.casefold()
            ]
            hits, wrong, missed = (sum(row[at] for row in rows) for at in range(3))
            assert gain.marked[which] == hits + wrong
            if gain.difference is not None:
                found = (gain.difference.a, gain.difference.b)[which]
                assert found == pytest.approx(hits / (hits + wrong + missed), abs=1e-12)
    assert by_name["road"].better == "b"
    assert by_name["sky"].better == ""
    assert by_name["sky"].difference is not None
    assert by_name["sky"].difference.low < 0 < by_name["sky"].difference.high
    # A class of no truth mask says nothing about who is better.
    assert by_name["rain"].true_pixels == 0
    assert not by_name["rain"].is_telling
    # The other way round, the same says the opposite.
    turned = summarise(make_judged(b, a)).gains
    assert turned is not None
    assert {gain.name.casefold(): gain.better for gain in turned.classes}["road"] == "a"


def test_the_background_is_one_class_however_it_is_called() -> None:
    three = (5, 1, 2)
    names = ("Background", "_background_", " bg")
    gains = summarise(make_judged([{name: three} for name in names], [{}, {}, {}])).gains
    assert gains is not None
    assert [(gain.name, gain.items, gain.true_pixels) for gain in gains.classes] == [
        ("Background", 3, 21)
    ]
    changes = [ItemChange(name, 100, 0.1, (Pair(name, "road", 10),)) for name in names]
    pairs = summarise(changes).pairs
    assert [(pair.a, pair.b, pair.pixels, pair.items) for pair in pairs] == [
        ("Background", "road", 30, 3)
    ]


def test_few_pictures_tell_nothing() -> None:
    count = LEAST_FOR_INTERVAL - 1
    a, b = [{"road": (1, 50, 50)}] * count, [{"road": (99, 1, 1)}] * count
    gains = summarise(make_judged(a, b)).gains
    assert gains is not None
    assert gains.classes[0].better == ""
    more = summarise(make_judged([*a, a[0]], [*b, b[0]])).gains
    assert more is not None
    assert more.classes[0].better == "b"
