"""A comparison in sentences: what changed, and which side is nearer the truth."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from components.display.charts.look import count, say_percent
from components.model.classes import is_background_name
from components.model.comparison import Pair
from components.model.comparison_summary import LEAST_FOR_INTERVAL, ClassGain, Gains, Summary

MOST_PAIRS: Final = 12
"""Changes that are drawn."""

_MOST_NAMED: Final = 4


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
    if len(summary.pairs) > MOST_PAIRS:
        says += f" Drawn are {MOST_PAIRS} of {len(summary.pairs)} changes; the table has all."
    return says


def say_change(summary: Summary) -> str:
    """How much B differs from A, in a few sentences."""
    return _say_difference(summary) + _say_unread(summary.unread_truths)


def _say_unread(number: int) -> str:
    if not number:
        return ""
    which, it = (
        (f"{number:,} truth masks are", "they") if number > 1 else ("One truth mask is", "it")
    )
    return f" {which} lost or damaged and left out. On the page Add {it} can be brought once more."


def _say_difference(summary: Summary) -> str:
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
