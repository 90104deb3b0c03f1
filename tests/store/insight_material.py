"""A project of small pictures with real masks, and its figures counted pixel by pixel."""

from __future__ import annotations

import hashlib
import io
import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from skimage.measure import label

from components.batch.catching_up import measure_next
from components.model.insights import Slice
from components.model.prediction import Prediction
from components.model.review import Item, Move, Project
from components.store import Database, content, items, lists, projects, reviews
from components.store.truths import put_truth
from tests.store.material import NOW, make_decision, make_id, make_picture, make_project
from tests.store.material import make_answer as make_plain_answer

CLASS_MAP = {0: "background", 1: "Road", 2: "Straße", 3: "tree"}
TRUTH_MAP = {0: "Background", 5: "road ", 6: "tree", 7: "pond", 8: "void"}
CONFIDENCE = 50
Pixels = NDArray[np.uint8]


@dataclass(frozen=True, eq=False)
class Picture:
    """One picture and all that is known of it without the store; several tests look at the same.

    Attributes:
        item: as it was added.
        size_wh: of the picture.
        ids: the mask, at its own size.
        sure: the confidence mask, at its own size; None where none came.
        truth: the truth mask, at its own size; None where there is none.
    """

    item: Item
    size_wh: tuple[int, int]
    ids: Pixels
    sure: Pixels | None
    truth: Pixels | None
    _shown: dict[int, list[str]] = field(init=False, repr=False, default_factory=dict)

    def look(self, values: Pixels) -> list[int]:
        """The picture's pixels, row by row, by floor mapping."""
        width, height = self.size_wh
        rows, columns = values.shape
        return [
            int(values[y * rows // height, x * columns // width])
            for y in range(height)
            for x in range(width)
        ]

    def show(self, confidence: int) -> list[str]:
        """The class of each pixel at a confidence."""
        if confidence not in self._shown:
            self._shown[confidence] = self._cut(confidence)
        return self._shown[confidence]

    def _cut(self, confidence: int) -> list[str]:
        names = [CLASS_MAP[one] for one in self.look(self.ids)]
        if self.sure is None:
            return names
        sure = self.look(self.sure)
        return [
            name if byte * 100 >= max(confidence, 1) * 255 else "background"
            for name, byte in zip(names, sure, strict=True)
        ]

    def measure_share(self, name: str, confidence: int = CONFIDENCE) -> float:
        """The share of a class."""
        shown = self.show(confidence)
        return shown.count(name) / len(shown)

    def count_regions(self, confidence: int = CONFIDENCE) -> tuple[int, int]:
        """Regions of the mask at its own size, and tiny ones."""
        own = replace(self, size_wh=(self.ids.shape[1], self.ids.shape[0]))
        shown = np.array(own.show(confidence)).reshape(self.ids.shape)
        regions = tiny = 0
        for name in np.unique(shown):
            labels = label(shown == name, connectivity=2)  # type: ignore[no-untyped-call]
            sizes = sorted(np.bincount(labels.ravel())[1:])
            regions += len(sizes)
            tiny += sum(size < 0.0005 * shown.size for size in sizes[:-1])
        return regions, tiny

    def compare(self, confidence: int = CONFIDENCE) -> Counter[tuple[str, str]]:
        """Pixels by what is true and what was answered, folded; "void" is left in."""
        assert self.truth is not None
        true = [TRUTH_MAP[one].strip().casefold() for one in self.look(self.truth)]
        answered = [name.casefold() for name in self.show(confidence)]
        return Counter(zip(true, answered, strict=True))

    def measure_iou(self) -> float | None:
        """Mean IoU with its truth, of the classes in either."""
        pairs = {pair: n for pair, n in self.compare().items() if pair[0] != "void"}
        ious = []
        for name in {name for pair in pairs for name in pair}:
            both = pairs.get((name, name), 0)
            either = sum(n for pair, n in pairs.items() if name in pair)
            ious.append(both / either)
        return sum(ious) / len(ious) if ious else None

    def mark_borders(self) -> dict[str, tuple[int, int]]:
        """Pixels of intersection and union of each class's borders, eroding step by step."""
        assert self.truth is not None
        width, height = self.size_wh
        reach = max(1, round(0.02 * (width**2 + height**2) ** 0.5))
        true = np.array(
            [TRUTH_MAP[one].strip().casefold() for one in self.look(self.truth)]
        ).reshape(height, width)
        answered = np.array([name.casefold() for name in self.show(CONFIDENCE)]).reshape(
            height, width
        )
        known = true != "void"
        found = {}
        for name in {*true.ravel(), *answered.ravel()} - {"void"}:
            borders = []
            for shown in (true == name, answered == name):
                inner = shown
                for _ in range(reach):
                    padded = np.pad(inner, 1)
                    inner = np.ones_like(shown)
                    for dy in range(3):
                        for dx in range(3):
                            inner = inner & padded[dy : dy + height, dx : dx + width]
                borders.append(shown & ~inner & known)
            either = int((borders[0] | borders[1]).sum())
            if either:
                found[str(name)] = int((borders[0] & borders[1]).sum()), either
        return found


@dataclass
class Desk:
    """A project, and what is known of it without the store."""

    database: Database
    project: Project
    pictures: list[Picture]

    def choose(self, wanted: Slice) -> list[Picture]:
        """The pictures of a slice, told from the pictures and their status alone."""
        status = {
            row.item.id: row.item.status
            for row in lists.list_items(
                self.database, self.project.id, lists.Wish(), reviewer="x", limit=500
            ).rows
        }
        return [
            one
            for one in self.pictures
            if one.item.id in status
            and (not wanted.status or status[one.item.id] in wanted.status)
            and wanted.name_part.casefold() in one.item.name.casefold()
            and (wanted.class_name is None or one.measure_share(wanted.class_name) > 0)
        ]


def list_lines(desk: Desk, wanted: Slice) -> Iterator[Any]:
    """Decisions about the pictures of a slice that were not taken back."""
    chosen = {one.item.id for one in desk.choose(wanted)}
    record = reviews.list_record(desk.database, desk.project.id, limit=10_000)
    undone = {line.undoes for line in record if line.move == "undone"}
    for line in record:
        is_decision = line.move not in ("undone", "answered")
        if is_decision and line.item_id in chosen and line.id not in undone:
            yield line


def encode(values: Pixels) -> bytes:
    """A gray PNG."""
    buffer = io.BytesIO()
    Image.fromarray(values).save(buffer, "PNG")
    return buffer.getvalue()


def make_desk(database: Database, *, count: int = 24, seed: int = 3) -> Desk:
    """Pictures of several sizes, some without confidences, some with truth, most decided about."""
    draw = random.Random(seed)
    project = make_project(database, confidence=CONFIDENCE, name="Counted")
    pictures = [_add_picture(database, project, at, draw) for at in range(count)]
    while measure_next(database, project.id, 7):
        pass
    moves: tuple[Move, ...] = ("approved", "approved", "needs_fix", "rejected", "skipped")
    for at, one in enumerate(pictures):
        for reviewer in ("anna", "björn", "chi")[: draw.choice((0, 1, 2, 3))]:
            move = draw.choice(moves)
            is_plain = move in ("approved", "skipped")
            decision = make_decision(
                one.item,
                move,
                confidence=draw.choice((30, 40, 60)),
                reasons=() if is_plain else tuple(draw.sample(("missed", "ragged", "other"), 2)),
                class_names=() if is_plain else tuple(draw.sample(("Road", "Straße", "tree"), 2)),
            )
            reviews.decide(database, decision, reviewer, now=NOW + at * 7_000_000)
    reviews.undo(database, make_id(), project.id, "anna", now=NOW + 10**9)
    items.remove_item(database, pictures[4].item.id, by="lead", now=NOW)
    return Desk(database, projects.find_project(database, project.id), pictures)


def _add_picture(database: Database, project: Project, at: int, draw: random.Random) -> Picture:
    name = f"{'Café' if at % 3 else 'IMG'} {at:02}.jpg"
    size_wh = draw.choice(((40, 30), (57, 44), (33, 50)))
    plain = make_picture(f"{project.id} {name}")
    picture = replace(plain, name=name, size_wh=size_wh)
    item, _ = items.add_item(database, project.id, picture, b"", name=name, by="lead", now=NOW)
    mask_wh = draw.choice((size_wh, (64, 48)))
    ids = _draw_mask(draw, mask_wh, draw.sample(sorted(CLASS_MAP), draw.choice((2, 3, 4))))
    sure = None
    if at % 5:
        numbers = np.random.default_rng(at)
        centre = draw.randrange(60, 200)
        raw = numbers.normal(centre, 40, (mask_wh[1], mask_wh[0]))
        sure = np.clip(raw, 0, 255).astype(np.uint8)
    prediction = Prediction(
        mask_png=encode(ids),
        mask_size_wh=mask_wh,
        confidence_png=None if sure is None else encode(sure),
        confidence_size_wh=None if sure is None else mask_wh,
        class_map=CLASS_MAP,
        image_size_wh=None,
        inference_id="",
        server_seconds=None,
        sha256=hashlib.sha256(f"{at}".encode()).hexdigest(),
    )
    answer = replace(make_plain_answer(), prediction=prediction, confidence=1 if at % 5 else 50)
    item = items.keep_answer(
        database,
        item.id,
        answer,
        cut_to=None if sure is None else 0,
        areas=(),
        mean_confidence=None if sure is None else float(sure.mean()) / 255,
        now=NOW,
    )
    truth = None
    if at % 4:
        truth = _draw_mask(draw, draw.choice((size_wh, (64, 48))), sorted(TRUTH_MAP))
        with database.write() as connection:
            sha256 = content.store_blob(connection, encode(truth))
            wh = truth.shape[1], truth.shape[0]
            put_truth(connection, item.id, sha256, wh, TRUTH_MAP, by="lead", now=NOW)
    return Picture(item, size_wh, ids, sure, truth)


def _draw_mask(draw: random.Random, size_wh: tuple[int, int], ids: list[int]) -> Pixels:
    """Rectangles over each other, and single pixels here and there."""
    width, height = size_wh
    mask = np.full((height, width), draw.choice(ids), np.uint8)
    for _ in range(7):
        left, top = draw.randrange(width), draw.randrange(height)
        mask[top : top + draw.randrange(1, height), left : left + draw.randrange(1, width)] = (
            draw.choice(ids)
        )
    for _ in range(draw.randrange(5)):
        mask[draw.randrange(height), draw.randrange(width)] = draw.choice(ids)
    return mask
