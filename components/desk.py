"""Wiring: settings to server and client, pictures to predictions; the verbs that pages use."""

from __future__ import annotations

import gc
import hashlib
import logging
import os
import secrets as random_secrets
import threading
from collections import OrderedDict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any, Literal

import numpy as np
import streamlit as st

from components import local_server, samples
from components.display.thumbnails import draw_thumbnail
from components.errors import DeskError, IntakeError, SettingsError
from components.inference import Client, Request
from components.intake import Limits, take_bytes, take_many, take_url
from components.model.areas import Area, Counts, count_stretched, list_areas
from components.model.classes import ClassInfo, list_classes
from components.model.image import SourceImage
from components.model.png import decode_gray
from components.model.prediction import Answer, Prediction
from components.settings import Settings, read_settings
from components.store import Kept, Spool

LOG = logging.getLogger("mask_desk")
ServerKind = Literal["built-in", "hosted", "own"]

# Together with the pictures being looked at, these bounds keep a desk within a 1 GB machine.
_ANSWER_CACHE = "64mb"
_SAMPLE_CACHE = "16mb"
_QUESTIONS = 5000


@dataclass(frozen=True, slots=True)
class ModelChoice:
    """A model a person can choose.

    Attributes:
        id: "dataset/version".
        about: a plain sentence about it; "" where the desk knows none.
    """

    id: str
    about: str = ""


@dataclass(frozen=True, slots=True)
class Connection:
    """Who answers.

    Attributes:
        kind: "built-in", "hosted" (Roboflow's) or "own" (another server).
        settings: with the address really asked, also for the built-in server.
        models: at least one.
        client: asks it.
        fingerprint: tells apart whose answers are whose in caches; says nothing of the key.
    """

    kind: ServerKind
    settings: Settings
    models: tuple[ModelChoice, ...]
    client: Client = field(repr=False)
    fingerprint: str = field(repr=False)

    @property
    def title(self) -> str:
        """What this server is called on a page."""
        if self.kind == "built-in":
            return "Built-in demonstration server"
        if self.kind == "hosted":
            return "Roboflow’s hosted service"
        return "Your own inference server"

    def find_model(self, model: str | None) -> ModelChoice:
        """The model of this name, else the first."""
        return next((choice for choice in self.models if choice.id == model), self.models[0])


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


class Desk:
    """One desk a process: its settings, its server, its pictures on disk."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.spool = Spool()
        self._asked: OrderedDict[tuple[object, ...], None] = OrderedDict()
        self._salt = random_secrets.token_bytes(32)
        self._server: local_server.LocalServer | None = None
        self._lock = threading.Lock()
        self.connection = self.connect(settings)

    def connect(self, settings: Settings) -> Connection:
        """A connection for these settings; nothing is sent yet.

        Raises:
            SettingsError: the built-in server cannot be started.
        """
        if settings.address:
            hosted = (settings.address.split("//")[1].split("/")[0]).endswith(".roboflow.com")
            choices = tuple(ModelChoice(model) for model in settings.models)
            kind: ServerKind = "hosted" if hosted else "own"
        else:
            server = self._start_server()
            settings = replace(settings, address=server.address, is_trusted=True)
            choices = tuple(ModelChoice(card.id, card.about) for card in server.models)
            kind = "built-in"
        identity = f"{settings.address}\n{settings.key_in}\n{settings.api_key.reveal()}"
        fingerprint = hashlib.blake2b(identity.encode(), key=self._salt, digest_size=16)
        return Connection(kind, settings, choices, Client(settings), fingerprint.hexdigest())

    def note_question(self, question: tuple[object, ...]) -> None:
        """Remember that this was asked and answered."""
        with self._lock:
            self._asked[question] = None
            while len(self._asked) > _QUESTIONS:
                self._asked.popitem(last=False)

    def was_asked(self, question: tuple[object, ...]) -> bool:
        """Whether the cache most likely holds the answer, so that there is nothing to wait for."""
        return question in self._asked

    def _start_server(self) -> local_server.LocalServer:
        with self._lock:
            if self._server is None:
                self._server = local_server.start(allow_hosts=self.settings.allow_hosts)
            return self._server


@st.cache_resource(show_spinner=False)
def open_desk() -> Desk:
    """The one desk of this process, opened at its first use.

    Raises:
        SettingsError: the settings cannot be used; tried again at the next call.
    """
    desk = Desk(_read_deployed_settings())
    # Streamlit collects garbage after each run; what was imported never is any, and leaving it out
    # halves the time a rerun takes.
    gc.collect()
    gc.freeze()
    return desk


def _read_deployed_settings() -> Settings:
    section: Any = {}
    if st.secrets.load_if_toml_exists():
        section = st.secrets.get("inference", {})
        if not hasattr(section, "keys"):
            raise SettingsError(
                "The secrets have inference = …, where a section [inference] was expected. "
                "See .streamlit/secrets.toml.example."
            )
    return read_settings(dict(section), os.environ)


# Pictures


def make_limits(connection: Connection) -> Limits:
    """What a picture may be so that this connection's server takes it."""
    return Limits(max_sent_bytes=connection.settings.max_image_bytes)


