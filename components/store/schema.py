"""The tables, as they are after the last step of `migrations`.

Times are UTC milliseconds, ids 32 hex digits, pictures, masks and thumbnails the sha256 of their
bytes. Lists and mappings are JSON in ASCII, so that any text a person or a model came up with can
be kept by either database.
"""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import (
    BigInteger,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
)

METADATA: Final = MetaData()

# Compared by code point on both databases, so that a page ends at the same picture on both.
_TEXT: Final = Text().with_variant(Text(collation="C"), "postgresql")
_FLOAT: Final = Float(53)
# SQLite numbers rows by itself only where the type is INTEGER to the letter.
_SEQ: Final = BigInteger().with_variant(Integer(), "sqlite")

REMOVED: Final = "removed"
"""The shelf of pictures that were taken out of their project."""


def _text(name: str, *more: Any, **settings: Any) -> Column[str]:
    return Column(name, _TEXT, *more, nullable=False, **settings)


def _int(name: str, *more: Any, **settings: Any) -> Column[int]:
    return Column(name, BigInteger, *more, nullable=False, **settings)


schema_steps = Table("schema_steps", METADATA, _int("number", primary_key=True), _int("at"))

blobs = Table(
    "blobs",
    METADATA,
    _text("sha256", primary_key=True),
    _int("size"),
    Column("data", LargeBinary, nullable=False),
)

images = Table(
    "images",
    METADATA,
    _text("sha256", ForeignKey("blobs.sha256"), primary_key=True),
    _text("name"),
    _text("media_type"),
    _int("width"),
    _int("height"),
    _int("original_width"),
    _int("original_height"),
    _int("original_bytes"),
    _text("original_format"),
    Column("url", _TEXT),
    _text("notes"),
    Column("thumbnail_sha256", _TEXT, ForeignKey("blobs.sha256")),
)

answers = Table(
    "answers",
    METADATA,
    _text("id", primary_key=True),
    _text("image_sha256", ForeignKey("images.sha256")),
    _text("model"),
    _int("confidence"),
    _text("address"),
    Column("cut_to", BigInteger),
    _text("mask_sha256", ForeignKey("blobs.sha256")),
    _int("mask_width"),
    _int("mask_height"),
    Column("confidence_sha256", _TEXT, ForeignKey("blobs.sha256")),
    Column("confidence_width", BigInteger),
    Column("confidence_height", BigInteger),
    _text("class_map"),
    Column("image_width", BigInteger),
    Column("image_height", BigInteger),
    _text("inference_id"),
    Column("server_seconds", _FLOAT),
    _text("prediction_sha256"),
    Column("seconds", _FLOAT, nullable=False),
    _int("sent_bytes"),
    _int("received_bytes"),
    _int("attempts"),
    _int("at"),
    Index("answers_asked", "image_sha256", "model", "confidence", "address", "at"),
)

projects = Table(
    "projects",
    METADATA,
    _text("id", primary_key=True),
    _text("name"),
    _text("model"),
    _int("confidence"),
    _text("class_map"),
    _text("instructions"),
    _int("needed"),
    _text("policy"),
    _text("members"),
    _text("created_by"),
    _int("created_at"),
    Column("archived_at", BigInteger),
    _int("last_position"),
)

items = Table(
    "items",
    METADATA,
    _text("id", primary_key=True),
    _text("project_id", ForeignKey("projects.id")),
    _int("position"),
    _text("name"),
    _text("name_folded"),  # what parts of names are looked for in
    _text("name_key"),  # folded and with padded numbers: what people expect names to sort by
    _text("image_sha256", ForeignKey("images.sha256")),
    Column("answer_id", _TEXT, ForeignKey("answers.id")),
    _text("status"),
    _text("shelf"),  # the status, or REMOVED: lists and queue read shelves in order
    _int("reviews"),
    Column("mean_confidence", _FLOAT),
    Column("confidence_key", _FLOAT, nullable=False),  # 2 where there is no mean confidence
    Column("disagreement", _FLOAT, nullable=False),
    _text("problem"),
    _int("bucket"),
    _text("added_by"),
    _int("added_at"),
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
    _text("project_id", primary_key=True),
    _text("gram", primary_key=True),
    _text("item_id", ForeignKey("items.id"), primary_key=True),
    sqlite_with_rowid=False,
)

# The item's shelf and position are repeated here, so that a class on a shelf is read in order.
item_classes = Table(
    "item_classes",
    METADATA,
    _text("item_id", ForeignKey("items.id"), primary_key=True),
    _text("class_name", primary_key=True),
    _int("class_id"),
    _text("project_id"),
    _text("shelf"),
    _int("position"),
    Column("share", _FLOAT, nullable=False),
    _int("pixels"),
    Index("item_classes_share", "project_id", "class_name", "shelf", "share", "position"),
    Index("item_classes_position", "project_id", "class_name", "shelf", "position"),
)

