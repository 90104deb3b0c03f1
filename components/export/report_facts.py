"""What the report says, counted in one pass over the pictures."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Final

import numpy as np
from numpy.typing import NDArray

from components.errors import DeskError
from components.export.ahead import work_ahead
from components.export.exhibition import Exhibition
from components.export.legend import Legend
from components.export.pictures import make_small_ids
from components.export.report_pictures import draw_overlay, draw_picture
from components.export.report_remarks import Remarks
from components.export.report_shares import ClassShare, ShareSums
from components.export.report_truth import Agreement, TruthSums, compare
from components.model.areas import Counts, count_stretched
from components.model.classes import ClassInfo
from components.model.confusion import NamedConfusion
from components.model.exhibit import Exhibit, Exhibits
from components.model.review import Reason, Review, Status

MOST_SHOWN: Final[Mapping[Status, int]] = {
    "rejected": 18,
    "needs_fix": 18,
    "disagreed": 6,
    "answered": 6,
    "approved": 18,
    "open": 6,
}
"""Pictures of each verdict that are shown, in the order they are; whatever their number, the
report can still be sent by mail."""
DECIDED: Final[tuple[Status, ...]] = ("approved", "needs_fix", "rejected")


@dataclass(frozen=True, slots=True)
class Shown:
    """A picture that is shown.

    Attributes:
        name: its file name.
        confidence: the threshold its mask stands at, percent.
        picture, overlay: JPEG and PNG of one size; None where they cannot be drawn.
        size_wh: of these.
        largest: the classes that cover most of it, with their shares; the background is left out.
        remarks: what was said of it.
        problem: why it cannot be shown; "" otherwise.
    """

    name: str
    confidence: int
    picture: bytes | None
    overlay: bytes | None
    size_wh: tuple[int, int]
    largest: tuple[tuple[ClassInfo, float], ...]
    remarks: tuple[Review, ...]
    problem: str = ""


@dataclass
class Facts:
    """What the report says.

    Attributes:
        counts: pictures by status.
        models: pictures by the model that answered.
        masks: pictures whose mask was counted.
        damaged: pictures whose mask cannot be read.
        reasons: standing decisions by what they name.
        named: standing decisions by the class they name.
        days: standing decisions by day (UTC) and verdict.
        decisions: standing decisions.
        reviewers: people who took them.
        shares: of classes, the largest first, the background last.
        truth: how the masks agree with truth masks; None where there are none.
        shown: by status.
        remarks: what was written, and how much there is of it.
    """

    counts: dict[Status, int] = field(default_factory=dict)
    models: Counter[str] = field(default_factory=Counter)
    masks: int = 0
    damaged: int = 0
    reasons: Counter[Reason] = field(default_factory=Counter)
    named: Counter[str] = field(default_factory=Counter)
    days: dict[date, Counter[str]] = field(default_factory=dict)
    decisions: int = 0
    reviewers: int = 0
    shares: list[ClassShare] = field(default_factory=list)
    truth: Agreement | None = None
    shown: dict[Status, list[Shown]] = field(default_factory=dict)
    remarks: Remarks = field(default_factory=Remarks)

    @property
    def total(self) -> int:
        """All pictures."""
        return sum(self.counts.values())

    @property
    def decided(self) -> int:
        """Pictures with a verdict."""
        return sum(self.counts.get(status, 0) for status in DECIDED)


@dataclass(frozen=True, slots=True)
class _Looked:
    counts: Counts | None
    shown: Shown | None
    confusion: NamedConfusion | None = None


def gather_facts(exhibition: Exhibition) -> Facts:
    """Go through the pictures once.

    Raises:
        StoreError: the pictures cannot be listed.
    """
    facts = Facts(counts=dict(exhibition.exhibits.counts))
    legend = exhibition.legend
    chosen: set[str] = set()
    sums, truth_sums = ShareSums(), TruthSums()
    reviewers: set[str] = set()

    def look(exhibit: Exhibit) -> _Looked:
        return _look_at(exhibit, legend, is_shown=exhibit.item.id in chosen)

    picked = _pick(exhibition.exhibits, facts.counts, chosen)
    for exhibit, looked in work_ahead(picked, look):
        _count_reviews(exhibit, facts, reviewers)
        if exhibit.answer is not None:
            facts.models[exhibit.answer.model] += 1
            facts.damaged += looked.counts is None
        if looked.counts is not None:
            facts.masks += 1
            sums.add(looked.counts)
        if looked.confusion is not None:
            truth_sums.add(looked.confusion)
        if looked.shown is not None:
            facts.shown.setdefault(exhibit.item.status, []).append(looked.shown)
    facts.reviewers = len(reviewers)
    facts.shares = sums.list_shares(legend)
    facts.truth = truth_sums.sum_up()
    return facts


def _pick(exhibits: Exhibits, counts: Mapping[Status, int], chosen: set[str]) -> Iterator[Exhibit]:
    """Note which are shown before each is looked at: spread evenly over those of its status."""
    met: Counter[Status] = Counter()
    most_met = len(exhibits)
    for exhibit in exhibits:
        status = exhibit.item.status
        # Where only some of them are gone through, to look the report over, these are all.
        place, total = met[status], max(min(counts.get(status, 0), most_met), 1)
        met[status] += 1
        most = min(MOST_SHOWN.get(status, 0), total)
        if exhibit.answer is not None and place * most // total != (place + 1) * most // total:
            chosen.add(exhibit.item.id)
        yield exhibit


def _look_at(exhibit: Exhibit, legend: Legend, *, is_shown: bool) -> _Looked:
    if exhibit.answer is None:
        return _Looked(None, None)
    picture = overlay = counts = confusion = None
    size_wh, problem = (0, 0), ""
    largest: tuple[tuple[ClassInfo, float], ...] = ()
    try:
        class_ids = make_small_ids(exhibit, legend)
        counts = count_stretched(class_ids, exhibit.image.size_wh)
        largest = _find_largest(counts, legend)
        confusion = _compare(exhibit, class_ids, legend)
        if is_shown:
            picture, size_wh = draw_picture(exhibit.load_image(), exhibit.item.name)
            overlay = draw_overlay(class_ids, size_wh, legend.classes)
    except DeskError as error:
        # One picture whose bytes are lost does not keep the report from being written.
        problem = error.message
    if not is_shown:
        return _Looked(counts, None, confusion)
    remarks = tuple(review for review in _list_said(exhibit) if _is_said(review))
    return _Looked(
        counts,
        Shown(
            exhibit.item.name,
            exhibit.confidence,
            picture,
            overlay,
            size_wh,
            largest,
            remarks,
            problem,
        ),
        confusion,
    )


def _compare(
    exhibit: Exhibit, class_ids: NDArray[np.uint8], legend: Legend
) -> NamedConfusion | None:
    """Against the truth; a truth mask that cannot be read counts as none."""
    try:
        return compare(exhibit, class_ids, legend)
    except DeskError:
        return None


def _find_largest(counts: Counts, legend: Legend) -> tuple[tuple[ClassInfo, float], ...]:
    total = max(int(counts.sum()), 1)
    order = np.argsort(-counts, kind="stable")
    found = [
        (legend.classes[int(id_)], int(counts[id_]) / total)
        for id_ in order
        if counts[id_] and not legend.classes[int(id_)].is_background
    ]
    return tuple(found[:4])


def _count_reviews(exhibit: Exhibit, facts: Facts, reviewers: set[str]) -> None:
    for review in exhibit.reviews:
        if not review.is_standing or review.move not in DECIDED:
            continue
        facts.decisions += 1
        reviewers.add(review.reviewer)
        facts.reasons.update(review.reasons)
        facts.named.update(review.class_names)
        day = datetime.fromtimestamp(review.at / 1000, UTC).date()
        facts.days.setdefault(day, Counter())[review.move] += 1
    for review in _list_said(exhibit):
        if review.note and review.move != "skipped":
            facts.remarks.add_note(exhibit.item.name, review)
    facts.remarks.add_pins(exhibit)


def _list_said(exhibit: Exhibit) -> list[Review]:
    """What counts now; of an answered picture also what it was sent for, and the answer."""
    undone = {review.undoes for review in exhibit.reviews}
    wanted = {review.seq: review for review in exhibit.reviews if review.is_standing}
    if exhibit.item.status == "answered":
        for move in ("needs_fix", "answered"):
            lines = [one for one in exhibit.reviews if one.move == move and one.id not in undone]
            wanted |= {one.seq: one for one in lines[-1:]}
    return [wanted[seq] for seq in sorted(wanted)]


def _is_said(review: Review) -> bool:
    return bool(review.note or review.reasons or review.class_names)
