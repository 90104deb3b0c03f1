"""Projects, pictures and answers for tests of the store; the bytes need not be pictures here."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import insert

from components.model.areas import Area
from components.model.classes import list_classes
from components.model.image import SourceImage
from components.model.prediction import Answer, Prediction
from components.model.review import Decision, Item, Move, Project
from components.store import Database, content, items, projects
from components.store.schema import truths

NOW = 1_800_000_000_000
CLASSES = {0: " background", 1: " road", 2: "Straße"}


def make_id() -> str:
    return uuid.uuid4().hex


def make_picture(name: str) -> SourceImage:
    data = f"bytes of {name}".encode()
    return SourceImage(
        name=name,
        data=data,
        media_type="image/jpeg",
        size_wh=(40, 30),
        original_size_wh=(80, 60),
        original_bytes=1234,
        original_format="JPEG",
        sha256=hashlib.sha256(data).hexdigest(),
        url="https://x.example/1",
        notes=("Made smaller.",),
    )


def make_answer(mask: bytes = b"mask", *, model: str = "fields/3", confidence: int = 1) -> Answer:
    prediction = Prediction(
        mask_png=mask,
        mask_size_wh=(40, 30),
        confidence_png=b"sureness of " + mask,
        confidence_size_wh=(40, 30),
        class_map=CLASSES,
        image_size_wh=None,
        inference_id="abc",
        server_seconds=0.25,
        sha256=hashlib.sha256(mask).hexdigest(),
    )
    return Answer(prediction, "http://x.example", model, confidence, 0.5, 10, 20, 1)


def make_areas(shares: Mapping[int, float]) -> list[Area]:
    classes = list_classes(CLASSES)
    return [Area(classes[at], round(share * 1200), share) for at, share in shares.items()]


def add_pictures(
    database: Database,
    project: Project,
    names: Sequence[str],
    *,
    shares: Mapping[int, float] | None = None,
    mean_confidence: float | None = 0.5,
) -> list[Item]:
    """Add pictures that have an answer."""
    made = []
    for name in names:
        item, is_new = items.add_item(
            database,
            project.id,
            make_picture(f"{project.id} {name}"),
            b"small " + name.encode(),
            name=name,
            by="lead",
            now=NOW,
        )
        assert is_new
        made.append(
            items.keep_answer(
                database,
                item.id,
                make_answer(name.encode()),
                cut_to=50,
                areas=make_areas(shares or {0: 0.75, 1: 0.25}),
                mean_confidence=mean_confidence,
                now=NOW,
            )
        )
    return made


def put_truth(database: Database, item_id: str, mask: bytes) -> None:
    """Bytes as the truth mask of a picture."""
    database.put_away(mask)
    with database.write() as connection:
        row = {
            "item_id": item_id,
            "mask_sha256": content.store_blob(connection, mask),
            "width": 40,
            "height": 30,
            "class_map": '{"1": "road"}',
            "added_by": "lead",
            "added_at": NOW,
        }
        connection.execute(insert(truths).values(**row))


def make_project(database: Database, **settings: Any) -> Project:
    given = {"name": "Fields", "model": "fields/3", "confidence": 50, "by": "lead", "now": NOW}
    return projects.create_project(database, **{**given, **settings})


def make_decision(item: Item, move: Move = "approved", **more: Any) -> Decision:
    assert item.answer_id is not None
    given = {"id": make_id(), "confidence": 50, "answer_id": item.answer_id}
    return Decision(item_id=item.id, move=move, **{**given, **more})
