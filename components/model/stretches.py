"""Hours, days and weeks as the clocks of a time zone count them, also where they are changed.

A day with a change of the clocks has 23 or 25 hours, and one whose midnight is skipped begins with
its first minute. Hours are as long as ever: of the two that a clock shows alike, each is one.
"""

from __future__ import annotations

from datetime import datetime, timedelta, tzinfo
from typing import Final

HOUR_MS: Final = 3_600_000
DAY_MS: Final = 24 * HOUR_MS

_MONDAY: Final = datetime(1970, 1, 5).toordinal()
_EPOCH: Final = datetime(1970, 1, 1).toordinal()
_SECOND: Final = timedelta(seconds=1)


def begin_stretch(at: int, length_ms: int, zone: tzinfo) -> int:
    """When the stretch of time began that a moment is in.

    Args:
        at: the moment, UTC milliseconds.
        length_ms: whole days begin at midnight, whole weeks on a Monday, anything shorter where the
            clock shows a multiple of it.
        zone: whose clock.

    Returns:
        UTC milliseconds, at most `at`.
    """
    moment = datetime.fromtimestamp(at // 1000, zone)
    if length_ms % DAY_MS:
        ahead = (moment.utcoffset() or timedelta()) // _SECOND * 1000
        return at - (at + ahead) % length_ms
    days = length_ms // DAY_MS
    since = moment.toordinal() - (_EPOCH if days % 7 else _MONDAY)
    return _find_midnight(moment.toordinal() - since % days, zone)


def end_stretch(start: int, length_ms: int, zone: tzinfo) -> int:
    """When the stretch ends that began then: where the next one begins, UTC milliseconds."""
    if length_ms % DAY_MS:
        return start + length_ms
    day = datetime.fromtimestamp(start // 1000, zone).toordinal()
    return _find_midnight(day + length_ms // DAY_MS, zone)


def _find_midnight(day: int, zone: tzinfo) -> int:
    return int(datetime.fromordinal(day).replace(tzinfo=zone).timestamp()) * 1000
