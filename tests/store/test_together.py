"""Several people on two desks over one database, all at once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import Barrier

import pytest

from components.store import Database, claiming, open_database, projects, queue, reviews
from tests.store.material import NOW, add_pictures, make_decision, make_id, make_project
from tests.store.recount import check_consistency

pytestmark = pytest.mark.both_databases

PEOPLE = [f"reviewer {at}" for at in range(8)]


@contextmanager
def _running() -> Iterator[Callable[..., list[object]]]:
    with ThreadPoolExecutor(len(PEOPLE)) as pool:

        def run(work: Callable[[int], object], times: int = len(PEOPLE)) -> list[object]:
            started = Barrier(times)

            def begin(at: int) -> object:
                started.wait(30)
                return work(at)

            return list(pool.map(begin, range(times)))

        yield run


@pytest.mark.parametrize("needed", [1, 2])
def test_every_picture_is_served_and_decided_as_often_as_it_needs(
    desks: list[Database], needed: int
) -> None:
    project = make_project(desks[0], needed=needed)
    made = add_pictures(desks[0], project, [f"{at}.jpg" for at in range(30)])

    def review(at: int) -> list[str]:
        desk, who = desks[at % 2], PEOPLE[at]
        served: list[str] = []
        while True:
            turn = queue.take_next(desk, project.id, who, now=NOW + len(served))
            if turn.item is None:
                return served
            served.append(turn.item.id)
            outcome = reviews.decide(desk, make_decision(turn.item), who, now=NOW + len(served))
            assert outcome.others == ()

    with _running() as run:
        served = run(review)
    # Whoever found the rest held by others leaves; what was held is decided by its holder.
    times = Counter(item_id for some in served for item_id in some)  # type: ignore[attr-defined]
    assert set(times) == {item.id for item in made}
    assert set(times.values()) == {needed}
    record = reviews.list_record(desks[0], project.id, limit=1000)
    assert Counter(line.item_id for line in record) == times
    assert len({line.id for line in record}) == 30 * needed
    assert projects.measure_progress(desks[1], project.id, "").by_status["approved"] == 30
    check_consistency(desks[0])


def test_all_decide_about_the_same_picture_and_all_are_kept(desks: list[Database]) -> None:
    project = make_project(desks[0])
    (item,) = add_pictures(desks[0], project, ["one.jpg"])

    def decide(at: int) -> int:
        outcome = reviews.decide(desks[at % 2], make_decision(item), PEOPLE[at], now=NOW)
        return len(outcome.others)

    with _running() as run:
        others = run(decide)
    # The first is told of nobody, each later one of all before it.
    assert sorted(others) == list(range(len(PEOPLE)))  # type: ignore[type-var]
    told = [len(reviews.list_notices(desks[0], project.id, who)) for who in PEOPLE]
    assert sorted(told) == list(range(len(PEOPLE)))
    check_consistency(desks[0])


def test_one_decision_sent_from_everywhere_is_stored_once(desks: list[Database]) -> None:
    project = make_project(desks[0])
    (item,) = add_pictures(desks[0], project, ["one.jpg"])
    decision = make_decision(item)

    def decide(at: int) -> bool:
        return reviews.decide(desks[at % 2], decision, "anna", now=NOW).was_stored

    with _running() as run:
        assert sorted(run(decide)) == [False] + [True] * 7  # type: ignore[type-var]
    assert len(reviews.list_reviews(desks[0], item.id)) == 1


def test_undoing_at_once_takes_back_one_line_each(desks: list[Database]) -> None:
    project = make_project(desks[0])
    made = add_pictures(desks[0], project, [f"{at}.jpg" for at in range(8)])
    for item in made:
        reviews.decide(desks[0], make_decision(item), "anna", now=NOW)

    def undo(at: int) -> str | None:
        taken = reviews.undo(desks[at % 2], make_id(), project.id, "anna", now=NOW)
        return taken.id if taken else None

    with _running() as run:
        taken = run(undo)
    assert None not in taken
    assert len(set(taken)) == 8
    assert projects.measure_progress(desks[0], project.id, "anna").by_status["open"] == 8
    check_consistency(desks[0])


def test_deciding_undoing_and_taking_at_once_loses_no_picture(desks: list[Database]) -> None:
    """A picture that opens again below everybody's mark is found by somebody."""
    project = make_project(desks[0])
    add_pictures(desks[0], project, [f"{at}.jpg" for at in range(12)])

    def work(at: int) -> None:
        desk, who = desks[at % 2], PEOPLE[at]
        for round_ in range(8):
            turn = queue.take_next(desk, project.id, who, now=NOW, ahead=0)
            if turn.item is not None:
                reviews.decide(desk, make_decision(turn.item), who, now=NOW)
            if round_ % 2:
                reviews.undo(desk, make_id(), project.id, who, now=NOW)

    with _running() as run:
        run(work)
    later = NOW + claiming.CLAIM_MS
    left = []
    while (turn := queue.take_next(desks[0], project.id, "last", now=later)).item is not None:
        left.append(turn.item.id)
        reviews.decide(desks[0], make_decision(turn.item), "last", now=later)
    assert len(left) == len(set(left))
    progress = projects.measure_progress(desks[0], project.id, "last")
    assert progress.by_status["approved"] == progress.total == 12
    check_consistency(desks[0])


def test_rules_change_while_people_decide(desks: list[Database]) -> None:
    project = make_project(desks[0])
    made = add_pictures(desks[0], project, [f"{at}.jpg" for at in range(6)])

    def work(at: int) -> None:
        if at == 0:
            for needed in (2, 3, 1, 2):
                projects.change_project(desks[0], project.id, by="lead", now=NOW, needed=needed)
            return
        for item in made:
            reviews.decide(desks[at % 2], make_decision(item), PEOPLE[at], now=NOW)

    with _running() as run:
        run(work)
    # Seven people approved each of them, which is enough by any of the rules.
    assert projects.measure_progress(desks[0], project.id, "").by_status["approved"] == 6
    check_consistency(desks[0])


def test_desks_that_start_at_once_make_the_tables_once(new_address: str) -> None:
    opened: list[Database] = []

    def start(_: int) -> None:
        opened.append(open_database(new_address))

    with _running() as run:
        run(start)
    project = make_project(opened[0])
    assert projects.find_project(opened[-1], project.id) == project
    for desk in opened:
        desk.close()
