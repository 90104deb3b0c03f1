"""Who is signed in, and how often somebody failed to."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import delete, select, update

from components.model.review import ROLES, Role
from components.store.database import Database
from components.store.dialect import insert_new, lock_queues
from components.store.schema import attempts, sign_ins

SIGN_IN_MS: Final = 30 * 24 * 3_600_000
"""How long a sign-in lasts."""

_FORGET_MS = 3_600_000


@dataclass(frozen=True, slots=True)
class SignIn:
    """Somebody who gave a passphrase.

    Attributes:
        name: as typed then.
        role: what the passphrase gives now.
        expires_at: UTC milliseconds.
    """

    name: str
    role: Role
    expires_at: int


@dataclass(frozen=True, slots=True)
class Limit:
    """How often something may fail before there is a wait.

    Attributes:
        key: whose failures these are.
        free: failures in a row before the first wait.
        first_ms: the wait after the failure that ends the free ones; each more doubles it.
        longest_ms: no wait is longer.
    """

    key: str
    free: int = 5
    first_ms: int = 30_000
    longest_ms: int = 900_000

    def wait_ms(self, failures: int) -> int:
        """The wait after so many failures in a row."""
        if failures < self.free:
            return 0
        # More doublings than any wait needs would only make a number of many digits.
        return min(self.first_ms << min(failures - self.free, 32), self.longest_ms)


@dataclass(frozen=True, slots=True)
class Attempt:
    """Whether somebody may try, and what failing means.

    Attributes:
        is_admitted: False: it is too early, and nothing was counted.
        wait_ms: until the next one may try: now where this one was not admitted, else after it
            has failed.
        left: failures left before there is a wait; 0 where there is one already.
    """

    is_admitted: bool
    wait_ms: int
    left: int = 0


def keep_sign_in(db: Database, token: str, seal: str, *, name: str, role: Role, now: int) -> SignIn:
    """Remember who holds this token; those that have ended are forgotten at the same time.

    Args:
        db: the desk's database; of the token it is given a hash alone.
        token: a random text that only its holder knows.
        seal: what the sign-in rests on, such as the passphrase's hash: it ends when this changes.
        name: who.
        role: what they may do.
        now: UTC milliseconds.

    Raises:
        StoreError: the database cannot be written.
    """
    kept = SignIn(name, role, now + SIGN_IN_MS)
    row = {
        "token_sha256": _hash(token, seal),
        "name": name,
        "role": role,
        "expires_at": kept.expires_at,
    }
    with db.write() as connection:
        connection.execute(delete(sign_ins).where(sign_ins.c.expires_at <= now))
        insert_new(connection, sign_ins, [row])
    return kept


def find_sign_in(db: Database, token: str, seals: Mapping[Role, str], *, now: int) -> SignIn | None:
    """Who holds this token, and what they may do; None where nobody does, or not any more.

    Args:
        db: the desk's database.
        token: as it was kept.
        seals: those that hold now, by the role they give.
        now: UTC milliseconds.

    Raises:
        StoreError: the database cannot be read.
    """
    roles: dict[str, Role] = {}
    for role in sorted(seals, key=ROLES.index):
        roles[_hash(token, seals[role])] = role
    query = select(sign_ins).where(
        sign_ins.c.token_sha256.in_(list(roles)), sign_ins.c.expires_at > now
    )
    with db.read() as connection:
        row = connection.execute(query).mappings().first()
    if row is None:
        return None
    return SignIn(row["name"], roles[row["token_sha256"]], row["expires_at"])


def drop_sign_in(db: Database, token: str, seals: Mapping[Role, str]) -> None:
    """This token is nobody's any more.

    Raises:
        StoreError: the database cannot be written.
    """
    hashes = [_hash(token, seal) for seal in seals.values()]
    with db.write() as connection:
        connection.execute(delete(sign_ins).where(sign_ins.c.token_sha256.in_(hashes)))


def begin_attempt(db: Database, limits: Sequence[Limit], *, now: int) -> Attempt:
    """Ask whether one may try, and count the failure beforehand.

    So however many try at once, no more are admitted than may fail. `forgive` takes the failure
    back where it was none. A row of failures ends by itself an hour after its last wait.

    Args:
        db: the desk's database.
        limits: all have to admit it.
        now: UTC milliseconds.

    Raises:
        StoreError: the database cannot be written.
    """
    keys = [limit.key for limit in limits]
    with db.write() as connection:
        lock_queues(connection, [attempts.name])
        connection.execute(delete(attempts).where(attempts.c.until < now - _FORGET_MS))
        insert_new(
            connection, attempts, [{"key": key, "failures": 0, "until": now} for key in keys]
        )
        rows = connection.execute(select(attempts).where(attempts.c.key.in_(keys))).mappings()
        found = {row["key"]: (row["failures"], row["until"]) for row in rows}
        early = max(found[key][1] - now for key in keys)
        if early > 0:
            return Attempt(False, early)
        wait, left = 0, limits[0].free
        for limit in limits:
            failures = found[limit.key][0] + 1
            wait = max(wait, limit.wait_ms(failures))
            left = min(left, max(limit.free - failures, 0))
            connection.execute(
                update(attempts)
                .where(attempts.c.key == limit.key)
                .values(failures=failures, until=now + limit.wait_ms(failures))
            )
    return Attempt(True, wait, left)


def forgive(db: Database, keys: Sequence[str], *, wholly: Sequence[str], now: int) -> None:
    """An attempt was no failure.

    Args:
        db: the desk's database.
        keys: of the limits it was counted for.
        wholly: those of them whose row of failures ends with it.
        now: UTC milliseconds.

    Raises:
        StoreError: the database cannot be written.
    """
    with db.write() as connection:
        lock_queues(connection, [attempts.name])
        for key in keys:
            row = attempts.c.key == key
            if key in wholly:
                connection.execute(delete(attempts).where(row))
                continue
            connection.execute(
                update(attempts)
                .where(row, attempts.c.failures > 0)
                .values(failures=attempts.c.failures - 1, until=now)
            )


def _hash(token: str, seal: str) -> str:
    return hashlib.sha256(f"{token}\n{seal}".encode("utf-8", "replace")).hexdigest()
