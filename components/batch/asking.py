"""Asking about one picture of a run, after looking whether the answer is there already."""

from __future__ import annotations

import threading
from dataclasses import dataclass, replace

from components import store
from components.batch.measuring import measure
from components.batch.server import Server
from components.errors import Unreachable
from components.inference import Request
from components.intake import Limits, take_bytes
from components.model.behaving import LOWEST, judge_behaviour
from components.model.classes import list_classes
from components.model.cut import find_background
from components.model.image import SizeWH, SourceImage
from components.model.prediction import Answer, Prediction
from components.model.run import Run, Task
from components.store.database import Database
from components.store.finishing import Found
from components.store.items import StoredAnswer

MOST_TRIES = 3
"""Pictures that may tell nothing of how the model takes the confidence."""


@dataclass(slots=True)
class Question:
    """A picture that is ready to be sent.

    Attributes:
        image: as it is sent.
        size_wh: of the picture as it is shown, which the mask belongs to.
        calls: made so far that the server may have seen.
        seconds: of the last call.
    """

    image: SourceImage
    size_wh: SizeWH
    calls: int = 0
    seconds: float | None = None


class Asker:
    """Asks for the answers of one run; safe to share between its workers."""

    def __init__(self, db: Database, run: Run, server: Server) -> None:
        self._db = db
        self._run = run
        self._server = server
        self._ask_at = run.ask_at
        self._learning = threading.Lock()
        self._tries = 0

    def prepare(self, task: Task) -> Question | Found:
        """Read the picture; or the answer, where it is here already and nothing has to be asked.

        Raises:
            IntakeError: it cannot be made small enough for the server.
            StoreError: it cannot be read.
        """
        if task.answer_id is not None:
            return self._count(store.items.load_answer(self._db, task.answer_id))
        sha256 = task.image_sha256 or ""
        at = self._ask_at
        for confidence in (LOWEST, self._run.confidence) if at is None else (at,):
            known = self._look_up(sha256, confidence)
            if known is not None:
                return self._count(known)
        # Its very bytes are sent, also where it was fetched from an address, which may not last.
        image = replace(store.items.load_image(self._db, sha256), name=task.name, url=None)
        size_wh = image.size_wh
        most = self._server.settings.max_image_bytes
        if len(image.data) > most:
            image = take_bytes(image.data, name=image.name, limits=Limits(max_sent_bytes=most))
        return Question(image, size_wh)

    def ask(self, question: Question) -> Answer:
        """Ask the model.

        Raises:
            InferenceError: no usable answer.
        """
        at = self._ask_at
        if at is None:
            return self._learn(question)
        answer = self._call(question, at)
        if at == LOWEST < self._run.confidence and answer.prediction.confidence_png is None:
            # Without confidences it cannot be cut, whatever the others came with.
            answer = self._call(question, self._run.confidence)
        return answer

    def count(self, question: Question, answer: Answer) -> Found:
        """What is kept of a new answer.

        Raises:
            MalformedAnswer: a mask cannot be decoded.
        """
        cut_to = self._find_cut(answer)
        areas, mean, measures = measure(
            answer.prediction, question.size_wh, self._run.confidence, cut_to
        )
        class_map = dict(answer.prediction.class_map)
        return Found(answer, "", cut_to, areas, mean, class_map, question.calls, measures)

    def _count(self, stored: StoredAnswer) -> Found:
        prediction = stored.answer.prediction
        size_wh = store.items.find_size(self._db, stored.image_sha256)
        areas, mean, measures = measure(prediction, size_wh, self._run.confidence, stored.cut_to)
        class_map = dict(prediction.class_map)
        return Found(None, stored.id, stored.cut_to, areas, mean, class_map, 0, measures)

    def _look_up(self, sha256: str, at: int) -> StoredAnswer | None:
        model, address = self._run.model, self._server.settings.address
        known = store.items.find_answer(self._db, sha256, model, at, address)
        if known is None or (at != self._run.confidence and known.cut_to is None):
            return None
        return known

    def _find_cut(self, answer: Answer) -> int | None:
        if answer.confidence == self._run.confidence or answer.prediction.confidence_png is None:
            return None
        return find_background(list_classes(answer.prediction.class_map))

    def _call(self, question: Question, confidence: int) -> Answer:
        question.calls += 1
        try:
            answer = self._server.client.predict(
                Request(question.image, self._run.model, confidence)
            )
        except Unreachable as error:
            question.calls -= not error.was_sent
            raise
        question.seconds = answer.seconds
        return answer

    def _learn(self, question: Question) -> Answer:
        """Find out from this picture at which confidence to ask about all of them."""
        with self._learning:
            if self._ask_at is not None:
                return self.ask(question)
            wanted = self._run.confidence
            answers: dict[int, Answer] = {}

            def ask(confidence: int) -> Prediction:
                if confidence not in answers:
                    answers[confidence] = self._call(question, confidence)
                return answers[confidence].prediction

            kind = judge_behaviour(ask, wanted, lambda: ask(wanted))
            self._tries += kind is None
            if kind is not None or self._tries >= MOST_TRIES:
                self._ask_at = LOWEST if kind == "live" else wanted
                store.runs.note_ask_at(self._db, self._run.id, self._ask_at)
            at = self._ask_at or wanted
            ask(at)
            return answers[at]
