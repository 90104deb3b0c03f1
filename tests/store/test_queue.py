"""Who gets which picture next, where a plain model says less than an example."""

from __future__ import annotations

from collections import Counter

import pytest

from components.errors import Conflict
from components.model.review import Item, Member, Project
from components.store import Database, claiming, items, lists, pins, projects, queue, reviews
from tests.store.material import (
    NOW,
    add_pictures,
    make_answer,
    make_decision,
    make_id,
    make_picture,
    make_project,
)

pytestmark = pytest.mark.both_databases


def take(database: Database, project: Project, who: str, **more: int | str) -> list[str]:
    """Names of the pictures handed out."""
    turn = queue.take_next(database, project.id, who, **{"now": NOW, **more})  # type: ignore[arg-type]
    return [item.name for item in (turn.item, *turn.ahead) if item is not None]


def list_all(database: Database, project: Project, who: str) -> set[str]:
    """Names of all pictures that a reviewer would get, were nobody else there."""
    names = take(database, project, who, ahead=20)
    claiming.release_claims(database, who)
    return set(names)


def test_pictures_without_an_answer_wait(database: Database) -> None:
    project = make_project(database)
    item, _ = items.add_item(
        database, project.id, make_picture("1"), b"", name="1", by="lead", now=NOW
    )
    assert take(database, project, "anna") == []
    items.keep_answer(
        database, item.id, make_answer(), cut_to=None, areas=(), mean_confidence=None, now=NOW
    )
    assert take(database, project, "anna") == ["1"]


@pytest.mark.parametrize(
    ("shares", "needed"),
    [
        ((0.5, 0.5), 1),
        ((0.5, 0.5), 2),
        ((0.2, 0.3, 0.5), 2),
        ((1 / 3, 1 / 3, 1 / 3), 1),
        ((0.1, 0.4, 0.25, 0.25), 2),
        ((1.0,), 1),
    ],
)
def test_shares_give_each_picture_exactly_as_many_people_as_it_needs(
    database: Database, shares: tuple[float, ...], needed: int
) -> None:
    members = tuple(Member(f"member {at}", share) for at, share in enumerate(shares))
    project = make_project(database, needed=needed, members=members)
    made = add_pictures(database, project, [f"{at}" for at in range(20)])
    times: Counter[str] = Counter()
    for member in members:
        times.update(list_all(database, project, member.name))
    assert times == {item.name: needed for item in made}
    assert list_all(database, project, "a stranger") == set()


def test_a_share_that_cannot_be_is_refused(database: Database) -> None:
    project = make_project(database, needed=2)
    for shares, words in (
        ((0.5, 0.4), "come to 90.0%"),
        ((0.6, 0.4), "nobody can have more than 50.0%"),
        ((1.0, 0.0), "more than 0 %"),
        ((0.5, float("nan")), "more than 0 %"),
    ):
        members = [Member(f"member {at}", share) for at, share in enumerate(shares)]
        with pytest.raises(Conflict, match=words):
            projects.change_project(database, project.id, by="lead", now=NOW, members=members)
    with pytest.raises(Conflict, match="twice"):
        projects.change_project(
            database, project.id, by="lead", now=NOW, members=[Member("anna", 0.5)] * 2
        )
    assert projects.find_project(database, project.id).members == ()


def test_more_reviews_than_the_shares_can_give_are_refused(database: Database) -> None:
    project = make_project(database, members=[Member("anna", 0.6), Member("chi", 0.4)])
    with pytest.raises(Conflict, match=r"anna has 60\.0%"):
        projects.change_project(database, project.id, by="lead", now=NOW, needed=2)


def test_a_change_of_shares_hands_out_what_was_passed_over(database: Database) -> None:
    members = [Member("anna", 0.5), Member("chi", 0.5)]
    project = make_project(database, members=members)
    made = add_pictures(database, project, [f"{at}" for at in range(16)])
    mine = list_all(database, project, "anna")
    for item in made:
        if item.name in mine:
            reviews.decide(database, make_decision(item), "anna", now=NOW)
    assert take(database, project, "anna") == []
    projects.change_project(database, project.id, by="lead", now=NOW, members=())
    assert list_all(database, project, "anna") == {item.name for item in made} - mine


