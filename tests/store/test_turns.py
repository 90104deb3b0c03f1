"""A decision and the next picture in one transaction: as the two apart, also with many at once."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from random import Random

import pytest

from components.errors import Conflict
from components.store import Database, queue, reviews, turns
from tests.store.material import NOW, add_pictures, make_decision, make_id, make_project
from tests.store.recount import check_consistency

PEOPLE = [f"reviewer {at}" for at in range(8)]


def test_it_is_the_decision_and_then_the_turn(database: Database) -> None:
    project = make_project(database)
    first, second, third, fourth = add_pictures(database, project, ["1", "2", "3", "4"])
    assert queue.take_next(database, project.id, "anna", now=NOW).item == first
    decision = make_decision(first)
    outcome, turn = turns.decide_and_take(database, decision, project.id, "anna", now=NOW + 1)
    assert (outcome.item.status, outcome.was_stored) == ("approved", False)
    assert turn.item is not None
    assert [turn.item.id, *(item.id for item in turn.ahead)] == [second.id, third.id, fourth.id]
    # What anna holds ahead is hers as long as there is anything else; the first is nobody's.
    assert queue.claim_item(database, first.id, "ben", now=NOW + 2) is None
    # Sent again, it is the same line, and the same picture comes next.
    again, turn = turns.decide_and_take(database, decision, project.id, "anna", now=NOW + 3)
    assert again.was_stored
    assert turn.item is not None
    assert turn.item.id == second.id
    assert len(reviews.list_record(database, project.id)) == 1
    check_consistency(database)


def test_what_is_refused_leaves_nothing_claimed(database: Database) -> None:
    project = make_project(database)
    (item,) = add_pictures(database, project, ["1"])
    other = make_project(database, name="Other")
    (foreign,) = add_pictures(database, other, ["2"])
    wrong = make_decision(item, answer_id=foreign.answer_id)
    with pytest.raises(Conflict, match="not about"):
        turns.decide_and_take(database, wrong, project.id, "anna", now=NOW)
    with pytest.raises(Conflict):
        turns.decide_and_take(database, make_decision(item), make_id(), "anna", now=NOW)
    assert reviews.list_record(database, project.id) == []
    assert queue.claim_item(database, item.id, "ben", now=NOW) is None


def test_many_decide_and_undo_at_once_and_nothing_is_lost_or_served_to_two(
    desks: list[Database],
) -> None:
    project = make_project(desks[0])
    made = add_pictures(desks[0], project, [f"{at}.jpg" for at in range(60)])

    def review(at: int) -> list[str]:
        desk, who, randomly = desks[at % 2], PEOPLE[at], Random(at)
        item = queue.take_next(desk, project.id, who, now=NOW).item
        served: list[str] = []
        while item is not None:
            served.append(item.id)
            outcome, turn = turns.decide_and_take(
                desk, make_decision(item), project.id, who, now=NOW + len(served)
            )
            assert outcome.others == ()
            item = turn.item
            if randomly.random() < 0.2:
                taken = reviews.undo(desk, make_id(), project.id, who, now=NOW + len(served))
                assert taken is not None
                served.remove(taken.item_id)
        return served

    with ThreadPoolExecutor(len(PEOPLE)) as pool:
        served = Counter(
            item_id for some in pool.map(review, range(len(PEOPLE))) for item_id in some
        )
    standing = Counter(
        line.item_id
        for line in reviews.list_record(desks[0], project.id, limit=1000)
        if line.is_standing
    )
    assert standing == served
    assert set(standing.values()) == {1}
    # What was undone at the very end is left; all else is decided once.
    assert len(made) - len(standing) <= len(PEOPLE)
    check_consistency(desks[0])