def add_files(
    files: Iterable[tuple[str, bytes]], connection: Connection
) -> Iterator[tuple[str, Kept | DeskError]]:
    """Take in files one by one; a bad one does not harm the others.

    Yields:
        The file's name, and the kept picture or what was wrong with it.
    """
    for name, taken in take_many(files, limits=make_limits(connection)):
        if isinstance(taken, IntakeError):
            yield name, taken
            continue
        try:
            yield name, keep_picture(taken)
        except DeskError as error:
            yield name, error


def add_url(url: str, connection: Connection) -> Kept:
    """Fetch a picture to show; the server will fetch it by itself from the same address.

    Raises:
        IntakeError: an address that is refused, gives no file, or no picture.
        StoreError: it could not be kept.
    """
    # The picture is not sent, so the server's limit on a request does not count here.
    limits = replace(make_limits(connection), max_sent_bytes=20_000_000)
    return keep_picture(take_url(url, limits=limits, allow_hosts=open_desk().settings.allow_hosts))


def keep_picture(image: SourceImage) -> Kept:
    """Put a picture into the spool.

    Raises:
        StoreError: it could not be written.
    """
    return Kept(open_desk().spool.keep(image), image.name, draw_thumbnail(image))


def load_picture(key: str) -> SourceImage:
    """A kept picture.

    Raises:
        StoreError: it has been put away.
    """
    return open_desk().spool.load(key)


@st.cache_data(show_spinner=False, max_size=_SAMPLE_CACHE)
def load_sample(key: str) -> SourceImage:
    """A sample picture.

    Raises:
        IntakeError: its file is damaged.
    """
    sample = find_sample(key)
    return take_bytes(sample.path.read_bytes(), name=sample.path.name)


def find_sample(key: str) -> samples.Sample:
    """The sample of this key, else the first."""
    known = samples.samples()
    return next((sample for sample in known if sample.key == key), known[0])


# Predictions


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


def fit_picture(connection: Connection, image: SourceImage) -> SourceImage:
    """The picture, made small enough for this connection's server where it is not.

    It was taken in for the connection of that time, whose limit may have been another.

    Raises:
        IntakeError: it cannot be made small enough.
    """
    if image.url is not None or len(image.data) <= connection.settings.max_image_bytes:
        return image
    small = take_bytes(image.data, name=image.name, limits=make_limits(connection))
    return replace(
        small,
        original_size_wh=image.original_size_wh,
        original_bytes=image.original_bytes,
        original_format=image.original_format,
        notes=tuple(dict.fromkeys((*image.notes, *small.notes))),
    )


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
