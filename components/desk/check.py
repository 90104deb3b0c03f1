"""Finding out, once a model, how it takes the confidence."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import replace

from components.desk.connection import Connection, open_desk
from components.desk.predictions import View, keep_for_any, name_picture, take_answer
from components.errors import DeskError
from components.model.behaving import Kind, judge_behaviour
from components.model.prediction import Prediction

LOG = logging.getLogger("mask_desk")


def learn_behaviour(
    connection: Connection, view: View, pause: Callable[[], object] = lambda: None
) -> bool:
    """Find out how the model takes the confidence, where that is open and this picture may tell.

    Called after the view is shown. Asks up to two more questions about its picture, at 1 and at 99,
    and compares. What fails is logged, never raised: reviewers have what they came for.

    Args:
        connection: whom the view came from.
        view: what is shown.
        pause: called before each question, so that a newer wish of the reviewer goes first.

    Returns:
        Whether something was found out, so that the page should be run again.
    """
    picture = name_picture(view.image)
    record = open_desk().behaviours.find(connection.fingerprint, view.request.model)
    if not record.checking.acquire(blocking=False):
        return False  # another session is finding out
    if not record.is_check_due(picture):
        record.checking.release()
        return False
    before = record.behaviour
    try:
        kind = _judge(connection, view, pause)
        if kind is None:
            record.note_nothing_proven(picture)
        else:
            if kind == "ignored":
                keep_for_any(connection, view.request, view.answer)
            record.conclude(kind)
    except DeskError as error:
        LOG.warning("Checking the confidence of a model: %s", error.detail or error.message)
        record.note_failure()
    finally:
        record.checking.release()
    return record.behaviour != before


def _judge(connection: Connection, view: View, pause: Callable[[], object]) -> Kind | None:
    """How the model takes the confidence; None where this picture does not tell."""

    def ask(confidence: int) -> Prediction:
        pause()
        return take_answer(connection, replace(view.request, confidence=confidence))[0].prediction

    return judge_behaviour(ask, view.confidence, lambda: view.answer.prediction)
