"""A comparison over all its pictures: what became of which class, and who is nearer the truth."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np

from components.model.classes import fold_name
from components.model.comparison import ItemChange, SideErrors
from components.model.intervals import Difference, bound_iou_differences

LEAST_FOR_INTERVAL: Final = 5
"""Below so many pictures with a class an interval over pictures says too little to be shown."""


@dataclass(frozen=True, slots=True)
class PairTotal:
    """A change from one class to another over all pictures.

    Attributes:
        a, b: class names in A and in B.
        pixels: of all pictures.
        share: of all their pixels, 0–1.
        items: pictures in which it happens.
    """

    a: str
    b: str
    pixels: int
    share: float
    items: int


@dataclass(frozen=True, slots=True)
class ClassGain:
    """How well the two sides find one class.

    Attributes:
        name: of the class.
        difference: IoU of both, their difference and its interval; None where a side cannot be
            said to have one.
        items: pictures in which the class is, in the truth or in either answer.
        true_pixels: that the truth masks give it.
        marked: pixels that A and B give it, of those whose truth is known.
    """

    name: str
    difference: Difference | None
    items: int
    true_pixels: int
    marked: tuple[int, int]

    @property
    def is_telling(self) -> bool:
        """Whether it is in the truth, and in pictures enough for an interval to mean something."""
        is_there = self.difference is not None and self.true_pixels > 0
        return is_there and self.items >= LEAST_FOR_INTERVAL

    @property
    def better(self) -> Literal["a", "b", ""]:
        """Which side finds it better, where that can be told."""
        if self.difference is None or not self.is_telling:
            return ""
        return "b" if self.difference.low > 0 else "a" if self.difference.high < 0 else ""


@dataclass(frozen=True, slots=True)
class Gains:
    """Both sides against the truth masks.

    Attributes:
        classes: by class, those in most pictures first.
        items: pictures that have a truth mask.
        ignored: pixels that do not count, by what the truth masks call them.
    """

    classes: tuple[ClassGain, ...]
    items: int
    ignored: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Summary:
    """A comparison over all its pictures.

    Attributes:
        items: pictures compared.
        changed_items: those with at least one pixel changed.
        pixels: of all of them.
        changed: pixels changed.
        median: of the pictures' changed shares, 0–1.
        pairs: the changes, most pixels first.
        gains: against the truth; None where no picture has a truth mask.
        failed: pictures that could not be compared.
        unread_truths: pictures whose truth mask is lost or damaged, compared without it.
    """

    items: int
    changed_items: int
    pixels: int
    changed: int
    median: float
    pairs: tuple[PairTotal, ...]
    gains: Gains | None
    failed: int = 0
    unread_truths: int = 0

    @property
    def share(self) -> float:
        """Pixels changed over all pixels, 0–1."""
        return self.changed / self.pixels if self.pixels else 0.0


def summarise(changes: Iterable[ItemChange], *, failed: int = 0) -> Summary:
    """A comparison over all its pictures, from what was found of each.

    Args:
        changes: of each picture.
        failed: pictures that could not be compared.
    """
    shares: list[float] = []
    pixels = changed = unread = 0
    sums: dict[tuple[str, str], list[int]] = {}
    spelled: dict[str, str] = {}
    judged: list[tuple[SideErrors, SideErrors]] = []
    for change in changes:
        shares.append(change.changed)
        pixels += change.pixels
        unread += change.is_truth_unread
        for pair in change.pairs:
            changed += pair.pixels
            names = _spell(spelled, pair.a), _spell(spelled, pair.b)
            total = sums.setdefault(names, [0, 0])
            total[0] += pair.pixels
            total[1] += 1
        if change.truth_a is not None and change.truth_b is not None:
            judged.append((change.truth_a, change.truth_b))
    pairs = sorted(
        (PairTotal(a, b, n, n / pixels, items) for (a, b), (n, items) in sums.items()),
        key=lambda pair: (-pair.pixels, pair.a, pair.b),
    )
    return Summary(
        len(shares),
        sum(share > 0 for share in shares),
        pixels,
        changed,
        float(np.median(shares)) if shares else 0.0,
        tuple(pairs),
        _weigh(judged) if judged else None,
        failed,
        unread,
    )


def _weigh(judged: Sequence[tuple[SideErrors, SideErrors]]) -> Gains:
    spelled: dict[str, str] = {}
    places: dict[str, int] = {}
    ignored: dict[str, int] = {}
    for sides in judged:
        # What is unknown of the truth is the same for both sides.
        for name, pixels in sides[0].ignored.items():
            ignored[name] = ignored.get(name, 0) + pixels
        for side in sides:
            for name in side.errors:
                places.setdefault(_spell(spelled, name), len(places))
    errors = np.zeros((2, len(judged), len(places), 3), np.int64)
    for at, sides in enumerate(judged):
        for which, side in enumerate(sides):
            for name, three in side.errors.items():
                errors[which, at, places[_spell(spelled, name)]] += three
    differences = bound_iou_differences(errors[0], errors[1])
    present = errors.any(axis=(0, 3)).sum(axis=0)
    totals = errors.sum(axis=1)
    marked = totals[..., 0] + totals[..., 1]
    true_pixels = totals[0, :, 0] + totals[0, :, 2]
    gains = [
        ClassGain(
            name,
            differences[at],
            int(present[at]),
            int(true_pixels[at]),
            (int(marked[0, at]), int(marked[1, at])),
        )
        for name, at in places.items()
    ]
    return Gains(
        tuple(sorted(gains, key=lambda gain: (-gain.items, gain.name))), len(judged), ignored
    )


def _spell(spelled: dict[str, str], name: str) -> str:
    """One spelling for names of one class: the first that came."""
    return spelled.setdefault(fold_name(name), name)
