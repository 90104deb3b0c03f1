"""Verdicts over time, and the reasons given."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime, tzinfo
from typing import Final

from components.display.charts.chart import Chart
from components.display.charts.grid import draw_grid
from components.display.charts.look import (
    LEGEND,
    MOST_ROWS,
    MOVE_COLOURS,
    ROW_HEIGHT,
    count,
    count_axis,
    frame,
    list_rows,
    make_plain,
    say_left_out,
    say_percent,
)
from components.model.insights import Pick, ReasonCount, VerdictCount
from components.model.review import VERDICTS, Reason
from components.model.stretches import DAY_MS, HOUR_MS, end_stretch

_FEWEST_BARS: Final = 5
_MOST_BARS: Final = 60


def choose_bucket(first_ms: int, last_ms: int) -> int:
    """How long a bar is, ms: an hour, a day or a week, so that there are not too many."""
    span = max(last_ms - first_ms, 0)
    if span <= _MOST_BARS * HOUR_MS:
        return HOUR_MS
    return DAY_MS if span <= _MOST_BARS * DAY_MS else 7 * DAY_MS


def chart_verdicts(
    counts: Sequence[VerdictCount], words: Mapping[str, str], bucket_ms: int, zone: tzinfo
) -> Chart:
    """Stacked bars of verdicts by hour, day or week; what was put off is left out.

    Args:
        counts: as the store counted them; not empty.
        words: what moves are called.
        bucket_ms: how long a bar is.
        zone: of the reader.
    """
    # Plotly is slow to import, and only the page of charts needs so much of it.
    from plotly.graph_objects import Bar, Figure

    sums: dict[int, Counter[str]] = defaultdict(Counter)
    for one in counts:
        if one.move in VERDICTS:
            sums[one.start][one.move] += one.n
    starts = sorted(sums)
    moves = [move for move in VERDICTS if any(sums[start][move] for start in starts)]
    opens: list[Pick | str] = []
    bars = []
    for move in moves:
        data = []
        for start in starts:
            data.append([f"{_write(start, bucket_ms, zone)}<br>{words[move]}", len(opens)])
            end = end_stretch(start, bucket_ms, zone)
            opens.append(Pick("decided", move=move, start=start, end=end))
        bars.append(
            Bar(
                x=[_tell(start, zone) for start in starts],
                y=[sums[start][move] for start in starts],
                # A single bar would else be as wide as the whole chart.
                width=[bucket_ms * 0.84] * len(starts),
                offset=bucket_ms * 0.08,
                name=words[move],
                marker={"color": MOVE_COLOURS[move], "line": {"width": 0}},
                customdata=data,
                hovertemplate="%{customdata[0]}: %{y:,}<extra></extra>",
            )
        )
    figure = frame(
        Figure(bars),
        height=300,
        x={"type": "date", "range": _span(starts, bucket_ms, zone), "nticks": 7},
        y=count_axis(max(map(Counter.total, sums.values()), default=0), 5),
        barmode="stack",
        showlegend=True,
        legend={**LEGEND, "traceorder": "normal"},
        margin={"l": 8, "r": 16, "t": 40, "b": 28},
    )
    rows = tuple(
        (
            datetime.fromtimestamp(start / 1000, zone).isoformat(timespec="minutes"),
            *(sums[start][move] for move in VERDICTS),
        )
        for start in starts
    )
    columns = ("From", *(words[move] for move in VERDICTS))
    return Chart(figure, columns, rows, _say_verdicts(sums, words, bucket_ms, zone), tuple(opens))


def _tell(at: int, zone: tzinfo) -> str:
    # The reader's own clock; with a zone the chart would turn it back.
    return datetime.fromtimestamp(at / 1000, zone).replace(tzinfo=None).isoformat()


def _write(at: int, bucket_ms: int, zone: tzinfo) -> str:
    moment = datetime.fromtimestamp(at / 1000, zone)
    return (
        f"{moment.day} {moment:%b %Y, %H:%M}"
        if bucket_ms < DAY_MS
        else f"{moment.day} {moment:%b %Y}"
    )


def _span(starts: Sequence[int], bucket_ms: int, zone: tzinfo) -> list[str]:
    first, last = (starts[0], starts[-1] + bucket_ms) if starts else (0, 0)
    # A single bar has some room around it, and not an empty day.
    spare = max(_FEWEST_BARS * bucket_ms - (last - first), bucket_ms) // 2
    return [_tell(first - spare, zone), _tell(last + spare, zone)]


def _say_verdicts(
    sums: Mapping[int, Counter[str]], words: Mapping[str, str], bucket_ms: int, zone: tzinfo
) -> str:
    totals = sum(sums.values(), Counter[str]())
    total = totals.total()
    if not total:
        return ""
    parts = [
        f"{words[move].lower()} {totals[move]:,} ({say_percent(totals[move] / total)})"
        for move in VERDICTS
        if totals[move]
    ]
    busiest = max(sums, key=lambda start: (sums[start].total(), -start))
    what = {HOUR_MS: "hour", DAY_MS: "day"}.get(bucket_ms, "week")
    return (
        f"{count(total, 'verdict')}: {', '.join(parts)}. The busiest {what} began "
        f"{_write(busiest, bucket_ms, zone)}, with {sums[busiest].total():,}."
    )


def chart_reasons(
    counts: Sequence[ReasonCount], words: Mapping[str, str], moves: Mapping[str, str]
) -> Chart:
    """Stacked horizontal bars: how often each reason was given, by the verdict it was given with.

    Args:
        counts: as the store counted them, classes not told apart.
        words: what reasons are called.
        moves: what moves are called.
    """
    from plotly.graph_objects import Bar, Figure

    sums: dict[Reason, Counter[str]] = defaultdict(Counter)
    for one in counts:
        sums[one.reason][one.move] += one.n
    reasons = sorted(sums, key=lambda reason: (-sums[reason].total(), reason))
    shown = [move for move in moves if any(sums[reason][move] for reason in reasons)]
    opens: list[Pick | str] = []
    bars = []
    for move in shown:
        data = []
        for reason in reasons:
            data.append([f"{make_plain(words[reason], 40)}, {moves[move].lower()}", len(opens)])
            opens.append(Pick("reason", reason=reason, move=move))  # type: ignore[arg-type]
        bars.append(
            Bar(
                x=[sums[reason][move] for reason in reasons],
                y=list(range(len(reasons))),
                orientation="h",
                name=moves[move],
                marker={"color": MOVE_COLOURS[move], "line": {"width": 0}},
                customdata=data,
                hovertemplate="%{customdata[0]}: %{x:,}<extra></extra>",
            )
        )
    figure = frame(
        Figure(bars),
        height=84 + ROW_HEIGHT * max(len(reasons), 1),
        x={"showgrid": True, **count_axis(max(map(Counter.total, sums.values()), default=0), 6)},
        y=list_rows([words[reason] for reason in reasons]),
        barmode="stack",
        bargap=0.35,
        showlegend=True,
        legend={**LEGEND, "traceorder": "normal"},
        margin={"l": 8, "r": 16, "t": 40, "b": 28},
    )
    total = sum(one.total() for one in sums.values())
    says = ""
    if reasons:
        first = sums[reasons[0]].total()
        says = (
            f"{count(total, 'reason')} given; most often “{words[reasons[0]]}”, {first:,} "
            f"({say_percent(first / total)})."
        )
    rows = tuple(
        (words[reason], *(sums[reason][move] for move in shown), sums[reason].total())
        for reason in reasons
    )
    columns = ("Reason", *(moves[move] for move in shown), "Together")
    return Chart(figure, columns, rows, says, tuple(opens))


def chart_reasons_by_class(counts: Sequence[ReasonCount], words: Mapping[str, str]) -> Chart:
    """A table of counts in colour: which reason was given of which class.

    Args:
        counts: as the store counted them, by class; what was said of no class is told apart.
        words: what reasons are called.
    """
    cells: dict[str, Counter[Reason]] = defaultdict(Counter)
    overall: Counter[Reason] = Counter()
    for one in counts:
        if one.class_name:
            cells[one.class_name][one.reason] += one.n
            overall[one.reason] += one.n
    without = sum(one.n for one in counts if not one.class_name)
    names = sorted(cells, key=lambda name: (-cells[name].total(), name))
    reasons = sorted(overall, key=lambda reason: (-overall[reason], reason))
    drawn = names[:MOST_ROWS]
    pairs = [(name, reason) for name in drawn for reason in reasons]
    opens = tuple(Pick("reason", reason=reason, class_name=name) for name, reason in pairs)
    width = len(reasons)
    figure = draw_grid(
        drawn,
        [words[reason] for reason in reasons],
        [[cells[name][reason] for reason in reasons] for name in drawn],
        texts=[
            [f"{cells[name][reason]:,}" if cells[name][reason] else "" for reason in reasons]
            for name in drawn
        ],
        hovers=[
            [
                f"{make_plain(name, 60)}, {words[reason]}: {cells[name][reason]:,}"
                for reason in reasons
            ]
            for name in drawn
        ],
        keys=[
            [
                row * width + column if cells[name][reason] else -1
                for column, reason in enumerate(reasons)
            ]
            for row, name in enumerate(drawn)
        ],
    )
    says = ""
    if names:
        name, reason = max(pairs, key=lambda pair: cells[pair[0]][pair[1]])
        says = (
            f"Named most often: {names[0]}, {cells[names[0]].total():,} of {overall.total():,}. "
            f"The most frequent pair is {name} and “{words[reason]}”, {cells[name][reason]:,}."
        ) + say_left_out(len(drawn), len(names))
    if without:
        says += f" {count(without, 'reason')} named no class."
    rows = tuple((name, *(cells[name][reason] for reason in reasons)) for name in names)
    return Chart(
        figure, ("Class", *(words[reason] for reason in reasons)), rows, says.strip(), opens
    )
