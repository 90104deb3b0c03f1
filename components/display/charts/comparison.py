"""Two answers side by side: what became of which class, and which is nearer the truth."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
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
_MOST_NAMED: Final = 4


def chart_pairs(summary: Summary, colours: Mapping[str, str]) -> Chart:
    """Bars of what became of which class, the largest on top, in the colour of what it became.

    What became background is striped in the colour of what it was.

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
                # What is marked no more is striped in its own colour, as between the panes.
                "color": [
                    find_colour(pair.a if is_background_name(pair.b) else pair.b, colours)
                    for pair in drawn
                ],
                "pattern": {
                    "shape": ["/" if is_background_name(pair.b) else "" for pair in drawn],
                    "fillmode": "overlay",
                    "fgcolor": OUTLINE,
                    "size": 7,
                    "solidity": 0.25,
                },
                "line": {"color": OUTLINE, "width": 1},
                "cornerradius": 4,
            },
            text=[say_fine(pair.share) for pair in drawn],
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
    for place, gain in enumerate(drawn):
        figure.add_annotation(
            text=say_interval(gain),
            xref="paper",
            x=1,
            xanchor="left",
            xshift=6,
            y=place,
            showarrow=False,
            align="left",
        )
    figure.add_vline(x=0, line={"color": OUTLINE, "width": 1.5, "dash": "dot"})
    frame(
        figure,
        height=110 + ROW_HEIGHT * max(len(drawn), 1),
        x={
            "range": [-reach, reach],
            "showgrid": True,
            "nticks": 7,
            "tickformat": "~g",
            "title": {"text": "← A better · points of IoU · B better →", "font": {"size": 12}},
        },
        y=list_rows([gain.name for gain in drawn]),
        margin={"l": 8, "r": 124, "t": 34, "b": 28},
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
        word = "too little to tell" if gain.true_pixels else "not in the truth"
        return (gain.name, None, None, None, None, None, word, gain.items)
    values: tuple[float | None, ...] = tuple(
        round(value * 100, 3)
        for value in (found.a, found.b, found.difference, found.low, found.high)
    )
    if not gain.is_telling:
        values = (*values[:3], None, None)
    word = {"a": "A", "b": "B", "": "cannot be told"}[gain.better]
    if not gain.is_telling:
        word = "too little to tell" if gain.true_pixels else "not in the truth"
    return (gain.name, *values, word, gain.items)


def sort_gains(gains: Gains) -> list[ClassGain]:
    """Classes of the truth with a difference, the one B gains most on first."""
    known = [gain for gain in gains.classes if gain.difference is not None and gain.true_pixels]
    return sorted(known, key=lambda gain: -(gain.difference.difference if gain.difference else 0.0))


def say_gain(gain: ClassGain) -> str:
    """One class's difference in words."""
    found = gain.difference
    if found is None:
        return "nothing can be said"
    says = f"{say_signed(found.difference)} points"
    if gain.is_telling:
        says += f", most likely between {say_signed(found.low)} and {say_signed(found.high)}"
    return f"{says} (IoU {say_percent(found.a)} in A, {say_percent(found.b)} in B)"


def say_interval(gain: ClassGain) -> str:
    """The difference and its interval, short: "−0.4 (−0.6 to −0.3)"."""
    found = gain.difference
    if found is None:
        return ""
    says = say_signed(found.difference)
    if gain.is_telling:
        says += f" ({say_signed(found.low)} to {say_signed(found.high)})"
    return says


def say_gains(gains: Gains) -> str:
    """Which side is better, for which classes, and for which it cannot be told."""
    ordered = sort_gains(gains)
    better = {
        side: [gain for gain in ordered if gain.is_telling and gain.better == side]
        for side in ("a", "b", "")
    }
    parts = [
        f"{side.upper()} is better for {_join(_say_points(by_size))}."
        for side, by_size in (("b", better["b"]), ("a", better["a"][::-1]))
        if by_size
    ]
    if not parts:
        parts.append("Neither is better for certain.")
    telling = [gain.name for gain in ordered if gain.is_telling and not gain.better]
    if telling:
        parts.append(
            f"For {_join(telling)} it cannot be told from these pictures: "
            f"{'its interval reaches' if len(telling) == 1 else 'their intervals reach'} across "
            "zero."
        )
    few = [gain.name for gain in ordered if not gain.is_telling]
    if few:
        parts.append(
            f"{_join(few)} {'is' if len(few) == 1 else 'are'} in fewer than {LEAST_FOR_INTERVAL} "
            "pictures with a truth mask: too little to tell."
        )
    for place, side in enumerate("AB"):
        never = [gain.name for gain in ordered if gain.true_pixels and not gain.marked[place]]
        if never:
            parts.append(f"{side} never marks {_join(never)}.")
    unknown = [gain.name for gain in gains.classes if not gain.true_pixels]
    if unknown:
        parts.append(f"No truth mask has {_join(unknown)}: left out here.")
    return " ".join(parts)


def say_pair(pair: Pair, pixels: int) -> str:
    """A change of one picture: "sky → background 3.1 %"."""
    return f"{pair.a} → {pair.b} {say_small(pair.pixels / pixels)}"


def say_small(share: float) -> str:
    """A share 0–1 as percent; what is there but rounds to nothing is "< 0.1 %"."""
    return "< 0.1 %" if 0 < share < 0.0005 else say_percent(share)


def say_fine(share: float) -> str:
    """A share 0–1 as percent, with a second decimal below 1 %, so that small ones differ."""
    return f"{share * 100:.2f} %" if 0.00005 <= share < 0.01 else say_small(share)


def find_colour(name: str, colours: Mapping[str, str]) -> str:
    """The colour of a class, the background's own for the background."""
    return BACKGROUND_COLOUR if is_background_name(name) else colours.get(name, OUTLINE)


def _say_points(gains: Sequence[ClassGain]) -> list[str]:
    """ "sky (by 3.1 points of IoU)", the others shorter."""
    said: list[str] = []
    for gain in gains:
        assert gain.difference is not None  # noqa: S101  only those with one are told of
        points = say_signed(abs(gain.difference.difference)).removeprefix("+")
        unit = "" if said else " points of IoU"
        said.append(f"{gain.name} (by {points}{unit})")
    return said


def say_signed(share: float) -> str:
    """A difference of shares as points with its sign: "+3.1"; never a zero that is none."""
    points = share * 100
    digits = 1 if not points or abs(points) >= 0.05 else 2 if abs(points) >= 0.005 else 4
    return f"{points:+.{digits}f}".replace("-", "−")


def _join(names: Iterable[str]) -> str:
    """ "a", "a and b", "a, b and c"; "a, b, c, d and 5 more" where there are many."""
    listed = list(names)
    if len(listed) > _MOST_NAMED + 1:
        listed = [*listed[:_MOST_NAMED], f"{len(listed) - _MOST_NAMED} more"]
    if len(listed) < 2:
        return "".join(listed)
    return f"{', '.join(listed[:-1])} and {listed[-1]}"
