"""How far reviewers agree with each other, and one with himself or herself, beyond chance.

Cohen's kappa for two: J. Cohen, "A Coefficient of Agreement for Nominal Scales", Educational and
Psychological Measurement 20 (1960). Krippendorff's alpha for any number, with gaps: K.
Krippendorff, "Computing Krippendorff's Alpha-Reliability" (2011), nominal data. Both are 1 for full
agreement and 0 for what chance would give; where chance alone would always agree (only one verdict
was ever given) neither is defined, and None says so.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from components.model.intervals import bound_share

Voice = tuple[Hashable, Hashable, Hashable]
"""(item, reviewer, verdict): one reviewer's standing verdict about one item."""


def measure_kappa(first: Sequence[Hashable], second: Sequence[Hashable]) -> float | None:
    """Cohen's kappa of two reviewers about the same items, in the same order.

    Returns:
        -1 to 1; None without items, or where both gave one and the same verdict throughout.

    Raises:
        ValueError: the lengths differ.
    """
    if len(first) != len(second):
        raise ValueError(f"verdicts come in pairs; these are {len(first)} and {len(second)}")
    return _measure_kappa(list(zip(first, second, strict=True)))


@dataclass(frozen=True, slots=True)
class PairAgreement:
    """Cohen's kappa over all pairs of reviewers.

    Attributes:
        kappa: mean of the pairs' kappas weighted by the items they share; None without any.
        pairs: pairs of reviewers who share items.
        undefined: of these, pairs left out of the mean because their kappa is not defined.
        items: items that at least two looked at.
    """

    kappa: float | None
    pairs: int
    undefined: int
    items: int


def measure_pairs(voices: Iterable[Voice]) -> PairAgreement:
    """Cohen's kappa of every two reviewers about the items both looked at, averaged.

    Args:
        voices: one for each item and reviewer; of two the last counts.
    """
    by_item: dict[Hashable, dict[Hashable, Hashable]] = {}
    for item, reviewer, verdict in voices:
        by_item.setdefault(item, {})[reviewer] = verdict
    numbers: dict[Hashable, int] = {}
    shared: dict[tuple[int, int], list[tuple[Hashable, Hashable]]] = {}
    items = 0
    for verdicts in by_item.values():
        items += len(verdicts) > 1
        heard = sorted(
            (numbers.setdefault(reviewer, len(numbers)), verdict)
            for reviewer, verdict in verdicts.items()
        )
        for at, (one, verdict) in enumerate(heard):
            for other, second in heard[at + 1 :]:
                shared.setdefault((one, other), []).append((verdict, second))
    kappas = [(_measure_kappa(pairs), len(pairs)) for pairs in shared.values()]
    defined = [(kappa, weight) for kappa, weight in kappas if kappa is not None]
    weights = sum(weight for _, weight in defined)
    mean = sum(kappa * weight for kappa, weight in defined) / weights if weights else None
    return PairAgreement(mean, len(kappas), len(kappas) - len(defined), items)


def measure_alpha(voices: Iterable[Voice]) -> float | None:
    """Krippendorff's alpha for nominal data, of any number of reviewers, with gaps.

    Args:
        voices: one for each item and reviewer; of two the last counts.

    Returns:
        At most 1; None where no item has two verdicts, or all verdicts about such items are one
        and the same.
    """
    standing = {(item, reviewer): verdict for item, reviewer, verdict in voices}
    items: dict[Hashable, int] = {}
    verdicts: dict[Hashable, int] = {}
    cells = [
        (items.setdefault(item, len(items)), verdicts.setdefault(verdict, len(verdicts)))
        for (item, _), verdict in standing.items()
    ]
    counts = np.zeros((len(items), len(verdicts)), np.int64)
    if cells:
        np.add.at(counts, tuple(np.array(cells).T), 1)
    return measure_alpha_of_counts(counts)


def measure_alpha_of_counts(counts: NDArray[np.int64]) -> float | None:
    """Krippendorff's alpha for nominal data, from how often each verdict was given to each item.

    Args:
        counts: int64 (items, verdicts).

    Returns:
        As `measure_alpha`.
    """
    voices = counts.sum(axis=1)
    counts, voices = counts[voices > 1], voices[voices > 1]
    total = int(voices.sum())
    if not total:
        return None
    sums = [int(value) for value in counts.sum(axis=0)]
    expected = total * total - sum(value * value for value in sums)
    if not expected:
        return None
    # Pairs within an item that differ, each item's weighted by one over its voices less one.
    differing = (voices * voices - (counts * counts).sum(axis=1)) / (voices - 1)
    return 1 - (total - 1) * float(differing.sum()) / expected


@dataclass(frozen=True, slots=True)
class SelfAgreement:
    """How often a second, blind look came to the same verdict.

    Attributes:
        repeats: second looks.
        same: of these, with the same verdict as the first.
        share: same over repeats, 0–1; None without repeats.
        low, high: the share's Wilson interval at 95 %; None without repeats.
        kappa: Cohen's kappa of first and second look; None where not defined.
    """

    repeats: int
    same: int
    share: float | None
    low: float | None
    high: float | None
    kappa: float | None


def measure_self_agreement(pairs: Sequence[tuple[Hashable, Hashable]]) -> SelfAgreement:
    """How far second looks agree with the first.

    Args:
        pairs: (verdict at first, verdict at the blind second look), of one reviewer or of many.
    """
    same = sum(first == again for first, again in pairs)
    bounds = bound_share(same, len(pairs))
    share = same / len(pairs) if pairs else None
    low, high = bounds or (None, None)
    return SelfAgreement(len(pairs), same, share, low, high, _measure_kappa(pairs))


def _measure_kappa(pairs: Sequence[tuple[Hashable, Hashable]]) -> float | None:
    total = len(pairs)
    first: dict[Hashable, int] = {}
    second: dict[Hashable, int] = {}
    same = 0
    for one, other in pairs:
        first[one] = first.get(one, 0) + 1
        second[other] = second.get(other, 0) + 1
        same += one == other
    chance = sum(count * second.get(verdict, 0) for verdict, count in first.items())
    if chance == total * total:
        return None
    return (same * total - chance) / (total * total - chance)
