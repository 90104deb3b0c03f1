"""Truth masks: what is right about a picture, brought along by whoever added it."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import Connection, delete, func, select, update

from components.model.image import SizeWH
from components.store.comparison_rows import UNREAD
from components.store.database import Database
from components.store.dialect import put
from components.store.rows import clean_text, pack_class_map
from components.store.schema import (
    REMOVED,
    comparison_items,
    comparisons,
    item_confusions,
    item_measures,
    items,
    truths,
)


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
    packed = pack_class_map(class_map)
    before = connection.execute(
        select(truths.c.mask_sha256, truths.c.class_map).where(truths.c.item_id == item_id)
    ).first()
    row = {
        "item_id": item_id,
        "mask_sha256": mask_sha256,
        "width": size_wh[0],
        "height": size_wh[1],
        "class_map": packed,
        "added_by": clean_text(by),
        "added_at": now,
    }
    put(connection, truths, [row])
    if before is not None:
        is_same = tuple(before) == (mask_sha256, packed)
        forget_counted(connection, item_id, only_unread=is_same)


def forget_counted(connection: Connection, item_id: str, *, only_unread: bool = False) -> None:
    """Let what was counted of a picture against its truth be counted again, by whoever looks.

    What holds without a truth stays.

    Args:
        connection: within a transaction.
        item_id: the picture.
        only_unread: only where its truth mask could not be read.
    """
    if not only_unread:
        connection.execute(delete(item_confusions).where(item_confusions.c.item_id == item_id))
    counted = select(item_confusions.c.item_id).where(item_confusions.c.item_id == item_id)
    connection.execute(
        update(item_measures)
        .where(item_measures.c.item_id == item_id, item_measures.c.item_id.not_in(counted))
        .values(truth_sha256="", mean_iou=None)
    )
    # By whole keys: there is no index over pictures alone.
    of_project = (
        select(comparisons.c.id)
        .join(items, items.c.project_id == comparisons.c.project_id)
        .where(items.c.id == item_id)
    )
    own = comparison_items.c.comparison_id.in_(of_project), comparison_items.c.item_id == item_id
    connection.execute(delete(comparison_items).where(*own, comparison_items.c.changed.is_(None)))
    unread = [comparison_items.c.truth_a.contains(UNREAD)] if only_unread else []
    connection.execute(update(comparison_items).where(*own, *unread).values(truth_a="", truth_b=""))


def count_truths(db: Database, project_id: str) -> int:
    """Pictures of a project that have a truth mask."""
    statement = (
        select(func.count())
        .select_from(truths.join(items, items.c.id == truths.c.item_id))
        .where(items.c.project_id == clean_text(project_id), items.c.shelf != REMOVED)
    )
    with db.read() as connection:
        return connection.scalar(statement) or 0
