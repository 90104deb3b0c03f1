"""The tables of batches, which `schema` lists with the others."""

from __future__ import annotations

from typing import Final

from sqlalchemy import BigInteger, Column, ForeignKey, Index, Table

from components.store.columns import FLOAT, METADATA, TEXT, int_column, text_column

truths: Final = Table(
    "truths",
    METADATA,
    text_column("item_id", ForeignKey("items.id"), primary_key=True),
    text_column("mask_sha256", ForeignKey("blobs.sha256")),
    int_column("width"),
    int_column("height"),
    text_column("class_map"),
    text_column("added_by"),
    int_column("added_at"),
)

runs: Final = Table(
    "runs",
    METADATA,
    text_column("id", primary_key=True),
    text_column("project_id", ForeignKey("projects.id")),
    text_column("model"),
    int_column("confidence"),
    text_column("server"),  # its address; "" for the built-in one, whose port differs each time
    Column("ask_at", BigInteger),  # NULL until it is found out how the model takes the confidence
    int_column("workers"),
    text_column("state"),
    text_column("reason"),
    text_column("kind"),
    text_column("source"),
    text_column("path"),
    int_column("is_own_path"),  # 1: uploads, removed once they are read
    int_column("is_reading"),
    text_column("reader"),
    int_column("reader_until"),
    Column("expected", BigInteger),
    text_column("truth_classes"),
    text_column("created_by"),
    int_column("created_at"),
    Column("started_at", BigInteger),
    Column("ended_at", BigInteger),
    Index("runs_project", "project_id", "created_at"),
    Index("runs_state", "state", "created_at"),
)

tasks: Final = Table(
    "tasks",
    METADATA,
    text_column("run_id", ForeignKey("runs.id"), primary_key=True),
    int_column("seq", primary_key=True),
    int_column("position"),  # that its picture takes in the project
    text_column("name"),
    text_column("grouping"),
    Column("image_sha256", TEXT, ForeignKey("images.sha256")),
    int_column("size"),
    Column("truth_sha256", TEXT, ForeignKey("blobs.sha256")),
    Column("truth_width", BigInteger),
    Column("truth_height", BigInteger),
    Column("answer_id", TEXT, ForeignKey("answers.id")),
    Column("item_id", TEXT, ForeignKey("items.id")),
    text_column("state"),
    text_column("problem"),
    int_column("attempts"),  # calls made, also those in vain
    int_column("failures"),  # of these the item itself is to blame for, as far as one can tell
    int_column("not_before"),
    text_column("claimed_by"),
    int_column("claimed_until"),
    Column("seconds", FLOAT),
    int_column("at"),
    Index("tasks_state", "run_id", "state", "seq"),
    Index("tasks_at", "run_id", "at"),
    Index("tasks_image", "image_sha256", "run_id"),
    Index("tasks_answer", "answer_id"),
    Index("tasks_item", "item_id"),
)
