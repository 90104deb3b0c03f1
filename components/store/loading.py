"""Pictures, thumbnails and answers read back as they were kept."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, select

from components.errors import Conflict
from components.model.image import SizeWH, SourceImage
from components.model.prediction import Answer
from components.store import content
from components.store.database import Database
from components.store.rows import clean_text
from components.store.schema import answers, images


@dataclass(frozen=True, slots=True)
class StoredAnswer:
    """A model's answer as it is kept.

    Attributes:
        id: 32 hex digits, drawn from its content and how it was asked for.
        answer: as it came.
        cut_to: the class id that pixels below a threshold take, where it was asked for at 1 and is
            cut at the desk; None where it is shown as it came.
        image_sha256: the picture it is about.
    """

    id: str
    answer: Answer
    cut_to: int | None
    image_sha256: str


def load_image(db: Database, sha256: str) -> SourceImage:
    """A picture with its bytes.

    Raises:
        Conflict: it is not on this desk.
        StoreUnavailable: it cannot be read now.
        StoreError: its bytes are lost or damaged.
    """
    with db.read() as connection:
        row = (
            connection.execute(select(images).where(images.c.sha256 == clean_text(sha256)))
            .mappings()
            .first()
        )
        found = {} if row is None else content.find_blobs(connection, [row["sha256"]])
    if row is None:
        raise Conflict("That picture is not on this desk. Add it once more.")
    return SourceImage(
        name=row["name"],
        data=db.bring(found)[row["sha256"]],
        media_type=row["media_type"],
        size_wh=(row["width"], row["height"]),
        original_size_wh=(row["original_width"], row["original_height"]),
        original_bytes=row["original_bytes"],
        original_format=row["original_format"],
        sha256=row["sha256"],
        url=row["url"],
        notes=tuple(json.loads(row["notes"])),
    )


def find_size(db: Database, sha256: str) -> SizeWH:
    """Width and height of a picture, in pixels.

    Raises:
        Conflict: it is not on this desk.
    """
    statement = select(images.c.width, images.c.height).where(images.c.sha256 == clean_text(sha256))
    with db.read() as connection:
        row = connection.execute(statement).first()
    if row is None:
        raise Conflict("That picture is not on this desk. Add it once more.")
    return row.width, row.height


def load_thumbnails(db: Database, sha256s: Sequence[str]) -> dict[str, bytes]:
    """Small JPEGs by the sha256 of their pictures; what is not there is left out."""
    with db.read() as connection:
        named = connection.execute(
            select(images.c.sha256, images.c.thumbnail_sha256).where(
                images.c.sha256.in_([clean_text(one) for one in sha256s]),
                images.c.thumbnail_sha256.is_not(None),
            )
        ).all()
        found = content.find_blobs(connection, [row.thumbnail_sha256 for row in named])
    # One that is lost is no reason not to show the others.
    data = db.bring(found, skip_lost=True)
    return {row.sha256: data[row.thumbnail_sha256] for row in named if row.thumbnail_sha256 in data}


def load_answer(db: Database, answer_id: str) -> StoredAnswer:
    """A model's answer with its masks.

    Raises:
        Conflict: it is not on this desk.
        StoreUnavailable: it cannot be read now.
        StoreError: its masks are lost or damaged.
    """
    stored = _load_answer(db, select(answers).where(answers.c.id == clean_text(answer_id)))
    if stored is None:
        raise Conflict("That answer of the model is not on this desk. Reload the page.")
    return stored


def find_answer(
    db: Database, image_sha256: str, model: str, confidence: int, address: str
) -> StoredAnswer | None:
    """The newest answer to this question; None where it was never asked."""
    statement = (
        select(answers)
        .where(
            answers.c.image_sha256 == clean_text(image_sha256),
            answers.c.model == clean_text(model),
            answers.c.confidence == confidence,
            answers.c.address == clean_text(address),
        )
        .order_by(answers.c.at.desc())
        .limit(1)
    )
    return _load_answer(db, statement)


def _load_answer(db: Database, statement: Select[Any]) -> StoredAnswer | None:
    with db.read() as connection:
        row = connection.execute(statement).mappings().first()
        if row is None:
            return None
        found = content.find_blobs(connection, content.list_blobs(row))
    answer = content.make_answer(row, db.bring(found))
    return StoredAnswer(row["id"], answer, row["cut_to"], row["image_sha256"])
