"""Pictures of one project put together in an order: of a chart, of a comparison, or to be decided
once more."""

from __future__ import annotations

import random
import uuid
from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import RowMapping, func, insert, select

from components.errors import Conflict
from components.model.review import STATUSES, VERDICTS
from components.model.selection import MOST_SELECTED, SELECTION_KINDS, Selection, SelectionKind
from components.store.database import Database
from components.store.rows import (
    check_id,
    check_name,
    check_signer,
    check_text,
    clean_text,
    load_project,
)
from components.store.schema import (
    REMOVED,
    items,
    reviews,
    selection_items,
    selections,
    standing,
)

_AT_ONCE: Final = 500
_MOST_LISTED: Final = 1000


def create_selection(
    db: Database,
    project_id: str,
    *,
    title: str,
    item_ids: Sequence[str],
    by: str,
    now: int,
    kind: SelectionKind = "list",
    detail: str = "",
    id: str = "",
) -> Selection:
    """Put pictures together.

    Args:
        db: where.
        project_id: of the project they are all in.
        title: for people.
        item_ids: in their order; one that comes twice keeps its first place, those that were taken
            out of the project are left out.
        by: who does.
        now: UTC milliseconds.
        kind: of SELECTION_KINDS.
        detail: what it is made of, in plain words.
        id: 32 hex digits; the same one twice is written once. "" for a new one.

    Raises:
        Conflict: no pictures or more than MOST_SELECTED, one of another project, no such project.
        StoreUnavailable: nothing can be written now.
    """
    if kind not in SELECTION_KINDS:
        raise Conflict(f"A selection is one of {', '.join(SELECTION_KINDS)}. Nothing was saved.")
    wanted = list(dict.fromkeys(clean_text(item_id) for item_id in item_ids))
    if len(wanted) > MOST_SELECTED:
        raise Conflict(
            f"A selection can hold up to {MOST_SELECTED:,} pictures; these are {len(wanted):,}. "
            "Narrow the filter."
        )
    row: dict[str, Any] = {
        "id": check_id(id or uuid.uuid4().hex),
        "project_id": clean_text(project_id),
        "title": check_name(title, "The selection's title"),
        "kind": kind,
        "detail": check_text(detail, "A description"),
        "created_by": check_signer(by),
        "created_at": now,
    }
    with db.write() as connection:
        load_project(connection, row["project_id"])
        known = connection.execute(
            select(selections).where(selections.c.id == row["id"])
        ).mappings()
        found = known.first()
        if found is not None:
            return _make_selection(found)
        shelves: dict[str, str] = {}
        for start in range(0, len(wanted), _AT_ONCE):
            some = wanted[start : start + _AT_ONCE]
            here = items.c.project_id == row["project_id"], items.c.id.in_(some)
            rows = connection.execute(select(items.c.id, items.c.shelf).where(*here))
            shelves.update((one.id, one.shelf) for one in rows)
        if len(shelves) < len(wanted):
            raise Conflict(
                "Some of these pictures are not in this project, so nothing was put together. "
                "Reload the page."
            )
        kept = [item_id for item_id in wanted if shelves[item_id] != REMOVED]
        if not kept:
            raise Conflict("There are no pictures to put together here. Choose something else.")
        row["items"] = len(kept)
        connection.execute(insert(selections).values(**row))
        connection.execute(
            insert(selection_items),
            [
                {"selection_id": row["id"], "place": place, "item_id": item_id}
                for place, item_id in enumerate(kept, 1)
            ],
        )
    return Selection(**row)


def draw_repeats(db: Database, project_id: str, *, count: int, seed: int) -> list[str]:
    """Pictures to be decided about once more, drawn by lot among those that are settled.

    Args:
        db: where.
        project_id: of the project.
        count: at most so many.
        seed: the same one draws the same pictures, as long as no other ones are settled.

    Returns:
        Their ids, in an order that says nothing of when they were decided or how.

    Raises:
        StoreUnavailable: the database cannot be reached now.
    """
    statement = (
        select(items.c.id)
        .where(
            items.c.project_id == clean_text(project_id),
            items.c.shelf.in_(VERDICTS),
            items.c.reviews > 0,
            items.c.answer_id.is_not(None),
        )
        .order_by(items.c.position)
    )
    with db.read() as connection:
        decided = list(connection.scalars(statement))
    drawn = min(max(count, 0), len(decided), MOST_SELECTED)
    # Nothing hangs on this being hard to guess.
    return random.Random(seed).sample(decided, drawn)  # noqa: S311


def list_selections(
    db: Database, project_id: str, *, kind: SelectionKind | None = None
) -> list[Selection]:
    """Selections of a project, the newest first, at most a thousand."""
    statement = select(selections).where(selections.c.project_id == clean_text(project_id))
    if kind is not None:
        statement = statement.where(selections.c.kind == kind)
    order = selections.c.created_at.desc(), selections.c.id
    with db.read() as connection:
        rows = connection.execute(statement.order_by(*order).limit(_MOST_LISTED)).mappings()
        return [_make_selection(row) for row in rows]


def find_selection(db: Database, selection_id: str) -> Selection:
    """One selection.

    Raises:
        Conflict: there is none of this id.
    """
    statement = select(selections).where(selections.c.id == clean_text(selection_id))
    with db.read() as connection:
        row = connection.execute(statement).mappings().first()
    if row is None:
        raise Conflict("There is no such list of pictures on this desk. Make it once more.")
    return _make_selection(row)


def list_selected(db: Database, selection_id: str) -> list[str]:
    """Ids of a selection's pictures that are still in the project, in their order."""
    statement = (
        select(selection_items.c.item_id)
        .join(items, items.c.id == selection_items.c.item_id)
        .where(
            selection_items.c.selection_id == clean_text(selection_id),
            items.c.shelf.in_(STATUSES),
        )
        .order_by(selection_items.c.place)
    )
    with db.read() as connection:
        return list(connection.scalars(statement))


def count_looked_at(db: Database, selection_id: str, reviewer: str) -> int:
    """Pictures of a selection with a verdict of this reviewer that was given since it was made."""
    statement = (
        select(func.count())
        .select_from(selections)
        .join(selection_items, selection_items.c.selection_id == selections.c.id)
        .join(standing, standing.c.item_id == selection_items.c.item_id)
        .join(reviews, reviews.c.seq == standing.c.seq)
        .join(items, items.c.id == selection_items.c.item_id)
        .where(
            selections.c.id == clean_text(selection_id),
            standing.c.reviewer == clean_text(reviewer),
            standing.c.is_voice == 1,
            reviews.c.at >= selections.c.created_at,
            items.c.shelf != REMOVED,
        )
    )
    with db.read() as connection:
        return connection.scalar(statement) or 0


def _make_selection(row: RowMapping) -> Selection:
    return Selection(**row)
