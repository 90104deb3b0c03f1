"""The classes that pictures have, and that their projects know."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update

from components.model.areas import Area
from components.model.review import Item
from components.store.rows import clean_text, pack_class_map, unpack_class_map
from components.store.schema import item_classes, items, projects
from components.store.settling import change_tallies, count_item, list_item_classes


def make_class_rows(item: Item, areas: Sequence[Area]) -> list[dict[str, Any]]:
    """One row a name: where a model gives two classes the same one, they are looked for as one."""
    rows: dict[str, dict[str, Any]] = {}
    for area in areas:
        name = clean_text(area.info.name)
        row = rows.setdefault(
            name,
            {
                "item_id": item.id,
                "class_name": name,
                "class_id": area.info.class_id,
                "project_id": item.project_id,
                "shelf": item.status,
                "position": item.position,
                "share": 0.0,
                "pixels": 0,
            },
        )
        row["share"] += area.share
        row["pixels"] += area.pixels
    return list(rows.values())


def put_classes(connection: Connection, item: Item, project_id: str, areas: Sequence[Area]) -> None:
    """Let these be the classes of a picture, which the caller holds, and count them."""
    before = list_item_classes(connection, item.id)
    connection.execute(delete(item_classes).where(item_classes.c.item_id == item.id))
    rows = make_class_rows(item, areas)
    if rows:
        connection.execute(insert(item_classes), rows)
    change_tallies(
        connection,
        project_id,
        count_item(item.status, (), before),
        count_item(item.status, (), [row["class_name"] for row in rows]),
    )


def widen_class_map(connection: Connection, item_id: str, names: Mapping[int, str]) -> None:
    """Let the project of a picture know the classes of an answer about it."""
    project_id = select(items.c.project_id).where(items.c.id == item_id).scalar_subquery()
    statement = select(projects.c.id, projects.c.class_map).where(projects.c.id == project_id)
    if not _misses(connection.execute(statement).first(), names):
        return
    # Read once more with the row held: another answer may be widening it too.
    row = connection.execute(statement.with_for_update(key_share=True)).one()
    widened = {**unpack_class_map(row.class_map), **names}
    connection.execute(
        update(projects).where(projects.c.id == row.id).values(class_map=pack_class_map(widened))
    )


def _misses(row: Any, names: Mapping[int, str]) -> bool:
    if row is None:
        return False
    known = unpack_class_map(row.class_map)
    return any(known.get(class_id) != name for class_id, name in names.items())
