"""What reviewers do with a queue, beside a plain model of it; `desk_machine` does the rest."""

from __future__ import annotations

from collections.abc import Collection

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule

from components.model.review import Item, Project
from components.store import Database, claiming, queue
from tests.store.desk_model import DeskModel

REVIEWERS = ("anna", "Björn", "chi")
WHO = st.sampled_from(REVIEWERS)
AT = st.integers(0, 5)


class Turns(RuleBasedStateMachine):
    """Takes, follows, claims and lets go of pictures."""

    database: Database
    project: Project
    items: list[Item]
    model: DeskModel

    def _pick(self, at: int) -> Item:
        return self.items[at % len(self.items)]

    @rule(who=WHO, ahead=st.integers(0, 2), after=st.none() | AT, pending=st.sets(AT, max_size=2))
    def take(
        self, who: str, ahead: int, after: int | None, pending: Collection[int] = frozenset()
    ) -> None:
        start = None if after is None else self._pick(after).id
        waiting = {self._pick(at).id for at in pending}
        turn = queue.take_next(
            self.database,
            self.project.id,
            who,
            now=self.model.now,
            ahead=ahead,
            after=start,
            pending=waiting,
        )
        found, held = self.model.take(who, ahead, start, waiting)
        handed = [turn.item, *turn.ahead] if turn.item else []
        assert [item.id for item in handed if item] == found
        assert turn.held == held

    @rule(
        who=WHO,
        at=AT,
        ahead=st.integers(0, 3),
        passing=st.booleans(),
        pending=st.sets(AT, max_size=2),
    )
    def place(self, who: str, at: int, ahead: int, passing: bool, pending: Collection[int]) -> None:
        item = self._pick(at)
        if self.model.pictures[item.id].is_removed:
            return
        waiting = {self._pick(each).id for each in pending}
        turn, other = queue.take_place(
            self.database,
            self.project.id,
            who,
            item.id,
            now=self.model.now,
            ahead=ahead,
            passing=passing,
            pending=waiting,
        )
        found, held, others = self.model.place(who, item.id, ahead, waiting, passing=passing)
        assert turn.item is not None
        assert turn.item.id == item.id
        assert [one.id for one in turn.ahead] == found
        assert turn.held == held
        assert (other in others) if others else other is None

    @rule(at=AT, who=WHO)
    def claim(self, at: int, who: str) -> None:
        item = self._pick(at)
        if not self.model.pictures[item.id].is_removed:
            other = claiming.claim_item(self.database, item.id, who, now=self.model.now)
            others = self.model.claim(item.id, who)
            assert (other in others) if others else other is None

    @rule(who=WHO)
    def keep(self, who: str) -> None:
        mine = [name for name, one in self.model.claims if one == who]
        claiming.keep_claims(self.database, who, mine[:2], now=self.model.now)
        for name in mine[:2]:
            claim = self.model.claims[name, who]
            if claim.until > self.model.now:
                claim.until = self.model.now + claiming.CLAIM_MS

    @rule(who=WHO, some=st.integers(0, 2))
    def release(self, who: str, some: int) -> None:
        mine = [name for name, one in self.model.claims if one == who]
        claiming.release_claims(self.database, who, keep=mine[:some])
        for name in mine[some:]:
            del self.model.claims[name, who]
