"""What a comparison came to over all its pictures, kept so that it is summed up once.

The rows of a hundred thousand pictures take seconds to be summed up, and their intervals as long
again. What is kept holds as long as no row is written and no picture is taken out or brought back.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any, Final

from sqlalchemy import Connection, func, select, update

from components.model.comparison_summary import ClassGain, Gains, PairTotal, Summary
from components.model.intervals import Difference
from components.store.database import Database
from components.store.rows import clean_text, pack
from components.store.schema import REMOVED, comparison_items, comparisons, items

_RULES: Final = 1  # of summing up; what was kept by others is summed up again
Stamp = tuple[int, ...]
"""What of a comparison is there to be summed up."""


def stamp_rows(db: Database, comparison_id: str) -> Stamp:
    """What changes whenever a comparison may come to something else, or is taken up again."""
    with db.read() as connection:
        return _stamp(connection, clean_text(comparison_id))


def keep_summary(db: Database, comparison_id: str, summary: Summary, stamp: Stamp) -> bool:
    """Write down what a comparison came to.

    Args:
        db: where.
        comparison_id: which.
        summary: over all its pictures.
        stamp: of `stamp_rows` before its rows were read.

    Returns:
        Whether it was; it is not where anything changed meanwhile.

    Raises:
        StoreUnavailable: nothing can be written now.
    """
    own = clean_text(comparison_id)
    with db.write() as connection:
        if not stamp or _stamp(connection, own) != stamp:
            return False
        packed = pack({"stamp": [_RULES, *stamp[2:]], "summary": asdict(summary)})
        connection.execute(update(comparisons).where(comparisons.c.id == own).values(title=packed))
        return True


def find_summary(db: Database, comparison_id: str) -> Summary | None:
    """What a comparison came to over all its pictures; None where that is to be summed up."""
    own = clean_text(comparison_id)
    with db.read() as connection:
        packed = connection.scalar(select(comparisons.c.title).where(comparisons.c.id == own))
        if not packed:
            return None
        kept = json.loads(packed)
        if kept["stamp"] != [_RULES, *_stamp(connection, own)[2:]]:
            return None
    return _unpack(kept["summary"])


def forget_summary(connection: Connection, comparison_id: str) -> None:
    """Have it summed up again; within a transaction that writes rows of it."""
    connection.execute(
        update(comparisons).where(comparisons.c.id == comparison_id).values(title="")
    )


def _stamp(connection: Connection, comparison_id: str) -> Stamp:
    """() where there is no such comparison."""
    row = connection.execute(
        select(comparisons.c.project_id, comparisons.c.state, comparisons.c.ended_at).where(
            comparisons.c.id == comparison_id
        )
    ).first()
    if row is None:
        return ()
    removed = select(items.c.position).where(
        items.c.project_id == row.project_id, items.c.shelf == REMOVED
    )
    numbers = select(func.count(), func.coalesce(func.sum(comparison_items.c.position), 0)).where(
        comparison_items.c.comparison_id == comparison_id
    )
    sums = [
        int(number)
        for asked in (numbers, numbers.where(comparison_items.c.position.in_(removed)))
        for number in connection.execute(asked).one()
    ]
    return int(row.state == "done"), row.ended_at or 0, *sums


def _unpack(fields: dict[str, Any]) -> Summary:
    gains = fields["gains"]
    return Summary(
        **{
            **fields,
            "pairs": tuple(PairTotal(**one) for one in fields["pairs"]),
            "gains": None
            if gains is None
            else Gains(
                tuple(_unpack_gain(one) for one in gains["classes"]),
                gains["items"],
                gains["ignored"],
            ),
        }
    )


def _unpack_gain(fields: dict[str, Any]) -> ClassGain:
    found = fields["difference"]
    return ClassGain(
        **{
            **fields,
            "difference": None if found is None else Difference(**found),
            "marked": tuple(fields["marked"]),
        }
    )
