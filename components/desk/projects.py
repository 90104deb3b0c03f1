"""Projects: made, filled with pictures and the model's answers, changed. What leads do."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from components import samples, store
from components.desk.access import require
from components.desk.check import learn_behaviour
from components.desk.connection import Connection, open_desk
from components.desk.items import name_confidence
from components.desk.pictures import fit_picture, load_sample
from components.desk.predictions import predict
from components.display.thumbnails import draw_thumbnail
from components.errors import DeskError
from components.model.clock import read_clock
from components.model.image import SourceImage
from components.model.review import Item, Person, Project

if TYPE_CHECKING:
    from components.store.projects import Progress

DEFAULT_CONFIDENCE = 50


@dataclass(frozen=True, slots=True)
class Added:
    """What became of one picture on its way into a project.

    Attributes:
        name: its file name.
        item: as it is in the project now; None where it could not be taken in.
        was_there: whether the project had it already.
        problem: what went wrong, in plain words; "" where nothing did.
    """

    name: str
    item: Item | None = None
    was_there: bool = False
    problem: str = ""


def list_projects(who: Person | None, *, archived: bool = False) -> list[Project]:
    """Projects in use, or those put away, the newest first.

    Raises:
        AccessError: nobody is signed in.
        StoreError: the database cannot be asked.
    """
    require(who, "viewer")
    return store.projects.list_projects(open_desk().database, archived=archived)


def find_project(who: Person | None, project_id: str) -> Project:
    """The project of this id.

    Raises:
        AccessError: nobody is signed in.
        StoreError: there is none, or the database cannot be asked.
    """
    require(who, "viewer")
    return store.projects.find_project(open_desk().database, project_id)


def measure_progress(who: Person | None, project_id: str) -> Progress:
    """How far a project is, for everybody and for this person.

    Raises:
        AccessError: nobody is signed in.
        StoreError: the database cannot be asked.
    """
    person = require(who, "viewer")
    return store.projects.measure_progress(open_desk().database, project_id, person.name)


def create_project(
    who: Person | None,
    *,
    name: str,
    model: str,
    confidence: int = DEFAULT_CONFIDENCE,
    instructions: str = "",
) -> Project:
    """A new project without pictures.

    Raises:
        AccessError: not a lead.
        StoreError: a name that cannot be, or the database cannot be written.
    """
    person = require(who, "lead")
    return store.projects.create_project(
        open_desk().database,
        name=name,
        model=model,
        confidence=confidence,
        instructions=instructions,
        by=person.name,
        now=read_clock(),
    )


def change_project(who: Person | None, project_id: str, **changes: Any) -> Project:
    """Change what is named; see `store.projects.change_project`.

    Raises:
        AccessError: not a lead.
        StoreError: a value that cannot be, or the database cannot be written.
    """
    person = require(who, "lead")
    return store.projects.change_project(
        open_desk().database, project_id, by=person.name, now=read_clock(), **changes
    )


def add_samples(who: Person | None, connection: Connection, project: Project) -> Iterator[Added]:
    """Take all samples into a project, each asked of the model that suits it where there is one.

    Raises:
        AccessError: not a lead.
        StoreError: the database cannot be written; what was added before stays.
    """
    person = require(who, "lead")
    offered = {choice.id for choice in connection.models}
    for sample in samples.samples():
        model = sample.model if sample.model in offered else project.model
        image = fit_picture(connection, load_sample(sample.key))
        yield _add(person, connection, project, image, sample.title, model)


def count_samples() -> int:
    """How many pictures `add_samples` adds."""
    return len(samples.samples())


def remove_item(who: Person | None, item_id: str) -> None:
    """Take a picture out of its project; what was decided about it stays in the record.

    Raises:
        AccessError: not a lead.
        StoreError: there is none, or the database cannot be written.
    """
    person = require(who, "lead")
    store.items.remove_item(open_desk().database, item_id, by=person.name, now=read_clock())


def _add(
    person: Person,
    connection: Connection,
    project: Project,
    image: SourceImage,
    name: str,
    model: str,
) -> Added:
    item, is_new = store.items.add_item(
        open_desk().database,
        project.id,
        image,
        draw_thumbnail(image),
        name=name,
        by=person.name,
        now=read_clock(),
    )
    if item.answer_id is not None:
        return Added(name, item, was_there=not is_new)
    return _ask(connection, item, image, project, model)


def _ask(
    connection: Connection, item: Item, image: SourceImage, project: Project, model: str
) -> Added:
    # What counts takes a while to import, and the first picture of a cold start needs none of it.
    from components.batch.measuring import measure

    database = open_desk().database
    try:
        view = predict(connection, image, model, project.confidence)
        # Known to be live, one answer is good for every confidence a reviewer may try.
        if learn_behaviour(connection, view):
            view = predict(connection, image, model, project.confidence)
        areas, confidence, measures = measure(
            view.answer.prediction, view.image.size_wh, view.confidence, view.cut_to
        )
    except DeskError as error:
        store.items.note_problem(database, item.id, error.message)
        return Added(item.name, item, problem=error.message)
    kept = store.items.keep_answer(
        database,
        item.id,
        name_confidence(view),
        cut_to=view.cut_to,
        areas=areas,
        mean_confidence=confidence,
        now=read_clock(),
        measures=measures,
    )
    return Added(item.name, kept)
