"""The tables of what is counted for charts, of selections and of comparisons.

What is counted of a picture is one row of numbers and one of packed arrays, and a third where it
has a truth mask: a chart over a hundred thousand pictures reads a hundred thousand short rows. All
of it can be counted again from the masks. How arrays are packed is told in `insights.packing`.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import BigInteger, Column, ForeignKey, Index, LargeBinary, Table

from components.store.columns import FLOAT, METADATA, TEXT, int_column, text_column

# A class's name by the number that packed arrays call it: the first eight bytes of its sha256.
class_keys: Final = Table(
    "class_keys",
    METADATA,
    text_column("project_id", ForeignKey("projects.id"), primary_key=True),
    int_column("key", primary_key=True),
    text_column("name"),
)

item_measures: Final = Table(
    "item_measures",
    METADATA,
    text_column("item_id", ForeignKey("items.id"), primary_key=True),
    text_column("project_id"),
    int_column("position"),
    text_column("answer_id"),
    int_column("confidence"),
    text_column("truth_sha256"),  # "" where it was counted without a truth mask
    int_column("rules"),  # of counting; counted again once they change
    int_column("pixels"),
    int_column("has_bins"),
    int_column("regions"),
    int_column("tiny_islands"),
    Column("mean_iou", FLOAT),
    Index("item_measures_position", "project_id", "position"),
)

item_bins: Final = Table(
    "item_bins",
    METADATA,
    text_column("item_id", ForeignKey("items.id"), primary_key=True),
    text_column("project_id"),
    int_column("position"),
    Column("classes", LargeBinary, nullable=False),
    Column("bins", LargeBinary, nullable=False),
    Index("item_bins_position", "project_id", "position"),
)

item_confusions: Final = Table(
    "item_confusions",
    METADATA,
    text_column("item_id", ForeignKey("items.id"), primary_key=True),
    text_column("project_id"),
    int_column("position"),
    Column("pairs", LargeBinary, nullable=False),
    Column("boundary", LargeBinary, nullable=False),
    Column("ignored", LargeBinary, nullable=False),
    Index("item_confusions_position", "project_id", "position"),
)

selections: Final = Table(
    "selections",
    METADATA,
    text_column("id", primary_key=True),
    text_column("project_id", ForeignKey("projects.id")),
    text_column("title"),
    text_column("kind"),
    text_column("detail"),
    text_column("created_by"),
    int_column("created_at"),
    int_column("items"),
    Index("selections_project", "project_id", "created_at"),
)

selection_items: Final = Table(
    "selection_items",
    METADATA,
    text_column("selection_id", ForeignKey("selections.id"), primary_key=True),
    int_column("place", primary_key=True),
    text_column("item_id", ForeignKey("items.id")),
    Index("selection_items_item", "selection_id", "item_id", unique=True),
    sqlite_with_rowid=False,
)

comparisons: Final = Table(
    "comparisons",
    METADATA,
    text_column("id", primary_key=True),
    text_column("project_id", ForeignKey("projects.id")),
    text_column(
        "title"
    ),  # JSON: what it came to, see `comparison_totals`; "" until it is summed up
    text_column("a_model"),
    int_column("a_confidence"),
    text_column("b_model"),
    int_column("b_confidence"),
    text_column("state"),
    text_column("problem"),
    text_column("created_by"),
    int_column("created_at"),
    Column("ended_at", BigInteger),
    Index("comparisons_project", "project_id", "created_at"),
)

comparison_items: Final = Table(
    "comparison_items",
    METADATA,
    text_column("comparison_id", ForeignKey("comparisons.id"), primary_key=True),
    text_column("item_id", ForeignKey("items.id"), primary_key=True),
    int_column("position"),
    Column("a_answer_id", TEXT, ForeignKey("answers.id")),
    Column("b_answer_id", TEXT, ForeignKey("answers.id")),
    Column("changed", FLOAT),  # share of the picture's pixels; NULL until it is compared
    text_column("pairs"),  # JSON: [[name in A, name in B, pixels], …]
    text_column("truth_a"),  # JSON: {name: [tp, fp, fn]}; "" without a truth mask
    text_column("truth_b"),
    text_column("problem"),
    Index("comparison_items_position", "comparison_id", "position"),
    Index("comparison_items_changed", "comparison_id", "changed"),
    Index("comparison_items_a", "a_answer_id"),
    Index("comparison_items_b", "b_answer_id"),
)
