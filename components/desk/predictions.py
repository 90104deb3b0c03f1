"""Predictions: asked once, kept in bounds, counted."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import streamlit as st

from components.desk.connection import Connection, open_desk
from components.desk.pictures import fit_picture
from components.inference import Client, Request
from components.model.areas import Area, Counts, count_stretched, list_areas
from components.model.classes import ClassInfo, list_classes
from components.model.image import SourceImage
from components.model.png import decode_gray
from components.model.prediction import Answer, Prediction

_ANSWER_CACHE = "64mb"


@dataclass(frozen=True, slots=True)
class View:
    """A picture and what the model said about it.

    Attributes:
        image: as it was sent.
        request: what was asked.
        answer: what came.
        was_kept: whether the answer had been asked for before and was taken from the cache.
        classes: all 256 classes by id.
    """

    image: SourceImage
    request: Request
    answer: Answer
    was_kept: bool
    classes: tuple[ClassInfo, ...]


def predict(connection: Connection, image: SourceImage, model: str, confidence: int) -> View:
    """Ask the server about a picture, or the cache where this was asked before.

    Raises:
        InferenceError: no usable answer.
        IntakeError: the picture cannot be made small enough for the server.
    """
    image = fit_picture(connection, image)
    request = Request(image, model, confidence)
    question = _name_question(connection, request)
    fresh: list[bool] = []
    answer = _ask(*question, _client=connection.client, _request=request, _fresh=fresh)
    open_desk().note_question(question)
    classes = list_classes(answer.prediction.class_map)
    return View(image, request, answer, not fresh, classes)


def is_kept(connection: Connection, image: SourceImage, model: str, confidence: int) -> bool:
    """Whether the answer to this is most likely in the cache."""
    request = Request(image, model, confidence)
    return open_desk().was_asked(_name_question(connection, request))


def _name_question(
    connection: Connection, request: Request
) -> tuple[str, str, int, str, str | None]:
    image = request.image
    return connection.fingerprint, request.model, request.confidence, image.sha256, image.url


@st.cache_data(show_spinner=False, max_size=_ANSWER_CACHE)
def _ask(
    fingerprint: str,  # noqa: ARG001  part of the cache's key, as the next four are
    model: str,  # noqa: ARG001
    confidence: int,  # noqa: ARG001
    image_sha256: str,  # noqa: ARG001
    image_url: str | None,  # noqa: ARG001
    *,
    _client: Client,
    _request: Request,
    _fresh: list[bool],
) -> Answer:
    _fresh.append(True)
    return _client.predict(_request)


def measure_areas(view: View) -> tuple[Area, ...]:
    """Areas of the classes present, largest first, the background last.

    Raises:
        MalformedAnswer: the mask cannot be decoded.
    """
    counts = _count(
        view.answer.prediction.sha256, view.image.size_wh, _prediction=view.answer.prediction
    )
    return list_areas(np.frombuffer(counts, np.int64), view.classes)


@st.cache_data(show_spinner=False, max_entries=500)
def _count(
    answer_sha256: str,  # noqa: ARG001  part of the cache's key
    size_wh: tuple[int, int],
    *,
    _prediction: Prediction,
) -> bytes:
    counts: Counts = count_stretched(decode_gray(_prediction.mask_png, what="mask"), size_wh)
    return counts.tobytes()
