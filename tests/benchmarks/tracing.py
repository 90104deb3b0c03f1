"""What Chromium's own trace says of the main thread of a page."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

CATEGORIES: Final = ("devtools.timeline", "disabled-by-default-devtools.timeline", "v8")

# Script and what the browser does inside of its calls, such as a canvas drawing at once. They nest
# in one another: the outermost are counted.
_SCRIPT: Final = frozenset(
    (
        "EventDispatch",
        "FunctionCall",
        "FireAnimationFrame",
        "FireIdleCallback",
        "TimerFire",
        "RunMicrotasks",
        "EvaluateScript",
        "HandlePostMessage",
        "ResizeObserver",
        "IntersectionObserverController::computeIntersections",
        "V8.GC_SCAVENGER",
        "MinorGC",
        "MajorGC",
    )
)
_TASK: Final = "RunTask"


@dataclass(frozen=True, slots=True)
class Change:
    """What one act of a person cost the page's main thread, until the next act.

    Attributes:
        script: milliseconds in which script ran.
        processor: milliseconds of them that the thread had a processor.
        work: milliseconds of all tasks: script, style, layout, painting.
    """

    script: float
    processor: float
    work: float


def read_changes(trace: Sequence[dict[str, Any]], act: str) -> list[Change]:
    """Cut a trace into the changes that events of one kind began.

    Args:
        trace: events in the Trace Event Format, times in microseconds.
        act: the type of the DOM event with which each change begins, such as "pointerdown".

    Raises:
        SystemExit: there is no such event.
    """
    timed = [event for event in trace if event["ph"] == "X"]
    acts = [event for event in timed if _names(event, act)]
    if not acts:
        raise SystemExit(f"The trace has no {act}.")
    thread = (acts[0]["pid"], acts[0]["tid"])
    own = sorted(
        (event for event in timed if (event["pid"], event["tid"]) == thread),
        key=lambda event: event["ts"],
    )
    script = list(_find_outermost(event for event in own if event["name"] in _SCRIPT))
    tasks = list(_find_outermost(event for event in own if event["name"] == _TASK))
    # An act begins with its task, a little before its first event is handed out.
    starts = [
        max((start for start, end, _ in tasks if start <= act["ts"] <= end), default=act["ts"])
        for act in acts
    ]
    ends = [*starts[1:], max(end for _, end, _ in tasks) if tasks else float("inf")]
    return [
        Change(
            sum(b - a for a, b, _ in script if start <= a < end) / 1000,
            sum(busy for a, _, busy in script if start <= a < end) / 1000,
            sum(b - a for a, b, _ in tasks if start <= a < end) / 1000,
        )
        for start, end in zip(starts, ends, strict=True)
    ]


def _names(event: dict[str, Any], kind: str) -> bool:
    return bool(
        event["name"] == "EventDispatch"
        and event.get("args", {}).get("data", {}).get("type") == kind
    )


def _find_outermost(events: Iterator[dict[str, Any]]) -> Iterator[tuple[float, float, float]]:
    """Start, end and processor time of events that lie in no other; they come by their start."""
    end = float("-inf")
    for event in events:
        if event["ts"] < end:
            continue
        end = event["ts"] + event.get("dur", 0)
        yield event["ts"], end, event.get("tdur", event.get("dur", 0))
