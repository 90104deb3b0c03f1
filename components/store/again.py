"""The project's own pictures put into a run, for another look of a model at them."""

from __future__ import annotations

from sqlalchemy import insert, select, update

from components.store.database import Database
from components.store.runs import load_run
from components.store.schema import REMOVED, images, items, runs, tasks
from components.store.staging import BLANK


def stage_again(db: Database, run_id: str, *, only_unanswered: bool, now: int) -> int:
    """Put the project's own pictures into a run, for another look of the model at them.

    Args:
        db: where.
        run_id: the run, which reads nothing.
        only_unanswered: only pictures that have no answer yet.
        now: UTC milliseconds.

    Returns:
        How many.
    """
    with db.write() as connection:
        run = load_run(connection, run_id, lock=True)
        wanted = [items.c.project_id == run.project_id, items.c.shelf != REMOVED]
        if only_unanswered:
            wanted.append(items.c.answer_id.is_(None))
        rows = connection.execute(
            select(
                items.c.id,
                items.c.name,
                items.c.grouping,
                items.c.position,
                items.c.image_sha256,
                images.c.original_bytes,
            )
            .join(images, images.c.sha256 == items.c.image_sha256)
            .where(*wanted)
            .order_by(items.c.position)
        ).all()
        made = [
            {
                **BLANK,
                "run_id": run.id,
                "seq": seq,
                "position": row.position,
                "name": row.name,
                "grouping": row.grouping,
                "image_sha256": row.image_sha256,
                "size": row.original_bytes,
                "item_id": row.id,
                "at": now,
            }
            for seq, row in enumerate(rows, start=1)
        ]
        if made:
            connection.execute(insert(tasks), made)
        connection.execute(update(runs).where(runs.c.id == run.id).values(expected=len(made)))
        return len(made)
