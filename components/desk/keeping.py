"""Where projects and decisions are kept, whether that lasts, and the whole desk as one file."""

from __future__ import annotations

import tempfile
import uuid
from pathlib import Path
from typing import TYPE_CHECKING

from components import store
from components.desk.access import require
from components.desk.connection import open_desk
from components.errors import StoreError
from components.model.review import Person

if TYPE_CHECKING:
    from components.store.bundle import Opened

_MOUNTS = Path("/proc/self/mounts")
_COMMUNITY_CLOUD = Path("/mount/src")
"""Where Streamlit Community Cloud puts an app's repository, on a disk that restarts forget."""
_FORGETFUL_KINDS = frozenset({"tmpfs", "ramfs", "overlay", "aufs"})


def make_id() -> str:
    """A new id: 32 hex digits."""
    return uuid.uuid4().hex


def does_keep(mounts: Path = _MOUNTS) -> bool:
    """Whether what is decided is still there after the machine was restarted or made anew.

    A database of its own keeps; of a folder that is said by the settings, else by where it lies:
    memory, the inner layers of a container and Community Cloud's disk are forgotten.
    """
    settings = open_desk().store_settings
    if settings.database:
        return True
    if settings.lasts is not None:
        return settings.lasts
    folder = settings.folder.resolve()
    if folder.is_relative_to(_COMMUNITY_CLOUD):
        return False
    return _find_kind(folder, mounts) not in _FORGETFUL_KINDS


def _find_kind(folder: Path, mounts: Path) -> str:
    """The kind of file system a folder lies on; "" where the system does not tell."""
    try:
        lines = [line.split() for line in mounts.read_text(encoding="utf-8").splitlines()]
    except OSError:
        return ""
    found = ("", "")
    for line in lines:
        if len(line) < 3:
            continue
        # Spaces in names are written as \040.
        place = line[1].encode().decode("unicode_escape")
        if folder.is_relative_to(place) and len(place) >= len(found[0]):
            found = (place, line[2])
    return found[1]


def name_database() -> str:
    """What the database is called on a page, without user or password.

    Raises:
        StoreError: it cannot be opened.
    """
    return open_desk().database.label


def save_desk(who: Person | None) -> bytes:
    """The whole desk as one file: projects, pictures, answers, decisions, remarks.

    Raises:
        AccessError: not a lead.
        StoreError: the database cannot be read, or there is no room for the file.
    """
    require(who, "lead")
    try:
        with tempfile.TemporaryDirectory(prefix="mask-desk-") as folder:
            path = Path(folder) / "desk"
            store.bundle.save_desk(open_desk().database, path)
            return path.read_bytes()
    except OSError as error:
        raise StoreError(
            "The desk could not be written into a file: there is no room on its disk.", str(error)
        ) from error


def open_desk_file(who: Person | None, data: bytes) -> Opened:
    """Add all that such a file holds to this desk; what is here already stays as it is.

    Raises:
        AccessError: not a lead.
        StoreError: it is no such file, is damaged, or the database cannot be written.
    """
    require(who, "lead")
    try:
        with tempfile.TemporaryDirectory(prefix="mask-desk-") as folder:
            path = Path(folder) / "desk"
            path.write_bytes(data)
            return store.bundle.open_desk_file(open_desk().database, path)
    except OSError as error:
        raise StoreError(
            "The file could not be opened: there is no room for it on the desk’s disk.", str(error)
        ) from error
