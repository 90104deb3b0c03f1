"""Rows of the database as pictures that are handed on."""

from __future__ import annotations

from itertools import groupby
from typing import Any

from sqlalchemy import Connection, Row, Select, func, select

from components.model.exhibit import AnswerFacts, Exhibit, ImageFacts, Source, TruthFacts
from components.model.review import STATUSES, Pin, Project, Review
from components.store.pins import load_pins
from components.store.rows import make_item, make_review, select_reviews, unpack_class_map
from components.store.schema import (
    answers,
    blobs,
    images,
    items,
    pins,
    reviews,
    standing,
    truths,
)


def select_shown(project_id: str) -> Select[Any]:
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


def load_page(
    connection: Connection, project: Project, ids: list[str], source: Source
) -> dict[str, Exhibit]:
    """Pictures by their id; those that were taken out are left out.

    Args:
        connection: within a transaction.
        project: they are all of this one.
        ids: which.
        source: where their bytes come from.
    """
    shown = select_shown(project.id).where(items.c.id.in_(ids)).subquery()
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
    pinned = _load_pins(connection, ids)
    return {
        row["id"]: Exhibit(
            item=make_item(row),
            image=pictures[row["image_sha256"]],
            answer=(answer := given.get(row["shown_id"])),
            confidence=_find_confidence(answer, row["decided_at"], project),
            reviews=lines.get(row["id"], ()),
            truth=masks.get(row["id"]),
            source=source,
            pins=pinned.get(row["id"], ()),
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


def _load_pins(connection: Connection, ids: list[str]) -> dict[str, tuple[Pin, ...]]:
    found: dict[str, tuple[Pin, ...]] = {}
    for pin in load_pins(connection, pins.c.item_id.in_(ids)):
        found[pin.item_id] = (*found.get(pin.item_id, ()), pin)
    return found


def _load_truths(connection: Connection, ids: list[str]) -> dict[str, TruthFacts]:
    return {
        row.item_id: TruthFacts(
            mask_sha256=row.mask_sha256,
            size_wh=(row.width, row.height),
            class_map=unpack_class_map(row.class_map),
        )
        for row in connection.execute(select(truths).where(truths.c.item_id.in_(ids)))
    }
