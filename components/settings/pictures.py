"""Object storage for pictures and masks: what of `[store]` says where it is."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit
from urllib.request import url2pathname

from components.errors import SettingsError
from components.settings.values import Secret, read_text

_PICTURES_EXAMPLE = "s3://bucket/prefix"
_ENDPOINT_EXAMPLE = "https://storage.example.org:9000"
# What S3 lets a bucket be called, older names included, and a prefix without surprises.
_BUCKET: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{1,253}[A-Za-z0-9]")
_PREFIX: Final = re.compile(r"[\w!.*'()=+,@~-]+(/[\w!.*'()=+,@~-]+)*")
_LONGEST_PREFIX: Final = 500


@dataclass(frozen=True, slots=True)
class PictureSettings:
    """Where pictures and masks are kept when it is not the database.

    Attributes:
        bucket: its name; "" where they are kept in a folder.
        prefix: what the names of objects begin with, without outer slashes; may be empty.
        folder: absolute, of a disk that desks share; None where they are kept in a bucket.
        endpoint: of a server that speaks S3; "" for Amazon's own.
        region: "" for what the client's usual sources say.
        key, secret: empty for the client's usual sources: environment, profile, role.
    """

    bucket: str = ""
    prefix: str = ""
    folder: Path | None = None
    endpoint: str = ""
    region: str = ""
    key: Secret = field(default_factory=lambda: Secret(""))
    secret: Secret = field(default_factory=lambda: Secret(""))

    @property
    def label(self) -> str:
        """What it is called on a page."""
        if self.folder is not None:
            return str(self.folder)
        return f"s3://{self.bucket}/{self.prefix}".rstrip("/")


def read_picture_settings(values: Mapping[str, Any]) -> PictureSettings | None:
    """Where pictures are kept, from values of the `[store]` section; None for the database.

    Raises:
        SettingsError: a value that cannot be used; what may hold a key is never shown.
    """
    address = read_text(values, "pictures", example=_PICTURES_EXAMPLE)
    endpoint = read_text(values, "pictures_endpoint", example=_ENDPOINT_EXAMPLE).rstrip("/")
    region = read_text(values, "pictures_region", example="eu-central-1")
    key = read_text(values, "pictures_key", example="…")
    secret = read_text(values, "pictures_secret", example="…")
    is_folder = address.startswith("file:")
    if (not address or is_folder) and (endpoint or region or key or secret):
        raise SettingsError(
            "A setting for object storage is there, but pictures names no bucket. Set "
            f'pictures = "{_PICTURES_EXAMPLE}", or remove the other ones.'
        )
    if not address:
        return None
    if is_folder:
        return PictureSettings(folder=_check_folder(address))
    bucket, prefix = _check_bucket(address)
    if bool(key) != bool(secret):
        raise SettingsError(
            "Of pictures_key and pictures_secret only one is set. Set both, or neither: then the "
            "usual sources count (environment, profile, role)."
        )
    if not re.fullmatch(r"[\w-]*", region, re.ASCII):
        raise SettingsError("pictures_region is a name like eu-central-1. Change it.")
    if any(not text.isascii() or not text.isprintable() or " " in text for text in (key, secret)):
        raise SettingsError(
            "pictures_key or pictures_secret holds a space or a sign that keys do not have. Copy "
            "it again, without anything around it."
        )
    return PictureSettings(
        bucket=bucket,
        prefix=prefix,
        endpoint=_check_endpoint(endpoint),
        region=region,
        key=Secret(key),
        secret=Secret(secret),
    )


def _check_bucket(address: str) -> tuple[str, str]:
    scheme, _, rest = address.partition("://")
    bucket, _, prefix = rest.partition("/")
    prefix = prefix.strip("/")
    fits = _BUCKET.fullmatch(bucket) and ".." not in bucket and len(prefix) <= _LONGEST_PREFIX
    if prefix:
        steps = prefix.split("/")
        fits = fits and _PREFIX.fullmatch(prefix) and not {".", ".."} & set(steps)
    if scheme != "s3" or not fits:
        # Not shown: people write keys in front of an @.
        raise SettingsError(
            f"pictures is an address like {_PICTURES_EXAMPLE} or file:///folder, but what came is "
            "none. Change it; keys have settings of their own."
        )
    return bucket, prefix


def _check_folder(address: str) -> Path:
    try:
        parts = urlsplit(address)
        folder = Path(url2pathname(parts.path))
    except ValueError:
        parts, folder = urlsplit(""), Path()
    told = parts.query or parts.fragment or parts.netloc not in ("", "localhost")
    if told or not folder.is_absolute() or folder == Path(folder.anchor) or "\0" in str(folder):
        raise SettingsError(
            "pictures is an address like file:///srv/pictures, a folder with three slashes in "
            "front. Change it."
        )
    return folder


def _check_endpoint(text: str) -> str:
    if not text:
        return ""
    try:
        parts = urlsplit(text)
        host, _ = parts.hostname, parts.port
    except ValueError:
        host, parts = None, urlsplit("")
    plain = not (parts.username or parts.password or parts.query or parts.fragment)
    if parts.scheme not in ("http", "https") or not host or not plain or re.search(r"[\s\\]", text):
        raise SettingsError(
            f"pictures_endpoint is the address of a server that speaks S3, like "
            f"{_ENDPOINT_EXAMPLE}, but what came is none. Change it; keys have settings of their "
            "own."
        )
    return text
