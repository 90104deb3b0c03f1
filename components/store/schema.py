"""The tables, as they are after the last step of `migrations`.

Times are UTC milliseconds, ids 32 hex digits, pictures, masks and thumbnails the sha256 of their
bytes. Lists and mappings are JSON in ASCII, so that any text a person or a model came up with can
be kept by either database.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import BigInteger, Column, ForeignKey, Index, LargeBinary, Table

from components.store.batch_tables import runs, tasks, truths
from components.store.columns import FLOAT, METADATA, SEQ, TEXT, int_column, text_column
from components.store.insight_tables import (
    class_keys,
    comparison_items,
    comparisons,
    item_bins,
    item_confusions,
    item_measures,
    selection_items,
    selections,
)

__all__ = [
    "METADATA",
    "REMOVED",
    "answers",
    "attempts",
    "blobs",
    "claims",
    "class_keys",
    "comparison_items",
    "comparisons",
    "events",
    "images",
    "item_bins",
    "item_classes",
    "item_confusions",
    "item_measures",
    "items",
    "name_grams",
    "notices",
    "pins",
    "places",
    "projects",
    "remarks",
    "reviews",
    "runs",
    "schema_steps",
    "selection_items",
    "selections",
    "sign_ins",
    "standing",
    "tallies",
    "tasks",
    "truths",
]

REMOVED: Final = "removed"
"""The shelf of pictures that were taken out of their project."""


schema_steps = Table(
    "schema_steps", METADATA, int_column("number", primary_key=True), int_column("at")
)

blobs = Table(
    "blobs",
    METADATA,
    text_column("sha256", primary_key=True),
    int_column("size"),
    Column("data", LargeBinary, nullable=False),
    int_column("is_away", default=0),  # 1: data is empty here, the bytes are in the object storage
)

images = Table(
    "images",
    METADATA,
    text_column("sha256", ForeignKey("blobs.sha256"), primary_key=True),
    text_column("name"),
    text_column("media_type"),
    int_column("width"),
    int_column("height"),
    int_column("original_width"),
    int_column("original_height"),
    int_column("original_bytes"),
    text_column("original_format"),
    Column("url", TEXT),
    text_column("notes"),
    Column("thumbnail_sha256", TEXT, ForeignKey("blobs.sha256")),
)

answers = Table(
    "answers",
    METADATA,
    text_column("id", primary_key=True),
    text_column("image_sha256", ForeignKey("images.sha256")),
    text_column("model"),
    int_column("confidence"),
    text_column("address"),
    Column("cut_to", BigInteger),
    text_column("mask_sha256", ForeignKey("blobs.sha256")),
    int_column("mask_width"),
    int_column("mask_height"),
    Column("confidence_sha256", TEXT, ForeignKey("blobs.sha256")),
    Column("confidence_width", BigInteger),
    Column("confidence_height", BigInteger),
    text_column("class_map"),
    Column("image_width", BigInteger),
    Column("image_height", BigInteger),
    text_column("inference_id"),
    Column("server_seconds", FLOAT),
    text_column("prediction_sha256"),
    Column("seconds", FLOAT, nullable=False),
    int_column("sent_bytes"),
    int_column("received_bytes"),
    int_column("attempts"),
    int_column("at"),
    Index("answers_asked", "image_sha256", "model", "confidence", "address", "at"),
)

projects = Table(
    "projects",
    METADATA,
    text_column("id", primary_key=True),
    text_column("name"),
    text_column("model"),
    int_column("confidence"),
    text_column("class_map"),
    text_column("instructions"),
    int_column("needed"),
    text_column("policy"),
    text_column("members"),
    text_column("created_by"),
    int_column("created_at"),
    Column("archived_at", BigInteger),
    int_column("last_position"),
    int_column("shows_names", default=0),  # 1: leads see who decided what in charts about people
)

items = Table(
    "items",
    METADATA,
    text_column("id", primary_key=True),
    text_column("project_id", ForeignKey("projects.id")),
    int_column("position"),
    text_column("name"),
    text_column("name_folded"),  # what parts of names are looked for in
    text_column("name_key"),  # folded and with padded numbers: what people expect names to sort by
    text_column("image_sha256", ForeignKey("images.sha256")),
    Column("answer_id", TEXT, ForeignKey("answers.id")),
    text_column("status"),
    text_column("shelf"),  # the status, or REMOVED: lists and queue read shelves in order
    int_column("reviews"),
    Column("mean_confidence", FLOAT),
    Column("confidence_key", FLOAT, nullable=False),  # 2 where there is no mean confidence
    Column("disagreement", FLOAT, nullable=False),
    text_column("problem"),
    int_column("bucket"),
    text_column("added_by"),
    int_column("added_at"),
    text_column("grouping", default=""),
    Index("items_image", "project_id", "image_sha256", unique=True),
    Index("items_position", "project_id", "shelf", "position"),
    Index("items_name", "project_id", "shelf", "name_key", "position"),
    Index("items_confidence", "project_id", "shelf", "confidence_key", "position"),
    Index("items_disagreement", "project_id", "shelf", "disagreement", "position"),
)

# Every three signs in a row of every folded name, to find parts of names by.
name_grams = Table(
    "name_grams",
    METADATA,
    text_column("project_id", primary_key=True),
    text_column("gram", primary_key=True),
    text_column("item_id", ForeignKey("items.id"), primary_key=True),
    sqlite_with_rowid=False,
)

# The item's shelf and position are repeated here, so that a class on a shelf is read in order.
item_classes = Table(
    "item_classes",
    METADATA,
    text_column("item_id", ForeignKey("items.id"), primary_key=True),
    text_column("class_name", primary_key=True),
    int_column("class_id"),
    text_column("project_id"),
    text_column("shelf"),
    int_column("position"),
    Column("share", FLOAT, nullable=False),
    int_column("pixels"),
    Index("item_classes_share", "project_id", "class_name", "shelf", "share", "position"),
    Index("item_classes_position", "project_id", "class_name", "shelf", "position"),
)

reviews = Table(
    "reviews",
    METADATA,
    Column("seq", SEQ, primary_key=True, autoincrement=True),
    text_column("id", unique=True),
    text_column("project_id", ForeignKey("projects.id")),
    text_column("item_id", ForeignKey("items.id")),
    text_column("item_name"),
    text_column("reviewer"),
    int_column("at"),
    text_column("move"),
    Column("undoes", TEXT),
    text_column("reasons"),
    text_column("class_names"),
    text_column("note"),
    int_column("confidence"),
    text_column("image_sha256"),
    Column("answer_id", TEXT, ForeignKey("answers.id")),
    text_column("model"),
    Index("reviews_item", "item_id", "seq"),
    Index("reviews_project", "project_id", "seq"),
    Index("reviews_reviewer", "project_id", "reviewer", "seq"),
    Index("reviews_move", "project_id", "move", "seq"),
    Index("reviews_undoes", "undoes"),
    sqlite_autoincrement=True,
)

# What counts of each reviewer now; always what folding the item's reviews gives.
standing = Table(
    "standing",
    METADATA,
    text_column("item_id", ForeignKey("items.id"), primary_key=True),
    text_column("reviewer", primary_key=True),
    text_column("project_id"),
    text_column("review_id", ForeignKey("reviews.id")),
    int_column("seq"),
    int_column("position"),
    text_column("move"),
    int_column("waits"),  # 1: the picture was answered and waits for this reviewer
    int_column("due"),  # 0: nothing; 1: comes back to this reviewer first; 2: was put off
    int_column("is_voice"),  # 1: a verdict that counts
    Index("standing_due", "project_id", "reviewer", "due", "seq"),
    Index("standing_voice", "project_id", "reviewer", "is_voice", "position"),
)

claims = Table(
    "claims",
    METADATA,
    text_column("item_id", ForeignKey("items.id"), primary_key=True),
    text_column("reviewer", primary_key=True),
    text_column("project_id"),
    text_column("kind"),
    int_column("until"),
    Index("claims_project", "project_id", "until"),
    Index("claims_reviewer", "reviewer"),
)

# Below `low` nothing in the queue is left for the reviewer; below `seen` every listed picture has a
# verdict of the reviewer that counts.
places = Table(
    "places",
    METADATA,
    text_column("project_id", ForeignKey("projects.id"), primary_key=True),
    text_column("reviewer", primary_key=True),
    int_column("low"),
    int_column("seen"),
)

pins = Table(
    "pins",
    METADATA,
    text_column("id", primary_key=True),
    text_column("item_id", ForeignKey("items.id")),
    Column("x", FLOAT, nullable=False),
    Column("y", FLOAT, nullable=False),
    text_column("text"),
    Column("class_id", BigInteger),
    text_column("class_name"),
    Column("sureness", FLOAT),
    text_column("region"),
    text_column("author"),
    int_column("at"),
    int_column("is_open"),
    Index("pins_item", "item_id", "at"),
)

remarks = Table(
    "remarks",
    METADATA,
    Column("seq", SEQ, primary_key=True, autoincrement=True),
    text_column("id", unique=True),
    text_column("pin_id", ForeignKey("pins.id")),
    text_column("author"),
    int_column("at"),
    text_column("act"),
    text_column("text"),
    Index("remarks_pin", "pin_id", "seq"),
    sqlite_autoincrement=True,
)

notices = Table(
    "notices",
    METADATA,
    text_column("id", primary_key=True),
    text_column("project_id", ForeignKey("projects.id")),
    text_column("reviewer"),
    text_column("item_id", ForeignKey("items.id")),
    text_column("review_id", ForeignKey("reviews.id")),
    text_column("other"),
    text_column("other_move"),
    text_column("my_move"),
    int_column("at"),
    Column("seen_at", BigInteger),
    Index("notices_reviewer", "project_id", "reviewer", "seen_at"),
    Index("notices_review", "review_id"),
)

tallies = Table(
    "tallies",
    METADATA,
    text_column("project_id", ForeignKey("projects.id"), primary_key=True),
    # "status": pictures by shelf; "class": pictures by class; "move": what counts of a reviewer;
    # "voice": the shelves where a reviewer's verdicts are; "gram": pictures by gram of their name.
    text_column("kind", primary_key=True),
    text_column("who", primary_key=True),
    text_column("what", primary_key=True),
    int_column("n"),
)

events = Table(
    "events",
    METADATA,
    Column("seq", SEQ, primary_key=True, autoincrement=True),
    text_column("id", unique=True),
    int_column("at"),
    text_column("project_id", ForeignKey("projects.id")),
    Column("item_id", TEXT),
    text_column("actor"),
    text_column("kind"),
    text_column("detail"),
    Index("events_project", "project_id", "seq"),
    Index("events_kind", "project_id", "kind", "seq"),
    sqlite_autoincrement=True,
)

sign_ins = Table(
    "sign_ins",
    METADATA,
    text_column("token_sha256", primary_key=True),
    text_column("name"),
    text_column("role"),
    int_column("expires_at"),
)

attempts = Table(
    "attempts",
    METADATA,
    text_column("key", primary_key=True),
    int_column("failures"),
    int_column("until"),
)
