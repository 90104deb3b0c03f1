"""Pictures of a project and what the model said about them; each byte is stored once."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from sqlalchemy import delete, insert, select, update

from components.model.areas import Area
from components.model.image import SourceImage
from components.model.prediction import Answer
from components.model.review import Item
from components.store import content
from components.store.classes import make_class_rows, widen_class_map
from components.store.database import Database
from components.store.dialect import lock_rules
from components.store.loading import (
    StoredAnswer,
    find_answer,
    load_answer,
    load_image,
    load_thumbnails,
)
from components.store.naming import add_grams
from components.store.projects import note_event
from components.store.rows import (
    LONGEST_NAME,
    check_text,
    clean_text,
    find_bucket,
    hold_item,
    load_item,
    load_project,
    make_item,
    make_name_key,
)
from components.store.schema import (
    REMOVED,
    claims,
    item_classes,
    items,
    projects,
)
from components.store.settling import (
    change_tallies,
    count_item,
    list_item_classes,
    settle_item,
)
from components.store.shelving import move_shelf

__all__ = [
    "StoredAnswer",
    "add_item",
    "find_answer",
    "find_item",
    "keep_answer",
    "load_answer",
    "load_image",
    "load_thumbnails",
    "note_problem",
    "remove_item",
    "store_answer",
]


def add_item(
    db: Database,
    project_id: str,
    image: SourceImage,
    thumbnail: bytes,
    *,
    name: str,
    by: str,
    now: int,
) -> tuple[Item, bool]:
    """Add a picture to a project.

    Args:
        db: where.
        project_id: of the project.
        image: the picture.
        thumbnail: small JPEG.
        name: file name to show.
        by: who adds it.
        now: UTC milliseconds.

    Returns:
        The item, and whether it is new to the project; False where the project has this picture
        already. One that was taken out comes back with its reviews.

    Raises:
        Conflict: no such project.
        StoreUnavailable: nothing can be written now.
    """
    shown = check_text(name, "A file name", LONGEST_NAME)
    with db.write() as connection:
        # Holding the project makes positions unique, and the same picture twice impossible.
        lock_rules(connection, clean_text(project_id), alone=False)
        project = load_project(connection, clean_text(project_id), lock=True)
        known = (
            connection.execute(
                select(items).where(
                    items.c.project_id == project.id, items.c.image_sha256 == image.sha256
                )
            )
            .mappings()
            .first()
        )
        if known is not None:
            if known["shelf"] == REMOVED:
                move_shelf(connection, project, make_item(known), is_removed=False)
                settle_item(connection, project, known["id"])
                note_event(
                    connection, project.id, "item_restored", by=by, now=now, item_id=known["id"]
                )
            return load_item(connection, known["id"]), False
        content.store_image(connection, image, thumbnail)
        position = connection.scalar(
            select(projects.c.last_position).where(projects.c.id == project.id)
        )
        item = Item(
            id=uuid.uuid4().hex,
            project_id=project.id,
            position=(position or 0) + 1,
            name=shown,
            image_sha256=image.sha256,
            answer_id=None,
            status="no_answer",
            added_by=clean_text(by),
            added_at=now,
        )
        connection.execute(
            update(projects).where(projects.c.id == project.id).values(last_position=item.position)
        )
        row = _make_row(item)
        connection.execute(insert(items).values(**row))
        add_grams(connection, project.id, [(item.id, row["name_folded"])])
        change_tallies(
            connection, project.id, count_item(REMOVED, (), ()), count_item("no_answer", (), ())
        )
        note_event(
            connection, project.id, "item_added", by=by, now=now, item_id=item.id, name=shown
        )
        return item, True


def keep_answer(
    db: Database,
    item_id: str,
    answer: Answer,
    *,
    cut_to: int | None,
    areas: Sequence[Area],
    mean_confidence: float | None,
    now: int,
) -> Item:
    """Keep a model's answer as the one its picture is reviewed by.

    Args:
        db: where.
        item_id: the picture.
        answer: as it came.
        cut_to: the class id that pixels below a threshold take, where it was asked for at 1 and is
            cut at the desk; None where it is shown as it came.
        areas: of the classes present.
        mean_confidence: mean of the confidence mask, 0–1; None where none came.
        now: UTC milliseconds.

    Raises:
        Conflict: no such picture, or it was taken out.
        StoreUnavailable: nothing can be written now.
    """
    with db.write() as connection:
        # The project's row before the picture's, as everywhere.
        widen_class_map(connection, clean_text(item_id), answer.prediction.class_map)
        item, project = hold_item(connection, clean_text(item_id))
        answer_id = content.store_answer(connection, item.image_sha256, answer, cut_to, now)
        before = list_item_classes(connection, item.id)
        connection.execute(delete(item_classes).where(item_classes.c.item_id == item.id))
        rows = make_class_rows(item, areas)
        if rows:
            connection.execute(insert(item_classes), rows)
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
        settle_item(connection, project, item.id)
        change_tallies(
            connection,
            project.id,
            count_item(item.status, (), before),
            count_item(item.status, (), [row["class_name"] for row in rows]),
        )
        return load_item(connection, item.id)


def store_answer(
    db: Database, image_sha256: str, answer: Answer, *, cut_to: int | None, now: int
) -> str:
    """Keep another answer about a picture, of another threshold or model; returns its id.

    Raises:
        Conflict: the picture is not on this desk.
        StoreUnavailable: nothing can be written now.
    """
    with db.write() as connection:
        content.require_image(connection, clean_text(image_sha256))
        return content.store_answer(connection, clean_text(image_sha256), answer, cut_to, now)


def note_problem(db: Database, item_id: str, text: str) -> None:
    """Write down why there is no answer about a picture, in plain words; "" takes it back."""
    with db.write() as connection:
        item = load_item(connection, clean_text(item_id), lock=True)
        connection.execute(
            update(items).where(items.c.id == item.id).values(problem=clean_text(text)[:4000])
        )


def remove_item(db: Database, item_id: str, *, by: str, now: int) -> None:
    """Take a picture out of its project; its reviews stay in the record.

    Raises:
        Conflict: no such picture, or it was taken out already.
        StoreUnavailable: nothing can be written now.
    """
    with db.write() as connection:
        item, project = hold_item(connection, clean_text(item_id))
        move_shelf(connection, project, item, is_removed=True)
        connection.execute(delete(claims).where(claims.c.item_id == item.id))
        note_event(
            connection, project.id, "item_removed", by=by, now=now, item_id=item.id, name=item.name
        )


def find_item(db: Database, item_id: str) -> Item:
    """One picture of a project.

    Raises:
        Conflict: there is none of this id, or it was taken out.
    """
    with db.read() as connection:
        return load_item(connection, clean_text(item_id))


def _make_row(item: Item) -> dict[str, Any]:
    return {
        "id": item.id,
        "project_id": item.project_id,
        "position": item.position,
        "name": item.name,
        "name_folded": item.name.casefold(),
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
    }
