"""Who is signed in, and how often one may fail to, on a real database."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from components.model.review import Role
from components.store import people
from components.store.database import Database, open_database
from components.store.people import Limit
from components.store.schema import sign_ins

pytestmark = pytest.mark.both_databases

NOW = 1_800_000_000_000
TOKEN = "a-token-of-many-signs"
SEALS: dict[Role, str] = {"viewer": "seal v", "lead": "seal l"}
MINE = Limit("mine")
ALL_OF_MANY = Limit("all of many", free=1000)
ALL = Limit("all", free=8, first_ms=1_000, longest_ms=4_000)


@pytest.fixture
def db(database: Database) -> Database:
    return database


@pytest.fixture
def again(address: str, database: Database) -> Iterator[Database]:
    """The same database, opened by another desk."""
    opened = open_database(address)
    yield opened
    opened.close()


def keep(db: Database, token: str = TOKEN, *, now: int = NOW) -> people.SignIn:
    return people.keep_sign_in(db, token, "seal l", name="Ana", role="lead", now=now)


def test_a_token_finds_its_holder_until_it_ends(db: Database) -> None:
    kept = keep(db)
    assert people.find_sign_in(db, TOKEN, SEALS, now=NOW) == kept
    assert kept.expires_at == NOW + 30 * 24 * 3_600_000
    assert people.find_sign_in(db, TOKEN, SEALS, now=kept.expires_at - 1) == kept
    assert people.find_sign_in(db, TOKEN, SEALS, now=kept.expires_at) is None
    assert people.find_sign_in(db, TOKEN + "x", SEALS, now=NOW) is None
    assert people.find_sign_in(db, "", SEALS, now=NOW) is None


def test_a_sign_in_holds_at_every_desk_until_one_signs_out(db: Database, again: Database) -> None:
    keep(db)
    assert people.find_sign_in(again, TOKEN, SEALS, now=NOW) is not None
    people.drop_sign_in(again, TOKEN, SEALS)
    assert people.find_sign_in(db, TOKEN, SEALS, now=NOW) is None


def test_a_sign_in_ends_when_its_passphrase_changes_and_has_the_role_it_gives_now(
    db: Database,
) -> None:
    keep(db)
    assert people.find_sign_in(db, TOKEN, {"lead": "another seal"}, now=NOW) is None
    assert people.find_sign_in(db, TOKEN, {}, now=NOW) is None
    found = people.find_sign_in(db, TOKEN, {"viewer": "seal l"}, now=NOW)
    assert found is not None
    assert found.role == "viewer"


def test_of_a_token_a_hash_alone_is_kept_and_ended_ones_are_removed(db: Database) -> None:
    keep(db)
    keep(db, "another", now=NOW + people.SIGN_IN_MS)
    with db.read() as connection:
        rows = [tuple(row) for row in connection.execute(select(sign_ins))]
    assert [row[1:] for row in rows] == [("Ana", "lead", NOW + 2 * people.SIGN_IN_MS)]
    assert len(rows[0][0]) == 64
    assert "another" not in str(rows)


def test_a_token_is_nowhere_in_the_file(tmp_path: Path) -> None:
    db = open_database(f"sqlite:///{tmp_path}/desk.sqlite3")
    keep(db)
    assert TOKEN.encode() not in b"".join(path.read_bytes() for path in tmp_path.iterdir())
    db.close()


def test_five_wrong_in_a_row_and_each_further_wait_is_twice_as_long(db: Database) -> None:
    now = NOW
    for left in (4, 3, 2, 1):
        attempt = people.begin_attempt(db, [MINE], now=now)
        assert (attempt.is_admitted, attempt.wait_ms, attempt.left) == (True, 0, left)
    for seconds in (30, 60, 120, 240, 480, 900, 900):
        attempt = people.begin_attempt(db, [MINE], now=now)
        assert (attempt.is_admitted, attempt.wait_ms) == (True, seconds * 1000)
        early = people.begin_attempt(db, [MINE], now=now + 10_000)
        assert (early.is_admitted, early.wait_ms) == (False, seconds * 1000 - 10_000)
        assert not people.begin_attempt(db, [MINE], now=now + seconds * 1000 - 1).is_admitted
        now += seconds * 1000


def test_a_row_of_failures_ends_by_success_and_by_itself(db: Database) -> None:
    for _ in range(4):
        people.begin_attempt(db, [MINE, ALL], now=NOW)
    people.begin_attempt(db, [MINE, ALL], now=NOW)
    people.forgive(db, ["mine", "all"], wholly=["mine"], now=NOW)
    assert people.begin_attempt(db, [MINE], now=NOW).left == 4
    # Of what counts for everybody, one success takes back itself alone.
    assert people.begin_attempt(db, [ALL], now=NOW).left == 8 - 4 - 1
    later = NOW + 3_600_001
    assert people.begin_attempt(db, [MINE, ALL], now=later).left == 4
    assert people.begin_attempt(db, [ALL], now=later).left == 6


def test_a_lesser_success_takes_back_itself_alone(db: Database) -> None:
    for _ in range(5):
        attempt = people.begin_attempt(db, [MINE], now=NOW)
    assert attempt.wait_ms == 30_000
    people.forgive(db, ["mine"], wholly=[], now=NOW)
    assert people.begin_attempt(db, [MINE], now=NOW).wait_ms == 30_000


def test_many_keys_are_slowed_down_together_but_not_for_long(db: Database) -> None:
    now, admitted = NOW, 0
    for number in range(8):
        admitted += people.begin_attempt(db, [Limit(f"tab {number}"), ALL], now=now).is_admitted
    assert admitted == 8
    refused = people.begin_attempt(db, [Limit("tab of somebody else"), ALL], now=now)
    assert (refused.is_admitted, refused.wait_ms) == (False, 1_000)
    for _ in range(10):
        now += 4_000
        assert people.begin_attempt(db, [Limit(f"tab {now}"), ALL], now=now).is_admitted


def test_who_tries_at_once_gets_no_more_tries(db: Database, again: Database) -> None:
    def attempt(number: int) -> bool:
        limits = [MINE, ALL] if number % 3 else [ALL, MINE]
        return people.begin_attempt((db, again)[number % 2], limits, now=NOW).is_admitted

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(attempt, range(40))) == 5


def test_failing_and_forgiving_at_once_loses_no_count(db: Database, again: Database) -> None:
    many = people.Limit("many", free=1000)

    def try_once(number: int) -> None:
        desk = (db, again)[number % 2]
        assert people.begin_attempt(desk, [many, ALL_OF_MANY], now=NOW).is_admitted
        if number % 4 == 0:
            people.forgive(desk, ["all of many", "many"], wholly=[], now=NOW)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(try_once, range(40)))
    assert people.begin_attempt(db, [many], now=NOW).left == 1000 - 30 - 1


@given(
    failures=st.integers(0, 10**9),
    free=st.integers(1, 20),
    first=st.integers(1, 10**5),
    longest=st.integers(1, 10**7),
)
def test_a_wait_is_never_longer_than_the_longest(
    failures: int, free: int, first: int, longest: int
) -> None:
    limit = Limit("x", free, first, longest)
    assert 0 <= limit.wait_ms(failures) <= longest
    assert limit.wait_ms(failures) <= limit.wait_ms(failures + 1)
    assert (limit.wait_ms(failures) > 0) == (failures >= free)
