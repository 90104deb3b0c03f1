"""Settings: what can be used, what cannot, and that a secret stays one."""

from __future__ import annotations

import pickle
import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.errors import SettingsError
from components.settings import HOSTED_ADDRESS, Secret, Settings, check_address, read_settings

EXAMPLE = Path(__file__).parents[1] / ".streamlit" / "secrets.toml.example"


def test_nothing_set_means_the_built_in_server() -> None:
    settings = read_settings({}, {})
    assert settings == Settings()
    assert settings.address == ""


def test_the_example_is_valid_and_names_every_key() -> None:
    text = EXAMPLE.read_text()
    settings = read_settings(tomllib.loads(text)["inference"], {})
    assert settings.address == HOSTED_ADDRESS
    assert settings.models == ("my-dataset/3",)
    assert settings.max_request_bytes == 5_000_000
    uncommented = text.replace("\n# max_request_mb", "\nmax_request_mb").replace(
        "\n# allow_hosts", "\nallow_hosts"
    )
    named = tomllib.loads(uncommented)["inference"]
    for key in named:
        assert f"MASK_DESK_{key.upper()}" in text
    assert read_settings(named, {}).allow_hosts == ("localhost:9001", "minio.internal")


def test_the_environment_wins() -> None:
    settings = read_settings(
        {"address": "https://one.example", "models": ["a/1"], "api_key": "k"},
        {
            "MASK_DESK_ADDRESS": "http://localhost:9001/",
            "MASK_DESK_MODELS": "b/2, c/3",
            "MASK_DESK_KEY_IN": "header",
            "MASK_DESK_MAX_REQUEST_MB": "2.5",
            "MASK_DESK_TIMEOUT_SECONDS": "7",
        },
    )
    assert settings.address == "http://localhost:9001"
    assert settings.models == ("b/2", "c/3")
    assert settings.key_in == "header"
    assert settings.max_request_bytes == 2_500_000
    assert settings.timeout_seconds == 7
    assert settings.api_key.reveal() == "k"


def test_a_picture_within_the_limit_fits_a_request_as_base64() -> None:
    settings = read_settings({"address": HOSTED_ADDRESS, "models": ["a/1"]}, {})
    assert (settings.max_image_bytes + 2) // 3 * 4 < settings.max_request_bytes
    assert 3_600_000 < settings.max_image_bytes < 3_760_000


@pytest.mark.parametrize(
    "section",
    [
        {"adress": "https://x.example"},
        {"address": "https://x.example"},
        {"models": ["a/1"]},
        {"api_key": "k"},
        {"address": "ftp://x.example", "models": ["a/1"]},
        {"address": "https://user:pw@x.example", "models": ["a/1"]},
        {"address": "https://x.example?api_key=k", "models": ["a/1"]},
        {"address": "https://", "models": ["a/1"]},
        {"address": "https://x.example:99999", "models": ["a/1"]},
        {"address": "https://x.example", "models": ["a"]},
        {"address": "https://x.example", "models": ["../1"]},
        {"address": "https://x.example", "models": 5},
        {"address": "https://x.example", "models": ["a/1"], "key_in": "cookie"},
        {"address": "https://x.example", "models": ["a/1"], "timeout_seconds": "soon"},
        {"address": "https://x.example", "models": ["a/1"], "max_request_mb": 0},
        {"address": "https://x.example", "models": ["a/1"], "api_key": "two words"},
    ],
)
def test_what_cannot_be_used_is_said(section: dict[str, Any]) -> None:
    with pytest.raises(SettingsError) as caught:
        read_settings(section, {})
    assert len(caught.value.message) > 30
    assert "two words" not in caught.value.message


@given(st.text(max_size=60))
def test_any_text_is_an_address_or_an_error_of_the_desk(text: str) -> None:
    try:
        address = check_address("https://" + text)
    except SettingsError:
        return
    assert address.startswith("https://")


def test_a_secret_shows_itself_nowhere() -> None:
    secret = Secret("hunter2")
    settings = Settings(address="https://x.example", models=("a/1",), api_key=secret)
    for text in (repr(secret), str(secret), f"{secret}", repr(settings), str(settings)):
        assert "hunter2" not in text
    assert secret.reveal() == "hunter2"
    assert bool(secret)
    assert not Secret("")
    with pytest.raises(TypeError):
        pickle.dumps(secret)
