"""A small project on a real database, with everything an export can meet."""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from components.export.exhibition import Exhibition, Format
from components.export.sink import FileSink, ZipSink
from components.model.cut import cut
from components.model.image import SourceImage
from components.model.png import encode_gray
from components.model.prediction import Answer, Prediction
from components.model.review import Decision, Item, Move, Project
from components.store import Database, exhibits, items, projects, reviews
from components.store.lists import Wish
from tests.store.material import NOW, make_areas, make_id

CLASSES: Mapping[int, str] = {0: " background", 1: " road", 2: "Straße, naß", 7: "=sky"}
SIZE_WH = 40, 30


def draw_ids(seed: int, size_wh: tuple[int, int] = SIZE_WH) -> NDArray[np.uint8]:
    """A mask of blocks with holes in them: uint8 (H, W)."""
    width, height = size_wh
    draw = np.random.default_rng(seed)
    small = draw.choice(np.array([0, 0, 1, 2, 7], np.uint8), (-(-height // 3), -(-width // 3)))
    return np.ascontiguousarray(np.kron(small, np.ones((3, 3), np.uint8))[:height, :width])


def draw_confidence(seed: int, size_wh: tuple[int, int] = SIZE_WH) -> NDArray[np.uint8]:
    """A confidence mask that rises from left to right: uint8 (H, W)."""
    width, height = size_wh
    row = np.linspace(20 + seed, 250, width).astype(np.uint8)
    return np.ascontiguousarray(np.broadcast_to(row, (height, width)))


def make_picture(seed: int, kind: str = "JPEG") -> SourceImage:
    width, height = SIZE_WH
    pixels = np.random.default_rng(1000 + seed).integers(0, 256, (height, width, 3), np.uint8)
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, kind)
    data = buffer.getvalue()
    return SourceImage(
        name=f"{seed}",
        data=data,
        media_type=f"image/{kind.lower()}",
        size_wh=SIZE_WH,
        original_size_wh=(80, 60),
        original_bytes=len(data),
        original_format=kind,
        sha256=hashlib.sha256(data).hexdigest(),
    )


def make_answer(
    ids: NDArray[np.uint8],
    confidence: NDArray[np.uint8] | None,
    *,
    class_map: Mapping[int, str] = CLASSES,
    model: str = "fields/3",
    asked_at: int = 1,
) -> Answer:
    height, width = ids.shape
    mask = encode_gray(ids)
    prediction = Prediction(
        mask_png=mask,
        mask_size_wh=(width, height),
        confidence_png=None if confidence is None else encode_gray(confidence),
        confidence_size_wh=None if confidence is None else confidence.shape[::-1],
        class_map=class_map,
        image_size_wh=None,
        inference_id="",
        server_seconds=None,
        sha256=make_id() * 2,
    )
    return Answer(prediction, "http://x.example", model, asked_at, 0.5, 10, 20, 1)


@dataclass
class Show:
    """A project and what its masks have to come out as.

    Attributes:
        database: where it is.
        project: itself.
        items: by what they were called here.
        masks: uint8 (H, W) by the same, as decided, at the picture's size.
    """

    database: Database
    project: Project
    items: dict[str, Item]
    masks: dict[str, NDArray[np.uint8]]

    def open(self, **wish: Any) -> exhibits.StoredExhibits:
        """Its pictures as they are handed on."""
        return exhibits.open_exhibits(self.database, self.project.id, Wish(**wish))

    def exhibit(self, **more: Any) -> Exhibition:
        """All of it, ready to be handed on."""
        return Exhibition(self.open(), **more)


def add_item(
    show: Show,
    key: str,
    name: str,
    *,
    kind: str = "JPEG",
    answer: Answer | None = None,
    cut_to: int | None = None,
) -> Item:
    """One more picture, and what the model said of it."""
    seed = len(show.items)
    item, is_new = items.add_item(
        show.database, show.project.id, make_picture(seed, kind), b"", name=name, by="Lea", now=NOW
    )
    assert is_new
    if answer is not None:
        item = items.keep_answer(
            show.database,
            item.id,
            answer,
            cut_to=cut_to,
            areas=make_areas({1: 0.25}),
            mean_confidence=0.5,
            now=NOW,
        )
    show.items[key] = item
    return item


def decide(show: Show, key: str, move: Move, reviewer: str = "Ana", **more: Any) -> Decision:
    """A decision about a picture; by default about what the desk shows of it."""
    item = items.find_item(show.database, show.items[key].id)
    given = {"confidence": 50, "answer_id": item.answer_id, **more}
    decision = Decision(id=make_id(), item_id=item.id, move=move, **given)
    reviews.decide(show.database, decision, reviewer, now=NOW + 1000)
    return decision


def make_show(database: Database) -> Show:
    """Pictures of every kind: plain, cut, stretched, of one name, without a mask, undecided."""
    project = projects.create_project(
        database, name="Streets: north", model="fields/3", confidence=60, by="Lea", now=NOW
    )
    show = Show(database, project, {}, {})
    plain = draw_ids(1)
    add_item(show, "plain", "a.jpg", answer=make_answer(plain, None, asked_at=50))
    show.masks["plain"] = plain
    ids, sure = draw_ids(2), draw_confidence(2)
    add_item(show, "cut", "folder/10.png", kind="PNG", answer=make_answer(ids, sure), cut_to=0)
    show.masks["cut"] = cut(ids, sure, 80, 0)
    small = draw_ids(3, (20, 15))
    add_item(show, "small", "9.webp", kind="WEBP", answer=make_answer(small, None, asked_at=50))
    show.masks["small"] = np.ascontiguousarray(small.repeat(2, 0).repeat(2, 1))
    same = draw_ids(4)
    add_item(show, "same", "A.JPG", answer=make_answer(same, None, asked_at=50))
    show.masks["same"] = same
    add_item(show, "none", "no answer.jpg")
    open_ids, open_sure = draw_ids(5), draw_confidence(5)
    answer = make_answer(open_ids, open_sure)
    add_item(show, "open", "a_mask.png", kind="PNG", answer=answer, cut_to=0)
    show.masks["open"] = cut(open_ids, open_sure, 60, 0)
    decide(show, "plain", "approved", note="=1+1", confidence=50)
    decide(show, "cut", "approved", confidence=80)
    decide(show, "small", "approved", reviewer="李雷", note='two\r\nlines, "quoted" 🛣')
    decide(show, "same", "rejected", reasons=("missed", "ragged"), class_names=(" road", "=sky"))
    return show


def write(format_: Format, exhibition: Exhibition, path: Path) -> Path:
    """Write an export; returns its file."""
    sink = FileSink(path) if format_.is_single else ZipSink(path)
    format_.write(exhibition, sink)
    sink.close()
    return path


def unpack(format_: Format, exhibition: Exhibition, folder: Path) -> Path:
    """Write an export and unpack it as anybody would; returns the folder."""
    with zipfile.ZipFile(write(format_, exhibition, folder / "export.zip")) as packed:
        assert packed.testzip() is None
        packed.extractall(folder / "out")
    return folder / "out"


def find_stem(show: Show, key: str, *, beside: bool = False) -> str:
    """The stem of a picture's files: names that are taken have a part of the sha256.

    Args:
        show: the project.
        key: the picture.
        beside: whether masks lie beside pictures as "…_mask", so that these are taken too.
    """
    sha256 = show.items[key].image_sha256[:8]
    stems = {"plain": f"a-{sha256}", "cut": "10", "small": "9", "same": "A", "open": "a_mask"}
    return f"{stems[key]}-{sha256}" if beside and key == "open" else stems[key]
