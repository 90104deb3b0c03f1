"""Two models, or two confidences of one, over the same pictures: what differs, and which is better.

A pixel of the picture has changed where the two answers give it classes of different names; ids do
not count, and the background is one class however it is called (see `confusion.match_names`). Masks
of another size than the picture are stretched over it by floor mapping.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from components.model.areas import stretch
from components.model.confusion import (
    count_confusion,
    match_names,
    name_confusion,
    suggest_ignored,
)
from components.model.cut import cut
from components.model.image import SizeWH
from components.model.scores import list_errors

Errors = tuple[int, int, int]
"""Pixels of a class rightly given, wrongly given and missed: (TP, FP, FN)."""

ComparisonState = Literal["running", "done"]


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two that are compared.

    Attributes:
        model: "dataset/version".
        confidence: the threshold, percent 0–100.
    """

    model: str
    confidence: int


@dataclass(frozen=True, slots=True)
class Known:
    """Answers of one model that a project has.

    Attributes:
        model: "dataset/version".
        confidence: percent they hold for; None where they hold for every one.
        items: pictures of the project that have such an answer.
    """

    model: str
    confidence: int | None
    items: int


@dataclass(frozen=True, slots=True)
class Comparison:
    """A comparison that was asked for.

    Attributes:
        id: 32 hex digits.
        project_id: of its project.
        a, b: what is compared, B being the newer or the other one.
        state: whether anything is still to be counted.
        problem: why it cannot be finished, in plain words; "" otherwise.
        created_by, created_at: who, and when in UTC milliseconds.
        ended_at: when it was last finished; None before.
    """

    id: str
    project_id: str
    a: Side
    b: Side
    state: ComparisonState
    problem: str
    created_by: str
    created_at: int
    ended_at: int | None = None


@dataclass(frozen=True, slots=True, eq=False)
class ShownMask:
    """A mask as one side shows it.

    Attributes:
        class_ids: uint8 (h, w).
        class_map: names by class id.
        confidence_map: uint8 (h', w'); None where the mask is shown as it came.
        confidence: threshold, percent 0–100, that it is cut at.
        cut_to: class id that pixels below it take; None where the mask is shown as it came.
    """

    class_ids: NDArray[np.uint8]
    class_map: Mapping[int, str]
    confidence_map: NDArray[np.uint8] | None = None
    confidence: int = 1
    cut_to: int | None = None

    def show(self, size_wh: SizeWH) -> NDArray[np.uint8]:
        """Class ids once it is cut, at the mask's own size or the picture's: uint8 (H, W)."""
        if self.cut_to is None or self.confidence_map is None:
            return self.class_ids
        ids, sure = self.class_ids, self.confidence_map
        if ids.shape != sure.shape:
            # Each from its own size, as the viewer and the areas do it.
            ids, sure = stretch(ids, size_wh), stretch(sure, size_wh)
        return cut(ids, sure, self.confidence, self.cut_to)


@dataclass(frozen=True, slots=True)
class Pair:
    """A change from one class to another.

    Attributes:
        a, b: class names in A and in B.
        pixels: of the picture.
    """

    a: str
    b: str
    pixels: int


@dataclass(frozen=True, slots=True)
class SideErrors:
    """One side's pixels against the truth.

    Attributes:
        errors: by class name; classes without a pixel are left out.
        ignored: pixels whose truth is unknown, by what the truth calls them.
    """

    errors: Mapping[str, Errors]
    ignored: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ItemChange:
    """What was found of one picture.

    Attributes:
        item_id: which.
        pixels: of the picture.
        changed: share of them that changed, 0–1.
        pairs: the changes, largest first.
        truth_a, truth_b: against the truth mask; None where there is none that can be read.
        is_truth_unread: whether there is one that is lost or damaged.
    """

    item_id: str
    pixels: int
    changed: float
    pairs: tuple[Pair, ...]
    truth_a: SideErrors | None = None
    truth_b: SideErrors | None = None
    is_truth_unread: bool = False


def count_changes(a: ShownMask, b: ShownMask, size_wh: SizeWH) -> tuple[Pair, ...]:
    """Pixels of the picture whose class name differs, by the pair of names, most pixels first.

    Args:
        a, b: the two masks.
        size_wh: (W, H) of the picture.
    """
    counts = count_confusion(a.show(size_wh), b.show(size_wh), size_wh)
    named = name_confusion(counts, match_names(a.class_map, b.class_map))
    pairs = [
        Pair(named.names[row], named.names[column], int(named.counts[row, column]))
        for row, column in zip(*np.nonzero(named.counts), strict=True)
        if row != column
    ]
    return tuple(sorted(pairs, key=lambda pair: (-pair.pixels, pair.a, pair.b)))


def count_errors(
    truth_ids: NDArray[np.uint8],
    truth_map: Mapping[int, str],
    mask: ShownMask,
    size_wh: SizeWH,
) -> SideErrors:
    """TP, FP and FN by class name, over the picture.

    Args:
        truth_ids: uint8 (h, w).
        truth_map: its names by class id; where empty, its ids are taken to be the answer's.
        mask: the answer.
        size_wh: (W, H) of the picture.
    """
    truth_map = truth_map or mask.class_map
    match = match_names(truth_map, mask.class_map, ignored_ids=suggest_ignored(truth_map))
    named = name_confusion(count_confusion(truth_ids, mask.show(size_wh), size_wh), match)
    errors = {
        name: (int(three[0]), int(three[1]), int(three[2]))
        for name, three in zip(named.names, list_errors(named.counts), strict=True)
        if three.any()
    }
    return SideErrors(errors, dict(named.ignored))
