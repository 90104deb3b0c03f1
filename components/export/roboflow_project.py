"""Whether a project at Roboflow is one for masks, before anything is sent to it.

    GET {address}/                        the workspace of the key
    GET {address}/{workspace}/{project}   the project, with its type

Sources: https://docs.roboflow.com/developer/rest-api/authenticate, and what Roboflow's own client
(the `roboflow` package, 1.7) reads of the second answer.
"""

from __future__ import annotations

from typing import Final

from components.errors import DeskError
from components.export.roboflow import Roboflow
from components.settings import RoboflowSettings

_WANTED: Final = "semantic-segmentation"
_LONGEST: Final = 60


def doubt_project(settings: RoboflowSettings, project: str) -> str:
    """What speaks against sending masks to a project, in plain words; "" for nothing known.

    Args:
        settings: nothing is asked where their key is empty.
        project: its name, without its workspace.
    """
    if not settings.api_key:
        return ""
    client = Roboflow(settings, project)
    try:
        workspace = client.look().get("workspace")
        if not isinstance(workspace, str) or not workspace:
            return ""
        said = client.look(workspace, project).get("project")
    except DeskError as error:
        return error.message
    finally:
        client.close()
    kind = said.get("type") if isinstance(said, dict) else None
    if not isinstance(kind, str) or not kind or kind == _WANTED:
        return ""
    words = " ".join(kind.replace("-", " ").split())[:_LONGEST]
    return (
        f"That project is for {words}, not for semantic segmentation, so Roboflow may make "
        "something else of these masks or refuse them. Choose a project for semantic segmentation."
    )
