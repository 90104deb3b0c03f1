"""Charts and sentences of a comparison say what their numbers say."""

from __future__ import annotations

from components.display.charts.comparison import GAIN_COLUMNS, chart_gains, chart_pairs
from components.display.charts.comparison_words import (
    say_change,
    say_gains,
    say_interval,
    say_signed,
    say_small,
)
from components.model.classes import BACKGROUND_COLOUR
from components.model.comparison import ItemChange, Pair
from components.model.comparison_summary import ClassGain, Gains, Summary, summarise
from components.model.intervals import Difference

COLOURS = {"road": "#112233", "sky": "#445566", "<b>x</b>": "#778899", "water": "#010203"}


def make_summary(*pairs: tuple[str, str, int]) -> Summary:
    changed = sum(pixels for *_, pixels in pairs)
    change = ItemChange("a", 1000, changed / 1000, tuple(Pair(*pair) for pair in pairs))
    return summarise([change, ItemChange("b", 1000, 0.0, ())])


def make_gain(name: str, low: float, high: float, items: int = 9, true: int = 5) -> ClassGain:
    middle = (low + high) / 2
    difference = Difference(0.5, 0.5 + middle, middle, low, high, items)
    return ClassGain(name, difference, items, true, (7, 7))


def test_bars_are_the_shares_and_striped_where_b_marks_nothing() -> None:
    summary = make_summary(("road", "sky", 300), ("<b>x</b>", "background", 100))
    chart = chart_pairs(summary, COLOURS)
    bar = chart.figure.data[0]
    assert list(bar.x) == [15.0, 5.0]
    assert list(bar.marker.color) == ["#445566", "#778899"]
    assert list(bar.marker.pattern.shape) == ["", "/"]
    assert list(chart.figure.layout.yaxis.ticktext)[1] == "&lt;b&gt;x&lt;/b&gt; → background"
    assert chart.rows == (
        ("road", "sky", 300, 15.0, 1),
        ("<b>x</b>", "background", 100, 5.0, 1),
    )
    assert chart.says.startswith("Of what changed, 75.0 % was road in A and is sky in B.")
    assert "25.0 %" in chart.says


def test_background_has_its_own_colour() -> None:
    chart = chart_pairs(make_summary(("background", "BG ", 3), ("bg", "road", 1)), COLOURS)
    assert chart.figure.data[0].marker.color[0] == BACKGROUND_COLOUR


def test_what_changed_in_words() -> None:
    assert say_change(make_summary()) == (
        "A and B say the same about every pixel of 2 pictures. Which one is taken makes no "
        "difference here."
    )
    lost = say_change(make_summary(("road", "background", 200)))
    assert lost.startswith("B gives 10.0 % of all pixels another class than A. One of 2 pictures")
    assert lost.endswith("B only takes away: all that changed is background in B.")
    gained = say_change(make_summary(("background", "sky", 200)))
    assert gained.endswith("B only adds: all that changed was background in A.")
    both = say_change(make_summary(("background", "sky", 200), ("sky", "background", 1)))
    assert "only" not in both
    assert say_small(0.0001) == "< 0.1 %"


def test_which_is_better_in_words() -> None:
    unseen = ClassGain("water", Difference(0.9, 0.0, -0.9, -0.95, -0.8, 9), 9, 50, (40, 0))
    gains = Gains(
        (
            make_gain("road", 0.02, 0.04),
            make_gain("sky", -0.01, 0.03),
            make_gain("tree", 0.2, 0.4, items=3),
            unseen,
            ClassGain("object", None, 9, 0, (0, 80)),
        ),
        9,
        {},
    )
    assert say_gains(gains) == (
        "B is better for road (by 3.0 points of IoU). A is better for water (by 90.0 points of "
        "IoU). For sky it cannot be told from these pictures: its interval reaches across zero. "
        "tree is in fewer than 5 pictures with a truth mask: too little to tell. B never marks "
        "water. No truth mask has object: left out here."
    )
    chart = chart_gains(gains, COLOURS)
    points = chart.figure.data[0]
    assert [round(x, 6) for x in points.x] == [30.0, 3.0, 1.0, -90.0]
    assert list(points.marker.symbol) == ["circle-open", "circle", "circle-open", "circle"]
    assert [round(at, 6) for at in points.error_x.array] == [0.0, 1.0, 2.0, 10.0]
    assert [round(at, 6) for at in points.error_x.arrayminus] == [0.0, 1.0, 2.0, 5.0]
    by_name = {row[0]: dict(zip(GAIN_COLUMNS, row, strict=True)) for row in chart.rows}
    assert {name: row["Better"] for name, row in by_name.items()} == {
        "road": "B",
        "sky": "cannot be told",
        "tree": "too little to tell",
        "water": "A",
        "object": "not in the truth",
    }
    assert (by_name["road"]["From"], by_name["road"]["To"]) == (2.0, 4.0)
    assert by_name["tree"]["From"] is None


def test_neither_is_better_where_nothing_can_be_told() -> None:
    gains = Gains((make_gain("sky", -0.01, 0.03),), 9, {})
    assert say_gains(gains).startswith("Neither is better for certain. For sky it cannot be told")


def test_a_difference_never_rounds_to_a_zero_that_is_none() -> None:
    assert [say_signed(share) for share in (0.031, -0.0004, 0.00001, 0.0)] == [
        "+3.1",
        "−0.04",
        "+0.0010",
        "+0.0",
    ]
    assert say_interval(make_gain("a", -0.006, -0.002)) == "−0.4 (−0.6 to −0.2)"
    assert say_interval(make_gain("a", 0.1, 0.3, items=2)) == "+20.0"
