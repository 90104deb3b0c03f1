"""Tokens by which a page that is open posts to the desk without a run of its script.

They are known to this process alone and end with it, with the sign-in, or after a day; a page is
given another one whenever its script runs. Where one is not known any more, the page goes the way
that needs none.
"""

from __future__ import annotations

import secrets
import threading
from collections import OrderedDict
from dataclasses import dataclass
from typing import Final

from components.errors import NotSignedIn
from components.model.review import Person
from components.settings import Secret

LASTING_MS: Final = 24 * 3_600_000
"""How long a token lasts, milliseconds."""

_MOST: Final = 20_000
_GONE: Final = "This page is no longer signed in. Reload it; nothing is lost."


@dataclass(slots=True)
class Holder:
    """Who holds a token.

    Attributes:
        person: whose page it is.
        sign_in: the sign-in with a passphrase that it ends with; None where people do not give one.
        given_at: UTC milliseconds.
        checked_at: when the sign-in was last known to stand, UTC milliseconds.
        sign_outs: how many people had signed out in this process by then.
    """

    person: Person
    sign_in: Secret | None
    given_at: int
    checked_at: int
    sign_outs: int


class PageTokens:
    """The tokens of this process, the newest last; the oldest goes where there are too many.

    Attributes:
        sign_outs: how many people have signed out in this process; what was looked up before the
            last of them is looked up again, so that other tabs hear of it at once.
    """

    def __init__(self) -> None:
        self.sign_outs = 0
        self._holders: OrderedDict[str, Holder] = OrderedDict()
        self._lock = threading.Lock()

    def give(self, person: Person, sign_in: Secret | None, *, now: int) -> Secret:
        """A new token for a page of this person."""
        token = secrets.token_urlsafe(32)
        with self._lock:
            self._holders[token] = Holder(person, sign_in, now, now, self.sign_outs)
            while len(self._holders) > _MOST:
                self._holders.popitem(last=False)
        return Secret(token)

    def find(self, token: str, *, now: int) -> Holder:
        """Who holds a token.

        Raises:
            NotSignedIn: nobody, or not any more.
        """
        with self._lock:
            holder = self._holders.get(token)
            if holder is not None and now - holder.given_at > LASTING_MS:
                del self._holders[token]
                holder = None
        if holder is None:
            raise NotSignedIn(_GONE)
        return holder

    def knows(self, token: Secret, person: Person, *, now: int) -> bool:
        """Whether a token is this person's and lasts for half of its time at least."""
        with self._lock:
            holder = self._holders.get(token.reveal())
        return (
            holder is not None
            and holder.person == person
            and now - holder.given_at < LASTING_MS // 2
        )

    def drop(self, token: Secret) -> None:
        """This token is worth nothing any more."""
        with self._lock:
            self._holders.pop(token.reveal(), None)


page_tokens: Final = PageTokens()
"""Of this process."""
