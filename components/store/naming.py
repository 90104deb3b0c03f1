"""Finding pictures by a part of their name, in a table of every three signs in a row."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from sqlalchemy import Connection, insert, select

from components.store.dialect import add_up
from components.store.schema import name_grams, tallies

_LENGTH = 3
_KIND = "gram"


def add_grams(connection: Connection, project_id: str, names: Sequence[tuple[str, str]]) -> None:
    """Make new pictures findable.

    Args:
        connection: within a transaction that writes.
        project_id: of their project.
        names: item id and folded name of each.
    """
    rows = [
        {"project_id": project_id, "gram": gram, "item_id": item_id}
        for item_id, name in names
        for gram in list_grams(name)
    ]
    if rows:
        connection.execute(insert(name_grams), rows)
    counts = Counter(row["gram"] for row in rows)
    add_up(
        connection,
        tallies,
        "n",
        {(project_id, _KIND, _KIND, gram): n for gram, n in counts.items()},
    )


def find_rarest(connection: Connection, project_id: str, part: str) -> tuple[str, int] | None:
    """The gram of a folded part of a name that the fewest pictures have, and how many at most.

    None where the part is too short to have one.
    """
    grams = list_grams(part)
    if not grams:
        return None
    known = dict(
        connection.execute(
            select(tallies.c.what, tallies.c.n).where(
                tallies.c.project_id == project_id,
                tallies.c.kind == _KIND,
                tallies.c.who == _KIND,
                tallies.c.what.in_(grams),
            )
        ).all()
    )
    return min(((gram, known.get(gram, 0)) for gram in grams), key=lambda one: one[1])


def list_grams(name: str) -> list[str]:
    """Every three signs in a row, each once, sorted."""
    return sorted({name[at : at + _LENGTH] for at in range(len(name) - _LENGTH + 1)})
