"""What Chromium's own trace says of the main thread of a page."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

CATEGORIES: Final = ("devtools.timeline", "disabled-by-default-devtools.timeline", "v8")

# Script and what the browser does inside of its calls, such as a canvas drawing at once; these
# names nest in one another, so their union is counted.
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
        longest: milliseconds of the longest task, in which a frame cannot be begun.
        work: milliseconds of all tasks: script, style, layout, painting.
    """

    script: float
    longest: float
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
    script = list(_merge(event for event in own if event["name"] in _SCRIPT))
    tasks = list(_merge(event for event in own if event["name"] == _TASK))
    # An act begins with its task, a little before its first event is handed out.
    starts = [
        max((start for start, end in tasks if start <= act["ts"] <= end), default=act["ts"])
        for act in acts
    ]
    ends = [*starts[1:], max(end for _, end in tasks) if tasks else float("inf")]
    changes = []
    for start, end in zip(starts, ends, strict=True):
        ran = [(b - a) / 1000 for a, b in script if start <= a < end]
        worked = [(b - a) / 1000 for a, b in tasks if start <= a < end]
        changes.append(Change(sum(ran), max(worked, default=0), sum(worked)))
    return changes


def _names(event: dict[str, Any], kind: str) -> bool:
    return bool(
        event["name"] == "EventDispatch"
        and event.get("args", {}).get("data", {}).get("type") == kind
    )


def _merge(events: Iterator[dict[str, Any]]) -> Iterator[tuple[float, float]]:
    """The union of the events' times; they come in the order of their beginning."""
    begun: float | None = None
    end = 0.0
    for event in events:
        start, stop = event["ts"], event["ts"] + event.get("dur", 0)
        if begun is None or start > end:
            if begun is not None:
                yield begun, end
            begun, end = start, stop
        end = max(end, stop)
    if begun is not None:
        yield begun, end
