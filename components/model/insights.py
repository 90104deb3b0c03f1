"""What is counted over a project's pictures, as charts and tables take it.

Shares are of a picture's pixels, 0–1. Times are UTC milliseconds. A confidence is a whole percent;
an array over confidences has 101 places, place p for p %. Arrays are not to be written to.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from components.model.review import Move, Reason, Status

CONFIDENCES: Final = 101
"""Places of an array over confidences: 0–100 %."""

MOST_OUTLIERS: Final = 30
"""Pictures named beside one box of a box plot."""

Counts = NDArray[np.int64]

RankKind = Literal["low_confidence", "tiny_islands", "area_outlier", "disagreement", "worst_truth"]
RANK_KINDS: Final[tuple[RankKind, ...]] = get_args(RankKind)


@dataclass(frozen=True, slots=True)
class Slice:
    """Which pictures of a project are counted; those taken out of it never are.

    Attributes:
        status: any of these; empty: all.
        class_name: only pictures in which this class is present; other classes count in them too.
        name_part: only where the file name, or the group's, has this in it; case does not count.
    """

    status: tuple[Status, ...] = ()
    class_name: str | None = None
    name_part: str = ""


PickKind = Literal[
    "all", "decided", "reason", "together", "outliers", "confused", "vanishing", "repeats"
]
PICK_KINDS: Final[tuple[PickKind, ...]] = get_args(PickKind)


@dataclass(frozen=True, slots=True)
class Pick:
    """Which pictures of a slice a part of a chart is about.

    Attributes:
        kind: "all" of the slice, by position; "decided": with a decision `move`, if given, from
            `start` until before `end`; "reason": with a decision that gave `reason`, with `move`
            and about `class_name` where these are given; "together": with both `class_name` and
            `other`; "outliers": far from the box of `class_name`, farthest first; "confused":
            `class_name` is true and `other` was answered, most pixels first; "vanishing":
            `class_name`, or any class where it is "", is there at `confidence` − 1 % and not at
            `confidence`; "repeats": decided differently when decided once more.
        class_name, other: names of classes.
        move, reason: of decisions; decisions that were taken back do not count.
        start, end: UTC milliseconds.
        confidence: percent 1–100.
    """

    kind: PickKind = "all"
    class_name: str = ""
    other: str = ""
    move: Move | None = None
    reason: Reason | None = None
    start: int = 0
    end: int = 2**62
    confidence: int = 0


@dataclass(frozen=True, slots=True)
class VerdictCount:
    """Decisions of one kind within one stretch of time.

    Attributes:
        start: of the stretch, UTC milliseconds.
        move: what was decided.
        n: how often; decisions that were taken back are left out.
    """

    start: int
    move: Move
    n: int


@dataclass(frozen=True, slots=True)
class ReasonCount:
    """How often a reason was given.

    Attributes:
        reason: which.
        move: the verdict it was given with.
        n: in how many decisions; those that were taken back are left out.
        class_name: that it was said of; "" where it was said of none, or where classes are not
            told apart.
    """

    reason: Reason
    move: Move
    n: int
    class_name: str = ""


@dataclass(frozen=True, slots=True)
class Outlier:
    """A picture whose share of a class is far from the others'.

    Attributes:
        item_id, item_name: which.
        share: 0–1.
    """

    item_id: str
    item_name: str
    share: float


@dataclass(frozen=True, slots=True)
class ShareBox:
    """A class's shares over the pictures it is present in, as a box plot shows them.

    Attributes:
        class_name: which.
        n: pictures it is present in.
        low, high: the smallest and the largest share within 1.5 interquartile ranges of the box.
        q1, median, q3: quartiles, interpolated linearly between neighbours (Hyndman and Fan's
            seventh kind, which numpy and pandas take too).
        mean: of the shares.
        far: pictures beyond `low` and `high`.
        outliers: those of them that are farthest out, at most MOST_OUTLIERS, farthest first.
    """

    class_name: str
    n: int
    low: float
    q1: float
    median: float
    q3: float
    high: float
    mean: float
    far: int = 0
    outliers: tuple[Outlier, ...] = ()


@dataclass(frozen=True, slots=True)
class Presence:
    """In how many pictures a class is.

    Attributes:
        class_name: which.
        items: pictures with at least one pixel of it.
    """

    class_name: str
    items: int


@dataclass(frozen=True, slots=True, eq=False)
class Together:
    """In how many pictures two classes are both present.

    Attributes:
        names: of the classes, n of them, those of most pictures first.
        items: int64 (n, n), symmetric; on the diagonal the pictures with the class at all.
    """

    names: tuple[str, ...]
    items: Counts


@dataclass(frozen=True, slots=True)
class Ranked:
    """A picture and what it was ranked by.

    Attributes:
        item_id, name, status: the picture.
        value: by kind: mean confidence 0–1; number of tiny islands; distance from the box of its
            class in interquartile ranges; disagreement 0–1; mean IoU with its truth 0–1.
        detail: the class it is about; "" where it is about all of them.
    """

    item_id: str
    name: str
    status: Status
    value: float
    detail: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Curves:
    """What is left of each class at each confidence, over all pictures that came with confidences.

    Attributes:
        bins: int64 (101,) by class name, see `thresholds`: pixels kept at p % and not at p + 1 %;
            place 0 has those that are cut already at 1 %.
        items: by class name, in how many pictures it is present at 1 %.
        flips: int64 (101,): how many classes are in a picture at p − 1 % and no more at p %, over
            all pictures and classes; what takes the cut pixels never vanishes, and is left out.
        flips_by_class: the same by class name.
        pixels: of all the pictures counted, whatever their class.
        with_confidence: pictures that came with a confidence mask and are cut at the desk.
        without_confidence: pictures that have an answer and are not among them.
        backgrounds: names of classes that grow where others are cut.
    """

    bins: Mapping[str, Counts]
    items: Mapping[str, int]
    flips: Counts
    flips_by_class: Mapping[str, Counts]
    pixels: int
    with_confidence: int
    without_confidence: int
    backgrounds: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class ApprovedAt:
    """At which confidence pictures with a class were approved.

    Attributes:
        class_name: present in the picture.
        confidence: percent 0–100 that an approval was given at.
        n: approvals that count.
    """

    class_name: str
    confidence: int
    n: int


@dataclass(frozen=True, slots=True, eq=False)
class TruthTotals:
    """Pixels of truth and answer by their classes, over all pictures with a truth mask.

    Classes are the same where their names are, spaces around them and case aside.

    Attributes:
        names: of the classes, n of them, sorted.
        confusion: int64 (n, n), rows are what is true, columns what was answered; pixels of the
            truth masks' pictures. The ignored ones are not in it.
        boundary: by class name the pixels of the intersection and of the union that boundary IoU
            divides.
        items: pictures counted.
        ignored: pixels whose truth is unknown, by what the truth masks call them.
        unmeasured: pictures with an answer and a truth mask that were not counted yet.
        nameless: pictures with an answer whose truth mask came without names, so that its ids were
            taken to be the model's.
    """

    names: tuple[str, ...]
    confusion: Counts
    boundary: Mapping[str, tuple[int, int]]
    items: int
    ignored: Mapping[str, int] = field(default_factory=dict)
    unmeasured: int = 0
    nameless: int = 0


@dataclass(frozen=True, slots=True)
class Totals:
    """How much there is to count.

    Attributes:
        items: pictures of the slice.
        by_status: pictures by status.
        with_answer: pictures that the model answered about.
        with_truth: pictures that came with a truth mask.
        decisions: decisions about them, those taken back left out.
    """

    items: int
    by_status: Mapping[Status, int]
    with_answer: int
    with_truth: int
    decisions: int
