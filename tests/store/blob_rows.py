"""What the database and the bucket have of pictures and masks."""

from __future__ import annotations

from sqlalchemy import select

from components.store import (
    Database,
)
from components.store.schema import blobs
from tests.s3 import ObjectServer


def list_rows(database: Database) -> dict[str, tuple[int, int, int]]:
    """Size, length in the database and whether it is away, by sha256."""
    with database.read() as connection:
        rows = connection.execute(select(blobs)).all()
        return {row.sha256: (row.size, len(row.data), row.is_away) for row in rows}


def check_away(database: Database, bucket: ObjectServer) -> None:
    """All rows are without bytes, and all bytes in the bucket."""
    rows = list_rows(database)
    assert rows
    assert {kept for _, kept, _ in rows.values()} == {0}
    assert {is_away for _, _, is_away in rows.values()} == {1}
    there = bucket.list()
    assert {sha256: size for sha256, (size, _, _) in rows.items()} == {
        sha256: there[sha256] for sha256 in rows
    }
