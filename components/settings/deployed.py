"""What is deployed, read without Streamlit: for commands that run beside the desk."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from components.errors import SettingsError
from components.settings.inference import Settings, read_settings
from components.settings.store import StoreSettings, read_store_settings

_SECRETS = Path(".streamlit") / "secrets.toml"
_ROOT = Path(__file__).parents[2]


def read_deployed_sections(*folders: Path) -> dict[str, Any]:
    """What the secrets say, as Streamlit would read them for the desk.

    Args:
        folders: where `.streamlit/secrets.toml` may be, a later one wins section by section;
            by default the home folder and the one of app.py.

    Raises:
        SettingsError: a file that cannot be read; nothing of what it says is shown.
    """
    sections: dict[str, Any] = {}
    for folder in folders or (Path("~").expanduser(), _ROOT):
        file = folder / _SECRETS
        try:
            sections.update(tomllib.loads(file.read_text(encoding="utf-8")))
        except (FileNotFoundError, NotADirectoryError):
            continue
        except (OSError, ValueError):
            # The library's error may quote the line, and so a key.
            raise SettingsError(
                f"{_SECRETS.as_posix()} cannot be read as TOML. Correct it, or remove it."
            ) from None
    return sections


def find_section(sections: Mapping[str, Any], name: str) -> dict[str, Any]:
    """A section of the secrets; empty where there is none.

    Raises:
        SettingsError: it is no section.
    """
    section: Any = sections.get(name, {})
    if not hasattr(section, "keys"):
        raise SettingsError(
            f"The secrets have {name} = …, where a section [{name}] was expected. "
            "See .streamlit/secrets.toml.example."
        )
    return dict(section)


def read_deployed_settings(environ: Mapping[str, str]) -> tuple[Settings, StoreSettings]:
    """Who answers and where all is kept: as the desk has it, for a command.

    Args:
        environ: environment variables; those named MASK_DESK_… win over the secrets.

    Raises:
        SettingsError: a value that cannot be used.
    """
    sections = read_deployed_sections()
    return (
        read_settings(find_section(sections, "inference"), environ),
        read_store_settings(find_section(sections, "store"), environ),
    )
