"""Where decisions and pictures are kept: `[store]` of the secrets, or the environment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from components.errors import SettingsError
from components.settings.pictures import PictureSettings, read_picture_settings
from components.settings.values import Secret, merge, read_list, read_text, read_truth

DATABASE_FILE: Final = "desk.sqlite3"
DATASETS_FOLDER: Final = "datasets"

_VARIABLES = {
    "database": "MASK_DESK_DATABASE",
    "folder": "MASK_DESK_FOLDER",
    "lasts": "MASK_DESK_LASTS",
    "datasets": "MASK_DESK_DATASETS",
    "pictures": "MASK_DESK_PICTURES",
    "pictures_endpoint": "MASK_DESK_PICTURES_ENDPOINT",
    "pictures_region": "MASK_DESK_PICTURES_REGION",
    "pictures_key": "MASK_DESK_PICTURES_KEY",
    "pictures_secret": "MASK_DESK_PICTURES_SECRET",
}
_ROOT = Path(__file__).parents[2]
_EXAMPLE = "postgresql://user:password@host/name"


@dataclass(frozen=True, slots=True)
class StoreSettings:
    """Where the desk keeps what people decide.

    Attributes:
        database: address of a PostgreSQL database, "postgresql://…"; empty for a file in `folder`.
        folder: absolute, where the desk's own file lies.
        lasts: whether what is written into `folder` is still there after a restart; None where
            nobody has said.
        datasets: absolute folders of this machine that leads may add pictures from; one in
            `folder` where none is named.
        pictures: where pictures and masks are kept; None for the database itself.
    """

    database: Secret = field(default_factory=lambda: Secret(""))
    folder: Path = _ROOT / "data"
    lasts: bool | None = None
    datasets: tuple[Path, ...] = (_ROOT / "data" / DATASETS_FOLDER,)
    pictures: PictureSettings | None = None

    @property
    def url(self) -> str:
        """The database's address, for the one place that opens it: it may hold a password.

        The one set, else that of the file in `folder`, "sqlite:////…".
        """
        file = self.folder / DATABASE_FILE
        return self.database.reveal() or f"sqlite:///{file.as_posix()}"


def read_store_settings(section: Mapping[str, Any], environ: Mapping[str, str]) -> StoreSettings:
    """Settings from the `[store]` section of the secrets; the environment wins.

    Args:
        section: keys as in `.streamlit/secrets.toml.example`.
        environ: environment variables; those named MASK_DESK_… count.

    Raises:
        SettingsError: a value that cannot be used; what may hold a key is never shown.
    """
    values = merge("store", section, environ, _VARIABLES)
    folder = Path(read_text(values, "folder", example="data") or "data").expanduser()
    # A question mark would begin the options of the database's address.
    if set(str(folder)) & set("?\0\n\r"):
        raise SettingsError("folder is a folder whose name has no question mark. Change it.")
    named = [Path(one).expanduser() for one in read_list(values, "datasets")]
    folder = (_ROOT / folder).absolute()
    return StoreSettings(
        database=Secret(_check_database(read_text(values, "database", example=_EXAMPLE))),
        folder=folder,
        datasets=tuple((_ROOT / one).absolute() for one in named or [folder / DATASETS_FOLDER]),
        lasts=read_truth(values, "lasts"),
        pictures=read_picture_settings(values),
    )


def _check_database(text: str) -> str:
    if not text:
        return ""
    # Providers write either; the first is the one that SQLAlchemy reads.
    text = text.replace("postgres://", "postgresql://", 1) if text.startswith("postgres:") else text
    try:
        parts = urlsplit(text)
        host, _ = parts.hostname, parts.port
    except ValueError:
        # The library's error quotes the address, and so the password.
        host, parts = None, urlsplit("")
    in_options = "host=" in parts.query
    if parts.scheme != "postgresql" or not (host or in_options) or not parts.path.strip("/"):
        raise SettingsError(
            f"database is the address of a PostgreSQL database, like {_EXAMPLE}, but what came is "
            "none; it is not shown here, since it may hold a password. Change it, or remove it to "
            "keep decisions in a file."
        )
    return text
