"""Exports of a project: looked over, made in the background, and handed to who wanted them."""

from __future__ import annotations

import importlib
from collections.abc import Sequence
from types import ModuleType
from typing import IO, TYPE_CHECKING

import streamlit as st

from components import store
from components.desk.access import require
from components.desk.connection import EXPORTS, open_desk
from components.errors import Conflict
from components.model.review import Person

if TYPE_CHECKING:
    from components.export import job
    from components.export.exhibition import Format
    from components.export.preview import Preview
    from components.store.lists import Wish


def list_export_formats() -> Sequence[Format]:
    """All formats, in the order of a page."""
    formats: Sequence[Format] = _find_registry().FORMATS
    return formats


def _find_registry() -> ModuleType:
    # Imported when it is first used: what the formats are written with takes a while to import, and
    # most people never export.
    return importlib.import_module("components.export.registry")


@st.cache_resource(show_spinner=False, on_release=lambda jobs: jobs.stop())
def open_jobs() -> job.Jobs:
    """The exports of this process."""
    from components.export import job  # as in `_find_registry`

    return job.Jobs(lambda: open_desk().database, open_desk().store_settings.folder / EXPORTS)


def look_over_export(
    who: Person | None,
    project_id: str,
    format_key: str,
    wish: Wish,
    *,
    has_pictures: bool = True,
) -> Preview:
    """What an export would be; a few of its pictures are looked at.

    Raises:
        AccessError: not a lead.
        ExportError: no such format, or one of the pictures cannot be handed on.
        StoreError: the database cannot be asked.
    """
    require(who, "lead")
    from components.export.exhibition import Exhibition
    from components.export.preview import preview_export

    exhibits = store.exhibits.open_exhibits(open_desk().database, project_id, wish)
    exhibition = Exhibition(exhibits, has_pictures)
    return preview_export(_find_registry().find_format(format_key), exhibition, exhibits)


def begin_export(
    who: Person | None,
    project_id: str,
    format_key: str,
    wish: Wish,
    *,
    has_pictures: bool = True,
    licence: str = "",
) -> job.Job:
    """Make an export in the background; those begun before it come first.

    Raises:
        AccessError: not a lead.
        ExportError: no such format, or the desk's disk cannot be written.
    """
    person = require(who, "lead")
    from components.export import job

    format_ = _find_registry().find_format(format_key)
    return open_jobs().begin(
        job.Order(project_id, format_, wish, person.name, has_pictures, licence)
    )


def look_at_export(who: Person | None, job_id: str) -> job.Job:
    """How far an export of one's own is.

    Raises:
        AccessError: not a lead.
        Conflict: there is none, not any more, or it is somebody else's.
    """
    return open_jobs().look(job_id, require(who, "lead").name)


def list_exports(who: Person | None, project_id: str) -> list[job.Job]:
    """One's own exports of a project, the newest first.

    Raises:
        AccessError: not a lead.
    """
    return open_jobs().list_jobs(require(who, "lead").name, project_id)


def cancel_export(who: Person | None, job_id: str) -> job.Job:
    """End an export of one's own; what was written of it goes.

    Raises:
        AccessError: not a lead.
        Conflict: as `look_at_export`.
    """
    return open_jobs().cancel(job_id, require(who, "lead").name)


def remove_export(who: Person | None, job_id: str) -> None:
    """Forget an export of one's own and remove its files.

    Raises:
        AccessError: not a lead.
        Conflict: as `look_at_export`.
    """
    open_jobs().remove(job_id, require(who, "lead").name)


def open_export(who: Person | None, job_id: str, part: int = 0) -> IO[bytes]:
    """A file of an export of one's own, open for reading; whoever asks closes it.

    Streamlit 1.67 hands files to browsers from the memory of the desk alone, so what is given to
    its download button is this verb, to be called at the press: then no file is read before it is
    wanted, and none is larger than a part (`PART_BYTES`) but for a single entry that is.

    Args:
        who: who asks.
        job_id: the export.
        part: which of its files, 0 for the first.

    Raises:
        AccessError: not a lead.
        Conflict: it is not done, has no such part, or as `look_at_export`.
    """
    found = open_jobs().look(job_id, require(who, "lead").name)
    if found.state != "done" or not 0 <= part < len(found.parts):
        raise Conflict("That file is not there. Reload the page to see how the export stands.")
    try:
        return found.parts[part].path.open("rb")
    except OSError as error:
        raise Conflict(
            "That file is not on this desk any more. Start the export once more.", str(error)
        ) from error
