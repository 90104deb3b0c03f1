"""Who answers: settings to server and client, and the one desk of a process."""

from __future__ import annotations

import gc
import hashlib
import os
import secrets as random_secrets
import threading
from collections import OrderedDict
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Literal

import streamlit as st

from components import local_server, store
from components.batch import BUILT_IN, Runner, Server, open_server
from components.desk.behaviour import Behaviours
from components.desk.incoming import sweep
from components.desk.memory import bound_memory
from components.export import ownfolder
from components.inference import Client
from components.settings import (
    DATABASE_FILE,
    Settings,
    StoreSettings,
    find_section,
    read_settings,
    read_store_settings,
)

if TYPE_CHECKING:
    from components.store.database import Database

ServerKind = Literal["built-in", "hosted", "own"]

ANSWER_CACHE_MB = 64
EXPORTS = "exports"
"""The folder within the desk's own that exports are written to."""
_QUESTIONS = 2000
# What the database needs is imported after the first picture is shown.
_FIRST_LOOK_SECONDS = 4.0
MOST_WORKERS = 64
# Less than the cache holds, which counts what comes with an answer too.
_REMEMBERED_BYTES = ANSWER_CACHE_MB * 900_000


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


class Desk:
    """One desk a process: its settings, its server, its database, its pictures on disk."""

    def __init__(self, settings: Settings, store_settings: StoreSettings) -> None:
        self.settings = settings
        self.store_settings = store_settings
        self.spool = store.Spool()
        self.behaviours = Behaviours()
        self._asked: OrderedDict[tuple[object, ...], int] = OrderedDict()
        self._salt = random_secrets.token_bytes(32)
        self._server: local_server.LocalServer | None = None
        self._lock = threading.Lock()
        self._database: Database | None = None
        self._opening = threading.Lock()
        self.connection = self.connect(settings)
        self._servers: dict[str, Server] = {}
        self._is_swept = False
        self.runner = Runner(
            self._find_database, self.list_servers, allow_hosts=settings.allow_hosts
        )

    @property
    def database(self) -> Database:
        """Where projects and decisions are kept; opened, and made where there is none, at first.

        Raises:
            StoreError: it cannot be opened; tried again at the next call.
            SettingsError: what is set for it cannot be used.
        """
        with self._opening:
            if self._database is None:
                settings = self.store_settings
                objects = store.open_objects(settings.pictures)
                self._database = store.open_database(settings.url, objects)
            return self._database

    def close(self) -> None:
        """Let go of the database; it is opened again where it is needed once more."""
        with self._opening:
            if self._database is not None:
                self._database.close()
            self._database = None

    def end(self) -> None:
        """Stop what goes on in the background, and let go of the database."""
        self.runner.stop()
        self.close()

    def list_servers(self) -> dict[str, Server]:
        """The servers that runs of this process may ask, by name."""
        is_built_in = self.connection.kind == "built-in"
        own = BUILT_IN if is_built_in else self.connection.settings.address
        if own not in self._servers:
            self.add_server(own, self.connection)
        return dict(self._servers)

    def add_server(self, name: str, connection: Connection) -> None:
        """From now on runs may ask this server too, or ask it as this connection does."""
        with self._lock:
            known = self._servers.get(name)
            # What was deployed with a key is asked with that one, whatever somebody tries out.
            has_key = known is not None and known.settings == self.connection.settings
            if has_key and self.connection.settings.api_key:
                return
            if known is None or known.settings != connection.settings:
                self._servers[name] = open_server(name, connection.settings, MOST_WORKERS)

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

    def _find_database(self) -> Database | None:
        """The database, where there is one yet: looking for runs makes none."""
        kept = self.store_settings
        if self._database is None and not (kept.database or (kept.folder / DATABASE_FILE).exists()):
            return None
        database = self.database
        if not self._is_swept:
            self._is_swept = True
            sweep(kept.folder / "incoming", lambda run_id: store.runs.is_reading(database, run_id))
            ownfolder.sweep(kept.folder / EXPORTS)
        return database

    def note_question(self, question: tuple[object, ...], size: int) -> None:
        """Remember that this was asked, and answered in so many bytes."""
        with self._lock:
            self._asked.pop(question, None)
            self._asked[question] = size
            # As the cache does, which does not tell what it let go of.
            spare = _REMEMBERED_BYTES - sum(self._asked.values())
            while self._asked and (spare < 0 or len(self._asked) > _QUESTIONS):
                spare += self._asked.popitem(last=False)[1]

    def forget_question(self, question: tuple[object, ...]) -> None:
        """The answer to this is not kept any more."""
        with self._lock:
            self._asked.pop(question, None)

    def was_asked(self, question: tuple[object, ...]) -> bool:
        """Whether the cache most likely holds the answer, so that there is nothing to wait for."""
        return question in self._asked

    def _start_server(self) -> local_server.LocalServer:
        with self._lock:
            if self._server is None:
                self._server = local_server.start(allow_hosts=self.settings.allow_hosts)
            return self._server


@st.cache_resource(show_spinner=False, on_release=lambda desk: desk.end())
def open_desk() -> Desk:
    """The one desk of this process, opened at its first use.

    Raises:
        SettingsError: the settings cannot be used; tried again at the next call.
    """
    bound_memory()
    desk = Desk(*_read_deployed_settings())
    # Streamlit collects garbage after each run; what was imported never is any, and leaving it out
    # halves the time a rerun takes.
    gc.collect()
    gc.freeze()
    desk.runner.start(_FIRST_LOOK_SECONDS)
    return desk


def _read_deployed_settings() -> tuple[Settings, StoreSettings]:
    inference, kept = (read_section(name) for name in ("inference", "store"))
    return read_settings(inference, os.environ), read_store_settings(kept, os.environ)


def read_section(name: str) -> dict[str, Any]:
    """A section of the secrets; empty where there is none.

    Raises:
        SettingsError: it is no section.
    """
    if not st.secrets.load_if_toml_exists():
        return {}
    return find_section(st.secrets, name)
