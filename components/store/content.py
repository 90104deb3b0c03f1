"""Bytes by their sha256: pictures, thumbnails, masks, and the facts that go with them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import Connection, RowMapping, select

from components.errors import Conflict
from components.model.image import SizeWH, SourceImage
from components.model.prediction import Answer, Prediction
from components.store.database import Database, get_objects
from components.store.dialect import insert_new
from components.store.rows import clean_text, pack, pack_class_map, unpack_class_map
from components.store.schema import answers, blobs, images


def store_blob(connection: Connection, data: bytes) -> str:
    """Keep bytes, once; returns their sha256.

    With an object storage they are there before a row says so. `Database.put_away` brings them
    before the transaction begins; what was forgotten there is brought now.
    """
    sha256 = hashlib.sha256(data).hexdigest()
    known = connection.scalar(select(blobs.c.sha256).where(blobs.c.sha256 == sha256))
    if known is not None:
        return sha256
    objects = get_objects(connection)
    if objects is not None and not objects.was_put(sha256):
        objects.put(data)
    insert_new(connection, blobs, [make_blob_row(sha256, data, is_away=objects is not None)])
    return sha256


def make_blob_row(sha256: str, data: bytes, *, is_away: bool) -> dict[str, Any]:
    """The row of a blob; its bytes are left out where they are in the object storage."""
    kept = b"" if is_away else data
    return {"sha256": sha256, "size": len(data), "data": kept, "is_away": int(is_away)}


def find_blobs(connection: Connection, sha256s: Iterable[str]) -> dict[str, bytes | None]:
    """Bytes by their sha256; None for those that are away: `Database.bring` brings them."""
    rows = connection.execute(
        select(blobs.c.sha256, blobs.c.data, blobs.c.is_away).where(
            blobs.c.sha256.in_(list(sha256s))
        )
    )
    return {row.sha256: None if row.is_away else bytes(row.data) for row in rows}


def load_blob(db: Database, connection: Connection, sha256: str) -> bytes:
    """The bytes of one sha256 that a row names, wherever they are.

    Raises:
        StoreError: they are lost.
    """
    return db.bring(find_blobs(connection, [sha256]))[sha256]


def store_image(connection: Connection, image: SourceImage, thumbnail: bytes) -> None:
    """Keep a picture and its facts, once.

    Raises:
        Conflict: its sha256 is not that of its bytes.
    """
    if store_blob(connection, image.data) != image.sha256:
        raise Conflict(f"{image.name} changed while it was added. Add it once more.")
    row = {
        "sha256": image.sha256,
        "name": clean_text(image.name),
        "media_type": image.media_type,
        "width": image.size_wh[0],
        "height": image.size_wh[1],
        "original_width": image.original_size_wh[0],
        "original_height": image.original_size_wh[1],
        "original_bytes": image.original_bytes,
        "original_format": image.original_format,
        "url": None if image.url is None else clean_text(image.url),
        "notes": pack(image.notes),
        "thumbnail_sha256": store_blob(connection, thumbnail) if thumbnail else None,
    }
    insert_new(connection, images, [row])


def require_image(connection: Connection, sha256: str) -> None:
    """See that a picture is here.

    Raises:
        Conflict: it is not.
    """
    if connection.scalar(select(images.c.sha256).where(images.c.sha256 == sha256)) is None:
        raise Conflict("That picture is not on this desk. Add it once more.")


def store_answer(
    connection: Connection, image_sha256: str, answer: Answer, cut_to: int | None, now: int
) -> str:
    """Keep an answer and its masks, once; returns its id."""
    prediction = answer.prediction
    asked = (image_sha256, answer.model, answer.confidence, answer.address, cut_to)
    answer_id = hashlib.sha256(pack([*asked, prediction.sha256]).encode()).hexdigest()[:32]
    if connection.scalar(select(answers.c.id).where(answers.c.id == answer_id)) is not None:
        return answer_id
    confidence_png = prediction.confidence_png
    confidence_wh = prediction.confidence_size_wh or (None, None)
    image_wh = prediction.image_size_wh or (None, None)
    row = {
        "id": answer_id,
        "image_sha256": image_sha256,
        "model": clean_text(answer.model),
        "confidence": answer.confidence,
        "address": clean_text(answer.address),
        "cut_to": cut_to,
        "mask_sha256": store_blob(connection, prediction.mask_png),
        "mask_width": prediction.mask_size_wh[0],
        "mask_height": prediction.mask_size_wh[1],
        "confidence_sha256": (
            None if confidence_png is None else store_blob(connection, confidence_png)
        ),
        "confidence_width": confidence_wh[0],
        "confidence_height": confidence_wh[1],
        "class_map": pack_class_map(prediction.class_map),
        "image_width": image_wh[0],
        "image_height": image_wh[1],
        "inference_id": clean_text(prediction.inference_id),
        "server_seconds": prediction.server_seconds,
        "prediction_sha256": prediction.sha256,
        "seconds": answer.seconds,
        "sent_bytes": answer.sent_bytes,
        "received_bytes": answer.received_bytes,
        "attempts": answer.attempts,
        "at": now,
    }
    insert_new(connection, answers, [row])
    return answer_id


def list_blobs(row: RowMapping) -> list[str]:
    """The sha256 of the masks of a row of answers."""
    return [sha for sha in (row["mask_sha256"], row["confidence_sha256"]) if sha is not None]


def make_answer(row: RowMapping, data: Mapping[str, bytes]) -> Answer:
    """The answer of a row of answers, with its masks by their sha256."""
    prediction = Prediction(
        mask_png=data[row["mask_sha256"]],
        mask_size_wh=(row["mask_width"], row["mask_height"]),
        confidence_png=data.get(row["confidence_sha256"]),
        confidence_size_wh=_pair(row["confidence_width"], row["confidence_height"]),
        class_map=unpack_class_map(row["class_map"]),
        image_size_wh=_pair(row["image_width"], row["image_height"]),
        inference_id=row["inference_id"],
        server_seconds=row["server_seconds"],
        sha256=row["prediction_sha256"],
    )
    return Answer(
        prediction=prediction,
        address=row["address"],
        model=row["model"],
        confidence=row["confidence"],
        seconds=row["seconds"],
        sent_bytes=row["sent_bytes"],
        received_bytes=row["received_bytes"],
        attempts=row["attempts"],
    )


def _pair(width: int | None, height: int | None) -> SizeWH | None:
    return None if width is None or height is None else (width, height)
