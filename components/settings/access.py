"""Who may do what: `[access]` of the secrets, or the environment."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal, get_args

from components.errors import SettingsError
from components.settings.values import Secret, merge, read_list, read_text

RoleName = Literal["viewer", "reviewer", "lead"]

_VARIABLES = {
    "passphrase_hash": "MASK_DESK_PASSPHRASE_HASH",
    "lead_passphrase_hash": "MASK_DESK_LEAD_PASSPHRASE_HASH",
    "viewer_passphrase_hash": "MASK_DESK_VIEWER_PASSPHRASE_HASH",
    "role": "MASK_DESK_ROLE",
    "allow": "MASK_DESK_ALLOW",
    "leads": "MASK_DESK_LEADS",
    "reviewers": "MASK_DESK_REVIEWERS",
    "viewers": "MASK_DESK_VIEWERS",
}
# In the order in which they win: somebody on two lists has the higher role.
_LISTS: Final[Mapping[str, RoleName]] = {
    "leads": "lead",
    "reviewers": "reviewer",
    "allow": "reviewer",
    "viewers": "viewer",
}
_HASH = re.compile(r"\$argon2id?\$v=\d+\$m=\d+,t=\d+,p=\d+\$[A-Za-z0-9+/]{11,}\$[A-Za-z0-9+/]{16,}")
_DOMAIN = re.compile(r"[\w-]{1,63}(\.[\w-]{1,63})+")
_LOCAL = re.compile(r"[^\s@,;<>\"()\[\]\\]{1,64}")
_LONGEST_ADDRESS = 254

MAKE_HASH: Final = "python -m components.settings.passphrase"


@dataclass(frozen=True, slots=True)
class AccessSettings:
    """Who may open the desk, and as what.

    Attributes:
        has_login: whether people log in with an account, by Streamlit's [auth].
        passphrases: Argon2 hashes by the role they give.
        roles: by address ("ana@example.org") or domain ("example.org").
    """

    has_login: bool = False
    passphrases: Mapping[RoleName, Secret] = field(default_factory=dict)
    roles: Mapping[str, RoleName] = field(default_factory=dict)

    @property
    def kind(self) -> Literal["open", "passphrase", "login"]:
        """How people come in."""
        if self.has_login:
            return "login"
        return "passphrase" if self.passphrases else "open"

    def find_role(self, address: str) -> RoleName | None:
        """What somebody with this e-mail address may do: an entry for the address wins over one
        for its domain; a domain does not stand for those beneath it. None: not on the lists.
        """
        folded = fold_address(address)
        if not is_address(folded):
            return None
        return self.roles.get(folded) or self.roles.get(folded.rpartition("@")[2])


def fold_address(text: str) -> str:
    """Without outer spaces, in small letters.

    Other alphabets are left as they are: some of their signs turn into ASCII when made small, and
    one address must never pass for another.
    """
    text = text.strip()
    return text.lower() if text.isascii() else text


def is_address(text: str) -> bool:
    """Whether this is an e-mail address that can stand on a list."""
    local, _, domain = text.rpartition("@")
    return (
        len(text) <= _LONGEST_ADDRESS
        and text.isprintable()
        and bool(_LOCAL.fullmatch(local) and _DOMAIN.fullmatch(domain))
    )


def read_access_settings(
    section: Mapping[str, Any], environ: Mapping[str, str], *, has_login: bool
) -> AccessSettings:
    """Settings from the `[access]` section of the secrets; the environment wins.

    Args:
        section: keys as in `.streamlit/secrets.toml.example`.
        environ: environment variables, such as MASK_DESK_PASSPHRASE_HASH or MASK_DESK_LEADS.
        has_login: whether the secrets have an `[auth]` section.

    Raises:
        SettingsError: a value that cannot be used; no hash is ever shown. Also where lists are
            set but nobody logs in, since the desk would be open against what they say.
    """
    values = merge("access", section, environ, _VARIABLES)
    hashes = {role: _read_hash(values, key) for role, key in _name_hashes(values).items()}
    roles: dict[str, RoleName] = {}
    for key, role in _LISTS.items():
        for entry in read_list(values, key):
            roles.setdefault(_check_entry(entry, key), role)
    if roles and not has_login:
        raise SettingsError(
            "[access] lists addresses, but nobody logs in with one here. Add an [auth] section to "
            "the secrets, as .streamlit/secrets.toml.example shows, or remove "
            f"{', '.join(_LISTS)}."
        )
    return AccessSettings(has_login=has_login, passphrases=hashes, roles=roles)


def _name_hashes(values: Mapping[str, Any]) -> dict[RoleName, str]:
    """The key of the hash for each role that a passphrase gives."""
    told = values.get("role") or ("reviewer" if values.get("lead_passphrase_hash") else "lead")
    role: RoleName | None = next((name for name in get_args(RoleName) if name == told), None)
    if role is None:
        raise SettingsError(
            'role says what the passphrase gives: "viewer", "reviewer" or "lead". Change it.'
        )
    if values.get("role") and not values.get("passphrase_hash"):
        raise SettingsError(
            "[access] role says what the passphrase gives, but there is no passphrase_hash. Set it "
            f"({MAKE_HASH} makes one), or remove role."
        )
    keys: dict[RoleName, str] = {}
    pairs: tuple[tuple[RoleName, str], ...] = (
        ("lead", "lead_passphrase_hash"),
        ("viewer", "viewer_passphrase_hash"),
        (role, "passphrase_hash"),
    )
    for name, key in pairs:
        if not values.get(key):
            continue
        if name in keys:
            raise SettingsError(
                f"passphrase_hash and {keys[name]} both give the role {name}. Keep one of them, or "
                "change role."
            )
        keys[name] = key
    return keys


def _read_hash(values: Mapping[str, Any], key: str) -> Secret:
    text = read_text(values, key, example="$argon2id$…")
    if not _HASH.fullmatch(text):
        raise SettingsError(
            f"{key} is an Argon2 hash as {MAKE_HASH} prints it, but what came is none. Copy the "
            "whole line; in a shell put it between single quotes, since it holds dollar signs."
        )
    return Secret(text)


def _check_entry(entry: str, key: str) -> str:
    folded = fold_address(entry)
    if "@" not in folded.lstrip("@"):
        folded = folded.removeprefix("@")
    if is_address(folded) or _DOMAIN.fullmatch(folded):
        return folded
    raise SettingsError(
        f"{key} lists e-mail addresses and domains, like ana@example.org or example.org, but "
        f"{entry[:80]!r} came. Change it. Each domain is named in full; there is no * in it."
    )
