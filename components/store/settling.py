"""What the lines about a picture come to: standing verdicts, its status, tallies, places.

Everything here can be worked out again from the record of reviews, and is kept beside it so that
queue and lists need not.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any, Final

from sqlalchemy import Connection, delete, select, update

from components.model.review import (
    VERDICTS,
    Item,
    Project,
    Status,
    Verdict,
    measure_disagreement,
    settle,
)
from components.store.dialect import add_up, lock_queues, put
from components.store.schema import (
    REMOVED,
    item_classes,
    items,
    places,
    reviews,
    standing,
    tallies,
)

WANTED: Final = ("open", "disagreed")
"""Shelves the queue hands out from; answered pictures come back by `standing.due`."""

_BATCH: Final = 500

BACK: Final = 1
PUT_OFF: Final = 2


@dataclass(frozen=True, slots=True)
class Stand:
    """What counts of one reviewer about one picture.

    Attributes:
        review_id, seq: the line.
        move: the verdict or "skipped".
        waits: the picture was answered since and waits for this reviewer.
    """

    review_id: str
    seq: int
    move: str
    waits: bool = False

    @property
    def is_voice(self) -> bool:
        """Whether it is a verdict that counts."""
        return self.move in VERDICTS and not self.waits


def fold(lines: Iterable[Any]) -> dict[str, Stand]:
    """What the record about one picture comes to, by reviewer.

    Args:
        lines: id, seq, reviewer, move and undoes of each line, oldest first.
    """
    known = list(lines)
    undone = {line["undoes"] for line in known if line["move"] == "undone"}
    stands: dict[str, Stand] = {}
    for line in known:
        if line["id"] in undone or line["move"] == "undone":
            continue
        if line["move"] == "answered":
            for reviewer, stand in stands.items():
                if stand.move == "needs_fix":
                    stands[reviewer] = Stand(stand.review_id, stand.seq, stand.move, True)
            continue
        before = stands.get(line["reviewer"])
        waits = line["move"] == "skipped" and before is not None and before.waits
        stands[line["reviewer"]] = Stand(line["id"], line["seq"], line["move"], waits)
    return stands


def judge(stands: Mapping[str, Stand], has_answer: bool, project: Project) -> tuple[Status, float]:
    """Status and disagreement that these come to."""
    voices: list[Verdict] = [stand.move for stand in stands.values() if stand.is_voice]  # type: ignore[misc]
    if any(stand.waits for stand in stands.values()):
        status: Status = "answered"
    elif not voices and not has_answer:
        status = "no_answer"
    else:
        status = settle(voices, project.needed, project.policy)
    return status, measure_disagreement(voices)


def settle_item(connection: Connection, project: Project, item_id: str) -> None:
    """Bring standing, status, tallies and places in line with the record of one picture.

    The caller holds the picture's row.
    """
    item = connection.execute(select(items).where(items.c.id == item_id)).mappings().one()
    lines = connection.execute(
        select(reviews.c.id, reviews.c.seq, reviews.c.reviewer, reviews.c.move, reviews.c.undoes)
        .where(reviews.c.item_id == item_id)
        .order_by(reviews.c.seq)
    ).mappings()
    before = {
        row["reviewer"]: row
        for row in connection.execute(
            select(standing).where(standing.c.item_id == item_id)
        ).mappings()
    }
    stands = fold(lines)
    status, disagreement = judge(stands, item["answer_id"] is not None, project)
    shelf = REMOVED if item["shelf"] == REMOVED else status
    after = {
        reviewer: make_standing(stand, reviewer, item, shelf) for reviewer, stand in stands.items()
    }
    gone = sorted(set(before) - set(after))
    if gone:
        connection.execute(
            delete(standing).where(standing.c.item_id == item_id, standing.c.reviewer.in_(gone))
        )
    put(
        connection,
        standing,
        [row for reviewer, row in after.items() if dict(before.get(reviewer, {})) != row],
    )
    values = {
        "status": status,
        "shelf": shelf,
        "reviews": sum(stand.is_voice for stand in stands.values()),
        "disagreement": disagreement,
    }
    if any(item[name] != value for name, value in values.items()):
        connection.execute(update(items).where(items.c.id == item_id).values(**values))
    if shelf != item["shelf"]:
        move_classes(connection, item_id, shelf)
    change_tallies(
        connection,
        project.id,
        count_item(item["shelf"], before.values(), ()),
        count_item(shelf, after.values(), ()),
    )
    if shelf in WANTED and (shelf != item["shelf"] or gone):
        lower_places(connection, project.id, item["position"])


def make_standing(stand: Stand, reviewer: str, item: Any, shelf: str) -> dict[str, Any]:
    """A row of standing."""
    due = 0
    if stand.waits and stand.move != "skipped" and shelf == "answered":
        due = BACK
    elif stand.move == "skipped" and (shelf in WANTED or (stand.waits and shelf == "answered")):
        due = PUT_OFF
    return {
        "item_id": item["id"],
        "reviewer": reviewer,
        "project_id": item["project_id"],
        "review_id": stand.review_id,
        "seq": stand.seq,
        "position": item["position"],
        "move": stand.move,
        "waits": int(stand.waits),
        "due": due,
        "is_voice": int(stand.is_voice),
    }


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


def list_item_classes(connection: Connection, item_id: str) -> list[str]:
    """Names of the classes in a picture, each once."""
    rows = connection.scalars(
        select(item_classes.c.class_name).where(item_classes.c.item_id == item_id).distinct()
    )
    return list(rows)


def move_classes(connection: Connection, item_id: str, shelf: str) -> None:
    """Let a picture's classes follow it to its shelf."""
    connection.execute(
        update(item_classes).where(item_classes.c.item_id == item_id).values(shelf=shelf)
    )


Tally = Counter[tuple[str, str, str]]
"""Numbers by kind, who and what."""


def count_item(shelf: str, stands: Iterable[Any], class_names: Sequence[str]) -> Tally:
    """What one picture adds to its project's tallies; nothing once it was taken out."""
    tally: Tally = Counter()
    if shelf == REMOVED:
        return tally
    tally["status", "", shelf] += 1
    for row in stands:
        if row["is_voice"] or row["move"] == "skipped":
            tally["move", row["reviewer"], row["move"]] += 1
    for name in class_names:
        tally["class", "", name] += 1
    return tally


def change_tallies(connection: Connection, project_id: str, before: Tally, after: Tally) -> None:
    """Take off what was counted before, add what counts now."""
    changes = Counter(after)
    changes.subtract(before)
    add_up(connection, tallies, "n", {(project_id, *key): n for key, n in changes.items()})


def lower_places(connection: Connection, project_id: str, position: int) -> None:
    """A picture at this place may be for somebody again."""
    # Whoever reads the queue meanwhile would otherwise put the mark back above it.
    lock_queues(connection, [project_id])
    connection.execute(
        update(places)
        .where(places.c.project_id == project_id, places.c.low > position)
        .values(low=position)
    )


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
    for item_id, group in groupby(rows, key=lambda row: row.id):
        voices = list(group)
        stands = {row.reviewer: Stand("", 0, row.move) for row in voices if row.move is not None}
        status, _ = judge(stands, voices[0].answer_id is not None, project)
        if status != voices[0].shelf:
            moved.setdefault((voices[0].shelf, status), []).append(item_id)
    before: Tally = Counter()
    after: Tally = Counter()
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
