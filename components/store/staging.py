"""Pictures of a run as they are read: kept at once, looked up, put in line to be asked about."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, and_, delete, func, insert, or_, select, update

from components.errors import Conflict, StoreError
from components.model.image import SizeWH, SourceImage
from components.model.prediction import Answer
from components.model.run import Run
from components.store import content
from components.store.database import Database
from components.store.items import list_masks
from components.store.placing import hold_project, reserve_places
from components.store.rows import LONGEST_NAME, clean_text
from components.store.runs import load_run
from components.store.schema import REMOVED, answers, blobs, images, items, runs, tasks, truths
from components.store.truths import put_truth

_LONGEST_PROBLEM = 4000
_LONGEST_GROUP = 200
_BATCH = 200


@dataclass(frozen=True, slots=True)
class Staged:
    """One file of a batch, read.

    Attributes:
        name: to show.
        grouping: what it belongs to; "" where nobody said.
        size: bytes as it came; 0 where not known.
        problem: why it is no picture, in plain words; "" where it is one.
        image, thumbnail: the picture; None and b"" where it is none.
        truth: its truth mask, 8-bit gray PNG, and that one's size.
        answer: that came with it.
    """

    name: str
    grouping: str = ""
    size: int = 0
    problem: str = ""
    image: SourceImage | None = None
    thumbnail: bytes = field(default=b"", repr=False)
    truth: tuple[bytes, SizeWH] | None = field(default=None, repr=False)
    answer: Answer | None = None


def claim_reading(db: Database, run_id: str, reader: str, *, now: int, until: int) -> int | None:
    """Become the one who reads a run's files.

    Returns:
        How many were read already; None where somebody else reads them, or nobody is to.
    """
    with db.write() as connection:
        taken = connection.execute(
            update(runs)
            .where(
                runs.c.id == run_id,
                runs.c.is_reading == 1,
                runs.c.state.in_(("preview", "running")),
                or_(runs.c.reader == reader, runs.c.reader_until < now),
            )
            .values(reader=reader, reader_until=until)
        )
        if not taken.rowcount:
            return None
        return connection.scalar(_count(run_id)) or 0


def stage(
    db: Database,
    run_id: str,
    reader: str,
    files: Sequence[Staged],
    *,
    after: int | None = None,
    now: int,
    until: int,
) -> bool:
    """Keep what was read next; twice the same is kept once.

    Args:
        db: where.
        run_id: the run.
        reader: who has claimed the reading of it.
        files: in their order.
        after: how many were kept before them; None to keep them in any case.
        now: UTC milliseconds.
        until: the claim is made longer, to this.

    Returns:
        Whether it was kept; False where the reading was taken over, paused or cancelled meanwhile.

    Raises:
        StoreUnavailable: nothing can be written now.
    """
    for one in files:
        db.put_away(*_list_bytes(one))
    with db.write() as connection:
        run = load_run(connection, run_id, lock=True)
        is_mine = connection.execute(
            update(runs)
            .where(
                runs.c.id == run_id,
                runs.c.is_reading == 1,
                runs.c.reader == reader,
                runs.c.state.in_(("preview", "running")),
            )
            .values(reader_until=until)
        )
        if not is_mine.rowcount:
            return False
        if after is not None and (connection.scalar(_count(run_id)) or 0) > after:
            return True  # it was kept, and the connection broke before that was said
        hold_project(connection, run.project_id)
        _insert_tasks(connection, run, files, now)
        return True


def end_reading(
    db: Database, run_id: str, reader: str, *, reason: str = "", is_lost: bool = False
) -> None:
    """Nothing more comes.

    Args:
        db: where.
        run_id: the run.
        reader: who read.
        reason: what broke the reading off, in plain words; "" where all was read.
        is_lost: whether the run is to be paused because of it.
    """
    values: dict[str, Any] = {"is_reading": 0}
    if reason:  # else the reason of a pause stands
        values["reason"] = clean_text(reason)[:_LONGEST_PROBLEM]
    with db.write() as connection:
        mine = and_(runs.c.id == run_id, runs.c.reader == reader)
        connection.execute(update(runs).where(mine).values(**values))
        if is_lost:
            connection.execute(
                update(runs).where(mine, runs.c.state == "running").values(state="paused")
            )


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
                **_BLANK,
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
        used = _list_used(connection, wanted, (items.c.answer_id, tasks.c.answer_id))
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


_BLANK: dict[str, Any] = {
    "position": 0,
    "grouping": "",
    "image_sha256": None,
    "size": 0,
    "truth_sha256": None,
    "truth_width": None,
    "truth_height": None,
    "answer_id": None,
    "item_id": None,
    "state": "waiting",
    "problem": "",
    "attempts": 0,
    "failures": 0,
    "not_before": 0,
    "claimed_by": "",
    "claimed_until": 0,
    "seconds": None,
}


def _insert_tasks(connection: Connection, run: Run, files: Sequence[Staged], now: int) -> None:
    pictures = [one.image.sha256 for one in files if one.image is not None]
    known = {
        row.image_sha256: row
        for row in connection.execute(
            select(items.c.image_sha256, items.c.id, items.c.answer_id, items.c.shelf).where(
                items.c.project_id == run.project_id, items.c.image_sha256.in_(pictures)
            )
        )
    }
    seen = set(
        connection.scalars(
            select(tasks.c.image_sha256).where(
                tasks.c.run_id == run.id, tasks.c.image_sha256.in_(pictures)
            )
        )
    )
    seq = connection.scalar(_count(run.id)) or 0
    rows = []
    for one in files:
        seq += 1
        row = {
            **_BLANK,
            "run_id": run.id,
            "seq": seq,
            "name": clean_text(one.name)[:LONGEST_NAME],
            "grouping": clean_text(one.grouping)[:_LONGEST_GROUP],
            "size": one.size,
            "problem": clean_text(one.problem)[:_LONGEST_PROBLEM],
            "at": now,
        }
        rows.append(row)
        if one.image is None:
            row["state"] = "unreadable"
            continue
        content.store_image(connection, one.image, one.thumbnail)
        row["image_sha256"] = one.image.sha256
        item = known.get(one.image.sha256)
        if one.image.sha256 in seen:
            row["state"] = "twin"
            continue
        seen.add(one.image.sha256)
        if one.truth is not None:
            mask, (row["truth_width"], row["truth_height"]) = one.truth
            row["truth_sha256"] = content.store_blob(connection, mask)
        if item is not None and item.shelf != REMOVED:
            row["item_id"] = item.id
            if item.answer_id is not None:
                row["state"] = "known"
                # A run that was previewed gives known pictures their truth once it is started.
                if run.state == "running" and one.truth is not None:
                    put_truth(
                        connection,
                        item.id,
                        row["truth_sha256"],
                        one.truth[1],
                        run.truth_classes,
                        by=run.created_by,
                        now=now,
                    )
                continue
        if one.answer is not None:
            row["answer_id"] = content.store_answer(
                connection, one.image.sha256, one.answer, None, now
            )
    new = [row for row in rows if row["state"] == "waiting"]
    if new:
        place = reserve_places(connection, run.project_id, len(new))
        for at, row in enumerate(new):
            row["position"] = place + at
    if rows:
        connection.execute(insert(tasks), rows)


def _count(run_id: str) -> Any:
    return select(func.max(tasks.c.seq)).where(tasks.c.run_id == run_id)


def _list_bytes(one: Staged) -> list[bytes]:
    found = [one.thumbnail] if one.thumbnail else []
    if one.image is not None:
        found.append(one.image.data)
    if one.truth is not None:
        found.append(one.truth[0])
    return found + (list_masks(one.answer) if one.answer is not None else [])
