"""Comparisons in the background: counted to the end, through damage and restarts."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from components.batch.comparing import Comparer
from components.display.charts.comparison_words import say_change
from components.model.comparison import Comparison, Side
from components.model.comparison_summary import summarise
from components.model.png import encode_gray
from components.model.prediction import Answer, Prediction
from components.model.review import Item, Project
from components.store import (
    Database,
    comparison_lists,
    comparison_sides,
    comparisons,
    items,
    open_database,
)
from components.store.schema import truths
from tests.adding import wait_for
from tests.store.material import NOW, make_picture, make_project

CLASSES = {0: "background", 1: "road", 2: "tree"}
SIZE = (40, 30)
Gray = NDArray[np.uint8]


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    opened = open_database(f"sqlite:///{tmp_path}/desk.sqlite3")
    yield opened
    opened.close()


@pytest.fixture
def comparer(database: Database) -> Iterator[Comparer]:
    made = Comparer(lambda: database)
    yield made
    made.stop()


def make_mask(seed: int) -> tuple[Gray, Gray]:
    random = np.random.default_rng(seed)
    ids = random.integers(0, 3, (15, 20)).astype(np.uint8)
    return ids, random.integers(0, 256, (15, 20), np.uint8)


def add(
    database: Database, project: Project, seed: int, *, damaged: bool = False
) -> tuple[Item, Gray, Gray]:
    """A picture with an answer that can be cut."""
    ids, sure = make_mask(seed)
    item, _ = items.add_item(
        database, project.id, make_picture(f"{seed}"), b"", name=f"{seed}.jpg", by="lead", now=NOW
    )
    prediction = Prediction(
        mask_png=encode_gray(ids),
        mask_size_wh=(20, 15),
        confidence_png=b"no PNG" if damaged else encode_gray(sure),
        confidence_size_wh=(20, 15),
        class_map=CLASSES,
        image_size_wh=None,
        inference_id="",
        server_seconds=None,
        sha256=f"{seed:064x}",
    )
    answer = Answer(prediction, "http://x.example", "fields/3", 1, 0.5, 1, 1, 1)
    item = items.keep_answer(
        database, item.id, answer, cut_to=0, areas=[], mean_confidence=None, now=NOW
    )
    return item, ids, sure


def add_truth(database: Database, item: Item, ids: Gray) -> None:
    from components.store import content

    png = encode_gray(ids)
    database.put_away(png)
    with database.write() as connection:
        row = {
            "item_id": item.id,
            "mask_sha256": content.store_blob(connection, png),
            "width": ids.shape[1],
            "height": ids.shape[0],
            "class_map": '{"0": "Background", "7": "road", "9": "tree"}',
            "added_by": "lead",
            "added_at": NOW,
        }
        connection.execute(truths.insert().values(**row))


def begin(database: Database, project: Project) -> Comparison:
    a, b = Side("fields/3", 30), Side("fields/3", 60)
    return comparisons.begin_comparison(database, project.id, a, b, by="lead", now=NOW)


def wait_done(database: Database, comparison: Comparison) -> None:
    wait_for(
        lambda: comparisons.find_comparison(database, comparison.id).state == "done", "compared"
    )


def cut_at(ids: Gray, sure: Gray, percent: int) -> Gray:
    """The mask at a threshold on the picture's pixels: each mask pixel is two by two of them."""
    kept = np.where(sure.astype(int) * 100 >= percent * 255, ids, 0)
    return np.kron(kept, np.ones((2, 2), int)).astype(np.uint8)


def test_all_is_counted_as_it_is_by_hand(database: Database, comparer: Comparer) -> None:
    project = make_project(database)
    made = [add(database, project, seed) for seed in range(8)]
    for item, ids, _ in made[:6]:
        add_truth(database, item, np.array([0, 7, 9], np.uint8)[ids])
    comparison = begin(database, project)
    comparer.take(comparison.id)
    comparer.take(comparison.id)
    wait_done(database, comparison)
    changes, failed = comparison_lists.load_changes(database, comparison.id)
    assert failed == 0
    pairs: Counter[tuple[str, str]] = Counter()
    ious: dict[str, list[list[int]]] = {}
    for change, (item, ids, sure) in zip(changes, made, strict=True):
        low, high = cut_at(ids, sure, 30), cut_at(ids, sure, 60)
        assert change.item_id == item.id
        assert change.changed == pytest.approx(float((low != high).mean()), abs=1e-12)
        own = Counter(
            (CLASSES[int(a)], CLASSES[int(b)])
            for a, b in zip(low.ravel(), high.ravel(), strict=True)
            if a != b
        )
        assert {(pair.a, pair.b): pair.pixels for pair in change.pairs} == own
        pairs += own
    for item, ids, sure in made[:6]:
        assert item.id
        true = np.kron(ids, np.ones((2, 2), int))
        for which, percent in enumerate((30, 60)):
            shown = cut_at(ids, sure, percent)
            for class_id, name in CLASSES.items():
                both = ((true == class_id) & (shown == class_id)).sum()
                either = ((true == class_id) | (shown == class_id)).sum()
                sums = ious.setdefault(name, [[0, 0], [0, 0]])[which]
                sums[0] += int(both)
                sums[1] += int(either)
    summary = summarise(changes)
    assert {(pair.a, pair.b): pair.pixels for pair in summary.pairs} == pairs
    assert summary.pixels == 8 * SIZE[0] * SIZE[1]
    assert summary.gains is not None
    assert summary.gains.items == 6
    for gain in summary.gains.classes:
        assert gain.difference is not None
        (hits_a, union_a), (hits_b, union_b) = ious[gain.name.casefold()]
        assert gain.difference.a == pytest.approx(hits_a / union_a, abs=1e-12)
        assert gain.difference.b == pytest.approx(hits_b / union_b, abs=1e-12)
        # The truth is the mask at 0 %: cutting more is worse, and it can be told.
        assert gain.better == "a"


