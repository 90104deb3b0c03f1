"""What is handed on of a project: which pictures, in which order, with which answer."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from sqlalchemy import func, select, update

from components.errors import Conflict, StoreError
from components.model.review import Pin, Remark
from components.store import (
    Database,
    exhibits,
    items,
    open_database,
    open_objects,
    pins,
    reviews,
    selections,
)
from components.store.lists import Wish
from components.store.schema import items as item_table
from tests.export.material import CLASSES, Show, add_item, decide, draw_ids, make_answer, make_show
from tests.s3 import ObjectServer
from tests.store.material import NOW, make_id, put_truth

pytestmark = pytest.mark.both_databases


@pytest.fixture
def show(database: Database) -> Show:
    return make_show(database)


def list_names(show: Show, **wish: object) -> list[str]:
    return [exhibit.item.name for exhibit in show.open(**wish)]


def test_pictures_come_by_name_and_numbers_by_value(show: Show) -> None:
    names = ["9.webp", "A.JPG", "a.jpg", "a_mask.png", "folder/10.png", "no answer.jpg"]
    assert list_names(show) == names
    assert len(show.open()) == 6


def test_the_order_is_that_of_the_pictures_not_of_their_coming(show: Show) -> None:
    before = [exhibit.item.id for exhibit in show.open()]
    with show.database.write() as connection:
        last = connection.scalar(select(func.max(item_table.c.position)))
        turned = update(item_table).values(position=10_000 + last - item_table.c.position)
        connection.execute(turned)
    assert [exhibit.item.id for exhibit in show.open()] == before


def test_only_what_was_wished_for(show: Show) -> None:
    assert list_names(show, status=("approved",)) == ["9.webp", "a.jpg", "folder/10.png"]
    assert list_names(show, status=("rejected", "no_answer")) == ["A.JPG", "no answer.jpg"]
    assert list_names(show, name_part="FOLD") == ["folder/10.png"]
    assert "no answer.jpg" not in list_names(show, class_name="road")
    assert list_names(show, class_name="nothing") == []
    chosen = [show.items[key].id for key in ("same", "cut", "none")]
    selection = selections.create_selection(
        show.database, show.project.id, title="Odd ones", item_ids=chosen, by="Lea", now=NOW
    )
    named = list_names(show, selection=selection.id, status=("rejected", "approved"))
    assert named == ["A.JPG", "folder/10.png"]
    assert list_names(show, selection=make_id()) == []
    with pytest.raises(Conflict):
        show.open(status=("gone",))
    with pytest.raises(Conflict):
        exhibits.open_exhibits(show.database, make_id())


def test_a_list_keeps_its_own_order(show: Show) -> None:
    by_name = [exhibit.item for exhibit in show.open()]
    turned = [by_name[at] for at in (4, 0, 5, 2, 1, 3)]
    selection = selections.create_selection(
        show.database,
        show.project.id,
        title="Turned",
        item_ids=[item.id for item in turned],
        by="Lea",
        now=NOW,
    )
    listed = show.open(selection=selection.id)
    assert [exhibit.item for exhibit in listed] == turned
    assert len(listed) == sum(listed.counts.values()) == 6
    decided = [item.name for item in turned if item.status == "approved"]
    assert list_names(show, selection=selection.id, status=("approved",)) == decided
    # Listed twice over, each list counts for itself.
    again = selections.create_selection(
        show.database,
        show.project.id,
        title="One",
        item_ids=[turned[1].id],
        by="Lea",
        now=NOW,
    )
    assert list_names(show, selection=again.id) == [turned[1].name]
    assert list_names(show, selection=selection.id) == [item.name for item in turned]


def test_what_is_known_of_all(show: Show) -> None:
    opened = show.open()
    assert opened.counts == {"no_answer": 1, "open": 1, "approved": 3, "rejected": 1}
    assert opened.without_answer == 1
    assert opened.class_maps == (CLASSES,)
    assert opened.changed_at == NOW + 1000
    empty = show.open(name_part="nothing has this")
    assert (len(empty), empty.counts, empty.class_maps, empty.changed_at) == (0, {}, (), 0)


def test_the_confidence_is_the_one_it_was_decided_at(show: Show) -> None:
    found = {exhibit.item.name: exhibit for exhibit in show.open()}
    assert found["folder/10.png"].confidence == 80  # decided, and cut there
    assert found["a_mask.png"].confidence == 60  # nobody decided: the project's
    assert found["a.jpg"].confidence == 50  # as it came: what it was asked for at
    decide(show, "cut", "approved", "Bob", confidence=30)
    assert next(iter(show.open(name_part="10"))).confidence == 30
    reviews.undo(show.database, make_id(), show.project.id, "Bob", now=NOW + 2000)
    assert next(iter(show.open(name_part="10"))).confidence == 80


def test_the_answer_is_the_one_that_was_approved(show: Show) -> None:
    other = make_answer(draw_ids(9), None, asked_at=70)
    sha256 = show.items["plain"].image_sha256
    stored = items.store_answer(show.database, sha256, other, cut_to=None, now=NOW)
    decide(show, "plain", "approved", "Bob", confidence=70, answer_id=stored)
    exhibit = next(iter(show.open(name_part="a.jpg", status=("approved",))))
    assert exhibit.answer is not None
    assert (exhibit.answer.id, exhibit.confidence) == (stored, 70)
    assert exhibit.load_mask() == other.prediction.mask_png
    # A verdict that is not the picture's status says nothing of what is handed on.
    third = items.store_answer(
        show.database, sha256, make_answer(draw_ids(10), None, asked_at=90), cut_to=None, now=NOW
    )
    decide(show, "plain", "approved", "Eve", confidence=70, answer_id=stored)
    decide(show, "plain", "needs_fix", "Kim", confidence=90, answer_id=third)
    exhibit = next(exhibit for exhibit in show.open() if exhibit.item.name == "a.jpg")
    assert exhibit.item.status == "approved"
    assert exhibit.answer is not None
    assert exhibit.answer.id == stored


def test_bytes_come_when_they_are_asked_for(show: Show) -> None:
    put_truth(show.database, show.items["plain"].id, b"the truth")
    for exhibit in show.open():
        assert hashlib.sha256(exhibit.load_image()).hexdigest() == exhibit.image.sha256
        assert exhibit.image.size_bytes == len(exhibit.load_image())
        if exhibit.item.name == "a.jpg":
            assert exhibit.load_truth() == b"the truth"
            assert exhibit.truth is not None
            assert exhibit.truth.class_map == {1: "road"}
            assert exhibit.load_confidence() is None
        else:
            assert exhibit.load_truth() is None


def test_all_lines_of_the_record_come_along(show: Show) -> None:
    decide(show, "plain", "rejected", "Bob")
    reviews.undo(show.database, make_id(), show.project.id, "Bob", now=NOW + 2000)
    (exhibit,) = (one for one in show.open() if one.item.name == "a.jpg")
    assert [line.move for line in exhibit.reviews] == ["approved", "rejected", "undone"]
    assert [line.is_standing for line in exhibit.reviews] == [True, False, False]


def test_pins_come_along_with_what_was_said_of_them(show: Show) -> None:
    def pin(text: str, key: str, now: int) -> Pin:
        set_ = Pin(make_id(), show.items[key].id, 1, 2, text, class_name="road", author="Ana")
        return pins.add_pin(show.database, set_, now=now)

    first = pin("the kerb", "plain", NOW + 3000)
    pin("the sky", "plain", NOW + 4000)
    pin("elsewhere", "cut", NOW + 3000)
    for act, at in (("reply", NOW + 5000), ("resolve", NOW + 6000)):
        remark = Remark(make_id(), "Bob", 0, act, "seen" if act == "reply" else "")  # type: ignore[arg-type]
        pins.add_remark(show.database, first.id, remark, now=at)
    opened = show.open()
    found = {exhibit.item.name: exhibit.pins for exhibit in opened}
    assert [pin.text for pin in found["a.jpg"]] == ["the kerb", "the sky"]
    assert [remark.text for remark in found["a.jpg"][0].remarks] == ["seen", ""]
    assert [pin.is_open for pin in found["a.jpg"]] == [False, True]
    assert [pin.text for pin in found["folder/10.png"]] == ["elsewhere"]
    assert found["A.JPG"] == ()
    # What the report says stands as of the last of them.
    assert opened.changed_at == NOW + 6000
    assert show.open(name_part="10").changed_at == NOW + 3000


def test_more_than_a_page_and_what_is_taken_out_meanwhile(show: Show) -> None:
    for number in range(230):
        add_item(show, f"{number}", f"more {number}.jpg")
    opened = show.open(name_part="more")
    walk = iter(opened)
    met = [next(walk).item.name]
    items.remove_item(show.database, show.items["229"].id, by="Lea", now=NOW)
    met += [exhibit.item.name for exhibit in walk]
    assert met == [f"more {number}.jpg" for number in range(229)]
    assert [exhibit.item.name for exhibit in opened.pick([228, 3])] == [
        "more 228.jpg",
        "more 3.jpg",
    ]
    assert len(exhibits.open_exhibits(show.database, show.project.id, Wish())) == 235


def test_bytes_that_are_lost_are_said(show: Show) -> None:
    exhibit = next(iter(show.open()))
    with pytest.raises(StoreError, match="lost"):
        exhibit.source.load("0" * 64)


def test_bytes_are_fetched_for_neighbours_at_once_and_as_often_as_wished(show: Show) -> None:
    for number in range(40):
        answer = make_answer(draw_ids(number), None, asked_at=50)
        add_item(show, f"{number}", f"more {number}.jpg", answer=answer)
    for exhibit in show.open(name_part="more"):
        for _ in range(2):
            assert hashlib.sha256(exhibit.load_image()).hexdigest() == exhibit.image.sha256
            assert exhibit.answer is not None
            assert hashlib.sha256(exhibit.load_mask()).hexdigest() == exhibit.answer.mask_sha256


def test_one_that_is_lost_keeps_no_other_from_being_read(
    bucket: ObjectServer, tmp_path: Path
) -> None:
    database = open_database(f"sqlite:///{tmp_path}/away.sqlite3", open_objects(bucket.settings))
    away = make_show(database)
    first, second = list(away.open())[:2]
    bucket.remove(first.image.sha256)
    with pytest.raises(StoreError):
        first.load_image()
    assert hashlib.sha256(second.load_image()).hexdigest() == second.image.sha256
    database.close()
