"""The pictures of an export, read page by page; bytes come when they are asked for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from sqlalchemy import Connection, Select, and_, exists, func, select

from components.errors import Conflict
from components.model.exhibit import Exhibit
from components.model.review import STATUSES, Project, Status
from components.store.database import Database
from components.store.exhibit_rows import load_page, select_shown
from components.store.fetching import Fetching
from components.store.lists import Wish
from components.store.rows import (
    clean_text,
    load_project,
    unpack_class_map,
)
from components.store.schema import (
    answers,
    item_classes,
    items,
    pins,
    remarks,
    reviews,
    selection_items,
)

_PAGE: Final = 200
_ID_BYTES: Final = 16
_TOGETHER: Final = 16
_TOGETHER_BYTES: Final = 4_000_000
"""Pictures whose bytes are fetched at a time: at most so many, and no larger in all."""


@dataclass(frozen=True, slots=True)
class StoredExhibits:
    """Pictures of a project as they are handed on; see `components.model.exhibit.Exhibits`.

    Which pictures there are and in which order is settled when they are opened; what is said of
    each is as it stands when its turn comes; one that was
    taken out meanwhile is passed over. All that is held is 16 bytes a picture.
    """

    project: Project
    counts: Mapping[Status, int]
    without_answer: int
    class_maps: tuple[Mapping[int, str], ...]
    changed_at: int
    _db: Database = field(repr=False)
    _ids: bytes = field(repr=False)

    def __len__(self) -> int:
        return len(self._ids) // _ID_BYTES

    def __iter__(self) -> Iterator[Exhibit]:
        return self._load(range(len(self)))

    def pick(self, places: Sequence[int]) -> Iterator[Exhibit]:
        """Those at these places, 0 for the first, in the order given."""
        return self._load(places)

    def _load(self, places: Sequence[int]) -> Iterator[Exhibit]:
        for at in range(0, len(places), _PAGE):
            ids = [
                self._ids[place * _ID_BYTES : (place + 1) * _ID_BYTES].hex()
                for place in places[at : at + _PAGE]
            ]
            with self._db.read() as connection:
                found = load_page(connection, self.project, ids, Fetching(self._db, ()))
            for some in _gather([found[id_] for id_ in ids if id_ in found]):
                source = Fetching(self._db, _list_bytes(some))
                for exhibit in some:
                    yield replace(exhibit, source=source)


def open_exhibits(db: Database, project_id: str, wish: Wish | None = None) -> StoredExhibits:
    """The pictures of an export, by name, and those of one name by their sha256; a list's, in its
    own order.

    The order depends on the pictures and the list alone, not on when they came: the same pictures
    are handed on as the same bytes.

    Args:
        db: where.
        project_id: of the project.
        wish: which; who asks and what it sorts by do not matter here. None for all.

    Raises:
        Conflict: no such project, or a status that is none.
        StoreUnavailable: the database cannot be reached now.
    """
    wish = Wish() if wish is None else wish
    if any(status not in STATUSES for status in wish.status):
        raise Conflict(f"A status is one of {', '.join(STATUSES)}. Choose again.")
    wanted = _select_wanted(clean_text(project_id), wish)
    listing = _sort(wanted, wish)
    with db.read() as connection:
        project = load_project(connection, clean_text(project_id))
        ids = bytearray()
        listed = connection.execution_options(yield_per=5000).execute(listing)
        for (item_id,) in listed:
            ids += bytes.fromhex(item_id)
        chosen = wanted.subquery()
        counted = connection.execute(
            select(items.c.status, func.count())
            .where(items.c.id.in_(select(chosen.c.id)))
            .group_by(items.c.status)
        ).all()
        counts: dict[Status, int] = {status: number for status, number in counted}  # noqa: C416
        maps = _list_class_maps(connection, project.id, chosen)
        shown = select_shown(project.id).subquery()
        newest = select(func.max(answers.c.at), func.count(answers.c.id)).select_from(
            shown.join(chosen, chosen.c.id == shown.c.item_id).join(
                answers, answers.c.id == shown.c.answer_id
            )
        )
        answered_at, answered = connection.execute(newest).one()
        of_these = select(chosen.c.id)
        told = (
            select(func.max(reviews.c.at)).where(
                reviews.c.project_id == project.id, reviews.c.item_id.in_(of_these)
            ),
            select(func.max(pins.c.at)).where(pins.c.item_id.in_(of_these)),
            select(func.max(remarks.c.at))
            .select_from(remarks.join(pins, pins.c.id == remarks.c.pin_id))
            .where(pins.c.item_id.in_(of_these)),
        )
        told_at = [connection.scalar(newest_line) or 0 for newest_line in told]
    return StoredExhibits(
        project=project,
        counts={status: counts[status] for status in STATUSES if status in counts},
        without_answer=len(ids) // _ID_BYTES - answered,
        class_maps=maps,
        changed_at=max(answered_at or 0, *told_at),
        _db=db,
        _ids=bytes(ids),
    )


def _gather(page: Sequence[Exhibit]) -> Iterator[list[Exhibit]]:
    """Neighbours whose bytes are fetched together."""
    some: list[Exhibit] = []
    size = 0
    for exhibit in page:
        size += exhibit.image.size_bytes
        if some and (len(some) == _TOGETHER or size > _TOGETHER_BYTES):
            yield some
            some, size = [], exhibit.image.size_bytes
        some.append(exhibit)
    if some:
        yield some


def _list_bytes(some: Sequence[Exhibit]) -> tuple[list[str], list[str], list[str]]:
    """The sha256 of pictures, masks and confidence masks; a format wants all of a kind or none."""
    given = [exhibit.answer for exhibit in some if exhibit.answer is not None]
    sure = [answer.confidence_sha256 for answer in given if answer.confidence_sha256 is not None]
    return (
        [exhibit.image.sha256 for exhibit in some],
        [answer.mask_sha256 for answer in given],
        sure,
    )


def _select_wanted(project_id: str, wish: Wish) -> Select[Any]:
    statement = select(items.c.id).where(
        items.c.project_id == project_id, items.c.shelf.in_(wish.status or STATUSES)
    )
    if wish.class_name is not None:
        present = exists().where(
            item_classes.c.item_id == items.c.id,
            item_classes.c.class_name == clean_text(wish.class_name),
        )
        statement = statement.where(present)
    if wish.name_part:
        part = clean_text(wish.name_part).casefold()
        statement = statement.where(items.c.name_folded.contains(part, autoescape=True))
    if wish.selection:
        listed = exists().where(
            selection_items.c.item_id == items.c.id,
            selection_items.c.selection_id == clean_text(wish.selection),
        )
        statement = statement.where(listed)
    return statement


def _sort(wanted: Select[Any], wish: Wish) -> Select[Any]:
    if not wish.selection:
        return wanted.order_by(items.c.name_key, items.c.name, items.c.image_sha256)
    listed = selection_items.alias("listed")
    here = and_(listed.c.item_id == items.c.id, listed.c.selection_id == clean_text(wish.selection))
    return wanted.join(listed, here).order_by(listed.c.place)


def _list_class_maps(
    connection: Connection, project_id: str, chosen: Any
) -> tuple[Mapping[int, str], ...]:
    shown = select_shown(project_id).subquery()
    number = func.count().label("number")
    statement = (
        select(answers.c.class_map, number)
        .select_from(
            shown.join(chosen, chosen.c.id == shown.c.item_id).join(
                answers, answers.c.id == shown.c.answer_id
            )
        )
        .group_by(answers.c.class_map)
        .order_by(number.desc(), answers.c.class_map)
    )
    return tuple(unpack_class_map(row.class_map) for row in connection.execute(statement))