def test_one_that_is_damaged_is_said_and_does_not_stop_the_others(
    database: Database, comparer: Comparer
) -> None:
    project = make_project(database)
    for seed in range(3):
        add(database, project, seed, damaged=seed == 1)
    comparison = begin(database, project)
    comparer.take(comparison.id)
    wait_done(database, comparison)
    changes, failed = comparison_lists.load_changes(database, comparison.id)
    assert (len(changes), failed) == (2, 1)
    ((name, problem),) = comparison_lists.list_problems(database, comparison.id)
    assert name == "1.jpg"
    assert "confidence mask" in problem
    assert comparer.find_trouble(comparison.id) == ""


def test_a_damaged_truth_mask_is_left_out_and_can_be_brought_anew(
    database: Database, comparer: Comparer
) -> None:
    from components.store import content
    from components.store.truths import put_truth

    project = make_project(database)
    item, ids, _ = add(database, project, 1)
    right = encode_gray(ids)
    comparison = begin(database, project)
    found = []
    for at, png in enumerate((b"no PNG", right)):
        database.put_away(png)
        with database.write() as connection:
            sha256 = content.store_blob(connection, png)
            put_truth(connection, item.id, sha256, (20, 15), CLASSES, by="lead", now=NOW + at)
        assert comparison_sides.count_pending(database, comparison.id) == (1, 1)
        comparer.take(comparison.id)
        wait_for(
            lambda: comparison_sides.count_pending(database, comparison.id) == (0, 1), "compared"
        )
        changes, failed = comparison_lists.load_changes(database, comparison.id)
        found.append(summarise(changes, failed=failed))
    damaged, whole = found
    assert (damaged.items, damaged.failed, damaged.unread_truths) == (1, 0, 1)
    assert damaged.gains is None
    assert "One truth mask is lost or damaged" in say_change(damaged)
    assert whole.pairs == damaged.pairs
    assert whole.unread_truths == 0
    assert whole.gains is not None
    assert "truth mask" not in say_change(whole)


def test_who_stops_keeps_what_was_counted_and_another_goes_on(database: Database) -> None:
    project = make_project(database)
    for seed in range(30):
        add(database, project, seed)
    comparison = begin(database, project)
    asked = threading.Event()

    def open_it() -> Database:
        asked.set()
        return database

    first = Comparer(open_it)
    first.take(comparison.id)
    asked.wait(10)
    first.stop()
    pending, total = comparison_sides.count_pending(database, comparison.id)
    assert total == 30
    first.take(comparison.id)  # it has stopped for good
    second = Comparer(lambda: database)
    second.take(comparison.id)
    wait_done(database, comparison)
    second.stop()
    assert comparison_sides.count_pending(database, comparison.id) == (0, 30)
    assert pending <= 30


def test_two_comparisons_follow_each_other(database: Database, comparer: Comparer) -> None:
    project = make_project(database)
    for seed in range(5):
        add(database, project, seed)
    first = begin(database, project)
    second = comparisons.begin_comparison(
        database, project.id, Side("fields/3", 10), Side("fields/3", 90), by="lead", now=NOW
    )
    comparer.take(first.id)
    comparer.take(second.id)
    for comparison in (first, second):
        wait_done(database, comparison)
    shares = [
        sum(change.changed for change in comparison_lists.load_changes(database, one.id)[0])
        for one in (first, second)
    ]
    assert shares[0] < shares[1]


def test_what_came_meanwhile_is_counted_without_the_rest(
    database: Database, comparer: Comparer
) -> None:
    project = make_project(database)
    for seed in range(3):
        add(database, project, seed)
    comparison = begin(database, project)
    comparer.take(comparison.id)
    wait_done(database, comparison)
    before, _ = comparison_lists.load_changes(database, comparison.id)
    ended = comparisons.find_comparison(database, comparison.id).ended_at
    assert ended is not None
    add(database, project, 3)
    comparer.take(comparison.id)
    wait_for(
        lambda: (comparisons.find_comparison(database, comparison.id).ended_at or 0) > ended,
        "counted anew",
    )
    after, _ = comparison_lists.load_changes(database, comparison.id)
    assert after[:3] == before
    assert len(after) == 4


def test_a_comparison_that_is_gone_is_no_end(database: Database, comparer: Comparer) -> None:
    project = make_project(database)
    add(database, project, 1)
    comparer.take("0" * 32)
    comparison = begin(database, project)
    comparer.take(comparison.id)
    wait_done(database, comparison)
