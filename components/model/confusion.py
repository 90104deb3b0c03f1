"""Which class the answer gave where the truth says which: counts of pairs, exact.

Two masks are compared pixel by pixel over the picture. Each may have another size than the picture
and is then stretched over it by floor mapping, as everywhere here. Classes of two class maps are
the same class where their names are, so that ids may differ.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from components.model.areas import map_floor
from components.model.classes import FOLDED_BACKGROUND, list_classes
from components.model.image import SizeWH

Confusion = NDArray[np.int64]
"""Pixels by truth's class (rows) and answer's class (columns): int64 (n, n)."""

IGNORED_NAMES = frozenset(
    {
        "void",
        "ignore",
        "ignored",
        "unlabelled",
        "unlabeled",
        "unknown",
        "don't care",
        "dont care",
        "dontcare",
        "out of roi",
    }
)
"""Names that datasets give to pixels which nobody labelled, casefolded."""

_BAND_PIXELS = 250_000  # what is compared at a time stays in the processor's cache
_FEW = 4  # runs are quicker than pixels where they are at least so long in the mean

_NOTHING: Collection[int] = ()


def count_confusion(
    truth_ids: NDArray[np.uint8],
    answer_ids: NDArray[np.uint8],
    size_wh: SizeWH | None = None,
    *,
    where: NDArray[np.bool_] | None = None,
) -> Confusion:
    """Pixels by truth's and answer's class id.

    Args:
        truth_ids: uint8 (H, W).
        answer_ids: uint8 (h, w).
        size_wh: (W, H) of the picture, over which both are stretched; None for the truth's size.
        where: the only pixels to count, bool (H, W); only for masks that both are of this size.

    Returns:
        int64 (256, 256), rows by the truth's id, columns by the answer's, summing to the picture's
        pixels (or those of `where`), exact.

    Raises:
        ValueError: `where` is given and the sizes differ.
    """
    if size_wh is None:
        size_wh = (truth_ids.shape[1], truth_ids.shape[0])
    width, height = size_wh
    if not width * height:
        return np.zeros((256, 256), np.int64)
    if truth_ids.shape == answer_ids.shape == (height, width):
        truth, answer = truth_ids.ravel(), answer_ids.ravel()
        weights = where.view(np.uint8).ravel() if where is not None else None
        cuts = (slice(at, at + _BAND_PIXELS) for at in range(0, truth.size, _BAND_PIXELS))
        return _count_bands(
            (truth[band], answer[band], None if weights is None else weights[band]) for band in cuts
        )
    if where is not None:
        raise ValueError("where pixels are chosen, both masks are of the picture's size")
    return _count_bands(_walk_stretched(truth_ids, answer_ids, size_wh))


_Band = tuple[NDArray[np.uint8], NDArray[np.uint8], NDArray[Any] | None]


def _count_bands(bands: Iterable[_Band]) -> Confusion:
    """Pixels by pair of ids, of bands (truth, answer, weight of each pixel; None for 1).

    Masks are made of runs, so only the places where one of the two changes are looked at; a band
    that is all noise is counted pixel by pixel, which is then the quicker way.
    """
    sums = np.zeros(65536, np.float64)  # exact below 2**53, far above any pixel count
    differs = np.empty((2, _BAND_PIXELS), np.bool_)
    pairs, lengths = [np.zeros(0, np.intp)], [np.zeros(0, np.int64)]
    for truth, answer, weights in bands:
        if truth.size > differs.shape[1]:
            differs = np.empty((2, truth.size), np.bool_)
        either, other = differs[:, : truth.size - 1]
        np.not_equal(truth[1:], truth[:-1], out=either)
        np.not_equal(answer[1:], answer[:-1], out=other)
        either |= other
        starts = np.append(0, np.flatnonzero(either) + 1)
        if len(starts) * _FEW > truth.size:
            sums += np.bincount(_pair(truth, answer), weights, minlength=65536)
            continue
        pairs.append(_pair(truth[starts], answer[starts]))
        if weights is None:
            lengths.append(np.diff(starts, append=truth.size))
        else:
            lengths.append(np.add.reduceat(weights, starts, dtype=np.int64))
    sums += np.bincount(np.concatenate(pairs), np.concatenate(lengths), minlength=65536)
    return np.rint(sums).astype(np.int64).reshape(256, 256)


def _pair(truth: NDArray[np.uint8], answer: NDArray[np.uint8]) -> NDArray[np.intp]:
    pairs = truth.astype(np.intp)  # what bincount counts without another copy
    pairs <<= 8
    pairs |= answer
    return pairs


def _walk_stretched(
    truth_ids: NDArray[np.uint8], answer_ids: NDArray[np.uint8], size_wh: SizeWH
) -> Iterator[_Band]:
    # Image pixels that take the same pixel of both masks are looked at once, by their number.
    columns = _share_steps(size_wh[0], truth_ids.shape[1], answer_ids.shape[1])
    rows = _share_steps(size_wh[1], truth_ids.shape[0], answer_ids.shape[0])
    band = max(1, _BAND_PIXELS // columns[2].size)
    for top in range(0, rows[2].size, band):
        here = slice(top, top + band)
        yield (
            truth_ids[rows[0][here]][:, columns[0]].ravel(),
            answer_ids[rows[1][here]][:, columns[1]].ravel(),
            np.outer(rows[2][here], columns[2]).ravel(),
        )


def _share_steps(
    length: int, truth_length: int, answer_length: int
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Along one axis: truth's place, answer's place, and how many image pixels take these two."""
    truth, answer = map_floor(length, truth_length), map_floor(length, answer_length)
    changes = (truth[1:] != truth[:-1]) | (answer[1:] != answer[:-1])
    starts = np.append(0, np.flatnonzero(changes) + 1)
    return truth[starts], answer[starts], np.diff(starts, append=length)


