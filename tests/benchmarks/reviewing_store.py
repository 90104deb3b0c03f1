"""The store with 100,000 pictures against the store with 1,000, on both databases."""

from __future__ import annotations

import random
import sqlite3
import time
import uuid
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import psycopg
from psycopg import sql
from sqlalchemy import Column

from components.store import Database, lists, open_database, projects, queue
from components.store.cursor import pack_cursor
from components.store.lists import Wish
from components.store.naming import list_grams
from components.store.schema import METADATA
from tests.benchmarks.measuring import Row, compare_delay
from tests.postgres import run_postgres

SMALL: Final = 1_000
LARGE: Final = 100_000
REVIEWER: Final = "anna"
NEEDED: Final = 4
AT_MOST: Final = 3.0

_ROUNDS: Final = 25
_OTHERS: Final = tuple(f"reviewer {at}" for at in range(29))
_NOW: Final = 1_800_000_000_000
_COMMON: Final = ("road", "tree", "water", "roof", "field")
_RARE: Final = "pond"

WISHES: Final[Mapping[str, Wish]] = {
    "all": Wish(),
    "needs fix": Wish(status=("needs_fix",)),
    "to do and undecided": Wish(status=("open", "disagreed", "answered"), mine="undecided"),
    "undecided": Wish(mine="undecided"),
    "decided and rejected": Wish(status=("rejected",), mine="decided"),
    "decided, least sure": Wish(mine="decided", sort="mean_confidence"),
    "common class, largest share": Wish(class_name="road", sort="share", descending=True),
    "common class, rejected": Wish(class_name="road", status=("rejected",)),
    "common class, least sure": Wish(class_name="tree", sort="mean_confidence"),
    "rare class": Wish(class_name=_RARE),
    "rare class, by name": Wish(class_name=_RARE, sort="name"),
    "least sure": Wish(sort="mean_confidence"),
    "most disagreed": Wish(sort="disagreement", descending=True),
    "name, backwards": Wish(sort="name", descending=True),
    "part of a name": Wish(name_part="_00777"),
    "no such name": Wish(name_part="zebra"),
}


@dataclass(frozen=True, slots=True)
class _Desk:
    database: Database
    project_id: str
    late: str


def measure_queue() -> Iterator[Row]:
    """Next picture, filtered page and counts, of both sizes in turns; what is worst is shown."""
    with _both_sizes("sqlite") as (small, large):
        yield from _compare("SQLite", small, large)
    with _both_sizes("postgresql") as (small, large):
        yield from _compare("PostgreSQL", small, large)


def _compare(name: str, small: _Desk, large: _Desk) -> Iterator[Row]:
    yield _worst(f"queue: next picture, {name}", {"": (_take(small), _take(large))})
    pages: dict[str, tuple[Callable[[], Any], Callable[[], Any]]] = {
        wish: (_read(small, wish), _read(large, wish)) for wish in WISHES
    }
    pages["the page at 90 %"] = (_read_late(small), _read_late(large))
    yield _worst(f"queue: filtered page, {name}", pages)
    counts: dict[str, tuple[Callable[[], Any], Callable[[], Any]]] = {
        wish: (_count(small, wish), _count(large, wish)) for wish in WISHES
    }
    counts["progress"] = (_measure(small), _measure(large))
    yield _worst(f"queue: counts, {name}", counts)


def _take(desk: _Desk) -> Callable[[], Any]:
    return partial(queue.take_next, desk.database, desk.project_id, REVIEWER, now=_NOW)


def _read(desk: _Desk, wish: str, after: str | None = None) -> Callable[[], Any]:
    return partial(
        lists.list_items,
        desk.database,
        desk.project_id,
        WISHES[wish],
        reviewer=REVIEWER,
        after=after,
    )


def _read_late(desk: _Desk) -> Callable[[], Any]:
    return _read(desk, "all", desk.late)


def _count(desk: _Desk, wish: str) -> Callable[[], Any]:
    return partial(
        lists.count_items, desk.database, desk.project_id, WISHES[wish], reviewer=REVIEWER
    )


def _measure(desk: _Desk) -> Callable[[], Any]:
    return partial(projects.measure_progress, desk.database, desk.project_id, REVIEWER)


