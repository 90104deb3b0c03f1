"""What another desk's file holds, checked row by row and added to this desk's database."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, Final, TypeVar, get_args

from sqlalchemy import Connection, Table, and_, insert, or_, select, update

from components.model.review import Move
from components.store.checking import check_blob, check_row, refuse
from components.store.comparison_rows import ask_anew
from components.store.content import make_blob_row, store_blob
from components.store.dialect import lock_queues, lock_rules, lock_schema
from components.store.naming import add_grams
from components.store.rows import find_bucket, fold_name, load_project, make_name_key
from components.store.schema import (
    REMOVED,
    answers,
    blobs,
    comparisons,
    events,
    images,
    item_classes,
    items,
    notices,
    pins,
    projects,
    remarks,
    reviews,
    selection_items,
    selections,
    truths,
)
from components.store.settling import Tally, change_tallies, count_item, settle_items

_BATCH: Final = 500
_T = TypeVar("_T")


class Merge:
    """One file being added to one database.

    Attributes:
        projects, items, reviews, pins: how many were added so far.
    """

    def __init__(
        self,
        target: Connection,
        read: Callable[[Table], Iterable[dict[str, Any]]],
        *,
        put: Collection[bytes] = (),
    ) -> None:
        """Begin.

        Args:
            target: the desk's database, within a transaction that writes.
            read: the rows of a table of the file, by primary key.
            put: the sha256 of pictures and masks that are in the desk's object storage already.
        """
        self.projects = self.items = self.reviews = self.pins = 0
        self._target = target
        self._read = read
        self._put = put
        # The file's id of a picture to the desk's, and to its project there.
        self._items: dict[str, tuple[str, str]] = {}
        self._new_items: set[str] = set()
        self._touched: dict[str, set[str]] = {}
        self._tallies: dict[str, Tally] = {}
        # The lines that others take back, and once they came by: whose, about which picture.
        self._taken_back: dict[str, tuple[str, str] | None] = {}

    def add_all(self) -> None:
        """Add what is not there yet.

        Raises:
            Conflict: a row that no desk writes.
        """
        lock_schema(self._target)
        self._add_blobs()
        self._add(images, lambda row: row)
        self._add(answers, lambda row: row)
        self._add_projects()
        self._add_items()
        self._add_truths()
        self._add_classes()
        self._add_reviews()
        self.pins = self._add(pins, self._place)
        self._add(remarks, lambda row: row)
        self._add(notices, self._place)
        self._add(events, self._place)
        self._add_selections()
        self._add_comparisons()
        for project_id, tally in sorted(self._tallies.items()):
            change_tallies(self._target, project_id, Counter(), tally)
        for project_id, item_ids in sorted(self._touched.items()):
            project = load_project(self._target, project_id)
            settle_items(self._target, project, sorted(item_ids))
        self._close_pins()

    def _add(self, table: Table, place: Callable[[dict[str, Any]], dict[str, Any]]) -> int:
        """Add rows that are not there by their id or sha256; numbers in a row are given anew."""
        key = table.c.id if "id" in table.c else table.c.sha256
        added = 0
        for rows in _batch(self._check(table)):
            known = self._find(key, [row[key.name] for row in rows])
            new = [
                {name: value for name, value in place(row).items() if name != "seq"}
                for row in rows
                if row[key.name] not in known
            ]
            if new:
                self._target.execute(insert(table), new)
            added += len(new)
        return added

    def _add_blobs(self) -> None:
        for row in self._read(blobs):
            data = check_blob(row)
            if bytes.fromhex(row["sha256"]) not in self._put:
                store_blob(self._target, data)
            elif not self._find(blobs.c.sha256, [row["sha256"]]):
                new = make_blob_row(row["sha256"], data, is_away=True)
                self._target.execute(insert(blobs), [new])

    def _add_projects(self) -> None:
        found = {row["id"]: row for row in self._check(projects)}
        for project_id in sorted(found):
            lock_rules(self._target, project_id, alone=True)
        lock_queues(self._target, found)
        known = self._find(projects.c.id, list(found))
        new = [{**row, "last_position": 0} for name, row in found.items() if name not in known]
        if new:
            self._target.execute(insert(projects), new)
        self.projects = len(new)

    def _add_items(self) -> None:
        asked = {row["id"]: row["image_sha256"] for row in self._check(answers)}
        by_project: dict[str, list[dict[str, Any]]] = {}
        for row in self._check(items):
            if row["answer_id"] and asked.get(row["answer_id"]) != row["image_sha256"]:
                raise refuse("a picture has another one's answer")
            by_project.setdefault(row["project_id"], []).append(row)
        for project_id, rows in sorted(by_project.items()):
            held = (
                select(projects.c.last_position)
                .where(projects.c.id == project_id)
                .with_for_update(key_share=True)
            )
            last: int = self._target.scalar(held) or 0
            rows.sort(key=lambda row: int(row["position"]))
            for batch in _batch(rows):
                last = self._add_some_items(project_id, batch, last)
            self._target.execute(
                update(projects).where(projects.c.id == project_id).values(last_position=last)
            )

    def _add_some_items(self, project_id: str, rows: list[dict[str, Any]], last: int) -> int:
        """Add those that are new to the project, after its last place; returns the new last."""
        same_image = and_(
            items.c.project_id == project_id,
            items.c.image_sha256.in_([row["image_sha256"] for row in rows]),
        )
        known = self._target.execute(
            select(items.c.id, items.c.project_id, items.c.image_sha256).where(
                or_(items.c.id.in_([row["id"] for row in rows]), same_image)
            )
        ).all()
        by_id = {row.id: row.project_id for row in known}
        by_image = {row.image_sha256: row.id for row in known if row.project_id == project_id}
        new = []
        for row in rows:
            if row["id"] in by_id:
                self._items[row["id"]] = row["id"], by_id[row["id"]]
            elif row["image_sha256"] in by_image:
                self._items[row["id"]] = by_image[row["image_sha256"]], project_id
            else:
                last += 1
                new.append(_start_item(row, last))
                self._items[row["id"]] = row["id"], project_id
                self._new_items.add(row["id"])
                self._touch(project_id, row["id"], count_item(new[-1]["shelf"], (), ()))
        if new:
            self._target.execute(insert(items), new)
            names = [(row["id"], row["name_folded"]) for row in new]
            add_grams(self._target, project_id, names)
        self.items += len(new)
        return last

    def _add_truths(self) -> None:
        """Truth masks of pictures that have none here."""
        for rows in _batch(self._check(truths)):
            placed: dict[str, dict[str, Any]] = {}
            for row in map(self._place, rows):
                placed.setdefault(row["item_id"], row)
            known = self._find(truths.c.item_id, list(placed))
            new = [row for item_id, row in placed.items() if item_id not in known]
            if new:
                self._target.execute(insert(truths), new)

    def _add_classes(self) -> None:
        """Classes of the pictures that are new here; the others have those of their answer."""
        wanted = (row for row in self._check(item_classes) if row["item_id"] in self._new_items)
        for rows in _batch(wanted):
            found = self._target.execute(
                select(items.c.id, items.c.project_id, items.c.shelf, items.c.position).where(
                    items.c.id.in_([row["item_id"] for row in rows])
                )
            ).mappings()
            places = {row["id"]: row for row in found}
            new = []
            for row in rows:
                place = dict(places[row["item_id"]])
                names = [row["class_name"]] if place["shelf"] != REMOVED else []
                tally = Counter({("class", "", name): 1 for name in names})
                self._touch(place["project_id"], place.pop("id"), tally)
                new.append({**row, **place})
            self._target.execute(insert(item_classes), new)

    def _add_reviews(self) -> None:
        self._taken_back = dict.fromkeys(
            row["undoes"] for row in self._read(reviews) if row["undoes"] is not None
        )
        self.reviews = self._add(reviews, self._place_review)

    def _add_selections(self) -> None:
        """Selections that are not there yet, with their pictures."""
        projects_of: dict[str, str] = {}
        for rows in _batch(self._check(selections)):
            known = self._find(selections.c.id, [row["id"] for row in rows])
            missing = [row for row in rows if row["id"] not in known]
            projects_of.update((row["id"], row["project_id"]) for row in missing)
            if missing:
                self._target.execute(insert(selections), missing)
        placed: set[tuple[str, str]] = set()
        for rows in _batch(self._check(selection_items)):
            added = []
            for row in rows:
                if row["selection_id"] not in projects_of:
                    continue
                if row["item_id"] not in self._items:
                    raise refuse("a selection has a picture that is not in the file")
                item_id, project_id = self._items[row["item_id"]]
                if project_id != projects_of[row["selection_id"]]:
                    raise refuse("a selection has a picture of another project")
                # Two pictures of the file may be one here.
                if (row["selection_id"], item_id) not in placed:
                    placed.add((row["selection_id"], item_id))
                    added.append({**row, "item_id": item_id})
            if added:
                self._target.execute(insert(selection_items), added)

    def _add_comparisons(self) -> None:
        """What was compared there and not here; it is counted here once somebody looks at it."""
        asked = ("project_id", "a_model", "a_confidence", "b_model", "b_confidence")
        sides = [comparisons.c[name] for name in asked]
        known = {tuple(row) for row in self._target.execute(select(*sides))}
        ids = set(self._target.scalars(select(comparisons.c.id)))
        for row in self._check(comparisons):
            own = tuple(row[name] for name in asked)
            if row["id"] not in ids and own not in known:
                known.add(own)
                self._target.execute(insert(comparisons), [ask_anew(row)])

    def _check_undoing(self, row: dict[str, Any]) -> None:
        if (row["move"] == "undone") != (row["undoes"] is not None):
            raise refuse("a line takes back none, or one that is no undoing takes back another")
        about = row["item_id"], row["reviewer"]
        if row["undoes"] is not None and self._taken_back[row["undoes"]] != about:
            raise refuse("a line takes back one that does not stand before it")
        if row["id"] in self._taken_back and row["move"] in get_args(Move):
            self._taken_back[row["id"]] = about

    def _place_review(self, row: dict[str, Any]) -> dict[str, Any]:
        placed = self._place(row)
        self._touch(placed["project_id"], placed["item_id"], Counter())
        return placed

    def _place(self, row: dict[str, Any]) -> dict[str, Any]:
        """The row, about the picture that the desk knows by perhaps another id."""
        if row["item_id"] is None:
            return row
        if row["item_id"] not in self._items:
            raise refuse("something is about a picture that is not in it")
        item_id, project_id = self._items[row["item_id"]]
        own = {"item_id": item_id, "project_id": project_id}
        return {**row, **{name: value for name, value in own.items() if name in row}}

    def _close_pins(self) -> None:
        """Whether a pin is open follows from its remarks, of both desks now."""
        found = {row["pin_id"] for row in self._read(remarks)}
        for pin_ids in _batch(sorted(found)):
            acts = dict(
                self._target.execute(
                    select(remarks.c.pin_id, remarks.c.act)
                    .where(remarks.c.pin_id.in_(pin_ids), remarks.c.act != "reply")
                    .order_by(remarks.c.seq)
                ).all()
            )
            for pin_id, act in acts.items():
                self._target.execute(
                    update(pins).where(pins.c.id == pin_id).values(is_open=int(act == "reopen"))
                )

    def _touch(self, project_id: str, item_id: str, tally: Mapping[Any, int]) -> None:
        self._touched.setdefault(project_id, set()).add(item_id)
        self._tallies.setdefault(project_id, Counter()).update(tally)

    def _find(self, column: Any, values: Sequence[Any]) -> set[Any]:
        return set(self._target.scalars(select(column).where(column.in_(values))))

    def _check(self, table: Table) -> Iterator[dict[str, Any]]:
        for row in self._read(table):
            check_row(table, row)
            if table is reviews:
                self._check_undoing(row)
            yield row


def _start_item(row: dict[str, Any], position: int) -> dict[str, Any]:
    """A picture as it is before its reviews are counted; what can be worked out is."""
    status = "no_answer" if row["answer_id"] is None else "open"
    mean = row["mean_confidence"]
    return {
        **row,
        "position": position,
        "status": status,
        "shelf": REMOVED if row["shelf"] == REMOVED else status,
        "reviews": 0,
        "disagreement": 0.0,
        "name_folded": fold_name(row["name"], row["grouping"]),
        "name_key": make_name_key(row["name"]),
        "confidence_key": 2.0 if mean is None else mean,
        "bucket": find_bucket(row["id"]),
    }


def _batch(rows: Iterable[_T]) -> Iterator[list[_T]]:
    source = iter(rows)
    while batch := list(islice(source, _BATCH)):
        yield batch
