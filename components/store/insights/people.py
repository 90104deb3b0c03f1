"""Who agrees with whom, and how much is decided when; people are numbers unless a project says so.

A number is drawn by lot each time, so that nobody is known by it the next time, and is the same
for one person throughout one answer.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from typing import Any

import numpy as np
from sqlalchemy import (
    BigInteger,
    Connection,
    case,
    func,
    literal_column,
    select,
    type_coerce,
)

from components.model.insights import Slice
from components.model.review import VERDICTS
from components.model.voices import HourCount, Repeat, Voices
from components.store.database import Database
from components.store.dialect import read_columns
from components.store.insights.slicing import Scope
from components.store.insights.verdicts import list_decisions
from components.store.schema import (
    projects,
    reviews,
    selection_items,
    selections,
    standing,
    tallies,
)

_HOUR_MS = 3_600_000


def list_voices(db: Database, project_id: str, wanted: Slice) -> Voices:
    """All verdicts that count now, by position and number of the reviewer.

    Raises:
        Conflict: a slice that cannot be.
        StoreUnavailable: the database cannot be reached now.
    """
    with db.read() as connection:
        scope = Scope(connection, project_id, wanted)
        names = connection.scalars(
            select(tallies.c.who)
            .where(tallies.c.project_id == scope.project_id, tallies.c.kind == "voice")
            .distinct()
        ).all()
        people = _number(connection, scope.project_id, names)
        # One number a row, of one person at a time, as an index has them: rows are what costs.
        move = case({move: at for at, move in enumerate(VERDICTS)}, value=standing.c.move)
        packed = standing.c.position * len(VERDICTS) + move
        found = [np.zeros((0, 3), np.int64)]
        for name in names:
            (codes,) = read_columns(
                connection,
                select(type_coerce(packed, BigInteger).label("code")).where(
                    standing.c.project_id == scope.project_id,
                    standing.c.reviewer == name,
                    standing.c.is_voice == 1,
                ),
            )
            positions, verdicts = np.divmod(codes, len(VERDICTS))
            numbers = np.full(len(positions), people[name][0])
            found.append(np.column_stack((positions, numbers, verdicts)))
        voices = np.concatenate(found)
        voices = voices[scope.has(voices[:, 0])]
    positions, numbers, verdicts = voices[np.lexsort((voices[:, 1], voices[:, 0]))].T
    return Voices(positions, numbers, verdicts, dict(people.values()))


def list_deciders(db: Database, project_id: str, wanted: Slice) -> set[str]:
    """Who decided about pictures of the slice: to know how many there are, and not to be shown.

    Raises:
        Conflict: a slice that cannot be.
        StoreUnavailable: the database cannot be reached now.
    """
    with db.read() as connection:
        scope = Scope(connection, project_id, wanted)
        statement = select(reviews.c.reviewer).where(*list_decisions(scope)).distinct()
        return set(connection.scalars(statement))


def count_reviews_by_hour(db: Database, project_id: str, wanted: Slice) -> list[HourCount]:
    """Decisions of everybody together, hour by hour of UTC; hours without any are left out.

    Raises:
        Conflict: a slice that cannot be.
        StoreUnavailable: the database cannot be reached now.
    """
    start = (reviews.c.at - reviews.c.at % literal_column(str(_HOUR_MS))).label("stretch")
    with db.read() as connection:
        scope = Scope(connection, project_id, wanted)
        rows = connection.execute(
            select(start, func.count(), func.count(reviews.c.reviewer.distinct()))
            .where(*list_decisions(scope))
            .group_by(start)
            .order_by(start)
        )
        return [HourCount(int(at), n, people) for at, n, people in rows]


def list_repeats(db: Database, project_id: str, wanted: Slice) -> list[Repeat]:
    """Pictures of blind selections that somebody decided about before it was made and after.

    Of each person the last verdict before and the first one after count, if both are about the
    same answer and neither was taken back. A decision is a second look once: where several
    selections share a picture, for the newest of them that was made before it.

    Raises:
        Conflict: a slice that cannot be.
        StoreUnavailable: the database cannot be reached now.
    """
    with db.read() as connection:
        scope = Scope(connection, project_id, wanted)
        rows = connection.execute(
            select(
                selections.c.id,
                selections.c.created_at,
                reviews.c.item_id,
                reviews.c.seq,
                reviews.c.reviewer,
                reviews.c.move,
                reviews.c.at,
                reviews.c.answer_id,
            )
            .select_from(
                selections.join(
                    selection_items, selection_items.c.selection_id == selections.c.id
                ).join(reviews, reviews.c.item_id == selection_items.c.item_id)
            )
            .where(
                selections.c.project_id == scope.project_id,
                selections.c.kind == "repeat",
                *list_decisions(scope),
                reviews.c.move.in_(VERDICTS),
            )
            .order_by(selections.c.created_at, selections.c.id, reviews.c.seq)
        ).all()
        firsts: dict[tuple[str, str, str], Any] = {}
        seconds: dict[tuple[str, str, str], Any] = {}
        for row in rows:
            key = row.id, row.item_id, row.reviewer
            if row.at <= row.created_at:
                firsts[key] = row
            else:
                seconds.setdefault(key, row)
        people = _number(connection, scope.project_id, (key[2] for key in seconds))
    # Rows came by selection, the newest last.
    newest = {second.seq: key for key, second in seconds.items()}
    found = []
    for key, second in seconds.items():
        if newest[second.seq] != key:
            continue
        first = firsts.get(key)
        if first is not None and first.answer_id == second.answer_id:
            number, name = people[second.reviewer]
            found.append(Repeat(second.item_id, number, first.move, second.move, key[0], name))
    return found


def _number(
    connection: Connection, project_id: str, names: Iterable[str]
) -> dict[str, tuple[int, str]]:
    """A number for each person, and the name where the project shows names."""
    shows = connection.scalar(select(projects.c.shows_names).where(projects.c.id == project_id))
    drawn = sorted(set(names))
    secrets.SystemRandom().shuffle(drawn)
    return {name: (at, name if shows else "") for at, name in enumerate(drawn, 1)}
