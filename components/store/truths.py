"""Truth masks: what is right about a picture, brought along by whoever added it."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import Connection, delete, func, select, update

from components.model.image import SizeWH
from components.store.database import Database
from components.store.dialect import put
from components.store.rows import clean_text, pack_class_map
from components.store.schema import REMOVED, item_confusions, item_measures, items, truths


def put_truth(
    connection: Connection,
    item_id: str,
    mask_sha256: str,
    size_wh: SizeWH,
    class_map: Mapping[int, str],
    *,
    by: str,
    now: int,
) -> None:
    """Let a stored mask be the truth of a picture, instead of an earlier one."""
    row = {
        "item_id": item_id,
        "mask_sha256": mask_sha256,
        "width": size_wh[0],
        "height": size_wh[1],
        "class_map": pack_class_map(class_map),
        "added_by": clean_text(by),
        "added_at": now,
    }
    put(connection, truths, [row])
    # What was counted against another one is no longer so.
    connection.execute(
        update(item_measures)
        .where(item_measures.c.item_id == item_id, item_measures.c.truth_sha256 != mask_sha256)
        .values(truth_sha256="", mean_iou=None)
    )
    is_counted = select(item_measures.c.item_id).where(
        item_measures.c.item_id == item_id, item_measures.c.truth_sha256 != ""
    )
    connection.execute(
        delete(item_confusions).where(
            item_confusions.c.item_id == item_id, item_confusions.c.item_id.not_in(is_counted)
        )
    )


def count_truths(db: Database, project_id: str) -> int:
    """Pictures of a project that have a truth mask."""
    statement = (
        select(func.count())
        .select_from(truths.join(items, items.c.id == truths.c.item_id))
        .where(items.c.project_id == clean_text(project_id), items.c.shelf != REMOVED)
    )
    with db.read() as connection:
        return connection.scalar(statement) or 0
