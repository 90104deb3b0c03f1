"""What the lines about a picture come to: standing verdicts, its status, tallies, places.

Everything here can be worked out again from the record of reviews, and is kept beside it so that
queue and lists need not.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Connection, bindparam, delete, select, update

from components.model.review import (
    VERDICTS,
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
    settle_items(connection, project, [item_id])


def settle_items(connection: Connection, project: Project, item_ids: Sequence[str]) -> None:
    """As `settle_item`, for any number of pictures of one project."""
    reopened: list[int] = []
    silenced: list[tuple[str, int]] = []
    before: Tally = Counter()
    after: Tally = Counter()
    for start in range(0, len(item_ids), _BATCH):
        batch = _Batch(connection, project, item_ids[start : start + _BATCH])
        batch.write(connection)
        before.update(batch.before)
        after.update(batch.after)
        reopened += batch.reopened
        silenced += batch.silenced
    change_tallies(connection, project.id, before, after)
    if reopened:
        lower_places(connection, project.id, min(reopened))
    for reviewer, position in silenced:
        lower_seen(connection, project.id, position, places.c.reviewer == reviewer)


class _Batch:
    """Some pictures of a project, and what has to be written to settle them."""

    def __init__(self, connection: Connection, project: Project, item_ids: Sequence[str]) -> None:
        self.before: Tally = Counter()
        self.after: Tally = Counter()
        self.reopened: list[int] = []
        self.silenced: list[tuple[str, int]] = []
        self._gone: list[tuple[str, str]] = []
        self._stands: list[dict[str, Any]] = []
        self._items: list[dict[str, Any]] = []
        self._moved: dict[str, list[str]] = {}
        lines: dict[str, list[Any]] = {}
        for line in connection.execute(
            select(
                reviews.c.item_id,
                reviews.c.id,
                reviews.c.seq,
                reviews.c.reviewer,
                reviews.c.move,
                reviews.c.undoes,
            )
            .where(reviews.c.item_id.in_(item_ids))
            .order_by(reviews.c.seq)
        ).mappings():
            lines.setdefault(line["item_id"], []).append(line)
        known: dict[str, dict[str, Any]] = {}
        for row in connection.execute(
            select(standing).where(standing.c.item_id.in_(item_ids))
        ).mappings():
            known.setdefault(row["item_id"], {})[row["reviewer"]] = dict(row)
        for item in connection.execute(select(items).where(items.c.id.in_(item_ids))).mappings():
            self._settle(project, item, lines.get(item["id"], []), known.get(item["id"], {}))

    def _settle(
        self, project: Project, item: Any, lines: list[Any], known: dict[str, dict[str, Any]]
    ) -> None:
        stands = fold(lines)
        status, disagreement = judge(stands, item["answer_id"] is not None, project)
        shelf = REMOVED if item["shelf"] == REMOVED else status
        rows = {name: make_standing(stand, name, item, shelf) for name, stand in stands.items()}
        gone = known.keys() - rows.keys()
        self._gone += [(item["id"], name) for name in gone]
        self._stands += [row for name, row in rows.items() if known.get(name) != row]
        values = {
            "status": status,
            "shelf": shelf,
            "reviews": sum(stand.is_voice for stand in stands.values()),
            "disagreement": disagreement,
        }
        if any(item[name] != value for name, value in values.items()):
            self._items.append({"which": item["id"], **values})
        if shelf != item["shelf"]:
            self._moved.setdefault(shelf, []).append(item["id"])
        for name, row in known.items():
            if row["is_voice"] and not (name in rows and rows[name]["is_voice"]):
                self.silenced.append((name, item["position"]))
        self.before.update(count_item(item["shelf"], known.values(), ()))
        self.after.update(count_item(shelf, rows.values(), ()))
        if shelf in WANTED and (shelf != item["shelf"] or gone):
            self.reopened.append(item["position"])

    def write(self, connection: Connection) -> None:
        for item_id, reviewer in self._gone:
            connection.execute(
                delete(standing).where(
                    standing.c.item_id == item_id, standing.c.reviewer == reviewer
                )
            )
        put(connection, standing, self._stands)
        if self._items:
            names = [name for name in self._items[0] if name != "which"]
            connection.execute(
                update(items)
                .where(items.c.id == bindparam("which"))
                .values({name: bindparam(name) for name in names}),
                self._items,
            )
        for shelf, item_ids in self._moved.items():
            connection.execute(
                update(item_classes).where(item_classes.c.item_id.in_(item_ids)).values(shelf=shelf)
            )


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
        if row["is_voice"]:
            tally["voice", row["reviewer"], shelf] += 1
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


def lower_seen(connection: Connection, project_id: str, position: int, whose: Any) -> None:
    """A listed picture at this place has no verdict of these reviewers."""
    lock_queues(connection, [project_id])
    connection.execute(
        update(places)
        .where(places.c.project_id == project_id, places.c.seen > position, whose)
        .values(seen=position)
    )
