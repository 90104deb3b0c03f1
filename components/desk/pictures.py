"""Pictures: taken in for the server that answers, kept, found again."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

import streamlit as st

from components import samples
from components.desk.connection import Connection, open_desk
from components.display.thumbnails import draw_thumbnail
from components.errors import DeskError, IntakeError
from components.intake import Limits, take_bytes, take_many, take_url
from components.model.image import SourceImage
from components.store import Kept

# Together with the pictures being looked at, the caches keep a desk within a 1 GB machine.
_SAMPLE_CACHE = "16mb"
_SHRUNK_CACHE = "16mb"


def make_limits(connection: Connection) -> Limits:
    """What a picture may be so that this connection's server takes it."""
    return Limits(max_sent_bytes=connection.settings.max_image_bytes)


def add_files(
    files: Iterable[tuple[str, bytes]], connection: Connection
) -> Iterator[tuple[str, Kept | DeskError]]:
    """Take in files one by one; a bad one does not harm the others.

    Yields:
        The file's name, and the kept picture or what was wrong with it.
    """
    for name, taken in take_many(files, limits=make_limits(connection)):
        if isinstance(taken, IntakeError):
            yield name, taken
            continue
        try:
            yield name, keep_picture(taken)
        except DeskError as error:
            yield name, error


def add_url(url: str, connection: Connection) -> Kept:
    """Fetch a picture to show; the server will fetch it by itself from the same address.

    Raises:
        IntakeError: an address that is refused, gives no file, or no picture.
        StoreError: it could not be kept.
    """
    # The picture is not sent, so the server's limit on a request does not count here.
    limits = replace(make_limits(connection), max_sent_bytes=20_000_000)
    return keep_picture(take_url(url, limits=limits, allow_hosts=open_desk().settings.allow_hosts))


def keep_picture(image: SourceImage) -> Kept:
    """Put a picture into the spool.

    Raises:
        StoreError: it could not be written.
    """
    return Kept(open_desk().spool.keep(image), image.name, draw_thumbnail(image))


def load_picture(key: str) -> SourceImage:
    """A kept picture.

    Raises:
        StoreError: it has been put away.
    """
    return open_desk().spool.load(key)


@st.cache_data(show_spinner=False, max_size=_SAMPLE_CACHE)
def load_sample(key: str) -> SourceImage:
    """A sample picture.

    Raises:
        IntakeError: its file is damaged.
    """
    sample = find_sample(key)
    return take_bytes(sample.path.read_bytes(), name=sample.path.name)


def find_sample(key: str) -> samples.Sample:
    """The sample of this key, else the first."""
    known = samples.samples()
    return next((sample for sample in known if sample.key == key), known[0])


def fit_picture(connection: Connection, image: SourceImage) -> SourceImage:
    """The picture, made small enough for this connection's server where it is not.

    It was taken in for the connection of that time, whose limit may have been another.

    Raises:
        IntakeError: it cannot be made small enough.
    """
    if image.url is not None or len(image.data) <= connection.settings.max_image_bytes:
        return image
    return _shrink(image.sha256, make_limits(connection), _image=image)


@st.cache_data(show_spinner=False, max_size=_SHRUNK_CACHE)
def _shrink(
    image_sha256: str,  # noqa: ARG001  part of the cache's key
    limits: Limits,
    *,
    _image: SourceImage,
) -> SourceImage:
    image = _image
    small = take_bytes(image.data, name=image.name, limits=limits)
    return replace(
        small,
        original_size_wh=image.original_size_wh,
        original_bytes=image.original_bytes,
        original_format=image.original_format,
        notes=tuple(dict.fromkeys((*image.notes, *small.notes))),
    )
