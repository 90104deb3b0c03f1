"""Uploads of many files: few requests, a few at a time, so that the browser drops none of them."""

from __future__ import annotations

import io
import json
import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import streamlit as st

_HERE = Path(__file__).parent
_MAGIC: Final = b"MDPACK1\n"
_START: Final = len(_MAGIC) + 4

_uploads = st.components.v2.component(
    "mask_desk_uploads",
    html='<p class="uploads desk-sub" role="status" aria-live="polite"></p>',
    js="".join((_HERE / name).read_text(encoding="utf-8") for name in ("packs.js", "uploads.js")),
    isolate_styles=False,
)


@dataclass(frozen=True, slots=True)
class Sent:
    """A file of a person's, on its own or in a pack.

    Attributes:
        name: with its folders in front where it came with them.
        start, end: where it lies in `source`, bytes.
        source: what was uploaded.
    """

    name: str
    start: int
    end: int
    source: io.BytesIO

    def open(self) -> io.BytesIO:
        """Its bytes, as a file of its own."""
        if self.start == 0 and self.end == self.source.getbuffer().nbytes:
            return self.source
        return io.BytesIO(self.source.getbuffer()[self.start : self.end])


def uploads(*, within: str, key: str) -> None:
    """Let the files of this browser tab go one after the other, and say how far they are.

    Nothing is to be seen but while many are on their way, and where some did not arrive. Many files
    chosen at once travel in packs, which `unpack` takes apart.

    Args:
        within: selector of what surrounds the uploaders whose files may be packed.
        key: of the component's state.
    """
    _uploads(data={"within": within}, key=key)


def unpack(uploaded: Sequence[tuple[str, io.BytesIO]]) -> list[Sent]:
    """The files that a person chose, out of what was uploaded by name.

    What is no whole pack is a file as it came.
    """
    return [sent for name, source in uploaded for sent in _open(name, source)]


def _open(name: str, source: io.BytesIO) -> Iterator[Sent]:
    size = source.getbuffer().nbytes
    listed = _read_header(source) if name.endswith(".mdpack") else None
    if listed is None:
        yield Sent(name, 0, size, source)
        return
    at, files = listed
    for own, length in files:
        yield Sent(own, at, at + length, source)
        at += length


def _read_header(source: io.BytesIO) -> tuple[int, list[tuple[str, int]]] | None:
    """Where the files begin, and their names and lengths; None for what is no whole pack."""
    data = source.getbuffer()
    if bytes(data[: len(_MAGIC)]) != _MAGIC or data.nbytes < _START:
        return None
    (length,) = struct.unpack("<I", data[len(_MAGIC) : _START])
    try:
        header = json.loads(bytes(data[_START : _START + length]))
        files = [(str(name), int(size)) for name, size in header["files"]]
    except (ValueError, KeyError, TypeError, OverflowError, RecursionError):
        return None
    is_whole = _START + length + sum(size for _, size in files) == data.nbytes
    return (_START + length, files) if is_whole and all(size >= 0 for _, size in files) else None
