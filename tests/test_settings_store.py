"""Where decisions are kept: what can be set, and that the database's password stays secret."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from components.errors import SettingsError
from components.settings import PictureSettings, Secret, StoreSettings, read_store_settings

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


S3 = {
    "pictures": "s3://desk-bucket/some/where/",
    "pictures_endpoint": "http://localhost:9000/",
    "pictures_region": "eu-central-1",
    "pictures_key": "AKIASAMPLE",
    "pictures_secret": "hunter2",
}


def test_pictures_are_in_the_database_unless_something_is_set() -> None:
    assert read_store_settings({}, {}).pictures is None


def test_a_bucket_with_all_that_can_be_said_of_it() -> None:
    settings = read_store_settings(S3, {})
    assert settings.pictures == PictureSettings(
        bucket="desk-bucket",
        prefix="some/where",
        endpoint="http://localhost:9000",
        region="eu-central-1",
        key=Secret("AKIASAMPLE"),
        secret=Secret("hunter2"),
    )
    assert settings.pictures.label == "s3://desk-bucket/some/where"
    assert "hunter2" not in repr(settings)
    assert "AKIASAMPLE" not in repr(settings)
    environ = {f"MASK_DESK_{key.upper()}": value for key, value in S3.items()}
    assert read_store_settings({}, environ) == settings
    plain = read_store_settings({"pictures": "s3://desk-bucket"}, {}).pictures
    assert plain == PictureSettings(bucket="desk-bucket")
    assert plain.label == "s3://desk-bucket"


def test_a_shared_folder() -> None:
    found = read_store_settings({"pictures": "file:///srv/the%20pictures"}, {}).pictures
    assert found == PictureSettings(folder=Path("/srv/the pictures"))
    assert found.label == "/srv/the pictures"


@pytest.mark.parametrize(
    "change",
    [
        {"pictures": "s3://"},
        {"pictures": "s3:///prefix"},
        {"pictures": "s3://AKIASAMPLE:hunter2@desk-bucket/x"},
        {"pictures": "s3://desk-bucket/../x"},
        {"pictures": "s3://desk-bucket/a//b"},
        {"pictures": "s3://desk-bucket/a?b"},
        {"pictures": "s3://desk-bucket/" + "x" * 600},
        {"pictures": "https://hunter2.example/desk-bucket"},
        {"pictures": "/srv/hunter2"},
        {"pictures": "file:///srv/hunter2"},
        {"pictures": ""},
        {"pictures": 5},
        {"pictures_endpoint": "localhost:9000"},
        {"pictures_endpoint": "https://ana:hunter2@storage.example"},
        {"pictures_endpoint": "https://storage.example?key=hunter2"},
        {"pictures_endpoint": "https://[storage.example"},
        {"pictures_key": ""},
        {"pictures_secret": ""},
        {"pictures_secret": "hunter2 and more"},
        {"pictures_region": "eu central"},
    ],
)
def test_what_is_no_place_for_pictures_is_refused_and_not_shown(change: dict[str, Any]) -> None:
    with pytest.raises(SettingsError) as caught:
        read_store_settings({**S3, **change}, {})
    assert "hunter2" not in f"{caught.value.message} {caught.value.detail}"
    assert "pictures" in caught.value.message


@pytest.mark.parametrize(
    "address", ["file://server/share", "file:relative", "file:///", "file:///a?b", "file:///a%00b"]
)
def test_what_is_no_folder_is_refused(address: str) -> None:
    with pytest.raises(SettingsError, match="three slashes"):
        read_store_settings({"pictures": address}, {})
