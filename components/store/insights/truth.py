"""Answers against truth masks, summed over pictures."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import func, or_, select

from components.model.classes import fold_name
from components.model.insights import Slice, TruthTotals
from components.store.database import Database
from components.store.insights.confidence import load_class_names
from components.store.insights.packing import (
    BOUNDARY,
    IGNORED,
    PAIR,
    Column,
    Records,
    unpack,
)
from components.store.insights.slicing import Scope
from components.store.rows import clean_text, pack_class_map
from components.store.schema import item_confusions, item_measures, items, truths


def load_truth_totals(db: Database, project_id: str, wanted: Slice) -> TruthTotals:
    """Pixels by what is true and what was answered, over all pictures with a truth mask.

    Raises:
        Conflict: a slice that cannot be.
        StoreUnavailable: the database cannot be reached now.
    """
    pairs: Counter[tuple[int, int]] = Counter()
    boundary: dict[int, NDArray[np.int64]] = {}
    ignored: Counter[int] = Counter()
    counted = 0
    table = item_confusions.c
    statement = select(table.position, table.pairs, table.boundary, table.ignored).where(
        table.project_id == clean_text(project_id)
    )
    with db.read() as connection:
        scope = Scope(connection, project_id, wanted)
        names = load_class_names(scope)
        for positions, some_pairs, some_boundary, some_ignored in scope.walk(
            statement, table.position
        ):
            counted += int(np.count_nonzero(scope.has(positions)))
            pairs.update(_sum_pairs(_take(scope, some_pairs, PAIR, positions)))
            records = _take(scope, some_boundary, BOUNDARY, positions)
            for key in np.unique(records["key"]).tolist():
                own = records[records["key"] == key]
                sums = np.array([own["intersection"].sum(), own["union"].sum()], np.int64)
                boundary[key] = boundary.get(key, 0) + sums
            records = _take(scope, some_ignored, IGNORED, positions)
            for key in np.unique(records["key"]).tolist():
                ignored[key] += int(records["pixels"][records["key"] == key].sum())
        unmeasured = _count_unmeasured(scope)
        nameless = _count_nameless(scope)
    folds = _fold_names({key: names[key] for pair in pairs for key in pair})
    shown = sorted(set(folds.values()))
    place = {key: shown.index(name) for key, name in folds.items()}
    confusion = np.zeros((len(shown), len(shown)), np.int64)
    for (true, answered), pixels in pairs.items():
        confusion[place[true], place[answered]] += pixels
    borders = {name: np.zeros(2, np.int64) for name in shown}
    for key, sums in boundary.items():
        borders[folds[key]] += sums  # who has a border has pixels
    unknown: Counter[str] = Counter()
    for key, pixels in ignored.items():
        unknown[names[key]] += pixels
    return TruthTotals(
        names=tuple(shown),
        confusion=confusion,
        boundary={name: (int(sums[0]), int(sums[1])) for name, sums in borders.items()},
        items=counted,
        ignored=dict(sorted(unknown.items())),
        unmeasured=unmeasured,
        nameless=nameless,
    )


def rank_confused(scope: Scope, class_name: str, other: str) -> NDArray[np.int64]:
    """Positions of pictures where one class is true and another answered, most pixels first."""
    names = load_class_names(scope)
    wanted = [
        [key for key, name in names.items() if fold_name(name) == fold_name(asked)]
        for asked in (class_name, other)
    ]
    table = item_confusions.c
    statement = select(table.position, table.pairs).where(table.project_id == scope.project_id)
    pixels = np.zeros(len(scope.mask), np.int64)
    for positions, some in scope.walk(statement, table.position):
        records, of_picture = unpack(some, PAIR, positions)
        chosen = scope.has(of_picture)
        chosen &= np.isin(records["truth"], wanted[0]) & np.isin(records["answer"], wanted[1])
        np.add.at(pixels, of_picture[chosen], records["pixels"][chosen])
    found: NDArray[np.int64] = np.flatnonzero(pixels)
    return found[np.lexsort((found, -pixels[found]))]


def _take(
    scope: Scope, column: Column, kind: np.dtype[Any], positions: NDArray[np.int64]
) -> Records:
    records, of_picture = unpack(column, kind, positions)
    return records[scope.has(of_picture)]


def _sum_pairs(records: NDArray[Any]) -> dict[tuple[int, int], int]:
    keys = np.unique(np.concatenate((records["truth"], records["answer"])))
    size = len(keys)
    codes = np.searchsorted(keys, records["truth"]) * size
    codes += np.searchsorted(keys, records["answer"])
    # Halves, so that sums of float64 are exact whatever the number of pixels.
    low = np.bincount(codes, weights=records["pixels"] & 0xFFFFFF, minlength=size * size)
    high = np.bincount(codes, weights=records["pixels"] >> 24, minlength=size * size)
    sums = low.astype(np.int64) + (high.astype(np.int64) << 24)
    return {
        (int(keys[code // size]), int(keys[code % size])): int(sums[code])
        for code in np.flatnonzero(sums).tolist()
    }


def _fold_names(names: Mapping[int, str]) -> dict[int, str]:
    """By key the name that is shown for it: of those that are one class, the first."""
    spellings: dict[str, str] = {}
    for name in sorted(names.values()):
        spellings.setdefault(fold_name(name), name)
    return {key: spellings[fold_name(name)] for key, name in names.items()}


def _count_unmeasured(scope: Scope) -> int:
    is_old = or_(
        item_measures.c.item_id.is_(None),
        item_measures.c.answer_id != items.c.answer_id,
        item_measures.c.truth_sha256 != truths.c.mask_sha256,
    )
    statement = (
        select(func.count())
        .select_from(
            truths.join(items, items.c.id == truths.c.item_id).outerjoin(
                item_measures, item_measures.c.item_id == items.c.id
            )
        )
        .where(*scope.list_conditions(), items.c.answer_id.is_not(None), is_old)
    )
    return scope.connection.scalar(statement) or 0


def _count_nameless(scope: Scope) -> int:
    statement = (
        select(func.count())
        .select_from(truths.join(items, items.c.id == truths.c.item_id))
        .where(
            *scope.list_conditions(),
            items.c.answer_id.is_not(None),
            truths.c.class_map == pack_class_map({}),
        )
    )
    return scope.connection.scalar(statement) or 0
