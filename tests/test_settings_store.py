"""Where decisions are kept: what can be set, and that the database's password stays secret."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from components.errors import SettingsError
from components.settings import StoreSettings, read_store_settings

ROOT = Path(__file__).parents[1]
DATABASE = "postgresql://ana:hunter2@db.example:5432/desk"


def test_nothing_set_means_a_file_beside_the_desk() -> None:
    settings = read_store_settings({}, {})
    assert settings == StoreSettings()
    assert settings.folder == ROOT / "data"
    assert settings.url == f"sqlite:///{ROOT / 'data' / 'desk.sqlite3'}"
    assert settings.lasts is None


def test_a_folder_is_absolute_or_beside_the_desk() -> None:
    assert read_store_settings({"folder": "kept/here"}, {}).folder == ROOT / "kept" / "here"
    assert (
        read_store_settings({"folder": "/srv/desk"}, {}).url == "sqlite:////srv/desk/desk.sqlite3"
    )
    assert read_store_settings({"folder": "~/desk"}, {}).folder == Path.home() / "desk"


def test_the_environment_wins() -> None:
    settings = read_store_settings(
        {"database": "postgresql://one/desk", "folder": "one", "lasts": True},
        {
            "MASK_DESK_DATABASE": DATABASE,
            "MASK_DESK_FOLDER": "/two",
            "MASK_DESK_LASTS": "no",
        },
    )
    assert settings.url == DATABASE
    assert settings.folder == Path("/two")
    assert settings.lasts is False


def test_both_spellings_of_the_scheme_and_a_socket_are_taken() -> None:
    assert read_store_settings({"database": "postgres://u:p@h/d"}, {}).url == "postgresql://u:p@h/d"
    socket = "postgresql://u@/d?host=/run/postgresql"
    assert read_store_settings({"database": socket}, {}).url == socket


@pytest.mark.parametrize(
    "section",
    [
        {"databse": DATABASE},
        {"database": "mysql://ana:hunter2@db.example/desk"},
        {"database": "postgresql://ana:hunter2@db.example"},
        {"database": "postgresql://ana:hunter2@db.example:99999/desk"},
        {"database": "postgresql://ana:hunter2@[db.example/desk"},
        {"database": "postgresql:///desk?password=hunter2"},
        {"database": "hunter2"},
        {"database": ["hunter2"]},
        {"folder": "a?b"},
        {"folder": 5},
        {"lasts": "perhaps"},
    ],
)
def test_what_cannot_be_used_is_said_without_the_password(section: dict[str, Any]) -> None:
    with pytest.raises(SettingsError) as caught:
        read_store_settings(section, {})
    assert len(caught.value.message) > 30
    assert "hunter2" not in caught.value.message + caught.value.detail


def test_the_password_is_in_no_repr() -> None:
    settings = read_store_settings({"database": DATABASE}, {})
    assert "hunter2" not in f"{settings} {settings!r} {settings.database}"
