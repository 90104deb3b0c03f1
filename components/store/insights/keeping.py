"""What was counted of a picture kept beside it, and which pictures are still to be counted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Connection, Select, and_, delete, func, or_, select

from components.errors import Conflict
from components.model.areas import Area
from components.model.image import SizeWH
from components.model.measures import Measures, Unmeasured
from components.store import content
from components.store.classes import put_classes
from components.store.database import Database
from components.store.dialect import insert_new, put
from components.store.insights.packing import list_names, make_key, pack_classes, pack_truth
from components.store.rows import clean_text, hold_item, unpack_class_map
from components.store.schema import (
    REMOVED,
    class_keys,
    images,
    item_bins,
    item_confusions,
    item_measures,
    items,
    projects,
    truths,
)
from components.store.truths import forget_counted

RULES: Final = 2
"""Number of the rules that pictures are counted by; what was counted by others is counted anew."""

_SAME_WITHOUT_TRUTH: Final = (1, RULES)
"""Rules by which pictures without a truth mask come to the same: only those with one are counted
anew. By the first ones, the ids of a truth without names were not taken to be the model's."""


@dataclass(frozen=True, slots=True)
class Truth:
    """A picture's truth mask.

    Attributes:
        sha256: of its bytes.
        class_map: its own names by class id.
    """

    sha256: str
    class_map: Mapping[int, str]


@dataclass(frozen=True, slots=True)
class Pending:
    """A picture that is still to be counted.

    Attributes:
        item_id, answer_id: the picture and the answer it is reviewed by.
        size_wh: of the picture, in pixels.
        confidence: of its project, percent 0–100, to count at.
        truth: its truth mask; None where it has none.
    """

    item_id: str
    answer_id: str
    size_wh: SizeWH
    confidence: int
    truth: Truth | None


def count_unmeasured(db: Database, project_id: str) -> Unmeasured:
    """How many pictures of a project have an answer, and how many of these are to be counted."""
    project_id = clean_text(project_id)
    answered = (
        select(func.count())
        .select_from(items)
        .where(
            items.c.project_id == project_id,
            items.c.shelf != REMOVED,
            items.c.answer_id.is_not(None),
        )
    )
    with db.read() as connection:
        total = connection.scalar(answered) or 0
        pending = connection.scalar(_select_pending(project_id, [func.count()])) or 0
    return Unmeasured(total, pending)


def list_pending(db: Database, project_id: str, limit: int) -> list[Pending]:
    """The first pictures that are still to be counted, by position.

    Args:
        db: where.
        project_id: of the project.
        limit: at most so many.
    """
    wanted = [
        items.c.id,
        items.c.answer_id,
        images.c.width,
        images.c.height,
        projects.c.confidence,
        truths.c.mask_sha256,
        truths.c.class_map,
    ]
    statement = (
        _select_pending(clean_text(project_id), wanted)
        .join(images, images.c.sha256 == items.c.image_sha256)
        .order_by(items.c.position)
        .limit(max(0, limit))
    )
    with db.read() as connection:
        return [
            Pending(
                row.id,
                row.answer_id,
                (row.width, row.height),
                row.confidence,
                None
                if row.mask_sha256 is None
                else Truth(row.mask_sha256, unpack_class_map(row.class_map)),
            )
            for row in connection.execute(statement)
        ]


def load_truth(db: Database, truth: Truth) -> bytes:
    """The bytes of a truth mask, a PNG.

    Raises:
        StoreUnavailable: it cannot be read now.
        StoreError: it is lost or damaged.
    """
    with db.read() as connection:
        found = content.find_blobs(connection, [truth.sha256])
    return db.bring(found)[truth.sha256]


