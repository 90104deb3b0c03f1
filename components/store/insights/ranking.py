"""Pictures that deserve a look first, by one number each."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import select

from components.errors import Conflict
from components.model.insights import RANK_KINDS, Ranked, RankKind, Slice
from components.model.selection import MOST_SELECTED
from components.store.database import Database
from components.store.insights.classes import find_far
from components.store.insights.slicing import Scope
from components.store.schema import item_measures, items

_COLUMNS: Final[dict[str, tuple[Any, bool]]] = {
    # The column, and whether the largest comes first.
    "low_confidence": (items.c.mean_confidence, False),
    "tiny_islands": (item_measures.c.tiny_islands, True),
    "disagreement": (items.c.disagreement, True),
    "worst_truth": (item_measures.c.mean_iou, False),
}


def rank_items(
    db: Database, project_id: str, wanted: Slice, kind: RankKind, *, limit: int = 50
) -> list[Ranked]:
    """Pictures by how much they deserve a look, those that most do first.

    Pictures without the number, without any tiny islands, or without any disagreement are left
    out, and so are those within the boxes of all their classes.

    Args:
        db: where.
        project_id: of the project.
        wanted: which pictures.
        kind: of RANK_KINDS; what the number is, see `Ranked`.
        limit: at most so many.

    Raises:
        Conflict: a slice or a kind that cannot be.
        StoreUnavailable: the database cannot be reached now.
    """
    if kind not in RANK_KINDS:
        raise Conflict(f"Pictures can be ranked by {', '.join(RANK_KINDS)}. Choose again.")
    limit = max(0, min(limit, MOST_SELECTED))
    with db.read() as connection:
        scope = Scope(connection, project_id, wanted)
        if kind == "area_outlier":
            return _rank_outliers(scope, limit)
        column, is_falling = _COLUMNS[kind]
        joined = items.outerjoin(item_measures, item_measures.c.item_id == items.c.id)
        order = column.desc() if is_falling else column.asc()
        statement = (
            select(items.c.id, items.c.name, items.c.status, column.label("value"))
            .select_from(joined if column.table is item_measures else items)
            .where(*scope.list_conditions(), column > 0 if is_falling else column.is_not(None))
            .order_by(order, items.c.position)
            .limit(limit)
        )
        return [
            Ranked(row.id, row.name, row.status, float(row.value))
            for row in connection.execute(statement)
        ]


def _rank_outliers(scope: Scope, limit: int) -> list[Ranked]:
    names = scope.list_class_names()
    largest = np.zeros(len(scope.mask))
    of_class = np.full(len(scope.mask), -1, np.int64)
    for place, name in enumerate(names):
        positions, shares = scope.read_shares(name)
        if not len(shares):
            continue
        beyond = find_far(shares)[1]
        is_further = beyond > largest[positions]
        largest[positions[is_further]] = beyond[is_further]
        of_class[positions[is_further]] = place
    chosen: NDArray[np.int64] = np.flatnonzero(largest)
    chosen = chosen[np.lexsort((chosen, -largest[chosen]))][:limit]
    rows = scope.name_positions(chosen.tolist())
    return [
        Ranked(
            rows[position].id,
            rows[position].name,
            rows[position].status,
            float(largest[position]),
            names[of_class[position]],
        )
        for position in chosen.tolist()
        if position in rows
    ]
