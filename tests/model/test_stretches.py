"""Stretches of time across changes of the clocks, against pandas' own calendar."""

from __future__ import annotations

from datetime import UTC, datetime, tzinfo
from zoneinfo import ZoneInfo

import pandas as pd
import pytest

from components.model.stretches import DAY_MS, HOUR_MS, begin_stretch, end_stretch

ROME = ZoneInfo("Europe/Rome")
ZONES = (
    ROME,  # changed at 2 and at 3 o'clock
    ZoneInfo("America/Santiago"),  # on one day a year there is no midnight
    ZoneInfo("America/Havana"),  # on one day there are two
    ZoneInfo("Australia/Lord_Howe"),  # changed by half an hour
    ZoneInfo("Asia/Kathmandu"),  # never; 5:45 ahead
    UTC,
)
YEAR = pd.date_range("2026-01-01", "2027-01-01", freq="45min", tz="UTC", unit="ms")


@pytest.mark.parametrize("zone", ZONES, ids=str)
@pytest.mark.parametrize("days", [1, 7])
def test_days_and_weeks_begin_at_midnight(zone: tzinfo, days: int) -> None:
    local = YEAR.tz_convert(zone).tz_localize(None)
    first = local.normalize()
    if days == 7:
        first -= pd.to_timedelta(first.day_of_week, unit="D")
    for at, day in zip(YEAR.asi8.tolist(), first, strict=True):
        start = begin_stretch(at, days * DAY_MS, zone)
        moment = datetime.fromtimestamp(start / 1000, zone)
        assert moment.date() == day.date()
        end = end_stretch(start, days * DAY_MS, zone)
        assert start <= at < end
        # A moment before it was another day.
        before = datetime.fromtimestamp((start - 1) / 1000, zone)
        assert before.date() < moment.date()
        assert begin_stretch(end, days * DAY_MS, zone) == end


@pytest.mark.parametrize(
    ("day", "hours"), [("2026-03-29", 23), ("2026-10-25", 25), ("2026-10-26", 24)]
)
def test_a_day_is_as_long_as_the_clocks_make_it(day: str, hours: int) -> None:
    noon = int(pd.Timestamp(f"{day} 12:00", tz=ROME).timestamp() * 1000)
    start = begin_stretch(noon, DAY_MS, ROME)
    assert start == int(pd.Timestamp(day, tz=ROME).timestamp() * 1000)
    assert end_stretch(start, DAY_MS, ROME) - start == hours * HOUR_MS


def test_hours_begin_on_the_hour_of_the_clock() -> None:
    for zone in ZONES[:3] + ZONES[4:]:
        for at in YEAR.asi8.tolist():
            start = begin_stretch(at, HOUR_MS, zone)
            assert at - HOUR_MS < start <= at
            assert datetime.fromtimestamp(start / 1000, zone).minute == 0
            assert end_stretch(start, HOUR_MS, zone) == start + HOUR_MS
