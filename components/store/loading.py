"""Pictures, thumbnails and answers read back as they were kept."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, select

from components.errors import Conflict
from components.model.image import SourceImage
from components.model.prediction import Answer
from components.store import content
from components.store.database import Database
from components.store.rows import clean_text
from components.store.schema import answers, blobs, images


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
    """
    with db.read() as connection:
        row = (
            connection.execute(
                select(images, blobs.c.data)
                .select_from(images.join(blobs, blobs.c.sha256 == images.c.sha256))
                .where(images.c.sha256 == clean_text(sha256))
            )
            .mappings()
            .first()
        )
    if row is None:
        raise Conflict("That picture is not on this desk. Add it once more.")
    return SourceImage(
        name=row["name"],
        data=bytes(row["data"]),
        media_type=row["media_type"],
        size_wh=(row["width"], row["height"]),
        original_size_wh=(row["original_width"], row["original_height"]),
        original_bytes=row["original_bytes"],
        original_format=row["original_format"],
        sha256=row["sha256"],
        url=row["url"],
        notes=tuple(json.loads(row["notes"])),
    )


def load_thumbnails(db: Database, sha256s: Sequence[str]) -> dict[str, bytes]:
    """Small JPEGs by the sha256 of their pictures; what is not there is left out."""
    with db.read() as connection:
        rows = connection.execute(
            select(images.c.sha256, blobs.c.data)
            .select_from(images.join(blobs, blobs.c.sha256 == images.c.thumbnail_sha256))
            .where(images.c.sha256.in_([clean_text(one) for one in sha256s]))
        )
        return {sha256: bytes(data) for sha256, data in rows}


def load_answer(db: Database, answer_id: str) -> StoredAnswer:
    """A model's answer with its masks.

    Raises:
        Conflict: it is not on this desk.
    """
    with db.read() as connection:
        stored = _load_answer(connection, clean_text(answer_id))
    if stored is None:
        raise Conflict("That answer of the model is not on this desk. Reload the page.")
    return stored


def find_answer(
    db: Database, image_sha256: str, model: str, confidence: int, address: str
) -> StoredAnswer | None:
    """The newest answer to this question; None where it was never asked."""
    statement = (
        select(answers.c.id)
        .where(
            answers.c.image_sha256 == clean_text(image_sha256),
            answers.c.model == clean_text(model),
            answers.c.confidence == confidence,
            answers.c.address == clean_text(address),
        )
        .order_by(answers.c.at.desc())
        .limit(1)
    )
    with db.read() as connection:
        found = connection.scalar(statement)
        return None if found is None else _load_answer(connection, found)


def _load_answer(connection: Connection, answer_id: str) -> StoredAnswer | None:
    row = connection.execute(select(answers).where(answers.c.id == answer_id)).mappings().first()
    if row is None:
        return None
    answer = content.load_answer(connection, row)
    return StoredAnswer(row["id"], answer, row["cut_to"], row["image_sha256"])
