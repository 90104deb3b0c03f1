"""A project's pictures as they are looked at: from the store, without asking the model again."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from components import store
from components.desk.access import require
from components.desk.connection import Connection, open_desk
from components.desk.predictions import View, predict
from components.desk.stored import load_answer, load_image
from components.errors import Conflict
from components.inference import Request
from components.model.classes import list_classes
from components.model.clock import read_clock
from components.model.image import SourceImage
from components.model.prediction import Answer
from components.model.review import Item, Person

if TYPE_CHECKING:
    from components.store.items import StoredAnswer


@dataclass(frozen=True, slots=True)
class Sight:
    """A picture of a project and what is shown of it.

    Attributes:
        view: picture and answer.
        answer_id: of that answer in the store.
    """

    view: View
    answer_id: str


def see_item(who: Person | None, connection: Connection, item: Item, confidence: int) -> Sight:
    """A picture with its mask at a confidence.

    The model is asked only where no stored answer holds this confidence; what it says is stored.

    Args:
        who: who looks.
        connection: whom to ask.
        item: the picture.
        confidence: the threshold, percent 0–100.

    Raises:
        AccessError: nobody is signed in.
        Conflict: it has no answer yet.
        InferenceError: the model had to be asked and gave no usable answer.
        StoreError: the database cannot be asked.
    """
    require(who, "viewer")
    if item.answer_id is None:
        raise Conflict("The model has not answered about this picture yet.")
    image = load_image(item.image_sha256, item.name)
    stored = load_answer(item.answer_id)
    if stored.cut_to is None and confidence != stored.answer.confidence:
        stored = _ask(connection, image, stored, confidence)
    prediction = stored.answer.prediction
    request = Request(image, stored.answer.model, stored.answer.confidence)
    view = View(
        image,
        request,
        stored.answer,
        True,
        list_classes(prediction.class_map),
        confidence,
        stored.cut_to,
    )
    return Sight(view, stored.id)


def find_kept_confidence(who: Person | None, item: Item, wished: int) -> int:
    """The confidence nearest to a wish that a picture can be seen at without asking anybody.

    Args:
        who: who looks.
        item: the picture.
        wished: percent, 0–100.

    Returns:
        The wish, where the stored answer holds every confidence; else the answer's own.

    Raises:
        AccessError: nobody is signed in.
        Conflict: it has no answer yet.
        StoreError: the database cannot be asked.
    """
    require(who, "viewer")
    if item.answer_id is None:
        raise Conflict("The model has not answered about this picture yet.")
    stored = load_answer(item.answer_id)
    return stored.answer.confidence if stored.cut_to is None else wished


def _ask(
    connection: Connection, image: SourceImage, stored: StoredAnswer, confidence: int
) -> StoredAnswer:
    database, model = open_desk().database, stored.answer.model
    known = store.items.find_answer(
        database, image.sha256, model, confidence, stored.answer.address
    )
    if known is not None:
        return known
    view = predict(connection, image, model, confidence)
    answer = name_confidence(view)
    answer_id = store.items.store_answer(
        database, image.sha256, answer, cut_to=view.cut_to, now=read_clock()
    )
    return store.items.StoredAnswer(answer_id, answer, view.cut_to, image.sha256)


def name_confidence(view: View) -> Answer:
    """The answer, said to be at the threshold it is shown at.

    A model that ignores the confidence is asked once for all of them; what it said holds for this
    one as well, and is found by it later. An answer that is cut keeps the one it was asked at.
    """
    if view.cut_to is not None:
        return view.answer
    return replace(view.answer, confidence=view.confidence)
