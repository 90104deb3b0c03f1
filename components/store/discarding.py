"""What a batch that is put away had read, forgotten again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, delete, select

from components.errors import Conflict, StoreError
from components.store.database import Database
from components.store.rows import clean_text
from components.store.runs import load_run
from components.store.schema import (
    answers,
    blobs,
    comparison_items,
    images,
    items,
    tasks,
    truths,
)

_BATCH = 200


def discard_tasks(db: Database, run_id: str) -> None:
    """Forget what a cancelled run had read and nothing else refers to."""
    own = tasks.c.run_id == clean_text(run_id)
    while True:
        with db.write() as connection:
            if load_run(connection, clean_text(run_id), lock=True).state != "cancelled":
                raise Conflict("This batch is in use, so what it has read is kept.")
            rows = connection.execute(
                select(tasks.c.seq, tasks.c.image_sha256, tasks.c.truth_sha256, tasks.c.answer_id)
                .where(own, tasks.c.state.not_in(("done", "failed", "asking")))
                .limit(_BATCH)
            ).all()
            if not rows:
                return
            connection.execute(delete(tasks).where(own, tasks.c.seq.in_([row.seq for row in rows])))
        try:
            _drop_unused(db, rows)
        except StoreError:
            continue  # somebody else has taken one of them in at this moment


def _drop_unused(db: Database, rows: Sequence[Any]) -> None:
    """Bytes in an object storage stay there: another desk may be about to name them."""
    with db.write() as connection:
        wanted = {row.answer_id for row in rows if row.answer_id}
        freed: set[str] = {row.truth_sha256 for row in rows if row.truth_sha256}
        compared = comparison_items.c.a_answer_id, comparison_items.c.b_answer_id
        used = _list_used(connection, wanted, (items.c.answer_id, tasks.c.answer_id, *compared))
        gone = connection.execute(
            delete(answers)
            .where(answers.c.id.in_(wanted - used))
            .returning(answers.c.mask_sha256, answers.c.confidence_sha256)
        ).all()
        freed.update(sha256 for row in gone for sha256 in row if sha256)
        pictures = {row.image_sha256 for row in rows if row.image_sha256}
        used = _list_used(
            connection,
            pictures,
            (items.c.image_sha256, tasks.c.image_sha256, answers.c.image_sha256),
        )
        thumbnails = connection.scalars(
            delete(images)
            .where(images.c.sha256.in_(pictures - used))
            .returning(images.c.thumbnail_sha256)
        ).all()
        freed.update(pictures - used, (sha256 for sha256 in thumbnails if sha256))
        used = _list_used(
            connection,
            freed,
            (
                images.c.sha256,
                images.c.thumbnail_sha256,
                answers.c.mask_sha256,
                answers.c.confidence_sha256,
                tasks.c.truth_sha256,
                truths.c.mask_sha256,
            ),
        )
        connection.execute(delete(blobs).where(blobs.c.sha256.in_(freed - used)))


def _list_used(connection: Connection, values: set[str], columns: Sequence[Any]) -> set[str]:
    used: set[str] = set()
    for column in columns:
        used.update(connection.scalars(select(column).where(column.in_(values)).distinct()))
    return used
