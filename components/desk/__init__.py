"""Wiring: settings to server and client, pictures to predictions; the verbs that pages use."""

from components.desk.behaviour import Behaviour
from components.desk.check import learn_behaviour
from components.desk.connection import Connection, Desk, ModelChoice, ServerKind, open_desk
from components.desk.pictures import (
    add_files,
    add_url,
    find_sample,
    fit_picture,
    keep_picture,
    load_picture,
    load_sample,
    make_limits,
)
from components.desk.predictions import (
    View,
    find_behaviour,
    forget_answer,
    is_kept,
    measure_areas,
    predict,
)

__all__ = [
    "Behaviour",
    "Connection",
    "Desk",
    "ModelChoice",
    "ServerKind",
    "View",
    "add_files",
    "add_url",
    "find_behaviour",
    "find_sample",
    "fit_picture",
    "forget_answer",
    "is_kept",
    "keep_picture",
    "learn_behaviour",
    "load_picture",
    "load_sample",
    "make_limits",
    "measure_areas",
    "open_desk",
    "predict",
]
