"""Who may do what, as it is set: passphrases, lists of addresses and domains, and their roles."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
from argon2 import PasswordHasher

from components.errors import SettingsError
from components.settings import AccessSettings, read_access_settings, read_store_settings

HASH = PasswordHasher(time_cost=1, memory_cost=32).hash("hunter2")
OTHER_HASH = PasswordHasher(time_cost=1, memory_cost=32).hash("correct horse")


def test_nothing_set_means_open() -> None:
    settings = read_access_settings({}, {}, has_login=False)
    assert settings == AccessSettings()
    assert settings.kind == "open"


@pytest.mark.parametrize(
    ("section", "roles"),
    [
        ({"passphrase_hash": HASH}, {"lead"}),
        ({"passphrase_hash": HASH, "role": "viewer"}, {"viewer"}),
        ({"passphrase_hash": HASH, "lead_passphrase_hash": OTHER_HASH}, {"reviewer", "lead"}),
        ({"passphrase_hash": HASH, "viewer_passphrase_hash": OTHER_HASH}, {"lead", "viewer"}),
        ({"lead_passphrase_hash": HASH}, {"lead"}),
        ({"viewer_passphrase_hash": HASH}, {"viewer"}),
    ],
)
def test_each_passphrase_gives_its_role(section: dict[str, Any], roles: set[str]) -> None:
    settings = read_access_settings(section, {}, has_login=False)
    assert set(settings.passphrases) == roles
    assert settings.kind == "passphrase"


def test_the_environment_sets_passphrases_and_lists() -> None:
    environ = {"MASK_DESK_PASSPHRASE_HASH": HASH, "MASK_DESK_ROLE": "reviewer"}
    settings = read_access_settings({}, environ, has_login=False)
    assert settings.passphrases["reviewer"].reveal() == HASH
    environ = {"MASK_DESK_LEADS": "ana@example.org, ben@example.org", "MASK_DESK_VIEWERS": "e.net"}
    settings = read_access_settings({"leads": ["c@example.org"]}, environ, has_login=True)
    assert settings.roles == {
        "ana@example.org": "lead",
        "ben@example.org": "lead",
        "e.net": "viewer",
    }


@pytest.mark.parametrize(
    ("address", "role"),
    [
        ("ana@example.org", "lead"),
        ("ANA@Example.ORG", "lead"),
        (" ana@example.org ", "lead"),
        ("ben@example.org", "reviewer"),
        ("cleo@example.org", "viewer"),  # the address before its domain, also where that is less
        ("both@example.org", "lead"),  # on two lists: the higher role
        ("dan@allowed.example", "reviewer"),
        ("eve@watching.example", "viewer"),
        ("ana@sub.example.org", None),
        ("ana@evil-example.org", None),
        ("ana@example.org.evil.example", None),
        ("ana@evil.example@example.org", None),
        ('"ana@evil.example"@example.org', None),
        ("ana@example.org\n@evil.example", None),
        ("ana@evil.example,b@example.org", None),
        ("@example.org", None),
        ("example.org", None),
        ("ana@EXAMPLE.oRg", "lead"),
        ("\u212ate@example.net", None),  # a Kelvin sign is a small k when folded
        ("", None),
        ("a" * 300 + "@example.org", None),
    ],
)
def test_roles_by_address_and_domain(address: str, role: str | None) -> None:
    settings = read_access_settings(
        {
            "allow": ["@allowed.example", "cleo@example.org"],
            "leads": ["Ana@example.org", "both@example.org"],
            "reviewers": ["example.org", "both@example.org"],
            "viewers": ["watching.example", "both@example.org", "kte@example.net"],
        },
        {},
        has_login=True,
    )
    if address == "cleo@example.org":
        settings = read_access_settings(
            {"leads": ["example.org"], "viewers": ["cleo@example.org"]}, {}, has_login=True
        )
    assert settings.find_role(address) == role


def test_login_without_lists_lets_nobody_in() -> None:
    settings = read_access_settings({}, {}, has_login=True)
    assert settings.kind == "login"
    assert settings.find_role("ana@example.org") is None


@pytest.mark.parametrize(
    "section",
    [
        {"passphrase": "hunter2"},
        {"passphrase_hash": "hunter2"},
        {"passphrase_hash": HASH[:-10] + "hunter2 !"},
        {"passphrase_hash": HASH.replace("$argon2id", "")},
        {"passphrase_hash": ["hunter2"]},
        {"passphrase_hash": HASH, "role": "admin"},
        {"role": "lead"},
        {"passphrase_hash": HASH, "role": "lead", "lead_passphrase_hash": OTHER_HASH},
        {"passphrase_hash": HASH, "role": "viewer", "viewer_passphrase_hash": OTHER_HASH},
        {"allow": ["example.org"]},
    ],
)
def test_what_cannot_be_used_is_said_without_any_secret(section: dict[str, Any]) -> None:
    with pytest.raises(SettingsError) as caught:
        read_access_settings(section, {}, has_login=False)
    assert len(caught.value.message) > 30
    assert "hunter2" not in caught.value.message.replace("passphrase_hash", "")
    assert HASH not in caught.value.message


@pytest.mark.parametrize(
    "entry", ["ana", "*.example.org", "ana@", "@", "ana@@example.org", "a b@example.org", "@@x.org"]
)
def test_what_is_no_address_is_named(entry: str) -> None:
    with pytest.raises(SettingsError) as caught:
        read_access_settings({"leads": [entry]}, {}, has_login=True)
    assert repr(entry) in caught.value.message


def test_a_hash_is_in_no_repr() -> None:
    settings = read_access_settings({"passphrase_hash": HASH}, {}, has_login=False)
    assert HASH not in f"{settings} {settings!r}"


def test_the_example_shows_every_section_and_names_every_variable() -> None:
    text = (Path(__file__).parents[1] / ".streamlit" / "secrets.toml.example").read_text()
    shown = re.sub(r"^# (?=\[\w+\]$|\w+ = )", "", text, flags=re.MULTILINE)
    sections = tomllib.loads(shown.replace("$argon2id$v=19$m=65536,t=3,p=4$…", HASH))
    read_store_settings(sections["store"], {})
    assert {"redirect_uri", "cookie_secret", "client_id"} < set(sections["auth"])
    lists = {"leads", "reviewers", "viewers", "allow"}
    access = sections["access"]
    by_login = {key: value for key, value in access.items() if key in lists}
    settings = read_access_settings(by_login, {}, has_login=True)
    assert settings.find_role("ana@example.org") == "lead"
    assert settings.find_role("ben@example.com") == "reviewer"
    by_passphrase = {key: value for key, value in access.items() if key not in lists}
    settings = read_access_settings(by_passphrase, {}, has_login=False)
    assert set(settings.passphrases) == {"lead", "reviewer", "viewer"}
    for key in (*sections["store"], *access):
        assert f"MASK_DESK_{key.upper()}" in text
