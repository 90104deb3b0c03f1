"""Settings as a command reads them, without Streamlit."""

from __future__ import annotations

from pathlib import Path

import pytest

from components.errors import SettingsError
from components.settings import (
    find_section,
    read_deployed_sections,
    read_deployed_settings,
)


def write(folder: Path, text: str) -> Path:
    (folder / ".streamlit").mkdir(parents=True)
    (folder / ".streamlit" / "secrets.toml").write_text(text, encoding="utf-8")
    return folder


def test_a_later_folder_wins_section_by_section(tmp_path: Path) -> None:
    home = write(tmp_path / "home", '[store]\nfolder = "a"\nlasts = true\n[access]\nrole = "lead"')
    desk = write(tmp_path / "desk", '[store]\nfolder = "b"')
    found = read_deployed_sections(home, desk)
    assert found == {"store": {"folder": "b"}, "access": {"role": "lead"}}
    assert find_section(found, "store") == {"folder": "b"}
    assert find_section(found, "inference") == {}


def test_no_file_is_no_section(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    assert read_deployed_sections(tmp_path / "none", tmp_path / "file") == {}


@pytest.mark.parametrize("text", ["api_key = hunter2", "\x00", "[store"])
def test_what_is_no_toml_is_said_and_not_shown(text: str, tmp_path: Path) -> None:
    folder = write(tmp_path / "desk", text)
    with pytest.raises(SettingsError, match="cannot be read as TOML") as caught:
        read_deployed_sections(folder)
    assert "hunter2" not in f"{caught.value.message} {caught.value.detail}"
    assert caught.value.__cause__ is None


def test_what_is_no_section_is_said() -> None:
    with pytest.raises(SettingsError, match=r"where a section \[store\] was expected"):
        find_section({"store": "hunter2"}, "store")


def test_the_environment_counts(tmp_path: Path) -> None:
    settings, kept = read_deployed_settings(
        {
            "MASK_DESK_ADDRESS": "http://localhost:9001",
            "MASK_DESK_MODELS": "fields/3",
            "MASK_DESK_FOLDER": str(tmp_path),
            "MASK_DESK_PICTURES": "s3://desk-bucket",
        }
    )
    assert settings.models == ("fields/3",)
    assert kept.folder == tmp_path
    assert kept.pictures is not None
    assert kept.pictures.bucket == "desk-bucket"