@dataclass(frozen=True, slots=True)
class NameMatch:
    """The classes of two class maps, put into one list by their names.

    Attributes:
        names: each name once, as the truth spells it, then those only the answer has; names of all
            256 ids on both sides, so also "unlabelled <id>".
        named: how many of `names`, from the first, a class map names (or are the background).
        truth_places: place in `names` by the truth's class id, int16 (256,); -1 where ignored.
        answer_places: place in `names` by the answer's class id, int16 (256,); never -1.
        truth_names: the truth's name by class id, also of the ignored.
    """

    names: tuple[str, ...]
    named: int
    truth_places: NDArray[np.int16]
    answer_places: NDArray[np.int16]
    truth_names: tuple[str, ...]


def match_names(
    truth_map: Mapping[int, str],
    answer_map: Mapping[int, str],
    *,
    ignored_ids: Collection[int] = _NOTHING,
    ignored_names: Collection[str] = (),
) -> NameMatch:
    """One list of class names for two class maps.

    Names are compared stripped and casefolded, and the background is one class however it is called
    (see `classes.list_classes` for which id it is). Two ids of one name are one class.

    Ignoring is the truth's alone: where it says that nobody labelled a pixel, nothing is known
    about the answer there. An answer of that name is a class like any other.

    Args:
        truth_map: names by class id.
        answer_map: names by class id.
        ignored_ids: class ids of the truth whose pixels do not count, for example 255.
        ignored_names: names of the truth whose pixels do not count, for example IGNORED_NAMES.
    """
    truth, answer = list_classes(truth_map), list_classes(answer_map)
    unwanted = {_make_key(name, False) for name in ignored_names}
    places: dict[str, int] = {}
    names: list[str] = []
    tables = (np.full(256, -1, np.int16), np.full(256, -1, np.int16))
    named = 0
    for is_named in (True, False):
        for classes, table in zip((truth, answer), tables, strict=True):
            for info in classes:
                if (info.is_named or info.is_background) != is_named:
                    continue
                key = _make_key(info.name, info.is_background)
                if classes is truth and (info.class_id in ignored_ids or key in unwanted):
                    continue
                if key not in places:
                    places[key] = len(names)
                    names.append(info.name)
                table[info.class_id] = places[key]
        named = named or len(names)
    return NameMatch(tuple(names), named, tables[0], tables[1], tuple(info.name for info in truth))


def suggest_ignored(class_map: Mapping[int, str]) -> tuple[int, ...]:
    """Class ids of a truth that most likely mean "nobody labelled this", ascending.

    Those are ids named so (IGNORED_NAMES), and 255 where the class map names other classes and a
    background but not 255, which is how Pascal VOC marks the borders of things.
    """
    infos = list_classes(class_map)
    unlabelled = 255 not in class_map and not infos[255].is_background
    return tuple(
        info.class_id
        for info in infos
        if (info.is_named and _make_key(info.name, False) in IGNORED_NAMES)
        or (info.class_id == 255 and unlabelled and bool(class_map))
    )


@dataclass(frozen=True, slots=True)
class NamedConfusion:
    """Confusion by class name.

    Attributes:
        names: n class names; those a class map names, and those that have pixels.
        counts: int64 (n, n), rows by truth, columns by answer.
        ignored: pixels that do not count, by the truth's name for them; only those above 0.
    """

    names: tuple[str, ...]
    counts: Confusion
    ignored: Mapping[str, int]


def name_confusion(counts: Confusion, match: NameMatch) -> NamedConfusion:
    """Confusion by class id, summed up by class name.

    Args:
        counts: as `count_confusion` gives it, int64 (256, 256).
        match: as `match_names` gives it for the same two masks.

    Returns:
        Whose counts and ignored pixels together sum to those of `counts`.
    """
    rows, columns = np.nonzero(counts)
    pixels = counts[rows, columns]
    truth, answer = match.truth_places[rows], match.answer_places[columns]
    summed = np.zeros((len(match.names), len(match.names)), np.int64)
    kept = truth >= 0
    np.add.at(summed, (truth[kept], answer[kept]), pixels[kept])
    ignored: dict[str, int] = {}
    for class_id, count in zip(rows[~kept], pixels[~kept], strict=True):
        name = match.truth_names[class_id]
        ignored[name] = ignored.get(name, 0) + int(count)
    shown: NDArray[np.bool_] = np.asarray(summed.any(axis=0) | summed.any(axis=1))
    shown[: match.named] = True
    at = np.flatnonzero(shown)
    return NamedConfusion(
        tuple(match.names[place] for place in at), summed[np.ix_(at, at)], ignored
    )


def _make_key(name: str, is_background: bool) -> str:
    # An id can be the background without being called so: see `classes.list_classes`.
    return FOLDED_BACKGROUND if is_background else name.strip().casefold()
