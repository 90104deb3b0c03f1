"""What filters and parts of charts are called, as titles of lists."""

from __future__ import annotations

from typing import Final

from components.model.insights import Pick, RankKind, Slice
from components.model.review import NEEDING, Status
from components.ui.wording import MOVES, REASONS, STATUSES, write_when

SHOWN: Final[dict[str, tuple[Status, ...]]] = {
    "All": (),
    "Undecided": NEEDING,
    "Approved": ("approved",),
    "Needs fix": ("needs_fix",),
    "Rejected": ("rejected",),
    "Reviewers disagree": ("disagreed",),
}
"""Verdicts that charts are filtered by."""

RANKS: Final[dict[RankKind, tuple[str, str]]] = {
    "low_confidence": (
        "Least sure first",
        "Pictures by the mean of the model’s confidence, the lowest first.",
    ),
    "tiny_islands": (
        "Most tiny islands first",
        "Pictures by how many areas are smaller than 0.05 % of the mask and not the largest of "
        "their class: specks, most often.",
    ),
    "area_outlier": (
        "Unusual areas first",
        "Pictures in which a class covers far more or far less than it does elsewhere, by how "
        "many widths of its box it lies outside.",
    ),
    "disagreement": (
        "Most disagreement first",
        "Pictures by the share of verdicts that differ from the most frequent one.",
    ),
    "worst_truth": (
        "Furthest from the truth first",
        "Pictures by the mean IoU of the classes in them, the lowest first.",
    ),
}
"""By what pictures are ranked: what the list is called, and what it is by."""


def name_slice(slice_: Slice) -> str:
    """A filter in words: "approved, with road, “street” in the name"; "" for none."""
    parts = []
    if slice_.status:
        known = next((name for name, status in SHOWN.items() if status == slice_.status), "")
        names = known or ", ".join(STATUSES[status] for status in slice_.status)
        parts.append(names[0].lower() + names[1:])
    if slice_.class_name is not None:
        parts.append(f"with {slice_.class_name}")
    if slice_.name_part:
        parts.append(f"“{slice_.name_part}” in the name")
    return ", ".join(parts)


def name_pick(pick: Pick) -> str:
    """What pictures of a part of a chart are called."""
    if pick.kind == "decided":
        word = MOVES[pick.move] if pick.move else "Decided"
        return f"{word} from {write_when(pick.start)}" if pick.start else word
    if pick.kind == "reason":
        word = MOVES[pick.move] if pick.move else "Sent back"
        reason = f": {REASONS[pick.reason]}" if pick.reason else ""
        return word + reason + (f" ({pick.class_name})" if pick.class_name else "")
    if pick.kind == "together":
        if pick.class_name == pick.other:
            return f"With {pick.class_name}"
        return f"With {pick.class_name} and {pick.other}"
    if pick.kind == "outliers":
        return f"Unusual areas of {pick.class_name}"
    if pick.kind == "confused":
        return f"{pick.class_name} answered as {pick.other}"
    if pick.kind == "vanishing":
        return f"A class vanishes at {pick.confidence} %"
    return {"repeats": "Decided differently the second time"}.get(pick.kind, "Pictures of a chart")