def keep_measures(
    db: Database,
    item_id: str,
    answer_id: str,
    measures: Measures,
    *,
    areas: Sequence[Area] | None,
    truth: Truth | None,
) -> bool:
    """Keep what was counted of a picture, if that answer is still the one it is reviewed by.

    Args:
        db: where.
        item_id: the picture.
        answer_id: that was counted.
        measures: what was counted.
        areas: of the classes present, at the confidence that was counted at; None leaves those
            that are kept.
        truth: that it was counted against.

    Returns:
        Whether it was kept.

    Raises:
        StoreUnavailable: nothing can be written now.
    """
    with db.write() as connection:
        try:
            item, project = hold_item(connection, clean_text(item_id))
        except Conflict:
            return False  # it was taken out meanwhile
        if item.answer_id != answer_id:
            return False
        if areas is not None:
            put_classes(connection, item, project.id, areas)
        put_measures(connection, item.id, item.project_id, item.position, answer_id, measures)
        if truth is not None:
            packed = connection.scalar(
                select(truths.c.class_map).where(truths.c.item_id == item.id)
            )
            if packed is None or unpack_class_map(packed) != truth.class_map:
                forget_counted(connection, item.id)  # it got other names meanwhile
        return True


def put_measures(
    connection: Connection,
    item_id: str,
    project_id: str,
    position: int,
    answer_id: str,
    measures: Measures,
) -> None:
    """Keep what was counted of a picture that the caller holds, instead of what was before."""
    _name_classes(connection, project_id, list_names(measures.classes, measures.truth))
    place = {"item_id": item_id, "project_id": project_id, "position": position}
    truth = measures.truth
    numbers = {
        "answer_id": answer_id,
        "confidence": measures.confidence,
        "truth_sha256": measures.truth_sha256,
        "rules": RULES,
        "pixels": measures.pixels,
        "has_bins": int(any(one.bins is not None for one in measures.classes)),
        "regions": sum(one.regions for one in measures.classes),
        "tiny_islands": sum(one.tiny for one in measures.classes),
        "mean_iou": None if truth is None else truth.mean_iou,
    }
    put(connection, item_measures, [{**place, **numbers}])
    classes, bins = pack_classes(measures.classes)
    put(connection, item_bins, [{**place, "classes": classes, "bins": bins}])
    if truth is not None:
        put(connection, item_confusions, [{**place, **pack_truth(truth)}])
    else:
        connection.execute(delete(item_confusions).where(item_confusions.c.item_id == item_id))


def drop_measures(connection: Connection, item_id: str) -> None:
    """Forget what was counted of a picture, whose answer is another one now."""
    for table in (item_measures, item_bins, item_confusions):
        connection.execute(delete(table).where(table.c.item_id == item_id))


def _name_classes(connection: Connection, project_id: str, names: set[str]) -> None:
    keys = {make_key(name): name for name in names}
    here = class_keys.c.project_id == project_id
    known = select(class_keys.c.key).where(here, class_keys.c.key.in_(list(keys)))
    new = keys.keys() - set(connection.scalars(known))
    rows = [{"project_id": project_id, "key": key, "name": keys[key]} for key in sorted(new)]
    insert_new(connection, class_keys, rows)


def _select_pending(project_id: str, wanted: list[Any]) -> Select[Any]:
    joined = (
        items.join(projects, projects.c.id == items.c.project_id)
        .outerjoin(item_measures, item_measures.c.item_id == items.c.id)
        .outerjoin(truths, truths.c.item_id == items.c.id)
    )
    is_old = or_(
        item_measures.c.item_id.is_(None),
        item_measures.c.answer_id != items.c.answer_id,
        item_measures.c.rules.not_in(_SAME_WITHOUT_TRUTH),
        and_(item_measures.c.rules != RULES, truths.c.item_id.is_not(None)),
        item_measures.c.truth_sha256 != func.coalesce(truths.c.mask_sha256, ""),
        and_(item_measures.c.has_bins == 1, item_measures.c.confidence != projects.c.confidence),
    )
    return (
        select(*wanted)
        .select_from(joined)
        .where(
            items.c.project_id == project_id,
            items.c.shelf != REMOVED,
            items.c.answer_id.is_not(None),
            is_old,
        )
    )