def test_a_disagreement_goes_to_anybody_until_one_verdict_leads(database: Database) -> None:
    members = [Member("anna", 0.5), Member("chi", 0.5)]
    project = make_project(database, needed=2, members=members)
    (item,) = add_pictures(database, project, ["1"])
    voices = [("anna", "approved"), ("chi", "rejected"), ("dan", "needs_fix"), ("eva", "rejected")]
    for at, (who, move) in enumerate(voices):
        assert take(database, project, who) == ["1"], who
        outcome = reviews.decide(database, make_decision(item, move), who, now=NOW)  # type: ignore[arg-type]
        assert outcome.item.status == ("open", "disagreed", "disagreed", "rejected")[at]
    assert take(database, project, "fay") == []


def test_what_is_answered_comes_first_to_whoever_sent_it(database: Database) -> None:
    project = make_project(database)
    first, second, third = add_pictures(database, project, ["1", "2", "3"])
    reviews.decide(database, make_decision(third, "needs_fix"), "anna", now=NOW)
    assert take(database, project, "anna", ahead=0) == ["1"]
    answered = reviews.answer_item(
        database, make_id(), third.id, by="lead", note="asked again", now=NOW
    )
    assert answered.status == "answered"
    assert take(database, project, "anna", ahead=0) == ["3"]
    assert "3" not in list_all(database, project, "chi")
    # Somebody else's verdict is kept, and still it waits for whoever sent it.
    assert reviews.decide(database, make_decision(third), "chi", now=NOW).item.status == "answered"
    outcome = reviews.decide(database, make_decision(third), "anna", now=NOW)
    assert outcome.item.status == "approved"
    assert [line.move for line in reviews.list_reviews(database, third.id)] == [
        "needs_fix",
        "answered",
        "approved",
        "approved",
    ]
    with pytest.raises(Conflict, match="does not wait for a fix"):
        reviews.answer_item(database, make_id(), third.id, by="lead", note="", now=NOW)
    assert {first.name, second.name} == list_all(database, project, "anna")


def test_what_was_put_off_comes_last_the_oldest_first(database: Database) -> None:
    project = make_project(database)
    made = add_pictures(database, project, ["1", "2", "3"])
    for item in (made[1], made[0]):
        reviews.decide(database, make_decision(item, "skipped"), "anna", now=NOW)
    assert take(database, project, "anna") == ["3", "2", "1"]
    claiming.release_claims(database, "anna")
    assert take(database, project, "chi") == ["1", "2", "3"]


def test_what_is_open_stays_for_ten_minutes_and_what_is_held_is_told(database: Database) -> None:
    project = make_project(database)
    add_pictures(database, project, ["1", "2"])
    assert take(database, project, "anna", ahead=0) == ["1"]
    assert take(database, project, "chi", ahead=0) == ["2"]
    turn = queue.take_next(database, project.id, "dan", now=NOW + claiming.CLAIM_MS - 1)
    assert (turn.item, turn.held) == (None, 2)
    claiming.keep_claims(
        database, "anna", [_find(database, project, "1").id], now=NOW + claiming.CLAIM_MS - 1
    )
    assert take(database, project, "dan", now=NOW + claiming.CLAIM_MS) == ["2"]


def _find(database: Database, project: Project, name: str) -> Item:
    from components.store.lists import Wish, list_items

    rows = list_items(database, project.id, Wish(name_part=name), reviewer="x").rows
    return rows[0].item


def test_what_is_only_held_ahead_is_taken_over_where_nothing_else_is_left(
    database: Database,
) -> None:
    project = make_project(database)
    add_pictures(database, project, ["1", "2", "3", "4"])
    assert take(database, project, "anna", ahead=3) == ["1", "2", "3", "4"]
    # From the end, but not what Anna's browser goes to next.
    assert take(database, project, "chi") == ["4"]
    assert take(database, project, "dan") == ["3"]
    turn = queue.take_next(database, project.id, "eva", now=NOW)
    assert (turn.item, turn.held) == (None, 4)
    # Anna finds the rest open at the others, and goes on with her own.
    assert take(database, project, "anna") == ["1", "2"]


def test_going_forward_without_deciding_comes_round(database: Database) -> None:
    project = make_project(database)
    made = add_pictures(database, project, ["1", "2", "3"])
    seen = []
    after = None
    for _ in range(5):
        turn = queue.take_next(database, project.id, "anna", now=NOW, ahead=0, after=after)
        assert turn.item is not None
        seen.append(turn.item.name)
        after = turn.item.id
    assert seen == ["1", "2", "3", "1", "2"]
    assert made[0].name == "1"
    assert take(database, project, "anna", after="no such picture") == ["1", "2", "3"]


