"""A comparison over 100,000 pictures, opened after a restart, on both databases."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator
from functools import partial
from tempfile import TemporaryDirectory
from typing import Any

from components.batch.comparing import sum_up
from components.model.comparison import Side
from components.model.comparison_summary import Summary, summarise
from components.model.insights import Slice
from components.store import (
    Database,
    comparison_lists,
    comparison_picks,
    comparison_totals,
    comparisons,
    open_database,
    projects,
)
from components.store.schema import METADATA
from tests.benchmarks.insights import CLASSES, ITEMS, make_insight_rows
from tests.benchmarks.measuring import Row, compare_speed, require_equal, time_in_turns
from tests.benchmarks.reviewing_store import load_postgresql, load_sqlite
from tests.postgres import run_postgres

_ROUNDS = 5
_NOW = 1_800_000_000_000
_PIXELS = 1_200_000
_TEMPLATES = 2_000
_AT_MOST = 2.0
_MOST = (200_000, 20_000, 20_000)  # pixels rightly given, wrongly given and missed


def measure_comparison() -> Iterator[Row]:
    """What was kept against what is summed up of its rows; and the lists its marks lead to."""
    with TemporaryDirectory(prefix="desk-bench-") as folder:
        yield from _measure("SQLite", f"sqlite:///{folder}/desk.sqlite3")
    with run_postgres(syncs=True) as server:
        yield from _measure("PostgreSQL", server.create_database())


def _measure(kind: str, address: str) -> Iterator[Row]:
    database = open_database(address)
    try:
        comparison_id = _load(database, address)
        summed = sum_up(database, comparison_id)
        kept = partial(comparison_totals.find_summary, database, comparison_id)
        require_equal("comparison", kept(), summed)
        seconds = time_in_turns(
            {"kept": kept, "summed": partial(_sum, database, comparison_id)}, rounds=_ROUNDS
        )
        name = f"comparison: opened, {ITEMS:,} pictures with truth masks, {kind}"
        yield compare_speed(name, seconds["kept"], seconds["summed"], "summed up of its rows", 3)
        asked: dict[str, Callable[[], Any]] = {
            "a filter, one picture in seven": partial(
                _sum, database, comparison_id, Slice(status=("approved",))
            ),
            "list of a bar": partial(
                comparison_picks.list_became, database, comparison_id, "road", "tree"
            ),
            "list of a class": partial(
                comparison_picks.list_gained, database, comparison_id, "road"
            ),
        }
        for what, taken in time_in_turns(asked, rounds=_ROUNDS).items():
            yield Row(
                f"comparison: {what}, {ITEMS:,} pictures, {kind}",
                f"{taken:.2f} s",
                "",
                "",
                f"≤ {_AT_MOST:g} s",
                taken <= _AT_MOST,
            )
    finally:
        database.close()


def _sum(database: Database, comparison_id: str, wanted: Slice | None = None) -> Summary:
    changes, failed = comparison_lists.load_changes(database, comparison_id, wanted or Slice())
    return summarise(changes, failed=failed)


def _load(database: Database, address: str) -> str:
    project = projects.create_project(
        database, name="Large", model="fields/3", confidence=50, by="lead", now=_NOW, needed=4
    )
    sides = Side("fields/3", 50), Side("fields/3", 80)
    found = comparisons.begin_comparison(database, project.id, *sides, by="lead", now=_NOW)
    rows = make_insight_rows(project.id, ITEMS)
    rows["comparison_items"] = _make_rows(found.id, rows["items"])
    load = load_sqlite if database.kind == "sqlite" else load_postgresql
    load(address, rows)
    comparisons.note_state(database, found.id, is_done=True, now=_NOW)
    return found.id


def _make_rows(comparison_id: str, items: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """Changes of five classes, and errors of both sides against a truth mask."""
    draw = random.Random(3)
    changes: list[list[list[Any]]] = [
        [
            [a, b, draw.randrange(1, 20_000)]
            for a in CLASSES
            for b in CLASSES
            if a != b and draw.random() < 0.3
        ]
        for _ in range(_TEMPLATES)
    ]
    errors = [
        json.dumps({name: [draw.randrange(most) for most in _MOST] for name in CLASSES})
        for _ in range(_TEMPLATES)
    ]
    names = [column.name for column in METADATA.tables["items"].columns]
    made = []
    for item in items:
        row = dict(zip(names, item, strict=True))
        pairs = draw.choice(changes)
        changed = sum(pixels for *_, pixels in pairs) / _PIXELS
        truth = [
            f'{{"mask":"{row["image_sha256"]}","errors":{draw.choice(errors)},'
            '"ignored":{"void":500}}'
            for _ in range(2)
        ]
        sides = row["answer_id"], row["answer_id"]
        made.append(
            (comparison_id, row["id"], row["position"], *sides, changed, json.dumps(pairs),
             *truth, "")
        )  # fmt: skip
    return made
