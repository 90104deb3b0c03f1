"""Counting what was not counted yet: old answers, truth masks that came later, new thresholds."""

from __future__ import annotations

from components import store
from components.batch.measuring import TruthMask, measure
from components.errors import MalformedAnswer, StoreError, StoreUnavailable
from components.model.measures import Measures
from components.store.database import Database
from components.store.insights.keeping import (
    Pending,
    keep_measures,
    list_pending,
    load_truth,
)


def measure_next(db: Database, project_id: str, limit: int) -> int:
    """Count the first pictures of a project that are still to be counted.

    Those are pictures that were taken in before anything was counted, whose truth mask came later,
    or whose project cuts at another confidence now. The classes they are listed by become those at
    the project's confidence, too.

    Args:
        db: where.
        project_id: of the project.
        limit: at most so many; one takes about as long as decoding its masks does.

    Returns:
        How many were counted; 0 once there are none left.

    Raises:
        StoreUnavailable: the database or the object storage cannot be reached now.
    """
    pending = list_pending(db, project_id, limit)
    for one in pending:
        _measure_pending(db, one)
    return len(pending)


def _measure_pending(db: Database, pending: Pending) -> None:
    truth = None
    if pending.truth is not None:
        truth = TruthMask(pending.truth.sha256, _load_truth(db, pending), pending.truth.class_map)
    try:
        stored = store.items.load_answer(db, pending.answer_id)
        areas, _, measures = measure(
            stored.answer.prediction, pending.size_wh, pending.confidence, stored.cut_to, truth
        )
    except StoreUnavailable:
        raise
    except (MalformedAnswer, StoreError):
        # Its masks are lost or damaged: there is nothing to count, now or later.
        sha256 = "" if truth is None else truth.sha256
        measures = Measures(pending.confidence, 0, (), sha256)
        keep_measures(
            db, pending.item_id, pending.answer_id, measures, areas=None, truth=pending.truth
        )
        return
    keep_measures(
        db, pending.item_id, pending.answer_id, measures, areas=areas, truth=pending.truth
    )


def _load_truth(db: Database, pending: Pending) -> bytes:
    assert pending.truth is not None  # noqa: S101
    try:
        return load_truth(db, pending.truth)
    except StoreUnavailable:
        raise
    except StoreError:
        return b""  # lost; as one that cannot be decoded