def _worst(name: str, pairs: Mapping[str, tuple[Callable[[], Any], Callable[[], Any]]]) -> Row:
    """The line of the pair whose ratio of medians is the largest."""
    worst: tuple[float, Row] | None = None
    for what, (small, large) in pairs.items():
        samples: tuple[list[float], list[float]] = ([], [])
        for at in range(_ROUNDS + 2):
            for call, taken in zip((small, large), samples, strict=True):
                started = time.perf_counter()
                call()
                if at >= 2:
                    taken.append(time.perf_counter() - started)
        peer, ours = samples
        ratio = sorted(ours)[_ROUNDS // 2] / sorted(peer)[_ROUNDS // 2]
        shown = f"{name}, worst of {len(pairs)}: {what}" if what else name
        row = compare_delay(
            f"{shown}; {LARGE:,} pictures, {3 * LARGE:,} reviews",
            ours,
            peer,
            f"with {SMALL:,}",
            AT_MOST,
        )
        if worst is None or ratio > worst[0]:
            worst = ratio, row
    assert worst is not None
    return worst[1]


@contextmanager
def _both_sizes(kind: str) -> Iterator[tuple[_Desk, _Desk]]:
    with TemporaryDirectory(prefix="desk-bench-") as folder:
        if kind == "sqlite":
            addresses = [f"sqlite:///{folder}/{size}.sqlite3" for size in (SMALL, LARGE)]
            with _opened(addresses[0], SMALL) as small, _opened(addresses[1], LARGE) as large:
                yield small, large
            return
        with run_postgres(syncs=True) as server:
            addresses = [server.create_database() for _ in range(2)]
            with _opened(addresses[0], SMALL) as small, _opened(addresses[1], LARGE) as large:
                yield small, large


@contextmanager
def _opened(address: str, size: int) -> Iterator[_Desk]:
    database = open_database(address)
    try:
        project = projects.create_project(
            database,
            name="Large",
            model="fields/3",
            confidence=50,
            by="lead",
            now=_NOW,
            needed=NEEDED,
        )
        load = load_sqlite if database.kind == "sqlite" else load_postgresql
        load(address, make_rows(project.id, size))
        yield _Desk(database, project.id, _find_late(database, project.id, size))
    finally:
        database.close()


def _find_late(database: Database, project_id: str, size: int) -> str:
    at = size * 9 // 10
    page = lists.list_items(
        database,
        project_id,
        Wish(),
        reviewer=REVIEWER,
        after=pack_cursor((at, at), ["position", False, None]),
    )
    assert page.rows[0].item.position == at + 1
    assert page.next is not None
    return page.next


def make_rows(project_id: str, size: int) -> dict[str, list[tuple[Any, ...]]]:
    """Rows by table: one in five pictures is settled, the first half was decided by REVIEWER."""
    draw = random.Random(7)
    rows: dict[str, list[dict[str, Any]]] = {name: [] for name in METADATA.tables}
    tally: Counter[tuple[str, str, str]] = Counter()
    seq = 0
    for position in range(1, size + 1):
        image = sha256(f"{project_id} {position}".encode()).hexdigest()
        item_id, answer_id = _make_id(draw), _make_id(draw)
        is_settled = draw.random() < 0.2
        voices = NEEDED if is_settled else 2 if draw.random() < 0.25 else 3
        names = draw.sample(_OTHERS, voices)
        if position <= size // 2:
            names[0] = REVIEWER
        verdict = draw.choices(("approved", "needs_fix", "rejected"), (14, 4, 2))[0]
        status = verdict if is_settled else "open"
        sureness = draw.random()
        rows["blobs"].append({"sha256": image, "size": 1, "data": b"."})
        rows["images"].append(_make_image(image))
        rows["answers"].append(_make_answer(answer_id, image))
        rows["items"].append(
            {
                "id": item_id,
                "project_id": project_id,
                "position": position,
                "name": f"IMG_{position:06}.jpg",
                "name_folded": f"img_{position:06}.jpg",
                "name_key": f"img_{position:010}.jpg",
                "image_sha256": image,
                "answer_id": answer_id,
                "status": status,
                "shelf": status,
                "reviews": voices,
                "mean_confidence": sureness,
                "confidence_key": sureness,
                "disagreement": draw.choice((0.0, 0.0, 0.0, 0.25, 0.5)),
                "problem": "",
                "bucket": draw.randrange(10_000),
                "added_by": "lead",
                "added_at": _NOW,
            }
        )
        tally["status", "", status] += 1
        for gram in list_grams(f"img_{position:06}.jpg"):
            rows["name_grams"].append({"project_id": project_id, "gram": gram, "item_id": item_id})
            tally["gram", "gram", gram] += 1
        classes = [name for name in _COMMON if draw.random() < 0.6]
        if position % 200 == 0:
            classes.append(_RARE)
        for at, name in enumerate(classes):
            rows["item_classes"].append(
                {
                    "item_id": item_id,
                    "class_name": name,
                    "class_id": at,
                    "project_id": project_id,
                    "shelf": status,
                    "position": position,
                    "share": draw.random() / 3,
                    "pixels": 1000,
                }
            )
            tally["class", "", name] += 1
        for name in names:
            seq += 1
            review_id = _make_id(draw)
            rows["reviews"].append(
                {
                    "seq": seq,
                    "id": review_id,
                    "project_id": project_id,
                    "item_id": item_id,
                    "item_name": f"IMG_{position:06}.jpg",
                    "reviewer": name,
                    "at": _NOW,
                    "move": verdict,
                    "undoes": None,
                    "reasons": "[]",
                    "class_names": "[]",
                    "note": "",
                    "confidence": 50,
                    "image_sha256": image,
                    "answer_id": answer_id,
                    "model": "fields/3",
                }
            )
            rows["standing"].append(
                {
                    "item_id": item_id,
                    "reviewer": name,
                    "project_id": project_id,
                    "review_id": review_id,
                    "seq": seq,
                    "position": position,
                    "move": verdict,
                    "waits": 0,
                    "due": 0,
                    "is_voice": 1,
                }
            )
            tally["move", name, verdict] += 1
            tally["voice", name, status] += 1
    rows["tallies"] = [
        {"project_id": project_id, "kind": kind, "who": who, "what": what, "n": n}
        for (kind, who, what), n in tally.items()
    ]
    return {
        table.name: [
            tuple(_take_value(row, column) for column in table.columns) for row in rows[table.name]
        ]
        for table in METADATA.sorted_tables
        if rows[table.name]
    }


def _take_value(row: Mapping[str, Any], column: Column[Any]) -> Any:
    return row[column.name] if column.name in row else getattr(column.default, "arg", None)


def _make_id(draw: random.Random) -> str:
    return uuid.UUID(int=draw.getrandbits(128), version=4).hex


def _make_image(sha: str) -> dict[str, Any]:
    return {
        "sha256": sha,
        "name": "x.jpg",
        "media_type": "image/jpeg",
        "width": 4000,
        "height": 3000,
        "original_width": 4000,
        "original_height": 3000,
        "original_bytes": 1,
        "original_format": "JPEG",
        "url": None,
        "notes": "[]",
        "thumbnail_sha256": None,
    }


def _make_answer(answer_id: str, sha: str) -> dict[str, Any]:
    return {
        "id": answer_id,
        "image_sha256": sha,
        "model": "fields/3",
        "confidence": 1,
        "address": "",
        "cut_to": 50,
        "mask_sha256": sha,
        "mask_width": 4000,
        "mask_height": 3000,
        "confidence_sha256": None,
        "confidence_width": None,
        "confidence_height": None,
        "class_map": "{}",
        "image_width": None,
        "image_height": None,
        "inference_id": "",
        "server_seconds": None,
        "prediction_sha256": sha,
        "seconds": 0.1,
        "sent_bytes": 1,
        "received_bytes": 1,
        "attempts": 1,
        "at": _NOW,
    }


def load_sqlite(address: str, rows: Mapping[str, Sequence[tuple[Any, ...]]]) -> None:
    connection = sqlite3.connect(Path(address.removeprefix("sqlite:///")))
    try:
        for name, some in rows.items():
            marks = ", ".join("?" * len(some[0]))
            connection.executemany(f"INSERT INTO {name} VALUES ({marks})", some)  # noqa: S608
        connection.execute("UPDATE projects SET last_position = (SELECT max(position) FROM items)")
        connection.commit()
    finally:
        connection.close()


def load_postgresql(address: str, rows: Mapping[str, Iterable[tuple[Any, ...]]]) -> None:
    with psycopg.connect(address) as connection:
        for name, some in rows.items():
            statement = sql.SQL("COPY {} FROM STDIN").format(sql.Identifier(name))
            with connection.cursor().copy(statement) as copy:
                for row in some:
                    copy.write_row(row)
        connection.execute("UPDATE projects SET last_position = (SELECT max(position) FROM items)")
    with psycopg.connect(address, autocommit=True) as connection:
        # As the server does by itself after a while.
        connection.execute("VACUUM ANALYZE")
