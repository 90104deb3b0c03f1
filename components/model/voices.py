"""Who said what when, as agreement and pace are reckoned from; people are numbers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from components.model.review import VERDICTS, Verdict

_Numbers = NDArray[np.int64]


class Voice(NamedTuple):
    """A verdict that counts now.

    Attributes:
        position: of the picture in its project.
        reviewer: a number from 1, the same for all of one person's verdicts in one answer of the
            store; drawn by lot, so that it says nothing of who it is.
        name: of the reviewer; "" unless the project shows names.
        verdict: which.
    """

    position: int
    reviewer: int
    name: str
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Voices:
    """Verdicts that count now, by position and reviewer; of hundreds of thousands arrays are held.

    Attributes:
        positions, reviewers: int64 (n,) each, as in `Voice`.
        verdicts: int64 (n,), places in VERDICTS.
        names: by reviewer, as in `Voice`.
    """

    positions: _Numbers
    reviewers: _Numbers
    verdicts: _Numbers
    names: Mapping[int, str]

    def __len__(self) -> int:
        """How many there are."""
        return len(self.positions)

    def __iter__(self) -> Iterator[Voice]:
        """One after the other."""
        columns = (self.positions.tolist(), self.reviewers.tolist(), self.verdicts.tolist())
        for position, reviewer, verdict in zip(*columns, strict=True):
            yield Voice(position, reviewer, self.names[reviewer], VERDICTS[verdict])


@dataclass(frozen=True, slots=True)
class HourCount:
    """Decisions within one hour, of everybody together.

    Attributes:
        start: of the hour, UTC milliseconds.
        n: decisions, those taken back left out.
        reviewers: how many people took them.
    """

    start: int
    n: int
    reviewers: int


@dataclass(frozen=True, slots=True)
class Repeat:
    """A picture that somebody decided about a second time without being shown the first.

    Attributes:
        item_id: the picture.
        reviewer: as in Voice.
        first, second: the verdicts.
        selection_id: the blind selection it was decided in.
        name: as in Voice.
    """

    item_id: str
    reviewer: int
    first: Verdict
    second: Verdict
    selection_id: str
    name: str = ""
