"""The report's charts, drawn as HTML and SVG: no script, nothing fetched."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Final

from components.export.report_facts import DECIDED
from components.export.report_shares import ClassShare
from components.export.report_words import STATUSES, spell, write_count, write_day, write_share
from components.model.review import Status
from components.model.scores import ClassScore

_MOST_COLUMNS: Final = 48
_MOST_CLASSES: Final = 40
_ORDER: Final[tuple[Status, ...]] = (
    "approved",
    "needs_fix",
    "rejected",
    "disagreed",
    "answered",
    "open",
    "no_answer",
)


def draw_verdicts(counts: Mapping[Status, int]) -> str:
    """One bar of all pictures, with a key of numbers beneath it."""
    present = [(status, counts.get(status, 0)) for status in _ORDER if counts.get(status, 0)]
    total = sum(number for _, number in present)
    parts = "".join(
        f'<i class="v-{status}" style="flex-grow:{number}"></i>' for status, number in present
    )
    key = "".join(
        f'<li><i class="v-{status}"></i><strong>{number:,}</strong> '
        f"{spell(STATUSES[status].lower())}<span>{write_share(number, total)}</span></li>"
        for status, number in present
    )
    said = ", ".join(f"{number:,} {STATUSES[status].lower()}" for status, number in present)
    return (
        f'<div class="verdicts" role="img" aria-label="{spell(said)}">{parts}</div>'
        f'<ul class="key">{key}</ul>'
    )


def draw_days(days: Mapping[date, Counter[str]]) -> str:
    """Decisions over time, a column for each day or for as many as fit; "" for a single day."""
    if len(days) < 2:
        return ""
    first, last = min(days), max(days)
    span = (last - first).days + 1
    step = -(-span // _MOST_COLUMNS)
    columns: dict[int, Counter[str]] = {}
    for day, moves in days.items():
        columns.setdefault((day - first).days // step, Counter()).update(moves)
    number = -(-span // step)
    highest = max(sum(moves.values()) for moves in columns.values())
    width, bars = 100 / number, []
    for place in sorted(columns):
        moves, top = columns[place], 100.0
        begins = first + timedelta(days=place * step)
        told = ", ".join(
            f"{moves[verdict]:,} {STATUSES[verdict].lower()}"
            for verdict in DECIDED
            if moves[verdict]
        )
        drawn = []
        for verdict in DECIDED:
            height = 100 * moves[verdict] / highest
            top -= height
            if height:
                drawn.append(
                    f'<rect class="v-{verdict}" x="{place * width + width * 0.1:.3f}" '
                    f'y="{top:.3f}" width="{width * 0.8:.3f}" height="{height:.3f}"/>'
                )
        bars.append(f"<g><title>{write_day(begins)}: {told}</title>{''.join(drawn)}</g>")
    each = "day" if step == 1 else f"{step} days"
    return (
        f'<figure class="days"><svg viewBox="0 0 100 100" preserveAspectRatio="none" role="img" '
        f'aria-label="Decisions from {write_day(first)} to {write_day(last)}">{"".join(bars)}</svg>'
        f"<figcaption><span>{write_day(first)}</span><span>{write_day(last)}</span></figcaption>"
        f'<p class="quiet">Each column is {"a" if step == 1 else "of"} {each}; the highest stands '
        f"for {write_count(highest, 'decision')}.</p></figure>"
    )


def draw_bars(rows: Sequence[tuple[str, int]]) -> str:
    """Names with a bar and a number each, the largest first."""
    highest = max((number for _, number in rows), default=1)
    drawn = "".join(
        f"<tr><th>{spell(name)}</th>"
        f'<td><i class="bar plain" style="width:{100 * number / highest:.2f}%"></i></td>'
        f"<td>{number:,}</td></tr>"
        for name, number in rows
    )
    return f'<table class="bars"><tbody>{drawn}</tbody></table>'


def draw_shares(shares: Sequence[ClassShare], masks: int) -> str:
    """Each class with its mean share as a bar, and the middle half of the pictures as a line."""
    highest = max((max(one.mean, one.high) for one in shares), default=1.0) or 1.0
    rows = []
    for one in shares[:_MOST_CLASSES]:
        low, high = 100 * one.low / highest, 100 * one.high / highest
        rows.append(
            f"<tr><th>{draw_swatch(one.info.colour)}{spell(one.info.name)}</th>"
            f'<td><div class="share"><i class="bar" style="width:{100 * one.mean / highest:.2f}%;'
            f'background:{one.info.colour}"></i>'
            f'<b style="left:{low:.2f}%;width:{max(high - low, 0):.2f}%"></b></div></td>'
            f"<td>{100 * one.mean:.1f}\u00a0%</td>"
            f'<td class="wide">in {one.items:,} of {masks:,}</td></tr>'
        )
    rest = len(shares) - _MOST_CLASSES
    more = f'<p class="quiet">{rest} more classes cover less than these.</p>' if rest > 0 else ""
    return f'<table class="bars shares"><tbody>{"".join(rows)}</tbody></table>{more}'


def draw_overlaps(classes: Sequence[tuple[str, ClassScore]]) -> str:
    """Each class with its overlap with the truth (IoU), the whole width being all of it."""
    rows = "".join(
        f"<tr><th>{spell(name)}</th>"
        f'<td><div class="full"><i class="bar plain" style="width:{100 * (score.iou or 0):.2f}%">'
        f"</i></div></td><td>{100 * (score.iou or 0):.1f}\u00a0%</td></tr>"
        for name, score in classes[:_MOST_CLASSES]
    )
    rest = len(classes) - _MOST_CLASSES
    more = f'<p class="quiet">{rest} more classes overlap less.</p>' if rest > 0 else ""
    return f'<table class="bars"><tbody>{rows}</tbody></table>{more}'


def draw_swatch(colour: str) -> str:
    """A small square of a class's colour."""
    return f'<i class="swatch" style="background:{colour}"></i>'