def test_a_picture_opened_by_a_link_says_who_has_it_open(database: Database) -> None:
    project = make_project(database)
    (item,) = add_pictures(database, project, ["1"])
    assert claiming.claim_item(database, item.id, "anna", now=NOW) is None
    assert claiming.claim_item(database, item.id, "anna", now=NOW) is None
    assert claiming.claim_item(database, item.id, "chi", now=NOW) == "anna"
    assert claiming.claim_item(database, item.id, "dan", now=NOW + claiming.CLAIM_MS) is None
    with pytest.raises(Conflict, match="no such picture"):
        claiming.claim_item(database, make_id(), "anna", now=NOW)


def test_a_reply_to_the_pin_of_whoever_asked_answers_the_picture(database: Database) -> None:
    from components.model.review import Pin, Remark

    project = make_project(database)
    (item,) = add_pictures(database, project, ["1"])
    pin = pins.add_pin(database, Pin(make_id(), item.id, 1, 2, "here", author="anna"), now=NOW)
    stranger = pins.add_pin(database, Pin(make_id(), item.id, 1, 2, "?", author="dan"), now=NOW)
    reviews.decide(database, make_decision(item, "needs_fix"), "anna", now=NOW)
    for pin_id, author, act, status in (
        (stranger.id, "chi", "reply", "needs_fix"),
        (pin.id, "anna", "reply", "needs_fix"),
        (pin.id, "chi", "resolve", "needs_fix"),
        (pin.id, "chi", "reply", "answered"),
    ):
        remark = Remark(make_id(), author, 0, act, "text")  # type: ignore[arg-type]
        pins.add_remark(database, pin_id, remark, now=NOW)
        assert items.find_item(database, item.id).status == status
    line = reviews.list_reviews(database, item.id)[-1]
    assert (line.move, line.reviewer, line.note) == ("answered", "chi", "text")


def test_a_removed_picture_below_every_mark_comes_back(database: Database) -> None:
    project = make_project(database)
    made = add_pictures(database, project, ["1", "2", "3"])
    items.remove_item(database, made[0].id, by="lead", now=NOW)
    assert take(database, project, "anna", ahead=0) == ["2"]
    items.add_item(
        database,
        project.id,
        make_picture(f"{project.id} 1"),
        b"",
        name="1",
        by="lead",
        now=NOW,
    )
    assert take(database, project, "anna", ahead=0) == ["1"]


def test_what_was_taken_back_is_undecided_again(database: Database) -> None:
    project = make_project(database, needed=2)
    made = add_pictures(database, project, ["1", "2", "3"])
    for item in made[:2]:
        take(database, project, "anna")
        reviews.decide(database, make_decision(item, "needs_fix"), "anna", now=NOW)
    take(database, project, "anna")
    undecided = lists.Wish(mine="undecided")

    def find() -> list[str]:
        rows = lists.list_items(database, project.id, undecided, reviewer="anna").rows
        return [row.item.name for row in rows]

    assert find() == ["3"]
    reviews.undo(database, make_id(), project.id, "anna", now=NOW)
    assert find() == ["2", "3"]
    items.remove_item(database, made[2].id, by="lead", now=NOW)
    reviews.decide(database, make_decision(made[0], "needs_fix"), "chi", now=NOW)
    reviews.answer_item(database, make_id(), made[0].id, by="lead", note="", now=NOW)
    assert find() == ["1", "2"]


def test_what_is_sent_back_comes_first_to_its_sender_whoever_has_it_open(
    database: Database,
) -> None:
    project = make_project(database)
    first, *_ = add_pictures(database, project, ["1", "2", "3"])
    assert take(database, project, "rita")[0] == "1"
    reviews.decide(database, make_decision(first, "needs_fix"), "rita", now=NOW)
    # Lea opens it, answers, and stays on it.
    claiming.claim_item(database, first.id, "lea", now=NOW)
    reviews.answer_item(database, make_id(), first.id, by="lea", note="done", now=NOW)
    assert take(database, project, "rita")[0] == "1"
    assert take(database, project, "lea")[0] != "1"


def test_what_was_put_off_goes_round_from_the_one_that_is_open(database: Database) -> None:
    project = make_project(database)
    made = add_pictures(database, project, ["1", "2", "3"])
    for at, item in enumerate(made):
        reviews.decide(database, make_decision(item, "skipped"), "anna", now=NOW + at)
    for at, item in enumerate(made):
        turn = queue.take_next(database, project.id, "anna", now=NOW + 9, ahead=1, after=item.id)
        handed = [turn.item, *turn.ahead]
        assert [one.id for one in handed if one] == [made[at - 2].id, made[at - 1].id]
