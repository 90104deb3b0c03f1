"""Pictures of a project and what the model said about them; each byte is stored once."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import delete, update

from components.model.areas import Area
from components.model.image import SourceImage
from components.model.measures import Measures
from components.model.prediction import Answer
from components.model.review import Item
from components.store import content
from components.store.classes import widen_class_map
from components.store.database import Database
from components.store.loading import (
    StoredAnswer,
    find_answer,
    find_size,
    load_answer,
    load_image,
    load_thumbnails,
)
from components.store.placing import hold_project, place_item, put_answer
from components.store.projects import note_event
from components.store.rows import (
    LONGEST_NAME,
    check_text,
    clean_text,
    hold_item,
    load_item,
)
from components.store.schema import (
    claims,
    items,
)
from components.store.shelving import move_shelf

__all__ = [
    "StoredAnswer",
    "add_item",
    "find_answer",
    "find_item",
    "find_size",
    "keep_answer",
    "list_masks",
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
    db.put_away(image.data, thumbnail)
    with db.write() as connection:
        project = hold_project(connection, project_id)
        content.store_image(connection, image, thumbnail)
        return place_item(connection, project, image.sha256, name=shown, by=by, now=now)


def keep_answer(
    db: Database,
    item_id: str,
    answer: Answer,
    *,
    cut_to: int | None,
    areas: Sequence[Area],
    mean_confidence: float | None,
    now: int,
    measures: Measures | None = None,
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
        measures: what else was counted of it; None where that is to be done later.

    Raises:
        Conflict: no such picture, or it was taken out.
        StoreUnavailable: nothing can be written now.
    """
    db.put_away(*list_masks(answer))
    with db.write() as connection:
        # The project's row before the picture's, as everywhere.
        widen_class_map(connection, clean_text(item_id), answer.prediction.class_map)
        item, project = hold_item(connection, clean_text(item_id))
        answer_id = content.store_answer(connection, item.image_sha256, answer, cut_to, now)
        return put_answer(
            connection,
            item,
            project,
            answer_id,
            areas=areas,
            mean_confidence=mean_confidence,
            measures=measures,
        )


def store_answer(
    db: Database, image_sha256: str, answer: Answer, *, cut_to: int | None, now: int
) -> str:
    """Keep another answer about a picture, of another threshold or model; returns its id.

    Raises:
        Conflict: the picture is not on this desk.
        StoreUnavailable: nothing can be written now.
    """
    db.put_away(*list_masks(answer))
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


def list_masks(answer: Answer) -> list[bytes]:
    """The bytes that storing an answer keeps."""
    prediction = answer.prediction
    return [data for data in (prediction.mask_png, prediction.confidence_png) if data]


def find_item(db: Database, item_id: str) -> Item:
    """One picture of a project.

    Raises:
        Conflict: there is none of this id, or it was taken out.
    """
    with db.read() as connection:
        return load_item(connection, clean_text(item_id))
