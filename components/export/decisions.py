"""Decisions, one row a line of the record: as CSV, JSON Lines and Parquet.

The CSV is for spreadsheets: UTF-8 with a byte order mark, since Excel takes a file without one for
another encoding (pandas and other readers pass over the mark), lines end with CRLF (RFC 4180), and
a text that begins like a formula (= + - @, tab, return or newline) has a ' before it, so that
nothing that a file or a note is called is ever worked out (OWASP, "CSV Injection"). JSON Lines and
Parquet hold texts as they were typed.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, Final

from components.export.exhibition import Exhibition, Format
from components.export.sink import Sink
from components.model.exhibit import Exhibit
from components.model.review import Review

COLUMNS: Final = (
    "item", "file_name", "group", "picture_sha256", "width", "height", "item_status", "decision",
    "verdict", "reasons", "classes", "note", "confidence", "reviewer", "at", "model", "answer",
    "is_standing", "undoes",
)  # fmt: skip
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n")
_BATCH: Final = 5000
_JOINED: Final = "; "


def list_rows(exhibition: Exhibition) -> Iterator[dict[str, Any]]:
    """Every line about every picture, by picture and then as they were written.

    Yields:
        By column: "reasons" and "classes" are lists, "at" is UTC as ISO 8601 with milliseconds,
        "verdict" is what was done: a verdict, "skipped", "undone" or "answered".
    """
    for exhibit in exhibition.exhibits:
        for review in exhibit.reviews:
            yield _make_row(exhibit, review)


def _make_row(exhibit: Exhibit, review: Review) -> dict[str, Any]:
    width, height = exhibit.image.size_wh
    return {
        "item": exhibit.item.id,
        "file_name": exhibit.item.name,
        "group": exhibit.item.grouping,
        "picture_sha256": review.image_sha256,
        "width": width,
        "height": height,
        "item_status": exhibit.item.status,
        "decision": review.id,
        "verdict": review.move,
        "reasons": list(review.reasons),
        "classes": list(review.class_names),
        "note": review.note,
        "confidence": review.confidence,
        "reviewer": review.reviewer,
        "at": _spell_time(review.at),
        "model": review.model,
        "answer": review.answer_id or "",
        "is_standing": review.is_standing,
        "undoes": review.undoes or "",
    }


def _spell_time(at: int) -> str:
    spelled = datetime.fromtimestamp(at / 1000, UTC).isoformat(timespec="milliseconds")
    return spelled.replace("+00:00", "Z")


def write_csv(exhibition: Exhibition, sink: Sink) -> None:
    """Write the decisions for spreadsheets.

    Raises:
        ExportError: the file cannot be written.
        StoreError: the decisions cannot be read now.
    """
    with sink.compose("decisions.csv") as file:
        text = io.TextIOWrapper(file, encoding="utf-8-sig", newline="", errors="replace")
        writer = csv.writer(text)
        writer.writerow(COLUMNS)
        for row in list_rows(exhibition):
            writer.writerow([_spell(row[column]) for column in COLUMNS])
        text.flush()
        text.detach()


def _spell(value: Any) -> Any:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        value = _JOINED.join(value)
    if isinstance(value, str) and value.startswith(_FORMULA):
        return f"'{value}"
    return value


def write_jsonl(exhibition: Exhibition, sink: Sink) -> None:
    """Write the decisions as one JSON object a line.

    Raises:
        ExportError: the file cannot be written.
        StoreError: the decisions cannot be read now.
    """
    with sink.compose("decisions.jsonl") as file:
        for row in list_rows(exhibition):
            line = json.dumps(row, ensure_ascii=False, separators=(",", ":"))
            file.write(f"{line}\n".encode("utf-8", "replace"))


def write_parquet(exhibition: Exhibition, sink: Sink) -> None:
    """Write the decisions as a table with types.

    Raises:
        ExportError: the file cannot be written.
        StoreError: the decisions cannot be read now.
    """
    # Only here, since it takes long to import.
    import pyarrow as pa
    from pyarrow import parquet

    texts = pa.list_(pa.string())
    types = {
        "width": pa.int32(),
        "height": pa.int32(),
        "confidence": pa.int16(),
        "is_standing": pa.bool_(),
        "at": pa.timestamp("ms", tz="UTC"),
        "reasons": texts,
        "classes": texts,
    }
    schema = pa.schema([(column, types.get(column, pa.string())) for column in COLUMNS])
    with sink.compose("decisions.parquet") as file:
        writer = parquet.ParquetWriter(file, schema, compression="zstd")
        batch: list[dict[str, Any]] = []
        for row in list_rows(exhibition):
            batch.append({**row, "at": datetime.fromisoformat(row["at"])})
            if len(batch) == _BATCH:
                writer.write_table(pa.Table.from_pylist(batch, schema))
                batch.clear()
        if batch:
            writer.write_table(pa.Table.from_pylist(batch, schema))
        writer.close()


CSV = Format(
    key="csv",
    title="Decisions (CSV)",
    about="Every decision as a row of a table, for Excel and other spreadsheets.",
    suffix=".csv",
    write=write_csv,
    needs_masks=False,
    loads_bytes=False,
)
JSONL = Format(
    key="jsonl",
    title="Decisions (JSON Lines)",
    about="Every decision as one line of JSON, for programs.",
    suffix=".jsonl",
    write=write_jsonl,
    needs_masks=False,
    loads_bytes=False,
)
PARQUET = Format(
    key="parquet",
    title="Decisions (Parquet)",
    about="Every decision as a row of a table with types, for pandas and databases.",
    suffix=".parquet",
    write=write_parquet,
    needs_masks=False,
    loads_bytes=False,
)
