"""The pictures that a part of a chart is about, to be looked at one after another."""

from __future__ import annotations

import json

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import select

from components.errors import Conflict
from components.model.insights import PICK_KINDS, Pick, Slice
from components.model.selection import MOST_SELECTED
from components.store.database import Database
from components.store.insights.classes import find_outliers
from components.store.insights.confidence import load_class_names, walk_bins
from components.store.insights.packing import IS_BACKGROUND
from components.store.insights.people import list_repeats
from components.store.insights.slicing import Scope
from components.store.insights.truth import rank_confused
from components.store.insights.verdicts import list_decisions
from components.store.rows import clean_text
from components.store.schema import items, reviews

_ALL = Pick()


def select_ids(
    db: Database,
    project_id: str,
    wanted: Slice,
    pick: Pick = _ALL,
    *,
    limit: int = MOST_SELECTED,
) -> list[str]:
    """Ids of the pictures that a part of a chart is about.

    Args:
        db: where.
        project_id: of the project.
        wanted: which pictures the chart is about.
        pick: which part of it; where it names no order they come by position.
        limit: at most so many.

    Raises:
        Conflict: a slice or a pick that cannot be.
        StoreUnavailable: the database cannot be reached now.
    """
    if pick.kind not in PICK_KINDS:
        raise Conflict(f"A part of a chart is one of {', '.join(PICK_KINDS)}. Choose again.")
    limit = max(0, min(limit, MOST_SELECTED))
    if pick.kind == "repeats":
        repeats = list_repeats(db, project_id, wanted)
        changed = dict.fromkeys(one.item_id for one in repeats if one.first != one.second)
        return list(changed)[:limit]
    with db.read() as connection:
        scope = Scope(connection, project_id, wanted)
        if pick.kind in ("decided", "reason"):
            return _list_decided(scope, pick, limit)
        positions = _list_positions(scope, pick)[:limit].tolist()
        rows = scope.name_positions(positions)
        return [rows[position].id for position in positions if position in rows]


def _list_positions(scope: Scope, pick: Pick) -> NDArray[np.int64]:
    name, other = clean_text(pick.class_name), clean_text(pick.other)
    if pick.kind == "together":
        return np.intersect1d(scope.read_class(name), scope.read_class(other))
    if pick.kind == "outliers":
        positions, shares = scope.read_shares(name)
        return positions[find_outliers(positions, shares)] if len(shares) else positions
    if pick.kind == "confused":
        return rank_confused(scope, name, other)
    if pick.kind == "vanishing":
        return _list_vanishing(scope, name, pick.confidence)
    return np.flatnonzero(scope.mask)


def _list_vanishing(scope: Scope, class_name: str, confidence: int) -> NDArray[np.int64]:
    """Positions, ascending, of pictures that a class, or any where none is named, vanishes from."""
    keys = [key for key, name in load_class_names(scope).items() if class_name in ("", name)]
    found = [np.zeros(0, np.int64)]
    for stretch in walk_bins(scope) if confidence > 1 else ():
        records = stretch.records
        is_cut = (records["width"] > 0) & (records["flags"] & IS_BACKGROUND == 0)
        is_cut &= stretch.chosen
        rows = np.flatnonzero(is_cut & np.isin(records["key"], keys))
        gone = stretch.bins.find_vanishing(rows) == confidence
        found.append(stretch.positions[rows[gone]])
    # Several classes may vanish from a picture at once.
    return np.unique(np.concatenate(found))


def _list_decided(scope: Scope, pick: Pick, limit: int) -> list[str]:
    conditions = [reviews.c.at >= pick.start, reviews.c.at < pick.end]
    if pick.move is not None:
        conditions.append(reviews.c.move == pick.move)
    if pick.reason is not None:
        conditions.append(reviews.c.reasons != "[]")
    rows = scope.connection.execute(
        select(reviews.c.item_id, reviews.c.reasons, reviews.c.class_names)
        .where(*list_decisions(scope), *conditions)
        .distinct()
    )
    name = clean_text(pick.class_name)
    found = {
        row.item_id
        for row in rows
        if pick.reason is None
        or (
            pick.reason in json.loads(row.reasons)
            and (not name or name in json.loads(row.class_names))
        )
    }
    listed = scope.connection.scalars(
        select(items.c.id).where(*scope.list_conditions()).order_by(items.c.position)
    )
    return [item_id for item_id in listed if item_id in found][:limit]
