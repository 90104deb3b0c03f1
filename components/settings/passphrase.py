"""Passphrases: their hashes, and a command that makes one.

`python -m components.settings.passphrase` asks twice and prints the line to paste into the secrets.
"""

from __future__ import annotations

import getpass
import sys
import threading
import unicodedata
from collections.abc import Mapping
from typing import Final, TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError

from components.errors import WrongPassphrase
from components.settings.values import Secret

SHORTEST: Final = 8
LONGEST: Final = 1000
"""Signs of a passphrase."""

_T = TypeVar("_T", bound=str)
# One check takes 64 MiB for some hundredths of a second; many at once would take all memory.
_ONE_AT_A_TIME = threading.Lock()


def make_hash(passphrase: str) -> str:
    """A salted Argon2id hash, with the cost that RFC 9106 names second for servers.

    Raises:
        WrongPassphrase: too short or too long.
    """
    if not SHORTEST <= len(passphrase) <= LONGEST:
        raise WrongPassphrase(
            f"A passphrase has {SHORTEST} to {LONGEST} signs. Several words are easy to remember "
            "and hard to guess."
        )
    return PasswordHasher().hash(_encode(passphrase))


def match_passphrase(passphrase: str, hashes: Mapping[_T, Secret]) -> _T | None:
    """The first role whose hash is of this passphrase; None where none is."""
    if len(passphrase) > LONGEST:
        return None
    hasher = PasswordHasher()
    with _ONE_AT_A_TIME:
        for role, known in hashes.items():
            try:
                hasher.verify(known.reveal(), _encode(passphrase))
            except (Argon2Error, InvalidHashError):
                continue
            return role
    return None


def _encode(passphrase: str) -> bytes:
    # Keyboards differ in whether an accent is a sign of its own.
    return unicodedata.normalize("NFC", passphrase).encode("utf-8", "replace")


def main() -> int:
    """Ask for a passphrase twice, unseen, and print its hash."""
    passphrase = getpass.getpass("Passphrase: ")
    if getpass.getpass("The same again: ") != passphrase:
        print("These are two different ones. Nothing was made; start again.", file=sys.stderr)
        return 1
    try:
        made = make_hash(passphrase)
    except WrongPassphrase as error:
        print(error.message, file=sys.stderr)
        return 1
    print("Paste this into the section [access] of .streamlit/secrets.toml:", file=sys.stderr)
    print(f'passphrase_hash = "{made}"')
    return 0


if __name__ == "__main__":
    sys.exit(main())
