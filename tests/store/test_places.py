"""A reviewer whose browser went on by itself is followed, and takes back what they name."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from components.errors import Conflict
from components.model.review import Item, Pin, Project
from components.store import Database, claiming, items, lists, pins, queue, reviews
from components.store.lists import Wish
from components.store.schema import claims
from tests.store.material import NOW, add_pictures, make_decision, make_id, make_project

pytestmark = pytest.mark.both_databases


def place(
    database: Database, project: Project, who: str, item: Item, **more: Any
) -> tuple[list[str], str | None]:
    """Names of what follows a picture on screen, and who else has it open."""
    turn, other = queue.take_place(
        database, project.id, who, item.id, **{"now": NOW, "ahead": 2, **more}
    )
    assert turn.item is not None
    assert turn.item.id == item.id
    return [each.name for each in turn.ahead], other


def list_claims(database: Database, who: str, now: int = NOW) -> dict[str, str]:
    """Kinds of the claims of a reviewer, by the ids of their pictures."""
    mine = select(claims.c.item_id, claims.c.kind).where(
        claims.c.reviewer == who, claims.c.until > now
    )
    with database.read() as connection:
        return dict(connection.execute(mine).all())


def test_the_shown_picture_is_claimed_and_so_are_those_ahead(database: Database) -> None:
    project = make_project(database)
    made = add_pictures(database, project, list("12345"))
    assert place(database, project, "anna", made[1]) == (["1", "3"], None)
    assert list_claims(database, "anna") == {
        made[1].id: "open",
        made[0].id: "ahead",
        made[2].id: "ahead",
    }
    # Nobody else is handed any of them.
    turn = queue.take_next(database, project.id, "chi", now=NOW, ahead=5)
    assert turn.item is not None
    assert [item.name for item in (turn.item, *turn.ahead)] == ["4", "5"]
    assert turn.held == 3
    assert place(database, project, "anna", made[2], ahead=0) == ([], None)
    with pytest.raises(Conflict, match="no such picture"):
        queue.take_place(database, project.id, "anna", make_id(), now=NOW)
    # Nor one of another project: it is not claimed either.
    (elsewhere,) = add_pictures(database, make_project(database, name="Elsewhere"), ["1"])
    with pytest.raises(Conflict, match="no such picture in this project"):
        queue.take_place(database, project.id, "anna", elsewhere.id, now=NOW)
    assert elsewhere.id not in list_claims(database, "anna")


def test_what_is_on_its_way_does_not_follow_and_stays_claimed(database: Database) -> None:
    project = make_project(database)
    made = add_pictures(database, project, list("123456"))
    assert place(database, project, "anna", made[0]) == (["2", "3"], None)
    waiting = [made[0].id, made[1].id]
    assert place(database, project, "anna", made[2], pending=waiting) == (["4", "5"], None)
    assert {made[0].id, made[1].id} < set(list_claims(database, "anna"))
    turn = queue.take_next(database, project.id, "chi", now=NOW)
    assert turn.item is not None
    assert (turn.item.name, turn.ahead, turn.held) == ("6", (), 5)
    # Once they are stored, nothing of them is held any more.
    for item in made[:2]:
        reviews.decide(database, make_decision(item), "anna", now=NOW)
    assert place(database, project, "anna", made[2])[0] == ["4", "5"]
    assert set(list_claims(database, "anna")) == {item.id for item in made[2:5]}
    turn = queue.take_next(database, project.id, "anna", now=NOW, pending=[made[2].id])
    assert turn.item is not None
    assert turn.item.name == "4"


def test_what_needs_nobodys_look_is_shown_and_not_claimed(database: Database) -> None:
    project = make_project(database)
    first, second, _ = add_pictures(database, project, list("123"))
    reviews.decide(database, make_decision(first), "chi", now=NOW)
    assert place(database, project, "anna", first) == (["2", "3"], None)
    assert first.id not in list_claims(database, "anna")
    assert list_claims(database, "anna")[second.id] == "ahead"


def test_it_is_told_who_has_the_picture_open_as_well(database: Database) -> None:
    project = make_project(database)
    first, second, _third = add_pictures(database, project, list("123"))
    assert place(database, project, "chi", first, ahead=1) == (["2"], None)
    assert place(database, project, "anna", first) == (["3"], "chi")
    # What is only held ahead is taken over from whoever held it.
    assert place(database, project, "anna", second)[1] is None
    assert list_claims(database, "chi") == {first.id: "open"}
    later = NOW + claiming.CLAIM_MS
    assert place(database, project, "dan", first, now=later)[1] is None


def test_what_was_passed_over_comes_last(database: Database) -> None:
    project = make_project(database)
    made = add_pictures(database, project, list("1234"))
    assert place(database, project, "anna", made[1], passing=False) == (["1", "3"], None)
    assert place(database, project, "anna", made[1], passing=True) == (["3", "4"], None)
    assert place(database, project, "anna", made[2], passing=True, ahead=3)[0] == ["4", "1", "2"]


def test_a_picture_taken_out_is_not_followed(database: Database) -> None:
    project = make_project(database)
    first, second = add_pictures(database, project, list("12"))
    items.remove_item(database, first.id, by="lead", now=NOW)
    with pytest.raises(Conflict):
        place(database, project, "anna", first)
    assert list_claims(database, "anna") == {}
    assert place(database, project, "anna", second) == ([], None)


def test_a_named_decision_is_taken_back_and_no_other(database: Database) -> None:
    project = make_project(database)
    made = add_pictures(database, project, list("123"))
    sent = [make_decision(item) for item in made]
    for decision in sent:
        reviews.decide(database, decision, "anna", now=NOW)

    def undo(decision_id: str | None, who: str = "anna", undo_id: str = "") -> str | None:
        taken = reviews.undo(
            database,
            undo_id or make_id(),
            project.id,
            who,
            now=NOW,
            decision_id=decision_id,
        )
        return taken.id if taken else None

    def find_newest(who: str = "anna") -> str | None:
        newest = reviews.find_newest(database, project.id, who)
        return newest.id if newest else None

    assert find_newest() == sent[2].id
    first = make_id()
    assert undo(sent[0].id, undo_id=first) == sent[0].id
    statuses = [items.find_item(database, item.id).status for item in made]
    assert statuses == ["open", "approved", "approved"]
    # Neither twice, nor somebody else's, nor what there is not, and no other one in its place.
    assert undo(sent[0].id) is None
    assert undo(sent[1].id, "chi") is None
    assert undo(make_id()) is None
    assert undo("' or 1=1 --\0") is None
    assert find_newest() == sent[2].id
    assert find_newest("chi") is None
    # The very same undo, sent again, says the same.
    assert undo(sent[0].id, undo_id=first) == sent[0].id
    assert undo(None) == sent[2].id
    assert find_newest() == sent[1].id
    items.remove_item(database, made[1].id, by="lead", now=NOW)
    assert find_newest() is None
    assert undo(sent[1].id) is None


def test_undo_of_one_of_several_about_a_picture_leaves_the_others(database: Database) -> None:
    project = make_project(database)
    (item,) = add_pictures(database, project, ["1"])
    older, newer = make_decision(item, "rejected"), make_decision(item, "approved")
    for decision in (older, newer):
        reviews.decide(database, decision, "anna", now=NOW)
    taken = reviews.undo(database, make_id(), project.id, "anna", now=NOW, decision_id=older.id)
    assert taken is not None
    assert (taken.id, taken.move) == (older.id, "rejected")
    assert items.find_item(database, item.id).status == "approved"
    newest = reviews.find_newest(database, project.id, "anna")
    assert newest is not None
    assert newest.id == newer.id
    reviews.undo(database, make_id(), project.id, "anna", now=NOW, decision_id=newer.id)
    assert items.find_item(database, item.id).status == "open"


def test_what_follows_in_a_list_is_told_in_its_order(database: Database) -> None:
    project = make_project(database)
    made = add_pictures(database, project, list("abcde"))
    reviews.decide(database, make_decision(made[2]), "chi", now=NOW)

    def follow(wish: Wish, item: Item, limit: int = 2) -> str:
        found = lists.list_following(
            database, project.id, wish, item.id, reviewer="anna", limit=limit
        )
        return "".join(each.name for each in found)

    assert follow(Wish(), made[0]) == "bc"
    assert follow(Wish(), made[3], 9) == "e"
    assert follow(Wish(), made[4]) == ""
    assert follow(Wish(), made[0], 0) == ""
    assert follow(Wish(sort="name", descending=True), made[3]) == "cb"
    # The one started from need not be in the list.
    assert follow(Wish(status=("open",)), made[2]) == "de"
    assert follow(Wish(status=("open",)), made[0]) == "bd"
    other = make_project(database, name="Other")
    with pytest.raises(Conflict):
        lists.list_following(database, other.id, Wish(), made[0].id, reviewer="anna", limit=2)


@pytest.mark.parametrize(
    ("x", "y"),
    [(-0.01, 3), (3, -0.01), (40.01, 3), (3, 30.01), (float("nan"), 3), (3, float("inf"))],
)
def test_a_pin_beside_its_picture_is_refused(database: Database, x: float, y: float) -> None:
    project = make_project(database)
    (item,) = add_pictures(database, project, ["1"])
    with pytest.raises(Conflict, match="needs a place in the picture"):
        pins.add_pin(database, Pin(make_id(), item.id, x, y, "here", author="anna"), now=NOW)
    assert pins.list_pins(database, item.id) == []
    # The edges are in it.
    for x, y in ((0, 0), (40, 30)):
        pins.add_pin(database, Pin(make_id(), item.id, x, y, "here", author="anna"), now=NOW)
    assert {(pin.x, pin.y) for pin in pins.list_pins(database, item.id)} == {(0, 0), (40, 30)}
