"""Long days at the desk: hundreds of doings in a row, drawn by chance, against the same model."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from components.model.review import Policy
from tests.store.desk_machine import STATUSES, Desk
from tests.store.desk_model import VERDICTS
from tests.store.recount import check_consistency
from tests.store.turns_machine import REVIEWERS

pytestmark = pytest.mark.both_databases

STEPS = 120
POLICIES: tuple[Policy, ...] = ("third_look", "strictest")


def list_doings(desk: Desk, draw: random.Random) -> list[tuple[int, Callable[[], Any]]]:
    """What may be done next, each with how often."""

    def at() -> int:
        return draw.randrange(len(desk.items))

    def who() -> str:
        return draw.choice(REVIEWERS)

    moves = ("approved", "needs_fix", "needs_fix", "rejected", "skipped")
    return [
        (8, lambda: desk.decide(at(), who(), draw.choice(moves))),
        (8, lambda: desk.take_and_decide(who(), at(), draw.randrange(3), draw.choice(VERDICTS))),
        (8, lambda: desk.take(who(), draw.randrange(3), draw.choice((None, None, at())))),
        (5, lambda: desk.undo(who(), draw.choice((None, None, at())))),
        (6, lambda: desk.answer(at(), who())),
        (1, lambda: desk.decide_again(draw.randrange(100))),
        (1, lambda: desk.undo_again(draw.randrange(100))),
        (2, lambda: desk.pin(at(), who())),
        (4, lambda: desk.remark(at(), who(), draw.choice(("reply", "reply", "resolve", "reopen")))),
        (2, lambda: desk.claim(at(), who())),
        (1, lambda: desk.keep(who())),
        (2, lambda: desk.release(who(), draw.randrange(3))),
        (2, lambda: desk.wait(draw.choice((0.5, 4, 9.99, 10)))),
        (1, desk.restart),
        (3, lambda: desk.remove_or_restore(at())),
        (1, lambda: desk.change(draw.randint(1, 3), draw.choice(POLICIES))),
        (
            4,
            lambda: desk.read(
                who(),
                set(draw.sample(STATUSES, draw.randrange(3))),
                draw.choice(("any", "decided", "undecided", "undecided")),
                draw.choice(("", "", "P", "p1.J", "jpg", "no such")),
                draw.choice(("position", "name", "disagreement")),
                draw.random() < 0.3,
                draw.randint(1, 4),
            ),
        ),
    ]


@pytest.mark.long
def test_long_days_come_to_what_a_model_says(address: str, database_kind: str) -> None:
    machine = type("Day", (Desk,), {"address": address})

    @settings(max_examples=8 if database_kind == "sqlite" else 3, deadline=None)
    @given(
        seed=st.integers(0, 2**32 - 1),
        needed=st.integers(1, 3),
        policy=st.sampled_from(POLICIES),
        count=st.integers(2, 6),
    )
    def live(seed: int, needed: int, policy: Policy, count: int) -> None:
        draw = random.Random(seed)
        desk: Desk = machine()
        try:
            desk.begin(needed, policy, count)
            doings = list_doings(desk, draw)
            weights = [weight for weight, _ in doings]
            for step in range(STEPS):
                draw.choices(doings, weights)[0][1]()
                if step % 4 == 3:
                    desk.agrees()
            check_consistency(desk.database)
        finally:
            desk.teardown()

    live()
