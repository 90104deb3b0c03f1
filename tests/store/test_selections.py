"""Pictures put together: in their order, page by page, and carried along with the desk."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any, Literal

import pytest
from sqlalchemy import text

from components.errors import Conflict
from components.model.review import Item, Project
from components.model.selection import MOST_SELECTED
from components.store import (
    Database,
    bundle,
    items,
    lists,
    open_database,
    projects,
    reviews,
    selections,
)
from components.store.lists import Wish
from tests.store.material import NOW, add_pictures, make_decision, make_id, make_project
from tests.store.recount import check_consistency

pytestmark = pytest.mark.both_databases


@pytest.fixture
def project(database: Database) -> Project:
    return make_project(database)


def _add(database: Database, project: Project, count: int = 9) -> list[Item]:
    made = []
    for at in range(count):
        shares = {0: 0.5, 1: 0.1 + at / 100} if at % 2 else {0: 1.0}
        made += add_pictures(
            database,
            project,
            [f"pic {at}.jpg"],
            shares=shares,
            mean_confidence=0.9 - at / 10 if at % 3 else None,
        )
    return made


def _create(database: Database, project: Project, ids: list[str], **more: Any) -> str:
    given = {"title": "A list", "by": "lead", "now": NOW}
    return selections.create_selection(database, project.id, item_ids=ids, **{**given, **more}).id


def _read(database: Database, project: Project, wish: Wish, limit: int = 4) -> list[str]:
    """All pages forwards; going backwards gives the same."""
    forwards: list[list[str]] = []
    after = None
    while True:
        page = lists.list_items(
            database, project.id, wish, reviewer="anna", after=after, limit=limit
        )
        forwards.append([row.item.id for row in page.rows])
        if page.next is None:
            break
        after = page.next
    backwards = [forwards[-1]]
    while page.previous is not None:
        page = lists.list_items(
            database, project.id, wish, reviewer="anna", before=page.previous, limit=limit
        )
        backwards.insert(0, [row.item.id for row in page.rows])
    assert backwards == forwards
    return [item_id for some in forwards for item_id in some]


def test_it_is_listed_in_its_own_order(database: Database, project: Project) -> None:
    made = _add(database, project)
    ids = [item.id for item in made]
    random.Random(2).shuffle(ids)
    wanted = ids[:7]
    wish = Wish(selection=_create(database, project, wanted))
    assert selections.list_selected(database, wish.selection) == wanted
    assert _read(database, project, wish) == wanted
    falling = Wish(selection=wish.selection, descending=True)
    assert _read(database, project, falling) == wanted[::-1]
    assert lists.count_items(database, project.id, wish, reviewer="anna") == 7
    assert lists.count_items(database, project.id, wish, reviewer="anna", limit=3) == 4
    for at, item_id in enumerate(wanted):
        steps: tuple[tuple[Literal[1, -1], int], ...] = ((1, at + 1), (-1, at - 1))
        for step, there in steps:
            found = lists.find_neighbour(database, project.id, wish, item_id, step, reviewer="anna")
            expected = wanted[there] if 0 <= there < len(wanted) else None
            assert (found and found.id) == expected


def test_it_is_filtered_and_sorted_as_any_list(database: Database, project: Project) -> None:
    made = _add(database, project)
    places = {item.id: at for at, item in enumerate(made)}
    ids = [item.id for item in made]
    random.Random(3).shuffle(ids)
    wanted = ids[:7]
    for item in made[2:5]:
        reviews.decide(database, make_decision(item), "anna", now=NOW)
    own = _create(database, project, wanted)

    def read(**more: Any) -> list[str]:
        wish = Wish(selection=own, **more)
        found = _read(database, project, wish)
        assert lists.count_items(database, project.id, wish, reviewer="anna") == len(found)
        return found

    decided = {item.id for item in made[2:5]}
    assert read(status=("approved",)) == [one for one in wanted if one in decided]
    assert read(mine="decided") == [one for one in wanted if one in decided]
    assert read(mine="undecided") == [one for one in wanted if one not in decided]
    assert read(name_part="PIC 1") == [one for one in wanted if places[one] == 1]
    with_road = [one for one in wanted if places[one] % 2]
    assert read(class_name="road") == with_road
    assert read(class_name="road", sort="share", descending=True) == sorted(
        with_road, key=lambda one: -places[one]
    )
    assert read(sort="name") == sorted(wanted, key=lambda one: places[one])
    # Those without a mean confidence sort as if it were above all others.
    assert read(sort="mean_confidence") == sorted(
        wanted,
        key=lambda one: (places[one] % 3 == 0, -places[one] if places[one] % 3 else places[one]),
    )


def test_a_page_of_one_list_is_no_page_of_another(database: Database, project: Project) -> None:
    made = _add(database, project)
    own = [_create(database, project, [item.id for item in made]) for _ in range(2)]
    page = lists.list_items(database, project.id, Wish(selection=own[0]), reviewer="anna", limit=2)
    for other in (Wish(), Wish(selection=own[1])):
        with pytest.raises(Conflict, match="another list"):
            lists.list_items(database, project.id, other, reviewer="anna", after=page.next)


def test_pictures_that_were_taken_out_are_left_out(database: Database, project: Project) -> None:
    made = _add(database, project, 4)
    items.remove_item(database, made[0].id, by="lead", now=NOW)
    own = _create(database, project, [item.id for item in made])
    assert selections.find_selection(database, own).items == 3
    items.remove_item(database, made[2].id, by="lead", now=NOW)
    left = [made[1].id, made[3].id]
    assert selections.list_selected(database, own) == left
    assert _read(database, project, Wish(selection=own)) == left
    assert _read(database, make_project(database, name="Other"), Wish(selection=own)) == []


def test_the_same_one_twice_is_made_once(database: Database, project: Project) -> None:
    made = _add(database, project, 3)
    ids = [made[2].id, made[0].id, made[2].id]
    own = make_id()
    first = selections.create_selection(
        database, project.id, title=" Two ", item_ids=ids, by="lead", now=NOW, id=own, detail="Why"
    )
    again = selections.create_selection(
        database, project.id, title="Three", item_ids=ids[:1], by="chi", now=NOW + 1, id=own
    )
    assert first == again == selections.find_selection(database, own)
    assert (first.title, first.detail, first.items, first.kind) == ("Two", "Why", 2, "list")
    assert selections.list_selected(database, own) == [made[2].id, made[0].id]
    second = _create(database, project, ids, now=NOW + 5, kind="repeat")
    listed = selections.list_selections(database, project.id)
    assert [one.id for one in listed] == [second, own]
    listed = selections.list_selections(database, project.id, kind="repeat")
    assert [one.id for one in listed] == [second]


def test_what_cannot_be_put_together_is_said(database: Database, project: Project) -> None:
    made = _add(database, project, 2)
    (foreign,) = add_pictures(database, make_project(database, name="Other"), ["x.jpg"])
    items.remove_item(database, made[1].id, by="lead", now=NOW)
    many = [make_id() for _ in range(MOST_SELECTED + 1)]
    for ids, said in (
        ([], "no pictures"),
        ([made[1].id], "no pictures"),
        ([made[0].id, foreign.id], "not in this project"),
        (many, "up to 20,000"),
    ):
        with pytest.raises(Conflict, match=said):
            _create(database, project, ids)
    with pytest.raises(Conflict, match="title"):
        _create(database, project, [made[0].id], title="  ")
    with pytest.raises(Conflict, match="selection is one of"):
        _create(database, project, [made[0].id], kind="heap")
    with pytest.raises(Conflict, match="no such project"):
        selections.create_selection(
            database, make_id(), title="x", item_ids=[made[0].id], by="lead", now=NOW
        )
    with pytest.raises(Conflict, match="no such list"):
        selections.find_selection(database, make_id())
    assert selections.list_selections(database, project.id) == []


def test_repeats_are_drawn_by_lot_among_what_is_settled(
    database: Database, project: Project
) -> None:
    made = _add(database, project)
    for item in made[:6]:
        reviews.decide(database, make_decision(item), "anna", now=NOW)
    reviews.decide(database, make_decision(made[7], "skipped"), "anna", now=NOW)
    settled = {item.id for item in made[:6]}
    drawn = selections.draw_repeats(database, project.id, count=4, seed=1)
    assert len(drawn) == len(set(drawn)) == 4
    assert set(drawn) <= settled
    assert drawn == selections.draw_repeats(database, project.id, count=4, seed=1)
    others = {
        tuple(selections.draw_repeats(database, project.id, count=4, seed=seed))
        for seed in range(9)
    }
    assert len(others) > 5
    assert set(selections.draw_repeats(database, project.id, count=99, seed=1)) == settled


def test_selections_travel_with_the_desk(
    database: Database, project: Project, tmp_path: Path
) -> None:
    made = _add(database, project, 5)
    ids = [made[3].id, made[0].id, made[4].id]
    own = _create(database, project, ids, detail="Größte", kind="repeat")
    projects.change_project(database, project.id, by="lead", now=NOW, shows_names=True)
    bundle.save_desk(database, tmp_path / "all.desk")
    other = open_database(f"sqlite:///{tmp_path}/other.sqlite3")
    for _ in range(2):
        bundle.open_desk_file(other, tmp_path / "all.desk")
        assert selections.list_selections(other, project.id) == selections.list_selections(
            database, project.id
        )
        assert selections.list_selected(other, own) == ids
        assert projects.find_project(other, project.id).shows_names
    check_consistency(other)
    other.close()


def test_a_picture_the_desk_knows_by_another_id_stays_selected(
    database: Database, project: Project, tmp_path: Path
) -> None:
    bundle.save_desk(database, tmp_path / "start.desk")
    other = open_database(f"sqlite:///{tmp_path}/other.sqlite3")
    bundle.open_desk_file(other, tmp_path / "start.desk")
    theirs = add_pictures(other, project, ["1.jpg", "2.jpg"])
    (ours,) = add_pictures(database, project, ["2.jpg"])
    own = _create(other, project, [theirs[1].id, theirs[0].id])
    bundle.save_desk(other, tmp_path / "other.desk")
    bundle.open_desk_file(database, tmp_path / "other.desk")
    assert selections.list_selected(database, own) == [ours.id, theirs[0].id]
    check_consistency(database)
    other.close()


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE selections SET kind = 'heap'",
        "UPDATE selections SET title = ' '",
        "UPDATE selections SET items = 0",
        "UPDATE selection_items SET place = 0 WHERE place = 1",
        "UPDATE projects SET shows_names = 2",
    ],
)
def test_a_selection_no_desk_makes_is_refused(change: str, tmp_path: Path) -> None:
    database = open_database(f"sqlite:///{tmp_path}/desk.sqlite3")
    project = make_project(database)
    made = _add(database, project, 2)
    _create(database, project, [item.id for item in made])
    with database.write() as connection:
        connection.execute(text(change))
    bundle.save_desk(database, tmp_path / "all.desk")
    database.close()
    other = open_database(f"sqlite:///{tmp_path}/other.sqlite3")
    with pytest.raises(Conflict, match="contradicts itself"):
        bundle.open_desk_file(other, tmp_path / "all.desk")
    assert projects.list_projects(other) == []
    other.close()
