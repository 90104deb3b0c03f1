"""Pictures put into projects and given their answer, within a transaction of the caller's."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, insert, select, true, update

from components.model.areas import Area
from components.model.measures import Measures
from components.model.review import Item, Project
from components.store.classes import put_classes
from components.store.dialect import lock_rules
from components.store.insights.keeping import drop_measures, put_measures
from components.store.naming import add_grams
from components.store.projects import note_event
from components.store.rows import (
    clean_text,
    find_bucket,
    fold_name,
    load_item,
    load_project,
    make_item,
    make_name_key,
)
from components.store.schema import REMOVED, items, projects
from components.store.settling import (
    change_tallies,
    count_item,
    lower_seen,
    settle_item,
)
from components.store.shelving import move_shelf


def hold_project(connection: Connection, project_id: str) -> Project:
    """A project whose rules and places nobody else changes until the end of the transaction.

    Raises:
        Conflict: no such project.
    """
    # Holding its row makes positions unique, and the same picture twice impossible.
    lock_rules(connection, clean_text(project_id), alone=False)
    return load_project(connection, clean_text(project_id), lock=True)


def place_item(
    connection: Connection,
    project: Project,
    image_sha256: str,
    *,
    name: str,
    by: str,
    now: int,
    grouping: str = "",
    position: int | None = None,
) -> tuple[Item, bool]:
    """Put a stored picture into a project that the caller holds.

    Args:
        connection: within a transaction that writes.
        project: as `hold_project` gave it.
        image_sha256: the picture.
        name: file name to show, checked.
        by: who adds it.
        now: UTC milliseconds.
        grouping: what it belongs to, in the words of whoever brought it.
        position: its place, which `reserve_places` gave; None for the next one.

    Returns:
        As `add_item`.
    """
    known = (
        connection.execute(
            select(items).where(
                items.c.project_id == project.id, items.c.image_sha256 == image_sha256
            )
        )
        .mappings()
        .first()
    )
    if known is not None:
        if known["shelf"] == REMOVED:
            move_shelf(connection, project, make_item(known), is_removed=False)
            settle_item(connection, project, known["id"])
            note_event(connection, project.id, "item_restored", by=by, now=now, item_id=known["id"])
        return load_item(connection, known["id"]), False
    if position is None:
        position = reserve_places(connection, project.id, 1)
    else:
        # Others of a later place may have been looked at and judged already.
        lower_seen(connection, project.id, position, true())
    item = Item(
        id=uuid.uuid4().hex,
        project_id=project.id,
        position=position,
        name=name,
        image_sha256=image_sha256,
        answer_id=None,
        status="no_answer",
        added_by=clean_text(by),
        added_at=now,
        grouping=clean_text(grouping),
    )
    row = _make_row(item)
    connection.execute(insert(items).values(**row))
    add_grams(connection, project.id, [(item.id, row["name_folded"])])
    change_tallies(
        connection, project.id, count_item(REMOVED, (), ()), count_item("no_answer", (), ())
    )
    note_event(connection, project.id, "item_added", by=by, now=now, item_id=item.id, name=name)
    return item, True


def reserve_places(connection: Connection, project_id: str, count: int) -> int:
    """The first of so many places in a project, which nobody else is given."""
    last = connection.scalar(
        update(projects)
        .where(projects.c.id == project_id)
        .values(last_position=projects.c.last_position + count)
        .returning(projects.c.last_position)
    )
    return int(last or count) - count + 1


def put_answer(
    connection: Connection,
    item: Item,
    project: Project,
    answer_id: str,
    *,
    areas: Sequence[Area],
    mean_confidence: float | None,
    measures: Measures | None = None,
) -> Item:
    """Let a picture, which the caller holds, be reviewed by a stored answer; as `keep_answer`."""
    connection.execute(
        update(items)
        .where(items.c.id == item.id)
        .values(
            answer_id=answer_id,
            mean_confidence=mean_confidence,
            confidence_key=2.0 if mean_confidence is None else mean_confidence,
            problem="",
        )
    )
    put_classes(connection, item, project.id, areas)
    if measures is not None:
        put_measures(connection, item.id, project.id, item.position, answer_id, measures)
    elif item.answer_id is not None:
        drop_measures(connection, item.id)
    settle_item(connection, project, item.id)
    return load_item(connection, item.id)


def _make_row(item: Item) -> dict[str, Any]:
    return {
        "id": item.id,
        "project_id": item.project_id,
        "position": item.position,
        "name": item.name,
        "name_folded": fold_name(item.name, item.grouping),
        "name_key": make_name_key(item.name),
        "image_sha256": item.image_sha256,
        "answer_id": item.answer_id,
        "status": item.status,
        "shelf": item.status,
        "reviews": 0,
        "mean_confidence": None,
        "confidence_key": 2.0,
        "disagreement": 0.0,
        "problem": "",
        "bucket": find_bucket(item.id),
        "added_by": item.added_by,
        "added_at": item.added_at,
        "grouping": item.grouping,
    }
