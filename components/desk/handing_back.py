"""Approved masks back to Roboflow: where they may go, what would be sent, and the sending."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import streamlit as st

from components import store
from components.desk.access import require
from components.desk.connection import open_desk, read_section
from components.errors import Conflict
from components.export.roboflow_project import doubt_project
from components.export.roboflow_upload import Manner, Plan, plan_upload
from components.export.roboflow_uploads import Upload, Uploads
from components.model.review import Person
from components.settings import RoboflowSettings, check_project, read_roboflow_settings

if TYPE_CHECKING:
    from components.store.lists import Wish

HANDED_BACK = "handed_back"


@dataclass(frozen=True, slots=True)
class RoboflowPlace:
    """Where masks may go back to.

    Attributes:
        host: of the API.
        project: the project that is proposed; "" for none.
        has_key: whether anything can be sent.
    """

    host: str
    project: str
    has_key: bool


@st.cache_resource(show_spinner=False, on_release=lambda uploads: uploads.stop())
def open_uploads() -> Uploads:
    """The uploads of this process."""
    return Uploads(open_desk().store_settings.folder / HANDED_BACK)


def find_roboflow(who: Person | None) -> RoboflowPlace:
    """Where masks may go back to, as whoever runs the desk has set it.

    Raises:
        AccessError: not a lead.
        SettingsError: what is set cannot be used.
    """
    require(who, "lead")
    settings = _read_settings()
    return RoboflowPlace(
        urlsplit(settings.address).netloc, settings.project, bool(settings.api_key)
    )


def look_over_upload(
    who: Person | None, project_id: str, wish: Wish, target: str, *, overwrite: bool = False
) -> Plan:
    """What an upload would send; nothing is sent for it.

    Where a key is set Roboflow is asked what kind of project that is.

    Args:
        who: a lead.
        project_id: of the desk's project.
        wish: which of its pictures.
        target: the project at Roboflow, as people write it.
        overwrite: whether masks that are there are replaced.

    Raises:
        AccessError: not a lead.
        SettingsError: `target` is no project's name, or what is set cannot be used.
        ExportError: what was sent before cannot be read.
        StoreError: the database cannot be asked.
    """
    require(who, "lead")
    settings, project = _read_settings(), check_project(target)
    ledger = open_uploads().open_ledger(settings, project)
    exhibits = store.exhibits.open_exhibits(open_desk().database, project_id, wish)
    plan = plan_upload(exhibits, ledger, overwrite=overwrite)
    return replace(plan, doubt=doubt_project(settings, project)) if plan.masks else plan


def begin_upload(
    who: Person | None,
    project_id: str,
    wish: Wish,
    target: str,
    *,
    split: str = "train",
    overwrite: bool = False,
) -> Upload:
    """Send in the background; what was sent before is left out.

    Raises:
        AccessError: not a lead.
        SettingsError: `target` is no project's name, or no key is set.
        Conflict: another upload is under way, or nothing can be sent.
        ExportError: what was sent before cannot be read.
        StoreError: there is no such project, or the database cannot be asked.
    """
    person = require(who, "lead")
    settings = _read_settings()
    if not settings.api_key:
        raise Conflict(
            "No key of Roboflow is set, so nothing can be sent. Whoever runs the desk sets api_key "
            "under [roboflow] in its secrets."
        )
    desk = open_desk()
    project = store.projects.find_project(desk.database, project_id)
    return open_uploads().begin(
        project_id,
        person.name,
        lambda: store.exhibits.open_exhibits(desk.database, project_id, wish),
        settings,
        check_project(target),
        Manner(batch=f"{project.name}, from Mask Desk", split=split, overwrite=overwrite),
    )


def look_at_upload(who: Person | None, project_id: str) -> Upload | None:
    """How far the last upload of a project is; None where there was none since the desk started.

    Raises:
        AccessError: not a lead.
    """
    require(who, "lead")
    return open_uploads().look(project_id)


def cancel_upload(who: Person | None, project_id: str) -> None:
    """Stop the upload of a project; what was sent stays sent, and the next one goes on from there.

    Raises:
        AccessError: not a lead.
    """
    require(who, "lead")
    open_uploads().cancel(project_id)


def _read_settings() -> RoboflowSettings:
    return read_roboflow_settings(read_section("roboflow"), os.environ)
