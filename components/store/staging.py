"""Pictures of a run as they are read: kept at once, looked up, put in line to be asked about."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from sqlalchemy import Connection, and_, func, insert, or_, select, update

from components.model.image import SizeWH, SourceImage
from components.model.prediction import Answer
from components.model.run import Run
from components.store import content
from components.store.database import Database
from components.store.items import list_masks
from components.store.placing import hold_project, reserve_places
from components.store.rows import LONGEST_NAME, clean_text
from components.store.runs import load_run
from components.store.schema import (
    REMOVED,
    items,
    projects,
    runs,
    tasks,
)
from components.store.truths import put_truth

_LONGEST_PROBLEM = 4000
_LONGEST_GROUP = 200


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


BLANK: Final[dict[str, Any]] = {
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
"""A task before anything is known of it."""


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
    own = select(projects.c.id).where(
        projects.c.id == run.project_id,
        projects.c.model == run.model,
        projects.c.confidence == run.confidence,
    )
    is_own = run.kind != "folder" or connection.scalar(own) is not None
    rows = []
    first: dict[str, dict[str, Any]] = {}
    for one in files:
        seq += 1
        row = {
            **BLANK,
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
        brought = _store_brought(connection, one, now)
        if one.image.sha256 in first:
            row["state"] = "twin"
            # What came along with the second of two is the first one's as well.
            first[one.image.sha256].update(
                {
                    name: value
                    for name, value in brought.items()
                    if first[one.image.sha256][name] is None
                }
            )
            continue
        if one.image.sha256 in seen:
            row["state"] = "twin"
            _add_brought(connection, run.id, one.image.sha256, brought)
            continue
        first[one.image.sha256] = row
        row.update(brought)
        item = known.get(one.image.sha256)
        if item is not None and item.shelf != REMOVED:
            row["item_id"] = item.id
            # Another model, or another confidence, is another answer, kept beside the first.
            if item.answer_id is not None and is_own:
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
    new = [row for row in rows if row["state"] == "waiting"]
    if new:
        place = reserve_places(connection, run.project_id, len(new))
        for at, row in enumerate(new):
            row["position"] = place + at
    if rows:
        connection.execute(insert(tasks), rows)


def _store_brought(connection: Connection, one: Staged, now: int) -> dict[str, Any]:
    """What came along with a picture, as columns of tasks."""
    brought: dict[str, Any] = {}
    if one.truth is not None:
        mask, (width, height) = one.truth
        brought["truth_sha256"] = content.store_blob(connection, mask)
        brought["truth_width"], brought["truth_height"] = width, height
    if one.answer is not None and one.image is not None:
        brought["answer_id"] = content.store_answer(
            connection, one.image.sha256, one.answer, None, now
        )
    return brought


def _add_brought(
    connection: Connection, run_id: str, image_sha256: str, brought: dict[str, Any]
) -> None:
    """Give it to the first of two alike that was kept before, unless it has its own."""
    own = and_(
        tasks.c.run_id == run_id,
        tasks.c.image_sha256 == image_sha256,
        tasks.c.state.in_(("waiting", "known")),
    )
    groups = (("truth_sha256", "truth_width", "truth_height"), ("answer_id",))
    for names in groups:
        values = {name: brought[name] for name in names if name in brought}
        if values:
            connection.execute(
                update(tasks).where(own, tasks.c[names[0]].is_(None)).values(**values)
            )


def _count(run_id: str) -> Any:
    return select(func.max(tasks.c.seq)).where(tasks.c.run_id == run_id)


def _list_bytes(one: Staged) -> list[bytes]:
    found = [one.thumbnail] if one.thumbnail else []
    if one.image is not None:
        found.append(one.image.data)
    if one.truth is not None:
        found.append(one.truth[0])
    return found + (list_masks(one.answer) if one.answer is not None else [])
