"""A batch on its way through a model: what a run is, how far it has come, what became of each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal, get_args

RunState = Literal["preview", "running", "paused", "done", "cancelled"]
"""A preview reads and sends nothing; failures of one that is over can be tried once more."""

RunKind = Literal["files", "folder", "addresses", "again"]
"""Where its pictures come from: uploaded, a folder or file on the server's disk, a list of
addresses, or the project's own pictures once more."""

TaskState = Literal["waiting", "asking", "done", "failed", "known", "twin", "unreadable"]
"""What became of one picture. "known": the project has it, with an answer; "twin": it came twice in
the same batch; "unreadable": it was never a picture, or could not be had."""

RUN_STATES: Final[tuple[RunState, ...]] = get_args(RunState)
TASK_STATES: Final[tuple[TaskState, ...]] = get_args(TaskState)
LEFT: Final[tuple[TaskState, ...]] = ("waiting", "asking")
"""States of a picture that still has to be asked about."""


@dataclass(frozen=True, slots=True)
class Run:
    """Pictures on their way into a project, through a model.

    Attributes:
        id: 32 hex digits.
        project_id: where they go.
        model: "dataset/version".
        confidence: that is wanted, percent 0–100.
        server: address of the server; "" for the built-in one.
        ask_at: the confidence that is really asked for, percent: 1 where the model's answer at 1
            holds every other one; None until that is found out.
        workers: how many calls at once, at most.
        state: as above.
        reason: why it is paused, in plain words; "" where a person did it.
        kind: where its pictures come from.
        source: that in words, to show.
        path: what is read on this machine's disk; "" once nothing is.
        is_own_path: whether the desk put it there, and removes it once it is read.
        is_reading: whether more pictures may still come.
        expected: how many files there are to read; None where not known.
        truth_classes: names by class id of the truth masks; empty where none were given.
        created_by, created_at, started_at, ended_at: who and when, UTC milliseconds.
    """

    id: str
    project_id: str
    model: str
    confidence: int
    server: str
    ask_at: int | None
    workers: int
    state: RunState
    reason: str
    kind: RunKind
    source: str
    path: str
    is_own_path: bool
    is_reading: bool
    expected: int | None
    truth_classes: Mapping[int, str]
    created_by: str
    created_at: int
    started_at: int | None = None
    ended_at: int | None = None

    @property
    def is_open(self) -> bool:
        """Whether something of it is still to be done, by itself or by somebody."""
        return self.state in ("preview", "running", "paused")


@dataclass(frozen=True, slots=True)
class Task:
    """One picture of a run.

    Attributes:
        run_id, seq: which; seq counts from 1 in the order they were read.
        name: file name to show.
        state: what became of it.
        image_sha256: the picture; None where none could be read.
        size: bytes of the file as it came; 0 where not known.
        answer_id: the answer about it; also one that came with it, before it is put in its place.
        item_id: the picture in the project.
        problem: its last error, in plain words.
        attempts: calls made for it.
        failures: how far its own patience is used up; see `components.batch.judgement`.
        at: when it last changed, UTC milliseconds.
    """

    run_id: str
    seq: int
    name: str
    state: TaskState
    image_sha256: str | None = None
    size: int = 0
    answer_id: str | None = None
    item_id: str | None = None
    problem: str = ""
    attempts: int = 0
    failures: int = 0
    at: int = 0


@dataclass(frozen=True, slots=True)
class RunCounts:
    """How far a run is.

    Attributes:
        by_state: pictures by what became of them.
        size: bytes of all that was read, as it came.
        calls: asked of the model so far.
        calls_left: pictures that still need a call.
        with_answer: pictures that brought their answer along.
        with_truth: pictures that brought a truth mask along.
        lately: pictures that were answered within the last `lately_seconds`.
        lately_seconds: of the run's recent past, at most a minute; 0.0 where it just began.
    """

    by_state: Mapping[TaskState, int] = field(default_factory=dict)
    size: int = 0
    calls: int = 0
    calls_left: int = 0
    with_answer: int = 0
    with_truth: int = 0
    lately: int = 0
    lately_seconds: float = 0.0

    def count(self, *states: TaskState) -> int:
        """Pictures in these states."""
        return sum(self.by_state.get(state, 0) for state in states)

    @property
    def total(self) -> int:
        """Everything that was read."""
        return sum(self.by_state.values())

    @property
    def rate(self) -> float | None:
        """Pictures a second lately; None where nothing was answered yet."""
        if self.lately < 2 or self.lately_seconds <= 0:
            return None
        return self.lately / self.lately_seconds

    @property
    def seconds_left(self) -> float | None:
        """At the present rate; None where there is none."""
        left = self.count(*LEFT)
        return None if self.rate is None else left / self.rate
