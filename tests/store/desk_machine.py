"""One project of a database and a plain model of it, driven side by side."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, rule

from components.errors import Conflict
from components.model.review import Decision, Pin, Remark
from components.store import Database, items, lists, open_database, pins, projects, reviews
from components.store.lists import Wish
from tests.store.desk_model import VERDICTS, DeskModel, Picture
from tests.store.material import add_pictures, make_decision, make_id, make_picture, make_project
from tests.store.turns_machine import AT, REVIEWERS, WHO, Turns

STATUSES = ("open", "disagreed", "answered", "approved", "needs_fix", "rejected")


class Desk(Turns):
    """Drives one project of a database and a model of it side by side."""

    address = ""

    def __init__(self) -> None:
        super().__init__()
        self.database: Database = open_database(self.address)
        self.sent: list[tuple[Decision, str]] = []
        self.undoings: list[tuple[str, str, str | None]] = []
        self.pins: list[Pin] = []

    @initialize(
        needed=st.integers(1, 3),
        policy=st.sampled_from(("third_look", "strictest")),
        count=st.integers(1, 6),
    )
    def begin(self, needed: int, policy: Any, count: int) -> None:
        self.project = make_project(self.database, needed=needed, policy=policy)
        names = [f"p{at}.jpg" for at in range(count)]
        self.items = add_pictures(self.database, self.project, names)
        self.model = DeskModel(needed, policy)
        for item in self.items:
            self.model.pictures[item.id] = Picture(item.id, item.position)

    def teardown(self) -> None:
        self.database.close()

    @rule(at=AT, who=WHO, move=st.sampled_from((*VERDICTS, "skipped")))
    def decide(self, at: int, who: str, move: Any) -> None:
        item = self._pick(at)
        decision = make_decision(item, move, note="Ü\0")
        if self.model.pictures[item.id].is_removed:
            try:
                reviews.decide(self.database, decision, who, now=self.model.now)
            except Conflict:
                return
            raise AssertionError("a removed picture was decided about")
        voices = self.model.list_voices(item.id)
        was_settled = self.model.find_status(item.id) in VERDICTS
        outcome = reviews.decide(self.database, decision, who, now=self.model.now)
        self.model.add_line(item.id, decision.id, who, move)
        self.model.claims.pop((item.id, who), None)
        self.sent.append((decision, who))
        assert not outcome.was_stored
        assert outcome.review.is_standing
        told = voices.keys() if was_settled and move in VERDICTS and who not in voices else set()
        assert {review.reviewer for review in outcome.others} == set(told)

    @rule(who=WHO, at=AT, ahead=st.integers(0, 2), move=st.sampled_from(VERDICTS))
    def take_and_decide(self, who: str, at: int, ahead: int, move: Any) -> None:
        self.take(who, ahead, None)
        found = [name for (name, one), claim in self.model.claims.items() if one == who]
        if found:
            self.decide([item.id for item in self.items].index(found[at % len(found)]), who, move)

    @rule(at=AT)
    def decide_again(self, at: int) -> None:
        if self.sent:
            decision, who = self.sent[at % len(self.sent)]
            outcome = reviews.decide(self.database, decision, who, now=self.model.now)
            assert outcome.was_stored
            assert outcome.review.id == decision.id

    @rule(who=WHO, at=st.none() | st.integers(0, 20))
    def undo(self, who: str, at: int | None) -> None:
        """The newest, or one of those that were sent, whoever sent it and whatever came of it."""
        undo_id = make_id()
        named = self.sent[at % len(self.sent)][0].id if self.sent and at is not None else None
        taken = reviews.undo(
            self.database, undo_id, self.project.id, who, now=self.model.now, decision_id=named
        )
        expected = self.model.undo(who, named)
        assert (taken.id if taken else None) == expected
        if expected is not None:
            self.model.seq += 1
            self.undoings.append((undo_id, who, expected))

    @rule(at=AT)
    def undo_again(self, at: int) -> None:
        if self.undoings:
            undo_id, who, expected = self.undoings[at % len(self.undoings)]
            taken = reviews.undo(self.database, undo_id, self.project.id, who, now=self.model.now)
            assert taken is not None
            assert taken.id == expected

    @rule(at=AT, who=WHO)
    def answer(self, at: int, who: str) -> None:
        item = self._pick(at)
        line_id = make_id()
        status = self.model.find_status(item.id)
        if self.model.pictures[item.id].is_removed or status != "needs_fix":
            return
        answered = reviews.answer_item(
            self.database, line_id, item.id, by=who, note="done", now=self.model.now
        )
        self.model.add_line(item.id, line_id, who, "answered")
        assert answered.status == self.model.find_status(item.id)

    @rule(at=AT, who=WHO)
    def pin(self, at: int, who: str) -> None:
        item = self._pick(at)
        if self.model.pictures[item.id].is_removed:
            return
        pin = Pin(make_id(), item.id, 1.5, 2.0, "here", author=who)
        for _ in range(2):
            stored = pins.add_pin(self.database, pin, now=self.model.now)
            assert stored.is_open
        self.pins.append(pin)
        self.model.pictures[item.id].open_pins += 1

    @rule(at=AT, who=WHO, act=st.sampled_from(("reply", "resolve", "reopen")))
    def remark(self, at: int, who: str, act: Any) -> None:
        if not self.pins:
            return
        pin = self.pins[at % len(self.pins)]
        picture = self.model.pictures[pin.item_id]
        if picture.is_removed:
            return
        (before,) = (one for one in pins.list_pins(self.database, pin.item_id) if one.id == pin.id)
        remark = Remark(make_id(), who, 0, act, "text" if act == "reply" else "")
        asked = self.model.list_voices(pin.item_id).get(pin.author) == "needs_fix"
        needs_fix = self.model.find_status(pin.item_id) == "needs_fix"
        for _ in range(2):
            after = pins.add_remark(self.database, pin.id, remark, now=self.model.now)
        assert len(after.remarks) == len(before.remarks) + 1
        picture.open_pins += int(after.is_open) - int(before.is_open)
        if act == "reply" and who != pin.author and asked and needs_fix:
            self.model.add_line(pin.item_id, make_id(), who, "answered")

    @rule(minutes=st.sampled_from((0.5, 4, 9.99, 10)))
    def wait(self, minutes: float) -> None:
        self.model.now += int(minutes * 60_000)

    @rule()
    def restart(self) -> None:
        self.database.close()
        self.database = open_database(self.address)

    @rule(at=AT)
    def remove_or_restore(self, at: int) -> None:
        item = self._pick(at)
        picture = self.model.pictures[item.id]
        now = self.model.now
        if picture.is_removed:
            image = make_picture(f"{self.project.id} {item.name}")
            found, is_new = items.add_item(
                self.database, self.project.id, image, b"", name="again", by="lead", now=now
            )
            assert found.id == item.id
            assert not is_new
        else:
            items.remove_item(self.database, item.id, by="lead", now=now)
            for key in [key for key in self.model.claims if key[0] == item.id]:
                del self.model.claims[key]
        picture.is_removed = not picture.is_removed

    @rule(needed=st.integers(1, 3), policy=st.sampled_from(("third_look", "strictest")))
    def change(self, needed: int, policy: Any) -> None:
        projects.change_project(
            self.database,
            self.project.id,
            by="lead",
            now=self.model.now,
            needed=needed,
            policy=policy,
        )
        self.model.needed, self.model.policy = needed, policy

    @rule(
        who=WHO,
        status=st.sets(st.sampled_from(STATUSES), max_size=3),
        mine=st.sampled_from(("any", "decided", "undecided")),
        part=st.sampled_from(("", "P", "p1.J", "jpg", "no such")),
        sort=st.sampled_from(("position", "name", "disagreement")),
        descending=st.booleans(),
        limit=st.integers(1, 4),
    )
    def read(
        self,
        who: str,
        status: set[Any],
        mine: Any,
        part: str,
        sort: Any,
        descending: bool,
        limit: int,
    ) -> None:
        wish = Wish(tuple(status), None, part, mine, sort, descending)
        found = []
        after = None
        while True:
            page = lists.list_items(
                self.database, self.project.id, wish, reviewer=who, after=after, limit=limit
            )
            found += [row.item.id for row in page.rows]
            after = page.next
            if after is None:
                break
        names = {item.id: item.name for item in self.items}
        expected = {
            name
            for name in self.model.list_listed()
            if (not status or self.model.find_status(name) in status)
            and part.casefold() in names[name]
            and (
                mine == "any"
                or (self.model.find_mine(name, who) in VERDICTS) == (mine == "decided")
            )
        }
        assert len(found) == len(expected)
        assert set(found) == expected
        assert lists.count_items(self.database, self.project.id, wish, reviewer=who) == len(
            expected
        )
        if sort != "disagreement":
            places = [self.model.pictures[name].position for name in found]
            assert places == sorted(places, reverse=descending)

    @invariant()
    def agrees(self) -> None:
        if not hasattr(self, "model"):
            return
        by_status = self.model.count_statuses()
        for who in REVIEWERS:
            page = lists.list_items(self.database, self.project.id, Wish(), reviewer=who)
            for row in page.rows:
                assert row.item.status == self.model.find_status(row.item.id)
                assert row.item.reviews == len(self.model.list_voices(row.item.id))
                assert row.mine == self.model.find_mine(row.item.id, who)
                assert row.open_pins == self.model.pictures[row.item.id].open_pins
            assert [row.item.id for row in page.rows] == self.model.list_listed()
            progress = projects.measure_progress(self.database, self.project.id, who)
            assert {name: n for name, n in progress.by_status.items() if n} == dict(by_status)
            mine = [self.model.find_mine(name, who) for name in self.model.list_listed()]
            for move, n in progress.mine.items():
                assert n == mine.count(move)
            newest = reviews.find_newest(self.database, self.project.id, who)
            expected = self.model.find_newest(who)
            assert (newest.id if newest else None) == (expected.id if expected else None)
