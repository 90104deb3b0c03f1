"""Verdicts over time and reasons: figures, tables and sentences against sums of one's own."""

from __future__ import annotations

import random
from collections import Counter
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pandas as pd
import pytest

from components.display.charts.people import chart_hours
from components.display.charts.verdicts import (
    chart_reasons,
    chart_reasons_by_class,
    chart_verdicts,
    choose_bucket,
)
from components.model.insights import Pick, ReasonCount, VerdictCount
from components.model.review import REASONS, Move, Reason
from components.model.stretches import DAY_MS, HOUR_MS
from components.model.voices import HourCount
from components.ui.wording import MOVES
from components.ui.wording import REASONS as WORDS

MOVES_WITH_REASONS: tuple[Move, ...] = ("needs_fix", "rejected")
BEGIN = 1_800_000_000_000 // DAY_MS * DAY_MS
ROME = ZoneInfo("Europe/Rome")


def make_counts(days: int = 9) -> list[VerdictCount]:
    lot = random.Random(3)
    moves: tuple[Move, ...] = ("approved", "needs_fix", "rejected", "skipped")
    return [
        VerdictCount(BEGIN + day * DAY_MS, move, lot.randint(1, 400))
        for day in range(days)
        for move in moves
        if lot.random() < 0.8
    ]


