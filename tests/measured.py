"""A project of drawn scenes with truth masks, decided about by three people over some days."""

from __future__ import annotations

import io
import random
import threading
from functools import cache
from typing import Final

from PIL import Image

from components import desk, store
from components.model.review import Decision, Item, Move, Project, Reason
from components.samples.drawing.canvas import CLASSES
from components.samples.drawing.scenes import draw_scene
from components.store.lists import Wish
from tests.adding import LEAD, add_files, wait_for
from tests.sample_desk import remember

PEOPLE: Final = ("Ana", "Ben", "Cleo")
SIZE_WH: Final = (240, 160)
BEGIN: Final = 1_795_000_000_000
"""UTC milliseconds of the first decision: 18 November 2026, 10:13."""

_DAY_MS: Final = 24 * 3_600_000


def draw_files(count: int, *, truths: bool = True) -> list[tuple[str, bytes]]:
    """Scenes as JPEG, each with its truth mask as PNG beside it, and the names of the classes."""
    files = [("_classes.csv", _write_classes())]
    for seed in range(count):
        files += _draw(seed)
    return files if truths else [one for one in files if one[0].endswith("jpg")]


@cache
def _draw(seed: int) -> list[tuple[str, bytes]]:
    drawing = draw_scene(seed, SIZE_WH)
    files = []
    for name, pixels in (
        (f"scene {seed:02}.jpg", drawing.rgb),
        (f"scene {seed:02}_mask.png", drawing.class_ids),
    ):
        buffer = io.BytesIO()
        Image.fromarray(pixels).save(buffer, "JPEG" if name.endswith("jpg") else "PNG")
        files.append((name, buffer.getvalue()))
    return files


def _write_classes() -> bytes:
    lines = [f"{at}, {name}" for at, name in enumerate(CLASSES)]
    return "\n".join(["Pixel Value, Class", *lines]).encode()


def make_project(
    count: int = 12, *, name: str = "Scenes", truths: bool = True, **changes: object
) -> Project:
    """A project whose pictures were answered by the built-in server and counted."""
    project = remember(f"{name} {count} {truths}", lambda: _ask(count, name, truths=truths))
    return desk.change_project(LEAD, project.id, **changes) if changes else project


def _ask(count: int, name: str, *, truths: bool) -> Project:
    connection = desk.open_desk().connection
    project = desk.create_project(LEAD, name=name, model=connection.models[0].id)
    added = add_files(connection, project, draw_files(count, truths=truths))
    assert not [one.problem for one in added if one.problem]
    wait_for(
        lambda: not any(thread.name == "run" for thread in threading.enumerate()),
        "the desk has counted what it counts by itself after a batch",
    )
    return desk.find_project(LEAD, project.id)


def list_all(project: Project) -> list[Item]:
    """Its pictures, in their order."""
    page = desk.list_items(LEAD, project.id, Wish(), limit=500)
    return [row.item for row in page.rows]


def decide(
    item: Item,
    reviewer: str,
    move: Move,
    *,
    at: int,
    confidence: int = 50,
    reasons: tuple[Reason, ...] = (),
    class_names: tuple[str, ...] = (),
) -> None:
    """Write down what somebody decided at a moment of the past."""
    assert item.answer_id is not None
    decision = Decision(
        desk.make_id(), item.id, move, confidence, item.answer_id, reasons, class_names
    )
    store.reviews.decide(desk.open_desk().database, decision, reviewer, now=at)


def decide_all(project: Project, *, people: tuple[str, ...] = PEOPLE, seed: int = 4) -> int:
    """Let people decide about most pictures, each at a pace of their own; how many decisions."""
    lot = random.Random(seed)
    made = 0
    for place, item in enumerate(list_all(project)):
        leaning = lot.random()
        for number, reviewer in enumerate(people):
            if lot.random() < 0.12:
                continue
            weights = (6, 1, 1) if leaning < 0.65 else (1, 4, 2)
            moves: tuple[Move, ...] = ("approved", "needs_fix", "rejected")
            move = lot.choices(moves, weights)[0]
            at = BEGIN + (place // 4) * _DAY_MS + number * 3_900_000 + place * 91_000
            decide(
                item,
                reviewer,
                move,
                at=at,
                confidence=lot.choice((40, 45, 50, 50, 50, 55, 60, 65)),
                reasons=() if move == "approved" else (_choose_reason(lot),),
                class_names=() if move == "approved" else (lot.choice(("tree", "road", "person")),),
            )
            made += 1
    return made


def _choose_reason(lot: random.Random) -> Reason:
    reasons: tuple[Reason, ...] = ("missed", "too_much", "wrong_class", "ragged")
    return lot.choice(reasons)
