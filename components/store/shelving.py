"""Moving pictures between shelves: taken out, put back, or all at once after a change of rules."""

from __future__ import annotations

from collections import Counter
from itertools import groupby
from typing import Final

from sqlalchemy import Connection, delete, select, true, update

from components.model.review import Item, Project, Status
from components.store.dialect import lock_queues, put
from components.store.schema import REMOVED, item_classes, items, places, standing
from components.store.settling import (
    PUT_OFF,
    WANTED,
    Stand,
    Tally,
    change_tallies,
    count_item,
    judge,
    list_item_classes,
    lower_places,
    lower_seen,
    make_standing,
    move_classes,
)

_BATCH: Final = 500


def move_shelf(connection: Connection, project: Project, item: Item, *, is_removed: bool) -> None:
    """Take a picture off the shelves, or put it back; its tallies follow.

    The caller holds the picture's row, and settles it afterwards where it comes back.
    """
    old = REMOVED if not is_removed else item.status
    new = REMOVED if is_removed else item.status
    stands = [
        dict(row)
        for row in connection.execute(
            select(standing).where(standing.c.item_id == item.id)
        ).mappings()
    ]
    names = list_item_classes(connection, item.id)
    connection.execute(update(items).where(items.c.id == item.id).values(shelf=new))
    move_classes(connection, item.id, new)
    rows = [
        make_standing(
            Stand(row["review_id"], row["seq"], row["move"], bool(row["waits"])),
            row["reviewer"],
            {"id": item.id, "project_id": item.project_id, "position": item.position},
            new,
        )
        for row in stands
    ]
    put(connection, standing, rows)
    change_tallies(
        connection, project.id, count_item(old, stands, names), count_item(new, rows, names)
    )
    if new in WANTED:
        lower_places(connection, project.id, item.position)
    if not is_removed:
        lower_seen(connection, project.id, item.position, true())


def settle_project(connection: Connection, project: Project) -> None:
    """Settle all pictures of a project anew, after what it asks for has changed.

    That moves pictures between shelves, and nothing else: pictures that wait for an answer, or for
    somebody to look again, do not depend on it, and those taken out are settled if they come back.
    """
    rows = connection.execute(
        select(items.c.id, items.c.shelf, items.c.answer_id, standing.c.reviewer, standing.c.move)
        .select_from(
            items.outerjoin(
                standing, (standing.c.item_id == items.c.id) & (standing.c.is_voice == 1)
            )
        )
        .where(
            items.c.project_id == project.id,
            items.c.shelf.not_in((REMOVED, "answered", "no_answer")),
        )
        .order_by(items.c.id)
    )
    moved: dict[tuple[str, Status], list[str]] = {}
    before: Tally = Counter()
    after: Tally = Counter()
    for item_id, group in groupby(rows, key=lambda row: row.id):
        voices = list(group)
        stands = {row.reviewer: Stand("", 0, row.move) for row in voices if row.move is not None}
        status, _ = judge(stands, voices[0].answer_id is not None, project)
        if status != voices[0].shelf:
            moved.setdefault((voices[0].shelf, status), []).append(item_id)
            before.update(("voice", reviewer, voices[0].shelf) for reviewer in stands)
            after.update(("voice", reviewer, status) for reviewer in stands)
    for (old, new), item_ids in sorted(moved.items()):
        before["status", "", old] += len(item_ids)
        after["status", "", new] += len(item_ids)
        for start in range(0, len(item_ids), _BATCH):
            _move_batch(connection, item_ids[start : start + _BATCH], new)
    change_tallies(connection, project.id, before, after)
    lock_queues(connection, [project.id])
    connection.execute(delete(places).where(places.c.project_id == project.id))


def _move_batch(connection: Connection, item_ids: list[str], shelf: Status) -> None:
    connection.execute(
        update(items).where(items.c.id.in_(item_ids)).values(status=shelf, shelf=shelf)
    )
    connection.execute(
        update(item_classes).where(item_classes.c.item_id.in_(item_ids)).values(shelf=shelf)
    )
    connection.execute(
        update(standing)
        .where(standing.c.item_id.in_(item_ids), standing.c.move == "skipped")
        .values(due=PUT_OFF if shelf in WANTED else 0)
    )
