"""What the tables are made of, alike on both databases."""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import BigInteger, Column, Float, Integer, MetaData, Text

METADATA: Final = MetaData()

TEXT: Final = Text().with_variant(Text(collation="C"), "postgresql")
"""Compared by code point on both databases, so that a page ends at the same picture on both."""
FLOAT: Final = Float(53)
SEQ: Final = BigInteger().with_variant(Integer(), "sqlite")
"""SQLite numbers rows by itself only where the type is INTEGER to the letter."""


def text_column(name: str, *more: Any, **settings: Any) -> Column[str]:
    """A text that is never NULL."""
    return Column(name, TEXT, *more, nullable=False, **settings)


def int_column(name: str, *more: Any, **settings: Any) -> Column[int]:
    """A number that is never NULL."""
    return Column(name, BigInteger, *more, nullable=False, **settings)