def test_verdicts_are_summed_as_pandas_sums_them() -> None:
    counts = make_counts()
    table = pd.DataFrame([(one.start, one.move, one.n) for one in counts], columns=list("amn"))
    table = table[table.m != "skipped"]
    sums = table.pivot_table(index="a", columns="m", values="n", aggfunc="sum", fill_value=0)
    chart = chart_verdicts(counts, MOVES, DAY_MS, UTC)
    for bar, move in zip(chart.figure.data, ("approved", "needs_fix", "rejected"), strict=True):
        assert bar.name == MOVES[move]
        assert list(bar.y) == list(sums[move])
        assert [pd.Timestamp(x).value // 10**6 for x in bar.x] == list(sums.index)
    assert [row[1:] for row in chart.rows] == [
        tuple(row) for row in sums[["approved", "needs_fix", "rejected"]].to_numpy().tolist()
    ]
    total = int(table.n.sum())
    approved = int(table[table.m == "approved"].n.sum())
    by_day = table.groupby("a").n.sum()
    assert (
        f"{total:,} verdicts: approved {approved:,} ({approved / total:.1%}"
        in chart.says.replace(" %", "%")
    )
    starts: list[int] = by_day.index.tolist()
    busiest = datetime.fromtimestamp(starts[by_day.to_numpy().argmax()] / 1000, UTC)
    assert f"began {busiest.day} {busiest:%b %Y}, with {by_day.max():,}." in chart.says


def test_a_click_on_a_bar_is_for_its_move_and_its_time() -> None:
    chart = chart_verdicts(make_counts(), MOVES, DAY_MS, UTC)
    bar = chart.figure.data[1]
    for x, data in zip(bar.x, bar.customdata, strict=True):
        start = pd.Timestamp(x).value // 10**6
        assert chart.opens[data[1]] == Pick(
            "decided", move="needs_fix", start=start, end=start + DAY_MS
        )


def test_a_bar_is_as_long_as_its_day() -> None:
    for day, hours in (("2026-03-29", 23), ("2026-10-25", 25)):
        start = int(pd.Timestamp(day, tz=ROME).timestamp() * 1000)
        chart = chart_verdicts([VerdictCount(start, "approved", 2)], MOVES, DAY_MS, ROME)
        assert chart.opens == (
            Pick("decided", move="approved", start=start, end=start + hours * HOUR_MS),
        )
        assert list(chart.figure.data[0].x) == [f"{day}T00:00:00"]


def test_bars_stand_by_the_reader_s_clock() -> None:
    start = int(datetime(2027, 1, 15, 23, tzinfo=UTC).timestamp() * 1000)
    chart = chart_verdicts([VerdictCount(start, "approved", 2)], MOVES, HOUR_MS, ROME)
    assert list(chart.figure.data[0].x) == ["2027-01-16T00:00:00"]
    assert chart.rows[0][0] == "2027-01-16T00:00+01:00"
    # An hour alone does not stand in half an empty day.
    first, last = map(pd.Timestamp, chart.figure.layout.xaxis.range)
    assert last - first <= pd.Timedelta(hours=5)
    assert (
        "2 verdicts: approved 2 (100.0 %). The busiest hour began 16 Jan 2027, 00:00" in chart.says
    )


@pytest.mark.parametrize(
    ("span", "bucket"),
    [
        (0, HOUR_MS),
        (60 * HOUR_MS, HOUR_MS),
        (61 * HOUR_MS, DAY_MS),
        (60 * DAY_MS, DAY_MS),
        (61 * DAY_MS, 7 * DAY_MS),
    ],
)
def test_bars_are_as_long_as_leaves_some_sixty(span: int, bucket: int) -> None:
    assert choose_bucket(BEGIN, BEGIN + span) == bucket


def make_reasons() -> list[ReasonCount]:
    lot = random.Random(5)
    return [
        ReasonCount(reason, move, lot.randint(1, 60), name)
        for reason in REASONS[:5]
        for move in MOVES_WITH_REASONS
        for name in ("road", "<i>tree</i>", "")
        if lot.random() < 0.7
    ]


def test_reasons_most_frequent_first_with_their_verdicts() -> None:
    counts = make_reasons()
    sums: Counter[Reason] = Counter()
    cells: Counter[tuple[str, str]] = Counter()
    for one in counts:
        sums[one.reason] += one.n
        cells[one.reason, one.move] += one.n
    order = sorted(sums, key=lambda reason: (-sums[reason], reason))
    chart = chart_reasons(counts, WORDS, MOVES)
    assert [row[0] for row in chart.rows] == [WORDS[reason] for reason in order]
    assert [row[-1] for row in chart.rows] == [sums[reason] for reason in order]
    for bar, move in zip(chart.figure.data, MOVES_WITH_REASONS, strict=True):
        assert list(bar.x) == [cells[reason, move] for reason in order]
        picks = [chart.opens[data[1]] for data in bar.customdata]
        assert picks == [Pick("reason", reason=reason, move=move) for reason in order]
    total = sum(sums.values())
    share = f"{100 * sums[order[0]] / total:.1f} %"
    assert chart.says == (
        f"{total:,} reasons given; most often “{WORDS[order[0]]}”, {sums[order[0]]:,} ({share})."
    )


def test_reasons_by_class_leave_out_what_named_none_and_say_so() -> None:
    counts = make_reasons()
    chart = chart_reasons_by_class(counts, WORDS)
    cells: Counter[tuple[str, str]] = Counter()
    for one in counts:
        cells[one.class_name, WORDS[one.reason]] += one.n
    for row in chart.rows:
        for column, number in zip(chart.columns[1:], row[1:], strict=True):
            assert number == cells[str(row[0]), column]
    without = sum(one.n for one in counts if not one.class_name)
    assert f"{without:,} reasons named no class." in chart.says
    marks = chart.figure.data[1]
    for x, y, data in zip(marks.x, marks.y, marks.customdata, strict=True):
        name, reason = str(chart.rows[int(y)][0]), chart.columns[int(x) + 1]
        if data[1] == -1:
            assert not cells[name, reason]
            continue
        pick = chart.opens[data[1]]
        assert isinstance(pick, Pick)
        assert (pick.class_name, WORDS[pick.reason or "other"]) == (name, reason)
    assert "<i>" not in chart.figure.to_json().replace("\\u003c", "<")


def test_hours_without_work_take_no_room_and_paces_are_told() -> None:
    counts = [
        HourCount(BEGIN + 30 * HOUR_MS, 90, 3),
        HourCount(BEGIN, 10, 1),
        HourCount(BEGIN + HOUR_MS, 40, 2),
    ]
    chart = chart_hours(counts, UTC)
    assert list(chart.figure.data[0].y) == [10, 40, 90]
    assert "140 reviews in 3 hours of work: 46.7 an hour" in chart.says
    # 10, 20 and 30 for each person.
    assert "in the middle case 20.0 an hour for each person" in chart.says
    assert chart.opens[2] == Pick("decided", start=BEGIN + 30 * HOUR_MS, end=BEGIN + 31 * HOUR_MS)
