"""How a team works, of everybody together."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, tzinfo
from statistics import median

from components.display.charts.chart import Chart
from components.display.charts.look import ACCENT, count, count_axis, frame
from components.model.insights import Pick
from components.model.voices import HourCount

HOUR_MS = 3_600_000


def chart_hours(counts: Sequence[HourCount], zone: tzinfo) -> Chart:
    """Bars: decisions within each hour in which there were any, one after the other.

    Hours without a decision are left out, so that nights and weekends take no room; how many people
    were at work in one of them is not told, since it may have been one.

    Args:
        counts: as the store counted them; not empty.
        zone: of the reader.
    """
    from plotly.graph_objects import Bar, Figure

    ordered = sorted(counts, key=lambda one: one.start)
    moments = [datetime.fromtimestamp(one.start / 1000, zone) for one in ordered]
    figure = Figure(
        Bar(
            x=list(range(len(ordered))),
            y=[one.n for one in ordered],
            marker={"color": ACCENT, "line": {"width": 0}},
            customdata=[
                [
                    f"{moment.day} {moment:%b %Y, %H:%M}: {count(one.n, 'review')}",
                    place,
                ]
                for place, (one, moment) in enumerate(zip(ordered, moments, strict=True))
            ],
            hovertemplate="%{customdata[0]}<extra></extra>",
        )
    )
    step = max(1, -(-len(ordered) // 6))
    ticks = list(range(0, len(ordered), step))
    spare = max(0, 12 - len(ordered)) / 2
    frame(
        figure,
        height=260,
        x={
            "tickmode": "array",
            "tickvals": ticks,
            "ticktext": [
                f"{moments[at].day} {moments[at]:%b}<br>{moments[at]:%H:%M}" for at in ticks
            ],
            "range": [-0.5 - spare, len(ordered) - 0.5 + spare],
            "tickangle": 0,
        },
        y=count_axis(max((one.n for one in ordered), default=0), 5),
        bargap=0.15,
    )
    rows = tuple(
        (moment.isoformat(timespec="minutes"), one.n)
        for one, moment in zip(ordered, moments, strict=True)
    )
    total = sum(one.n for one in ordered)
    opens = tuple(Pick("decided", start=one.start, end=one.start + HOUR_MS) for one in ordered)
    says = ""
    if ordered:
        paces = [one.n / max(one.reviewers, 1) for one in ordered]
        hours = len(ordered)
        says = (
            f"{count(total, 'review')} in {count(hours, 'hour')} of work: {total / hours:,.1f} an "
            f"hour, in the middle case {median(paces):,.1f} an hour for each person at work."
        )
    return Chart(figure, ("Hour", "Reviews"), rows, says, opens)
