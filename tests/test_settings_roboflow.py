"""Where masks may go back to: what can be set, and that the key stays secret."""

from __future__ import annotations

import traceback

import pytest

from components.errors import SettingsError
from components.settings import RoboflowSettings, Secret, check_project, read_roboflow_settings


def test_nothing_set_means_nothing_can_be_sent() -> None:
    settings = read_roboflow_settings({}, {})
    assert settings == RoboflowSettings()
    assert not settings.api_key
    assert settings.address == "https://api.roboflow.com"


def test_the_environment_wins() -> None:
    settings = read_roboflow_settings(
        {"api_key": "one", "project": "a/b", "address": "https://api.roboflow.eu/"},
        {"MASK_DESK_ROBOFLOW_API_KEY": "two", "MASK_DESK_ROBOFLOW_PROJECT": "streets"},
    )
    assert settings == RoboflowSettings(Secret("two"), "streets", "https://api.roboflow.eu")


@pytest.mark.parametrize(
    ("typed", "project"),
    [
        ("streets", "streets"),
        (" my-workspace/streets-2 ", "streets-2"),
        ("/my-workspace/streets/", "streets"),
        ("https://app.roboflow.com/my-workspace/streets/annotate", "streets"),
        ("https://app.roboflow.com/my-workspace/streets", "streets"),
    ],
)
def test_a_project_is_taken_as_people_write_it(typed: str, project: str) -> None:
    assert check_project(typed) == project


@pytest.mark.parametrize(
    "typed",
    ["", "a/b/c", "two words", "../up", "a/../b", "a?b", "-a", "https://evil.example/a/b", "ü"],
)
def test_what_is_no_project_is_said(typed: str) -> None:
    with pytest.raises(SettingsError, match="my-workspace/my-project"):
        check_project(typed)


@pytest.mark.parametrize(
    "section", [{"api_key": "a secret key"}, {"api_key": 5}, {"api_kee": "a-secret"}]
)
def test_a_key_is_never_shown(section: dict[str, object]) -> None:
    with pytest.raises(SettingsError) as caught:
        read_roboflow_settings(section, {})
    assert "secret" not in "".join(traceback.format_exception_only(caught.value)).replace(
        "The secrets have", ""
    )
    assert "hunter2" not in repr(RoboflowSettings(Secret("hunter2")))
