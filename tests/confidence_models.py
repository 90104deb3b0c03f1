"""Servers whose models take the confidence in different ways, and a desk that looks at them."""

from __future__ import annotations

import base64
import dataclasses
from collections.abc import Callable

import numpy as np

from components import desk
from components.model.image import SourceImage
from components.model.png import encode_gray
from components.settings import Secret, Settings
from tests.pictures import make_answer, make_image
from tests.replay import Replay, read_confidence, respond

MODEL = "my-data/3"
IDS = np.array([[0, 1, 1], [1, 2, 2]], np.uint8)
SURE = np.array([[250, 60, 100], [180, 220, 250]], np.uint8)
EMPTY = np.zeros((2, 3), np.uint8)

Script = Callable[[bytes], bytes | None]


def connect(server: Replay, key: str = "") -> desk.Connection:
    settings = Settings(address=server.address, models=(MODEL,), api_key=Secret(key))
    return desk.open_desk().connect(settings)


def picture(number: int = 0) -> SourceImage:
    """A picture of 64 by 64 pixels, another one for each number."""
    return dataclasses.replace(make_image((64, 64)), sha256=f"{number:064x}")


def look(
    connection: desk.Connection, confidence: int, number: int = 0, model: str = MODEL
) -> tuple[desk.View, bool]:
    """What the page does in a run: shows, then learns."""
    view = desk.predict(connection, picture(number), model, confidence)
    return view, desk.learn_behaviour(connection, view)


def kind(connection: desk.Connection, model: str = MODEL) -> str:
    return desk.find_behaviour(connection, model).kind


def flat(mask: Callable[[int], np.ndarray]) -> Script:
    """Answers without a confidence mask."""
    return lambda request: respond("200 OK", make_answer(mask(read_confidence(request))))


def with_confidences(mask: Callable[[int], np.ndarray], sure: np.ndarray = SURE) -> Script:
    """Answers with a confidence mask that is the same whatever is asked."""
    png = base64.b64encode(encode_gray(sure)).decode()
    class_map = {"0": "background", "1": "road", "2": "tree"}
    return lambda request: respond(
        "200 OK",
        make_answer(mask(read_confidence(request)), class_map=class_map, confidence_mask=png),
    )


def cut_by(confidence: int) -> np.ndarray:
    is_kept = np.greater_equal(SURE * 100.0, confidence * 255)
    return np.where(is_kept, IDS, 0).astype(np.uint8)


def areas(view: desk.View) -> dict[int, int]:
    return {area.info.class_id: area.pixels for area in desk.measure_areas(view)}
