"""How a batch is spoken of: its state, its numbers, how long it takes."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from typing import Final

import streamlit as st

from components.model.run import LEFT, Run, RunCounts, RunState
from components.ui.wording import count_pictures, write_when

STATES: Final[dict[RunState, str]] = {
    "preview": "Ready",
    "running": "Asking the model",
    "paused": "Paused",
    "done": "Done",
    "cancelled": "Ended early",
}
_TONES: Final[dict[RunState, str]] = {
    "running": "batch-on",
    "paused": "batch-held",
    "done": "batch-good",
}


def name_state(run: Run) -> str:
    """A word or two for how a batch stands."""
    if run.state == "preview" and run.is_reading:
        return "Looking through"
    if run.state == "cancelled" and run.started_at is None:
        return "Put away"
    return STATES[run.state]


def name_model(run: Run) -> str:
    """Which model at which confidence."""
    return f"{run.model} at {run.confidence} %"


def name_asked(server: str) -> str:
    """A server by its address, the built-in one in words."""
    return server or "the built-in demonstration server"


def show_head(run: Run) -> None:
    """What the batch is, how it stands, who began it and when."""
    st.html(
        f'<div class="batch-head"><h3>{escape(run.source)}</h3>'
        f'<span class="review-state {_TONES.get(run.state, "")}">{escape(name_state(run))}</span>'
        f'<p class="desk-sub">{escape(name_model(run))}, begun by {escape(run.created_by)}, '
        f"{escape(write_when(run.created_at))}</p></div>"
    )


def show_bar(done: int, total: int, label: str, *, failed: int = 0) -> None:
    """How much of it is done, and of that how much in vain."""
    whole = max(total, 1)
    st.html(
        f'<div class="batch-bar" role="progressbar" aria-valuemin="0" aria-valuemax="{total}" '
        f'aria-valuenow="{done}" aria-label="{escape(label)}">'
        f'<b style="width:{100 * (done - failed) / whole:.2f}%"></b>'
        f'<i style="width:{100 * failed / whole:.2f}%"></i></div>'
    )


def show_figures(figures: Iterable[tuple[str, str]]) -> None:
    """Numbers, each with what it counts beneath."""
    cells = "".join(
        f"<div><dt>{escape(what)}</dt><dd>{escape(number)}</dd></div>" for number, what in figures
    )
    st.html(f'<dl class="batch-figures">{cells}</dl>')


def write_size(size: int) -> str:
    """Bytes as people say them: "640 kB", "12.4 MB", "3.1 GB"."""
    for unit, name in ((1_000_000_000, "GB"), (1_000_000, "MB")):
        if size >= unit:
            return f"{size / unit:,.{1 if size < 100 * unit else 0}f} {name}"
    return f"{max(size, 0) / 1000:,.0f} kB"


def write_rate(rate: float) -> tuple[str, str]:
    """Pictures a second, or a minute where that is less than one."""
    if rate >= 1:
        return f"{rate:.1f}", "a second"
    return f"{rate * 60:.0f}", "a minute"


def write_left(seconds: float) -> str:
    """About how long it still takes."""
    if seconds < 45:
        return "under 1 min"
    minutes = round(seconds / 60)
    if minutes < 90:
        return f"about {max(minutes, 1)} min"
    hours = round(seconds / 3600)
    return f"about {hours} h" if hours < 48 else f"about {round(hours / 24)} days"


def write_took(run: Run) -> str:
    """How long a batch took that has ended; "" where it never began."""
    if run.started_at is None or run.ended_at is None:
        return ""
    seconds = max((run.ended_at - run.started_at) / 1000, 0)
    if seconds < 90:
        return f"{max(round(seconds), 1)} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 90 else f"{minutes // 60} h {minutes % 60} min"


def count_calls(number: int) -> str:
    """ "1 call", "2,000 calls"."""
    return f"{number:,} call" if number == 1 else f"{number:,} calls"


def write_numbers(counts: RunCounts) -> str:
    """What became of a batch, in one line."""
    said = [f"{count_pictures(counts.count('done'))} answered"]
    for number, words in (
        (counts.count("failed"), "failed"),
        (counts.count(*LEFT), "waiting"),
        (counts.count("known"), "in the project before"),
        (counts.count("twin"), "twice"),
        (counts.count("unreadable"), "not readable"),
    ):
        if number:
            said.append(f"{number:,} {words}")
    return ", ".join([*said, count_calls(counts.calls)])
