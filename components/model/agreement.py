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

_Codes = NDArray[np.int64]


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
    return measure_pairs_of_codes(*_number_voices(voices))


def measure_pairs_of_codes(items: _Codes, reviewers: _Codes, verdicts: _Codes) -> PairAgreement:
    """As `measure_pairs`, of voices whose parts are numbers from 0 on.

    Args:
        items, reviewers, verdicts: int64 (n,) each; a reviewer has one voice about an item at most.
    """
    order = np.lexsort((reviewers, items))
    items, reviewers, verdicts = items[order], reviewers[order], verdicts[order]
    people, kinds = int(reviewers.max(initial=-1)) + 1, int(verdicts.max(initial=-1)) + 1
    # Voices about one item lie side by side: each is paired with the next one, the one after, …
    found, apart = [np.zeros((0, 3), np.int64)], 1
    while (same := np.flatnonzero(items[apart:] == items[:-apart])).size:
        who = reviewers[same] * people + reviewers[same + apart]
        found.append(np.column_stack((who, verdicts[same], verdicts[same + apart])))
        apart += 1
    pairs = np.concatenate(found)
    shared = len(np.unique(items[1:][items[1:] == items[:-1]]))
    who, place = np.unique(pairs[:, 0], return_inverse=True)
    tables = np.zeros((len(who), kinds, kinds), np.int64)
    np.add.at(tables, (place, pairs[:, 1], pairs[:, 2]), 1)
    kappas = [(_measure_kappa_of_counts(table), int(table.sum())) for table in tables]
    defined = [(kappa, weight) for kappa, weight in kappas if kappa is not None]
    weights = sum(weight for _, weight in defined)
    mean = sum(kappa * weight for kappa, weight in defined) / weights if weights else None
    return PairAgreement(mean, len(kappas), len(kappas) - len(defined), shared)


def measure_alpha(voices: Iterable[Voice]) -> float | None:
    """Krippendorff's alpha for nominal data, of any number of reviewers, with gaps.

    Args:
        voices: one for each item and reviewer; of two the last counts.

    Returns:
        At most 1; None where no item has two verdicts, or all verdicts about such items are one
        and the same.
    """
    items, _, verdicts = _number_voices(voices)
    return measure_alpha_of_counts(count_verdicts(items, verdicts))


def count_verdicts(items: _Codes, verdicts: _Codes) -> _Codes:
    """How often each verdict was given to each item, for `measure_alpha_of_counts`.

    Args:
        items, verdicts: int64 (n,) each, numbers from 0 on.

    Returns:
        int64 (items, verdicts).
    """
    shape = int(items.max(initial=-1)) + 1, int(verdicts.max(initial=-1)) + 1
    counts = np.bincount(items * shape[1] + verdicts, minlength=shape[0] * shape[1])
    return counts.astype(np.int64).reshape(shape)


def _number_voices(voices: Iterable[Voice]) -> tuple[_Codes, _Codes, _Codes]:
    standing = {(item, reviewer): verdict for item, reviewer, verdict in voices}
    numbers: tuple[dict[Hashable, int], ...] = ({}, {}, {})
    rows = [
        [known.setdefault(part, len(known)) for known, part in zip(numbers, voice, strict=True)]
        for voice in ((*who, verdict) for who, verdict in standing.items())
    ]
    items, reviewers, verdicts = np.array(rows, np.int64).reshape(-1, 3).T
    return items, reviewers, verdicts


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
    numbers: dict[Hashable, int] = {}
    cells = [[numbers.setdefault(verdict, len(numbers)) for verdict in pair] for pair in pairs]
    table = np.zeros((len(numbers), len(numbers)), np.int64)
    np.add.at(table, tuple(np.array(cells, np.int64).reshape(-1, 2).T), 1)
    return _measure_kappa_of_counts(table)


def _measure_kappa_of_counts(table: _Codes) -> float | None:
    """From how often each verdict of the first met each of the second: int64 (kinds, kinds)."""
    # In Python's integers: products of many looks have no end.
    total, same = int(table.sum()), int(np.trace(table))
    firsts, seconds = table.sum(axis=1).tolist(), table.sum(axis=0).tolist()
    chance = sum(int(one) * int(other) for one, other in zip(firsts, seconds, strict=True))
    if chance == total * total:
        return None
    return (same * total - chance) / (total * total - chance)
