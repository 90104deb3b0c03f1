"""What is left of classes at each confidence, and at which confidence pictures were approved."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import func, select

from components.model.insights import CONFIDENCES, ApprovedAt, Counts, Curves, Slice
from components.store.database import Database
from components.store.dialect import read_columns
from components.store.insights.packing import (
    CLASS,
    IS_BACKGROUND,
    Bins,
    Records,
    unpack,
)
from components.store.insights.slicing import Scope
from components.store.rows import clean_text
from components.store.schema import (
    class_keys,
    item_bins,
    item_measures,
    items,
    reviews,
    standing,
)


@dataclass(frozen=True, slots=True, eq=False)
class Stretch:
    """What was counted of the classes of some pictures.

    Attributes:
        positions: of the picture of each record, int64 (n,).
        records: of packing.CLASS, (n,).
        chosen: whether the picture is in the slice, bool (n,).
        bins: row r is of record r.
    """

    positions: NDArray[np.int64]
    records: Records
    chosen: NDArray[np.bool_]
    bins: Bins


def load_curves(db: Database, project_id: str, wanted: Slice) -> Curves:
    """What is left of each class at each confidence, over all pictures that came with confidences.

    Raises:
        Conflict: a slice that cannot be.
        StoreUnavailable: the database cannot be reached now.
    """
    bins: dict[int, Counts] = {}
    flips: dict[int, Counts] = {}
    shown: Counter[int] = Counter()
    backgrounds: set[int] = set()
    with db.read() as connection:
        scope = Scope(connection, project_id, wanted)
        for stretch in walk_bins(scope):
            is_cut = stretch.chosen & (stretch.records["width"] > 0)
            for key in np.unique(stretch.records["key"][is_cut]).tolist():
                rows = np.flatnonzero(is_cut & (stretch.records["key"] == key))
                vanishing = stretch.bins.find_vanishing(rows)
                grows = (stretch.records["flags"][rows] & IS_BACKGROUND) > 0
                if grows.any():
                    backgrounds.add(key)
                counted = np.bincount(vanishing[~grows], minlength=CONFIDENCES + 1)[:CONFIDENCES]
                counted[:2] = 0
                bins[key] = bins.get(key, 0) + stretch.bins.sum(rows)
                flips[key] = flips.get(key, 0) + counted.astype(np.int64)
                shown[key] += int(np.count_nonzero(vanishing > 1))
        names = load_class_names(scope)
        pixels, with_confidence = connection.execute(
            select(func.coalesce(func.sum(item_measures.c.pixels), 0), func.count())
            .select_from(item_measures)
            .where(
                item_measures.c.project_id == scope.project_id,
                item_measures.c.has_bins == 1,
                *scope.list_conditions_on(item_measures.c.item_id),
            )
        ).one()
        answered = (
            connection.scalar(
                select(func.count())
                .select_from(items)
                .where(*scope.list_conditions(), items.c.answer_id.is_not(None))
            )
            or 0
        )
    by_name = {names[key]: flips[key] for key in flips if flips[key].any()}
    return Curves(
        bins={
            names[key]: counts
            for key, counts in sorted(bins.items(), key=lambda one: names[one[0]])
        },
        items={names[key]: n for key, n in shown.items()},
        flips=sum(by_name.values(), np.zeros(CONFIDENCES, np.int64)),
        flips_by_class=by_name,
        pixels=int(pixels),
        with_confidence=with_confidence,
        without_confidence=answered - with_confidence,
        backgrounds=frozenset(names[key] for key in backgrounds),
    )


def sum_confidences(db: Database, project_id: str, wanted: Slice) -> dict[str, Counts]:
    """Pixels of each class by confidence, as `Curves.bins`.

    Raises:
        Conflict: a slice that cannot be.
        StoreUnavailable: the database cannot be reached now.
    """
    return dict(load_curves(db, project_id, wanted).bins)


def list_approved_confidences(db: Database, project_id: str, wanted: Slice) -> list[ApprovedAt]:
    """At which confidences pictures with a class were approved, by class and confidence.

    Of each approved picture every approval that counts is taken: reviewers who approved of one
    picture at different confidences are both heard.

    Raises:
        Conflict: a slice that cannot be.
        StoreUnavailable: the database cannot be reached now.
    """
    if wanted.status and "approved" not in wanted.status:
        return []
    with db.read() as connection:
        scope = Scope(connection, project_id, replace(wanted, status=("approved",)))
        positions, given = read_columns(
            connection,
            select(standing.c.position, reviews.c.confidence)
            .join(reviews, reviews.c.seq == standing.c.seq)
            .where(
                standing.c.project_id == clean_text(project_id),
                standing.c.is_voice == 1,
                standing.c.move == "approved",
            ),
        )
        chosen = scope.has(positions)
        positions, given = positions[chosen], given[chosen]
        approved = []
        for name in scope.list_class_names():
            holds = np.zeros(len(scope.mask), bool)
            holds[scope.read_class(name)] = True
            counts = np.bincount(given[holds[positions]], minlength=CONFIDENCES)
            approved += [
                ApprovedAt(name, confidence, int(counts[confidence]))
                for confidence in np.flatnonzero(counts).tolist()
            ]
    return approved


def walk_bins(scope: Scope) -> Iterator[Stretch]:
    """What was counted of the classes of the slice's pictures, some pictures at a time."""
    statement = select(item_bins.c.position, item_bins.c.classes, item_bins.c.bins).where(
        item_bins.c.project_id == scope.project_id
    )
    for found, classes, bins in scope.walk(statement, item_bins.c.position):
        records, positions = unpack(classes, CLASS, found)
        yield Stretch(positions, records, scope.has(positions), Bins(records, bins[0]))


def load_class_names(scope: Scope) -> dict[int, str]:
    """Names of classes by what packed arrays call them."""
    rows = scope.connection.execute(
        select(class_keys.c.key, class_keys.c.name).where(
            class_keys.c.project_id == scope.project_id
        )
    )
    return {row.key: row.name for row in rows}
