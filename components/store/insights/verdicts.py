"""How much there is, what was decided when, and why."""

from __future__ import annotations

import json
from collections import Counter
from datetime import UTC, tzinfo
from math import gcd
from typing import Any, Final, get_args

from sqlalchemy import ColumnClause, func, literal_column, select

from components.errors import Conflict
from components.model.insights import ReasonCount, Slice, Totals, VerdictCount
from components.model.review import REASONS, STATUSES, Move, Status
from components.model.stretches import begin_stretch
from components.store.database import Database
from components.store.insights.slicing import Scope
from components.store.schema import items, reviews, truths

MOVES: Final[tuple[Move, ...]] = get_args(Move)
_QUARTER_MS: Final = 15 * 60_000
"""Clocks of all zones are whole quarters of an hour from UTC, and are changed on the quarter."""


def list_decisions(scope: Scope) -> list[Any]:
    """What a line of the record has to meet: a decision on the slice that was not taken back."""
    undone = select(reviews.c.undoes).where(
        reviews.c.project_id == scope.project_id, reviews.c.move == "undone"
    )
    return [
        reviews.c.project_id == scope.project_id,
        reviews.c.move.in_(MOVES),
        reviews.c.id.not_in(undone),
        *scope.list_conditions_on(reviews.c.item_id),
    ]


def count_totals(db: Database, project_id: str, wanted: Slice) -> Totals:
    """How much there is to count.

    Raises:
        Conflict: a slice that cannot be.
        StoreUnavailable: the database cannot be reached now.
    """
    by_status: dict[Status, int] = dict.fromkeys(STATUSES, 0)
    with_answer = with_truth = 0
    with db.read() as connection:
        scope = Scope(connection, project_id, wanted)
        rows = connection.execute(
            select(
                items.c.shelf,
                func.count(),
                func.count(items.c.answer_id),
                func.count(truths.c.item_id),
            )
            .select_from(items.outerjoin(truths, truths.c.item_id == items.c.id))
            .where(*scope.list_conditions())
            .group_by(items.c.shelf)
        )
        for status, n, answered, true in rows:
            by_status[status] = n
            with_answer += answered
            with_truth += true
        decisions = (
            connection.scalar(
                select(func.count()).select_from(reviews).where(*list_decisions(scope))
            )
            or 0
        )
    return Totals(sum(by_status.values()), by_status, with_answer, with_truth, decisions)


def count_verdicts_over_time(
    db: Database, project_id: str, wanted: Slice, *, bucket_ms: int, zone: tzinfo = UTC
) -> list[VerdictCount]:
    """Decisions in stretches of time, by what was decided; stretches without any are left out.

    Args:
        db: where.
        project_id: of the project.
        wanted: which pictures.
        bucket_ms: length of a stretch; see `model.stretches` for where one begins.
        zone: of the clock that tells hours, days and weeks, its changes included.

    Returns:
        By start, then by move in the order of MOVES.

    Raises:
        Conflict: a slice or a length that cannot be.
        StoreUnavailable: the database cannot be reached now.
    """
    if bucket_ms < 1:
        raise Conflict("Time cannot be divided like that. Choose again.")
    # The database counts by what every clock has in common, and knows nothing of zones. Written
    # out: PostgreSQL would take two parameters of one value for two expressions.
    grain: ColumnClause[int] = literal_column(str(gcd(bucket_ms, _QUARTER_MS)))
    start = (reviews.c.at - reviews.c.at % grain).label("stretch")
    with db.read() as connection:
        scope = Scope(connection, project_id, wanted)
        rows = connection.execute(
            select(start, reviews.c.move, func.count())
            .where(*list_decisions(scope))
            .group_by(start, reviews.c.move)
        ).all()
    counted: Counter[tuple[int, Move]] = Counter()
    starts: dict[int, int] = {}
    for at, move, n in rows:
        if at not in starts:
            starts[at] = begin_stretch(int(at), bucket_ms, zone)
        counted[starts[at], move] += n
    found = [VerdictCount(at, move, n) for (at, move), n in counted.items()]
    return sorted(found, key=lambda one: (one.start, MOVES.index(one.move)))


def count_reasons(
    db: Database, project_id: str, wanted: Slice, *, by_class: bool = False
) -> list[ReasonCount]:
    """How often each reason was given, most often first.

    Args:
        db: where.
        project_id: of the project.
        wanted: which pictures.
        by_class: whether to tell apart the classes it was said of; a decision about two classes
            then counts for both.

    Raises:
        Conflict: a slice that cannot be.
        StoreUnavailable: the database cannot be reached now.
    """
    with db.read() as connection:
        scope = Scope(connection, project_id, wanted)
        rows = connection.execute(
            select(reviews.c.reasons, reviews.c.class_names, reviews.c.move, func.count())
            .where(*list_decisions(scope), reviews.c.reasons != "[]")
            .group_by(reviews.c.reasons, reviews.c.class_names, reviews.c.move)
        ).all()
    counted: Counter[tuple[Any, Any, str]] = Counter()
    for reasons, class_names, move, n in rows:
        names = (set(json.loads(class_names)) or {""}) if by_class else {""}
        for reason in set(json.loads(reasons)):
            for name in names:
                counted[reason, move, name] += n
    found = [ReasonCount(reason, move, n, name) for (reason, move, name), n in counted.items()]
    return sorted(
        found,
        key=lambda one: (
            -one.n,
            REASONS.index(one.reason),
            MOVES.index(one.move),
            one.class_name,
        ),
    )
