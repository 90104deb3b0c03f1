"""Two answers side by side: what became of which class, and which is nearer the truth."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from components.display.charts.chart import Chart
from components.display.charts.look import (
    MOST_ROWS,
    OUTLINE,
    ROW_HEIGHT,
    count,
    frame,
    list_rows,
    make_plain,
    say_left_out,
    say_percent,
)
from components.model.classes import BACKGROUND_COLOUR, is_background_name
from components.model.comparison import Pair
from components.model.comparison_summary import LEAST_FOR_INTERVAL, ClassGain, Gains, Summary

_MOST_PAIRS: Final = 12
_NAME_LENGTH: Final = 15


def chart_pairs(summary: Summary, colours: Mapping[str, str]) -> Chart:
    """Bars of what became of which class, the largest on top, in the colour of what it became.

    Args:
        summary: with at least one pair.
        colours: "#rrggbb" by class name.
    """
    from plotly.graph_objects import Bar, Figure

    drawn = summary.pairs[:_MOST_PAIRS]
    top = max(pair.share for pair in drawn) * 100
    figure = Figure(
        Bar(
            x=[pair.share * 100 for pair in drawn],
            y=list(range(len(drawn))),
            orientation="h",
            marker={
                "color": [find_colour(pair.b, colours) for pair in drawn],
                "line": {"color": OUTLINE, "width": 1},
                "cornerradius": 4,
            },
            text=[say_small(pair.share) for pair in drawn],
            textposition="outside",
            cliponaxis=False,
            customdata=[
                [
                    f"{make_plain(pair.a, 60)} became {make_plain(pair.b, 60)}: "
                    f"{pair.pixels:,} pixels in {count(pair.items, 'picture')}",
                    -1,
                ]
                for pair in drawn
            ],
            hovertemplate="%{customdata[0]}<extra></extra>",
        )
    )
    labels = [
        f"{make_plain(pair.a, _NAME_LENGTH)} → {make_plain(pair.b, _NAME_LENGTH)}" for pair in drawn
    ]
    frame(
        figure,
        height=56 + ROW_HEIGHT * max(len(drawn), 1),
        x={"ticksuffix": " %", "range": [0, top * 1.25], "showgrid": True, "nticks": 5},
        y={**list_rows([""] * len(drawn)), "ticktext": labels},
        bargap=0.35,
    )
    rows = tuple(
        (pair.a, pair.b, pair.pixels, pair.share * 100, pair.items) for pair in summary.pairs
    )
    return Chart(
        figure,
        ("Class in A", "Class in B", "Pixels", "Share of all pixels %", "Pictures"),
        rows,
        say_pairs(summary),
    )


def say_pairs(summary: Summary) -> str:
    """What changed most, in numbers."""
    first = summary.pairs[0]
    part = first.pixels / summary.changed
    says = f"Of what changed, {say_percent(part)} was {first.a} in A and is {first.b} in B."
    if len(summary.pairs) > 1:
        second = summary.pairs[1]
        says += (
            f" Next comes {second.a} that became {second.b}, "
            f"{say_percent(second.pixels / summary.changed)}."
        )
    if len(summary.pairs) > _MOST_PAIRS:
        says += f" Drawn are {_MOST_PAIRS} of {len(summary.pairs)} changes; the table has all."
    return says


def say_change(summary: Summary) -> str:
    """How much B differs from A, in one or two sentences."""
    if not summary.changed:
        return (
            f"A and B say the same about every pixel of {count(summary.items, 'picture')}. "
            "Which one is taken makes no difference here."
        )
    says = (
        f"B gives {say_small(summary.share)} of all pixels another class than A. "
        f"{_say_items(summary)}"
    )
    lost = [pair for pair in summary.pairs if is_background_name(pair.b)]
    gained = [pair for pair in summary.pairs if is_background_name(pair.a)]
    if len(lost) == len(summary.pairs):
        says += " B only takes away: all that changed is background in B."
    elif len(gained) == len(summary.pairs):
        says += " B only adds: all that changed was background in A."
    return says


def _say_items(summary: Summary) -> str:
    same = summary.items - summary.changed_items
    if not same:
        return f"All {count(summary.items, 'picture')} changed somewhere."
    if same == 1:
        return f"One of {count(summary.items, 'picture')} is the same in both."
    return f"{same:,} of {count(summary.items, 'picture')} are the same in both."


def chart_gains(gains: Gains, colours: Mapping[str, str]) -> Chart:
    """The difference of IoU by class with its interval, to the right where B is better.

    Args:
        gains: of at least one class with a difference.
        colours: "#rrggbb" by class name.
    """
    from plotly.graph_objects import Figure, Scatter

    known = sort_gains(gains)
    drawn = known[:MOST_ROWS]
    points = [gain.difference.difference * 100 for gain in drawn if gain.difference]
    ends = [
        (gain.difference.high * 100, gain.difference.low * 100)
        if gain.difference and gain.is_telling
        else (point, point)
        for gain, point in zip(drawn, points, strict=True)
    ]
    reach = max([1.0, *(abs(end) for pair in ends for end in pair), *map(abs, points)]) * 1.12
    figure = Figure(
        Scatter(
            x=points,
            y=list(range(len(drawn))),
            mode="markers",
            marker={
                "size": 13,
                "color": [find_colour(gain.name, colours) for gain in drawn],
                "line": {"color": OUTLINE, "width": 1.5},
                # Hollow where nothing can be told, so that it is not colour alone that says so.
                "symbol": ["circle" if gain.better else "circle-open" for gain in drawn],
            },
            error_x={
                "type": "data",
                "symmetric": False,
                "array": [high - at for (high, _), at in zip(ends, points, strict=True)],
                "arrayminus": [at - low for (_, low), at in zip(ends, points, strict=True)],
                "color": OUTLINE,
                "thickness": 2,
                "width": 5,
            },
            customdata=[[f"{make_plain(gain.name, 60)}: {say_gain(gain)}", -1] for gain in drawn],
            hovertemplate="%{customdata[0]}<extra></extra>",
        )
    )
    figure.add_vline(x=0, line={"color": OUTLINE, "width": 1.5, "dash": "dot"})
    frame(
        figure,
        height=84 + ROW_HEIGHT * max(len(drawn), 1),
        x={
            "range": [-reach, reach],
            "showgrid": True,
            "nticks": 7,
            "tickformat": "+.3~g",
            "title": {"text": "← A better · points of IoU · B better →", "font": {"size": 13}},
        },
        y=list_rows([gain.name for gain in drawn]),
    )
    rows = tuple(tabulate_gain(gain) for gain in gains.classes)
    return Chart(
        figure,
        GAIN_COLUMNS,
        rows,
        say_gains(gains) + say_left_out(len(drawn), len(known)),
    )


GAIN_COLUMNS: Final = (
    "Class",
    "IoU of A %",
    "IoU of B %",
    "Difference, points",
    "From",
    "To",
    "Better",
    "Pictures",
)


def tabulate_gain(gain: ClassGain) -> tuple[object, ...]:
    """One class's row under GAIN_COLUMNS; nothing where nothing can be said."""
    found = gain.difference
    if found is None:
        return (gain.name, None, None, None, None, None, "too little to tell", gain.items)
    values: tuple[float | None, ...] = tuple(
        round(value * 100, 3)
        for value in (found.a, found.b, found.difference, found.low, found.high)
    )
    if not gain.is_telling:
        values = (*values[:3], None, None)
    word = {"a": "A", "b": "B", "": "cannot be told"}[gain.better]
    return (gain.name, *values, word if gain.is_telling else "too little to tell", gain.items)


