"""Which stored answers stand for the two sides of a comparison, and what is still to be counted.

Nothing says by itself that a comparison is old: a picture is to be counted while the answers its
two sides give it now, or its truth mask, are not those it was counted from.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, Subquery, and_, case, exists, func, or_, select

from components.model.comparison import Comparison, Known, Side
from components.model.image import SizeWH
from components.store.comparison_rows import load_comparison
from components.store.database import Database
from components.store.rows import clean_text, unpack_class_map
from components.store.schema import (
    REMOVED,
    answers,
    comparison_items,
    events,
    images,
    items,
    reviews,
    truths,
)


@dataclass(frozen=True, slots=True)
class Pending:
    """A picture that is to be compared.

    Attributes:
        item_id, position, name: which.
        size_wh: of the picture.
        a_answer_id, b_answer_id: the answers of the two sides; the same one where they differ in
            confidence alone.
        truth_sha256: of its truth mask; "" where there is none.
        truth_map: the truth's names by class id.
    """

    item_id: str
    position: int
    name: str
    size_wh: SizeWH
    a_answer_id: str
    b_answer_id: str
    truth_sha256: str
    truth_map: dict[int, str]


@dataclass(frozen=True, slots=True)
class Extent:
    """Over how many pictures two sides are known.

    Attributes:
        items: pictures of the project.
        a, b: those with an answer of each side.
        both: those with an answer of both.
    """

    items: int
    a: int
    b: int
    both: int


def stamp_answers(db: Database, project_id: str) -> tuple[int, ...]:
    """What changes whenever answers, truth masks or the pictures of a project do.

    Far quicker than looking which: rows are counted, and answers are never changed.
    """
    own = items.c.project_id == clean_text(project_id)
    asked = (
        select(func.count(), func.coalesce(func.max(answers.c.at), 0)).select_from(answers),
        select(func.count(), func.coalesce(func.max(truths.c.added_at), 0)).select_from(truths),
        select(func.count(), func.coalesce(func.max(items.c.position), 0)).where(
            own, items.c.shelf != REMOVED
        ),
    )
    with db.read() as connection:
        return tuple(int(n) for one in asked for n in connection.execute(one).one())


def stamp_slices(db: Database, project_id: str) -> tuple[int, ...]:
    """What changes whenever other pictures of a project may be in one slice of it than before.

    Verdicts, settings and pictures taken out are lines of the record; classes come of answers.
    """
    asked = [select(func.coalesce(func.max(table.c.seq), 0)) for table in (reviews, events)]
    with db.read() as connection:
        lines = [int(connection.scalar(one) or 0) for one in asked]
    return (*lines, *stamp_answers(db, project_id))


def list_known(db: Database, project_id: str) -> list[Known]:
    """Whose answers a project has, those over most pictures first.

    A model whose stored answers can be cut holds every confidence and is listed once for all.
    """
    holds = case((answers.c.cut_to.is_not(None), -1), else_=answers.c.confidence)
    number = func.count(items.c.id.distinct())
    statement = (
        select(answers.c.model, holds, number)
        .join(items, items.c.image_sha256 == answers.c.image_sha256)
        .where(items.c.project_id == clean_text(project_id), items.c.shelf != REMOVED)
        .group_by(answers.c.model, holds)
        .order_by(number.desc(), answers.c.model, holds)
    )
    with db.read() as connection:
        return [
            Known(model, None if confidence < 0 else confidence, n)
            for model, confidence, n in connection.execute(statement)
        ]


def measure_extent(db: Database, project_id: str, a: Side, b: Side) -> Extent:
    """Over how many pictures of a project the two sides are known."""
    has_a, has_b = (
        exists().where(answers.c.image_sha256 == items.c.image_sha256, *_fit(side))
        for side in (a, b)
    )
    statement = select(
        func.count(),
        func.sum(case((has_a, 1), else_=0)),
        func.sum(case((has_b, 1), else_=0)),
        func.sum(case((and_(has_a, has_b), 1), else_=0)),
    ).where(items.c.project_id == clean_text(project_id), items.c.shelf != REMOVED)
    with db.read() as connection:
        return Extent(*(int(n or 0) for n in connection.execute(statement).one()))


def count_pending(db: Database, comparison_id: str) -> tuple[int, int]:
    """How many pictures are to be counted, or counted anew, and over how many both are known.

    Raises:
        Conflict: there is no such comparison.
    """
    with db.read() as connection:
        found = load_comparison(connection, clean_text(comparison_id))
        sides = _find_sides(found)
        total = connection.scalar(select(func.count()).select_from(sides)) or 0
        pending = select(func.count()).select_from(_select_pending(found, sides).subquery())
        return connection.scalar(pending) or 0, total


def take_pending(
    db: Database, comparison_id: str, *, after: int = 0, limit: int = 50
) -> list[Pending]:
    """The next pictures to be counted, by position, after that position.

    Raises:
        Conflict: there is no such comparison.
    """
    with db.read() as connection:
        found = load_comparison(connection, clean_text(comparison_id))
        sides = _find_sides(found)
        statement = (
            _select_pending(found, sides)
            .where(sides.c.position > after)
            .order_by(sides.c.position)
            .limit(limit)
        )
        return [
            Pending(
                row["id"],
                row["position"],
                row["name"],
                (row["width"], row["height"]),
                row["a_answer_id"],
                row["b_answer_id"],
                row["truth_sha256"] or "",
                unpack_class_map(row["truth_map"]) if row["truth_map"] else {},
            )
            for row in connection.execute(statement).mappings()
        ]


def _fit(side: Side) -> list[Any]:
    holds = or_(answers.c.cut_to.is_not(None), answers.c.confidence == side.confidence)
    return [answers.c.model == side.model, holds]


def _find_sides(found: Comparison) -> Subquery:
    """The project's pictures and which answers stand for the two sides, where both have one.

    What the picture is reviewed by goes before all others, then the newest.
    """

    def choose(side: Side) -> Any:
        shown = answers.c.id == items.c.answer_id
        newest = answers.c.at.desc(), answers.c.id
        same_picture = answers.c.image_sha256 == items.c.image_sha256
        return func.coalesce(
            select(answers.c.id).where(shown, *_fit(side)).correlate(items).scalar_subquery(),
            select(answers.c.id)
            .where(same_picture, *_fit(side))
            .order_by(*newest)
            .limit(1)
            .correlate(items)
            .scalar_subquery(),
        )

    chosen = (
        select(
            items.c.id,
            items.c.position,
            items.c.name,
            items.c.image_sha256,
            choose(found.a).label("a_answer_id"),
            choose(found.b).label("b_answer_id"),
        )
        .where(items.c.project_id == found.project_id, items.c.shelf != REMOVED)
        .subquery()
    )
    both = chosen.c.a_answer_id.is_not(None), chosen.c.b_answer_id.is_not(None)
    return select(chosen).where(*both).subquery()


def _select_pending(found: Comparison, sides: Subquery) -> Select[Any]:
    counted = comparison_items.alias()
    same_truth = case(
        (truths.c.mask_sha256.is_(None), counted.c.truth_a == ""),
        else_=counted.c.truth_a.contains(truths.c.mask_sha256),
    )
    is_current = and_(
        counted.c.a_answer_id == sides.c.a_answer_id,
        counted.c.b_answer_id == sides.c.b_answer_id,
        # Why one could not be compared is found out once.
        or_(counted.c.changed.is_(None), same_truth),
    )
    return (
        select(
            sides,
            images.c.width,
            images.c.height,
            truths.c.mask_sha256.label("truth_sha256"),
            truths.c.class_map.label("truth_map"),
        )
        .join(images, images.c.sha256 == sides.c.image_sha256)
        .outerjoin(truths, truths.c.item_id == sides.c.id)
        .outerjoin(
            counted,
            and_(counted.c.comparison_id == found.id, counted.c.item_id == sides.c.id),
        )
        .where(or_(counted.c.item_id.is_(None), ~is_current))
    )
