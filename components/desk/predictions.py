"""Predictions: asked once, kept in bounds, counted."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import streamlit as st

from components.desk.behaviour import Behaviour, Record
from components.desk.connection import ANSWER_CACHE_MB, Connection, open_desk
from components.desk.pictures import fit_picture
from components.inference import Request
from components.model.areas import Area, Counts, count_stretched, list_areas
from components.model.behaving import LOWEST
from components.model.classes import ClassInfo, list_classes
from components.model.cut import count_cut, find_background, tabulate
from components.model.image import SourceImage
from components.model.png import decode_gray
from components.model.prediction import Answer, Prediction

_ANY = -1  # in a question: any confidence, where the model gives the same at every value
_ANSWER_CACHE = f"{ANSWER_CACHE_MB}mb"
_TABLE_CACHE = "16mb"

Question = tuple[str, str, int, str, str | None]


@dataclass(frozen=True, slots=True)
class View:
    """A picture and what the model said about it.

    Attributes:
        image: as it was sent.
        request: what was asked.
        answer: what came.
        was_kept: whether the answer had been asked for before and was taken from the cache.
        classes: all 256 classes by id.
        confidence: the threshold this is a view at, percent 0–100; `request` and `answer` may be
            at another one.
        cut_to: the class id that pixels below the threshold take, where the answer at 1 is cut;
            None where the answer is shown as it came.
    """

    image: SourceImage
    request: Request
    answer: Answer
    was_kept: bool
    classes: tuple[ClassInfo, ...]
    confidence: int
    cut_to: int | None = None


def predict(connection: Connection, image: SourceImage, model: str, confidence: int) -> View:
    """What the model says about a picture at a confidence; no call where it is known already.

    A model that is known to be "live" is asked once a picture, at 1, and "ignored" once a picture.

    Raises:
        InferenceError: no usable answer.
        IntakeError: the picture cannot be made small enough for the server.
    """
    image = fit_picture(connection, image)
    record = _find_record(connection, model)
    if record.behaviour.kind == "live":
        view = _view(connection, Request(image, model, LOWEST), confidence)
        if view.answer.prediction.confidence_png is not None:
            return replace(view, cut_to=find_background(view.classes))
        record.note_missing_confidences()
    view = _view(connection, Request(image, model, confidence), confidence)
    if record.behaviour.kind != "ignored":
        prediction = view.answer.prediction
        record.note_mask(
            name_picture(image),
            confidence,
            prediction.mask_png,
            is_sure=prediction.confidence_png is not None,
        )
    return view


def find_behaviour(connection: Connection, model: str) -> Behaviour:
    """How this connection's model takes the confidence, as far as it is known."""
    return _find_record(connection, model).behaviour


def is_kept(connection: Connection, image: SourceImage, model: str, confidence: int) -> bool:
    """Whether the answer to this is most likely in the cache."""
    is_live = find_behaviour(connection, model).kind == "live"
    request = Request(image, model, LOWEST if is_live else confidence)
    return open_desk().was_asked(_name_question(connection, request))


def take_answer(connection: Connection, request: Request) -> tuple[Answer, bool]:
    """The answer, and whether it came from the cache.

    Raises:
        InferenceError: no usable answer.
    """
    return _take(_name_question(connection, request), lambda: connection.client.predict(request))


def forget_answer(connection: Connection, view: View) -> None:
    """Ask anew at the next prediction: this answer turned out to be of no use."""
    question = _name_question(connection, view.request)
    _ask.clear(*question, _ask_server=lambda: view.answer, _fresh=[])
    open_desk().forget_question(question)


def keep_for_any(connection: Connection, request: Request, answer: Answer) -> None:
    """Keep an answer as the one for every confidence."""
    _take(_name_question(connection, request, is_any=True), lambda: answer)


def name_picture(image: SourceImage) -> str:
    """The identity of what a model is asked about: content, and address where it has one."""
    return f"{image.sha256} {image.url or ''}"


def _find_record(connection: Connection, model: str) -> Record:
    return open_desk().behaviours.find(connection.fingerprint, model)


def _view(connection: Connection, request: Request, confidence: int) -> View:
    answer, was_kept = take_answer(connection, request)
    classes = list_classes(answer.prediction.class_map)
    return View(request.image, request, answer, was_kept, classes, confidence)


def _name_question(
    connection: Connection, request: Request, *, is_any: bool | None = None
) -> Question:
    image = request.image
    if is_any is None:
        is_any = find_behaviour(connection, request.model).kind == "ignored"
    confidence = _ANY if is_any else request.confidence
    return connection.fingerprint, request.model, confidence, image.sha256, image.url


def _take(question: Question, ask: Callable[[], Answer]) -> tuple[Answer, bool]:
    fresh: list[bool] = []
    answer = _ask(*question, _ask_server=ask, _fresh=fresh)
    received = len(answer.prediction.mask_png) + len(answer.prediction.confidence_png or b"")
    open_desk().note_question(question, received)
    return answer, not fresh


@st.cache_data(show_spinner=False, max_size=_ANSWER_CACHE)
def _ask(
    fingerprint: str,  # noqa: ARG001  part of the cache's key, as the next four are
    model: str,  # noqa: ARG001
    confidence: int,  # noqa: ARG001
    image_sha256: str,  # noqa: ARG001
    image_url: str | None,  # noqa: ARG001
    *,
    _ask_server: Callable[[], Answer],
    _fresh: list[bool],
) -> Answer:
    _fresh.append(True)
    return _ask_server()


def measure_areas(view: View) -> tuple[Area, ...]:
    """Areas of the classes present, largest first, the background last.

    Raises:
        MalformedAnswer: the mask, or the confidence mask it is cut by, cannot be decoded.
    """
    prediction, size_wh = view.answer.prediction, view.image.size_wh
    if view.cut_to is None:
        counts = np.frombuffer(_count(prediction.sha256, size_wh, _prediction=prediction), np.int64)
    else:
        ids, rows = _tabulate(prediction.sha256, size_wh, _prediction=prediction)
        table = np.zeros((256, 256), np.int64)
        table[np.frombuffer(ids, np.uint8)] = np.frombuffer(rows, np.int64).reshape(-1, 256)
        counts = count_cut(table, view.confidence, view.cut_to)
    return list_areas(counts, view.classes)


@st.cache_data(show_spinner=False, max_entries=500)
def _count(
    answer_sha256: str,  # noqa: ARG001  part of the cache's key
    size_wh: tuple[int, int],
    *,
    _prediction: Prediction,
) -> bytes:
    counts: Counts = count_stretched(decode_gray(_prediction.mask_png, what="mask"), size_wh)
    return counts.tobytes()


@st.cache_data(show_spinner=False, max_size=_TABLE_CACHE)
def _tabulate(
    answer_sha256: str,  # noqa: ARG001  part of the cache's key
    size_wh: tuple[int, int],
    *,
    _prediction: Prediction,
) -> tuple[bytes, bytes]:
    """The class ids present, uint8 (n,), and their rows of the table, int64 (n, 256)."""
    assert _prediction.confidence_png is not None  # noqa: S101
    table = tabulate(
        decode_gray(_prediction.mask_png, what="mask"),
        decode_gray(_prediction.confidence_png, what="confidence mask"),
        size_wh,
    )
    present = np.flatnonzero(table.any(axis=1))
    return present.astype(np.uint8).tobytes(), table[present].tobytes()
