"""A project whose pictures two models answered about, for tests of comparisons."""

from __future__ import annotations

import base64
import zipfile
from dataclasses import dataclass
from io import BytesIO
from typing import Any

import numpy as np
from numpy.typing import NDArray

from components import desk
from components.model.comparison import Side
from components.model.png import encode_gray
from components.model.review import Item, Project
from components.settings import Settings
from tests.adding import LEAD, add_files, finish, wait_for
from tests.pictures import make_answer, make_jpeg
from tests.replay import Replay, read_confidence, respond

FIRST, SECOND = "my-data/3", "my-data/4"
MODELS = (FIRST, SECOND)
CLASSES = {"0": "background", "1": "road", "2": "tree"}
SIZE = (64, 48)
Gray = NDArray[np.uint8]


def make_masks(model: str) -> tuple[Gray, Gray]:
    """Class ids and confidences that a model gives for every picture, (6, 8)."""
    columns = np.tile(np.arange(8), (6, 1))
    ids = np.where(columns < 3, 1, np.where(columns < 6, 2, 0)).astype(np.uint8)
    if model == SECOND:
        ids = np.roll(ids, 1, axis=1)
    sure = (100 + 25 * columns % 150).astype(np.uint8)
    return ids, sure


def cut_by_hand(model: str, percent: int) -> Gray:
    """The mask at a threshold, at the size of the pictures."""
    ids, sure = make_masks(model)
    kept = np.where(sure.astype(int) * 100 >= percent * 255, ids, 0).astype(np.uint8)
    return np.kron(kept, np.ones((8, 8), np.uint8))


def answer(request: bytes) -> bytes:
    """As a server whose answer at 1 holds every other one."""
    model = SECOND if b"my-data/4" in request.split(b"\r\n", 1)[0] else FIRST
    ids, sure = make_masks(model)
    percent = read_confidence(request)
    kept = np.where(sure.astype(int) * 100 >= max(percent, 1) * 255, ids, 0).astype(np.uint8)
    extra: dict[str, Any] = {"confidence_mask": base64.b64encode(encode_gray(sure)).decode()}
    return respond("200 OK", make_answer(kept, class_map=CLASSES, **extra))


@dataclass(frozen=True)
class Compared:
    """What `make_compared` made."""

    connection: desk.Connection
    project: Project
    items: list[Item]


def make_compared(server: Replay, count: int = 6, *, with_truth: int = 0) -> Compared:
    """A project of pictures that both models answered about, some with truth masks."""
    connection = desk.open_desk().connect(Settings(address=server.address, models=(FIRST, SECOND)))
    project = desk.create_project(LEAD, name="Streets", model=FIRST, confidence=50)
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for at in range(count):
            archive.writestr(f"{at}.jpg", make_jpeg(SIZE, seed=at))
            if at < with_truth:
                truth = np.kron(make_masks(FIRST)[0], np.ones((8, 8), np.uint8))
                archive.writestr(f"{at}_mask.png", encode_gray(truth))
        archive.writestr("_classes.csv", "Pixel Value, Class\n0, background\n1, road\n2, tree\n")
    brought = add_files(connection, project, [("set.zip", packed.getvalue())])
    run = desk.begin_again(
        LEAD, connection, project, model=SECOND, confidence=50, only_unanswered=False
    )
    finish(connection, run)
    items = [desk.find_item(LEAD, one.item.id) for one in brought if one.item is not None]
    return Compared(connection, project, items)


def compare(project: Project, a: Side, b: Side) -> desk.ComparisonSight:
    """Have two sides compared, and wait."""
    found = desk.begin_comparison(LEAD, project.id, a, b)

    def is_over() -> bool:
        return desk.look_at_comparison(LEAD, found.id).is_over

    wait_for(is_over, "compared")
    return desk.look_at_comparison(LEAD, found.id)