reviews = Table(
    "reviews",
    METADATA,
    Column("seq", _SEQ, primary_key=True, autoincrement=True),
    _text("id", unique=True),
    _text("project_id", ForeignKey("projects.id")),
    _text("item_id", ForeignKey("items.id")),
    _text("item_name"),
    _text("reviewer"),
    _int("at"),
    _text("move"),
    Column("undoes", _TEXT),
    _text("reasons"),
    _text("class_names"),
    _text("note"),
    _int("confidence"),
    _text("image_sha256"),
    Column("answer_id", _TEXT, ForeignKey("answers.id")),
    _text("model"),
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
    _text("item_id", ForeignKey("items.id"), primary_key=True),
    _text("reviewer", primary_key=True),
    _text("project_id"),
    _text("review_id", ForeignKey("reviews.id")),
    _int("seq"),
    _int("position"),
    _text("move"),
    _int("waits"),  # 1: the picture was answered and waits for this reviewer
    _int("due"),  # 0: nothing; 1: comes back to this reviewer first; 2: was put off
    _int("is_voice"),  # 1: a verdict that counts
    Index("standing_due", "project_id", "reviewer", "due", "seq"),
    Index("standing_voice", "project_id", "reviewer", "is_voice", "position"),
)

claims = Table(
    "claims",
    METADATA,
    _text("item_id", ForeignKey("items.id"), primary_key=True),
    _text("reviewer", primary_key=True),
    _text("project_id"),
    _text("kind"),
    _int("until"),
    Index("claims_project", "project_id", "until"),
    Index("claims_reviewer", "reviewer"),
)

# Below `low` nothing in the queue is left for the reviewer; below `seen` every listed picture has a
# verdict of the reviewer that counts.
places = Table(
    "places",
    METADATA,
    _text("project_id", ForeignKey("projects.id"), primary_key=True),
    _text("reviewer", primary_key=True),
    _int("low"),
    _int("seen"),
)

pins = Table(
    "pins",
    METADATA,
    _text("id", primary_key=True),
    _text("item_id", ForeignKey("items.id")),
    Column("x", _FLOAT, nullable=False),
    Column("y", _FLOAT, nullable=False),
    _text("text"),
    Column("class_id", BigInteger),
    _text("class_name"),
    Column("sureness", _FLOAT),
    _text("region"),
    _text("author"),
    _int("at"),
    _int("is_open"),
    Index("pins_item", "item_id", "at"),
)

remarks = Table(
    "remarks",
    METADATA,
    Column("seq", _SEQ, primary_key=True, autoincrement=True),
    _text("id", unique=True),
    _text("pin_id", ForeignKey("pins.id")),
    _text("author"),
    _int("at"),
    _text("act"),
    _text("text"),
    Index("remarks_pin", "pin_id", "seq"),
    sqlite_autoincrement=True,
)

notices = Table(
    "notices",
    METADATA,
    _text("id", primary_key=True),
    _text("project_id", ForeignKey("projects.id")),
    _text("reviewer"),
    _text("item_id", ForeignKey("items.id")),
    _text("review_id", ForeignKey("reviews.id")),
    _text("other"),
    _text("other_move"),
    _text("my_move"),
    _int("at"),
    Column("seen_at", BigInteger),
    Index("notices_reviewer", "project_id", "reviewer", "seen_at"),
    Index("notices_review", "review_id"),
)

tallies = Table(
    "tallies",
    METADATA,
    _text("project_id", ForeignKey("projects.id"), primary_key=True),
    # "status": pictures by shelf; "class": pictures by class; "move": what counts of a reviewer;
    # "voice": the shelves where a reviewer's verdicts are; "gram": pictures by gram of their name.
    _text("kind", primary_key=True),
    _text("who", primary_key=True),
    _text("what", primary_key=True),
    _int("n"),
)

events = Table(
    "events",
    METADATA,
    Column("seq", _SEQ, primary_key=True, autoincrement=True),
    _text("id", unique=True),
    _int("at"),
    _text("project_id", ForeignKey("projects.id")),
    Column("item_id", _TEXT),
    _text("actor"),
    _text("kind"),
    _text("detail"),
    Index("events_project", "project_id", "seq"),
    Index("events_kind", "project_id", "kind", "seq"),
    sqlite_autoincrement=True,
)

sign_ins = Table(
    "sign_ins",
    METADATA,
    _text("token_sha256", primary_key=True),
    _text("name"),
    _text("role"),
    _int("expires_at"),
)

attempts = Table(
    "attempts",
    METADATA,
    _text("key", primary_key=True),
    _int("failures"),
    _int("until"),
)
