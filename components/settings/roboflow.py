"""Where masks may go back to: `[roboflow]` of the secrets, or the environment."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from components.errors import SettingsError
from components.settings.inference import check_address, check_key
from components.settings.values import Secret, merge, read_text

ROBOFLOW_ADDRESS: Final = "https://api.roboflow.com"
"""Roboflow's API for data sets, as it documents it; "https://api.roboflow.eu" in Europe."""

_VARIABLES = {
    "api_key": "MASK_DESK_ROBOFLOW_API_KEY",
    "project": "MASK_DESK_ROBOFLOW_PROJECT",
    "address": "MASK_DESK_ROBOFLOW_ADDRESS",
}
_SLUG = r"[A-Za-z0-9][\w-]{0,99}"
_PROJECT = re.compile(rf"(?:{_SLUG}/)?({_SLUG})", re.ASCII)
_APP = re.compile(r"https://app\.roboflow\.(?:com|eu)/([^/?#]+/[^/?#]+)(?:[/?#].*)?")


@dataclass(frozen=True, slots=True)
class RoboflowSettings:
    """Where approved masks may be sent back to.

    Attributes:
        api_key: sent with each request, never in an address; empty where nothing may be sent.
        project: the project that is proposed, without its workspace; "" for none.
        address: of the API, without a trailing slash.
    """

    api_key: Secret = field(default_factory=lambda: Secret(""))
    project: str = ""
    address: str = ROBOFLOW_ADDRESS


def read_roboflow_settings(
    section: Mapping[str, Any], environ: Mapping[str, str]
) -> RoboflowSettings:
    """Settings from the `[roboflow]` section of the secrets; the environment wins.

    Args:
        section: keys as in `.streamlit/secrets.toml.example`.
        environ: environment variables; those named MASK_DESK_ROBOFLOW_… count.

    Raises:
        SettingsError: a value that cannot be used; the key is never shown.
    """
    values = merge("roboflow", section, environ, _VARIABLES)
    project = read_text(values, "project", example="my-workspace/my-project")
    address = check_address(read_text(values, "address", example=ROBOFLOW_ADDRESS))
    return RoboflowSettings(
        api_key=check_key(read_text(values, "api_key", example="YOUR_KEY")),
        project=check_project(project) if project else "",
        address=address or ROBOFLOW_ADDRESS,
    )


def check_project(text: str) -> str:
    """A project's name as the API takes it: without its workspace.

    Args:
        text: "workspace/project", "project", or the address of the project in Roboflow's app.

    Raises:
        SettingsError: it is none of these.
    """
    typed = text.strip()
    in_app = _APP.fullmatch(typed)
    found = _PROJECT.fullmatch(in_app[1] if in_app else typed.strip("/"))
    if not found:
        raise SettingsError(
            "A project is a workspace and a project with a slash between, like "
            "my-workspace/my-project, as they stand in the address of the project in Roboflow’s "
            "app. Change it."
        )
    return found[1]