def sort_gains(gains: Gains) -> list[ClassGain]:
    """Classes with a difference, the one B gains most on first."""
    known = [gain for gain in gains.classes if gain.difference is not None]
    return sorted(known, key=lambda gain: -(gain.difference.difference if gain.difference else 0.0))


def say_gain(gain: ClassGain) -> str:
    """One class's difference in words."""
    found = gain.difference
    if found is None:
        return "nothing can be said"
    says = f"{found.difference * 100:+.1f} points"
    if gain.is_telling:
        says += f", most likely between {found.low * 100:+.1f} and {found.high * 100:+.1f}"
    return f"{says} (IoU {say_percent(found.a)} in A, {say_percent(found.b)} in B)"


def say_gains(gains: Gains) -> str:
    """Which side is better, for which classes, and for which it cannot be told."""
    by_side: dict[str, list[ClassGain]] = {"a": [], "b": [], "": []}
    few: list[str] = []
    for gain in sort_gains(gains):
        if gain.is_telling:
            by_side[gain.better].append(gain)
        else:
            few.append(gain.name)
    few += [gain.name for gain in gains.classes if gain.difference is None]
    parts = []
    for side in ("b", "a"):
        if by_side[side]:
            ordered = by_side[side] if side == "b" else by_side[side][::-1]
            parts.append(f"{side.upper()} is better for {_join(map(_say_points, ordered))}.")
    if by_side[""]:
        names = _join(gain.name for gain in by_side[""])
        parts.append(
            f"For {names} it cannot be told from these pictures: the difference may as well be "
            "nothing."
        )
    if few:
        parts.append(
            f"{_join(dict.fromkeys(few))} {'is' if len(set(few)) == 1 else 'are'} in fewer than "
            f"{LEAST_FOR_INTERVAL} pictures with a truth mask, or in no answer: too little to tell."
        )
    if not by_side["a"] and not by_side["b"]:
        parts.insert(0, "Neither is better for certain.")
    return " ".join(parts)


def say_pair(pair: Pair, pixels: int) -> str:
    """A change of one picture: "sky → background 3.1 %"."""
    return f"{pair.a} → {pair.b} {say_small(pair.pixels / pixels)}"


def say_small(share: float) -> str:
    """A share 0–1 as percent; what is there but rounds to nothing is "< 0.1 %"."""
    return "< 0.1 %" if 0 < share < 0.0005 else say_percent(share)


def find_colour(name: str, colours: Mapping[str, str]) -> str:
    """The colour of a class, the background's own for the background."""
    return BACKGROUND_COLOUR if is_background_name(name) else colours.get(name, OUTLINE)


def _say_points(gain: ClassGain) -> str:
    assert gain.difference is not None  # noqa: S101  only those with one are told of
    found = gain.difference
    return (
        f"{gain.name} ({found.difference * 100:+.1f} points, between {found.low * 100:+.1f} and "
        f"{found.high * 100:+.1f})"
    )


def _join(names: Iterable[str]) -> str:
    """ "a", "a and b", "a, b and c"."""
    listed = list(names)
    if len(listed) < 2:
        return "".join(listed)
    return f"{', '.join(listed[:-1])} and {listed[-1]}"
