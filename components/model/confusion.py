"""Which class the answer gave where the truth says which: counts of pairs, exact.

Two masks are compared pixel by pixel over the picture. Each may have another size than the picture
and is then stretched over it by floor mapping, as everywhere here. Classes of two class maps are
the same class where their names are, so that ids may differ.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from components.model.areas import stretch
from components.model.classes import list_classes
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

_NOTHING: Collection[int] = ()


def count_confusion(
    truth_ids: NDArray[np.uint8],
    answer_ids: NDArray[np.uint8],
    size_wh: SizeWH | None = None,
) -> Confusion:
    """Pixels by truth's and answer's class id.

    Args:
        truth_ids: uint8 (H, W).
        answer_ids: uint8 (h, w).
        size_wh: (W, H) of the picture, over which both are stretched; None for the truth's size.

    Returns:
        int64 (256, 256), rows by the truth's id, columns by the answer's, summing to the picture's
        pixels, exact.
    """
    if size_wh is None:
        size_wh = (truth_ids.shape[1], truth_ids.shape[0])
    pairs = stretch(truth_ids, size_wh).astype(np.intp).ravel() << 8
    pairs |= stretch(answer_ids, size_wh).ravel()
    return np.bincount(pairs, minlength=65536).astype(np.int64).reshape(256, 256)


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
    # A name never starts with a space once it is stripped, so this is nobody's name.
    return " background" if is_background else name.strip().casefold()
