"""The pictures of an export, read page by page; bytes come when they are asked for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any, Final

from sqlalchemy import Connection, Row, Select, exists, func, select

from components.errors import Conflict
from components.model.exhibit import AnswerFacts, Exhibit, ImageFacts, TruthFacts
from components.model.review import STATUSES, Project, Review, Status
from components.store import content
from components.store.database import Database
from components.store.lists import Wish
from components.store.rows import (
    clean_text,
    load_project,
    make_item,
    make_review,
    select_reviews,
    unpack_class_map,
)
from components.store.schema import (
    answers,
    blobs,
    images,
    item_classes,
    items,
    reviews,
    selection_items,
    standing,
    truths,
)

_PAGE: Final = 200
_ID_BYTES: Final = 16


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
                found = _load_page(connection, self.project, ids, _Bytes(self._db))
            yield from (found[id_] for id_ in ids if id_ in found)


@dataclass(frozen=True, slots=True)
class _Bytes:
    db: Database

    def load(self, sha256: str) -> bytes:
        with self.db.read() as connection:
            found = content.find_blobs(connection, [sha256])
        return self.db.bring(found)[sha256]


def open_exhibits(db: Database, project_id: str, wish: Wish | None = None) -> StoredExhibits:
    """The pictures of an export, by name, and those of one name by their sha256.

    The order depends on the pictures alone, not on when they came: the same pictures are handed
    on as the same bytes.

    Args:
        db: where.
        project_id: of the project.
        wish: which; who asks and the order do not matter here. None for all.

    Raises:
        Conflict: no such project, or a status that is none.
        StoreUnavailable: the database cannot be reached now.
    """
    wish = Wish() if wish is None else wish
    if any(status not in STATUSES for status in wish.status):
        raise Conflict(f"A status is one of {', '.join(STATUSES)}. Choose again.")
    wanted = _select_wanted(clean_text(project_id), wish)
    order = (items.c.name_key, items.c.name, items.c.image_sha256)
    with db.read() as connection:
        project = load_project(connection, clean_text(project_id))
        ids = bytearray()
        listed = connection.execution_options(yield_per=5000).execute(wanted.order_by(*order))
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
        shown = _select_shown(project.id).subquery()
        newest = select(func.max(answers.c.at), func.count(answers.c.id)).select_from(
            shown.join(chosen, chosen.c.id == shown.c.item_id).join(
                answers, answers.c.id == shown.c.answer_id
            )
        )
        answered_at, answered = connection.execute(newest).one()
        decided_at = connection.scalar(
            select(func.max(reviews.c.at)).where(
                reviews.c.project_id == project.id,
                reviews.c.item_id.in_(select(chosen.c.id)),
            )
        )
    return StoredExhibits(
        project=project,
        counts={status: counts[status] for status in STATUSES if status in counts},
        without_answer=len(ids) // _ID_BYTES - answered,
        class_maps=maps,
        changed_at=max(answered_at or 0, decided_at or 0),
        _db=db,
        _ids=bytes(ids),
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
    selection = getattr(wish, "selection", "")
    if selection:
        listed = exists().where(
            selection_items.c.item_id == items.c.id,
            selection_items.c.selection_id == clean_text(selection),
        )
        statement = statement.where(listed)
    return statement


def _select_shown(project_id: str) -> Select[Any]:
    """By picture: the answer that is handed on, and the threshold of the verdict about it.

    What the newest verdict that agrees with the picture's status was about; else what the desk
    shows.
    """
    newest = (
        select(standing.c.item_id, func.max(standing.c.seq).label("seq"))
        .select_from(standing.join(items, items.c.id == standing.c.item_id))
        .where(
            standing.c.project_id == project_id,
            standing.c.is_voice == 1,
            standing.c.move == items.c.status,
        )
        .group_by(standing.c.item_id)
        .subquery()
    )
    verdict = reviews.alias("verdict")
    return (
        select(
            items.c.id.label("item_id"),
            func.coalesce(verdict.c.answer_id, items.c.answer_id).label("answer_id"),
            verdict.c.confidence.label("decided_at"),
        )
        .select_from(
            items.outerjoin(newest, newest.c.item_id == items.c.id).outerjoin(
                verdict, verdict.c.seq == newest.c.seq
            )
        )
        .where(items.c.project_id == project_id)
    )


def _list_class_maps(
    connection: Connection, project_id: str, chosen: Any
) -> tuple[Mapping[int, str], ...]:
    shown = _select_shown(project_id).subquery()
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


def _load_page(
    connection: Connection, project: Project, ids: list[str], source: _Bytes
) -> dict[str, Exhibit]:
    shown = _select_shown(project.id).where(items.c.id.in_(ids)).subquery()
    statement = (
        select(items, shown.c.answer_id.label("shown_id"), shown.c.decided_at)
        .select_from(items.join(shown, shown.c.item_id == items.c.id))
        .where(items.c.shelf.in_(STATUSES))
    )
    rows = connection.execute(statement).mappings().all()
    pictures = _load_images(connection, {row["image_sha256"] for row in rows})
    given = _load_answers(connection, {row["shown_id"] for row in rows} - {None})
    lines = _load_lines(connection, ids)
    masks = _load_truths(connection, ids)
    return {
        row["id"]: Exhibit(
            item=make_item(row),
            image=pictures[row["image_sha256"]],
            answer=(answer := given.get(row["shown_id"])),
            confidence=_find_confidence(answer, row["decided_at"], project),
            reviews=lines.get(row["id"], ()),
            truth=masks.get(row["id"]),
            source=source,
        )
        for row in rows
    }


def _find_confidence(answer: AnswerFacts | None, decided_at: int | None, project: Project) -> int:
    if answer is not None and answer.cut_to is None:
        return answer.confidence
    return project.confidence if decided_at is None else decided_at


def _load_images(connection: Connection, sha256s: set[str]) -> dict[str, ImageFacts]:
    statement = (
        select(images, blobs.c.size)
        .select_from(images.join(blobs, blobs.c.sha256 == images.c.sha256))
        .where(images.c.sha256.in_(list(sha256s)))
    )
    return {
        row.sha256: ImageFacts(
            sha256=row.sha256,
            name=row.name,
            media_type=row.media_type,
            size_wh=(row.width, row.height),
            original_size_wh=(row.original_width, row.original_height),
            original_format=row.original_format,
            size_bytes=row.size,
            thumbnail_sha256=row.thumbnail_sha256,
        )
        for row in connection.execute(statement)
    }


def _load_answers(connection: Connection, ids: set[str]) -> dict[str, AnswerFacts]:
    return {
        row.id: _make_answer(row)
        for row in connection.execute(select(answers).where(answers.c.id.in_(list(ids))))
    }


def _make_answer(row: Row[Any]) -> AnswerFacts:
    return AnswerFacts(
        id=row.id,
        model=row.model,
        confidence=row.confidence,
        cut_to=row.cut_to,
        class_map=unpack_class_map(row.class_map),
        mask_sha256=row.mask_sha256,
        mask_size_wh=(row.mask_width, row.mask_height),
        confidence_sha256=row.confidence_sha256,
        at=row.at,
    )


def _load_lines(connection: Connection, ids: list[str]) -> dict[str, tuple[Review, ...]]:
    statement = (
        select_reviews()
        .where(reviews.c.item_id.in_(ids))
        .order_by(reviews.c.item_id, reviews.c.seq)
    )
    made = (make_review(row) for row in connection.execute(statement).mappings())
    return {id_: tuple(lines) for id_, lines in groupby(made, lambda line: line.item_id)}


def _load_truths(connection: Connection, ids: list[str]) -> dict[str, TruthFacts]:
    return {
        row.item_id: TruthFacts(
            mask_sha256=row.mask_sha256,
            size_wh=(row.width, row.height),
            class_map=unpack_class_map(row.class_map),
        )
        for row in connection.execute(select(truths).where(truths.c.item_id.in_(ids)))
    }
