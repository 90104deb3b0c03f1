"""Packets on their way to a viewer: picture, answer and header, each a part of its own.

A part has its place on the page, and with it its key. Streamlit sends no element again that is as
it was: a picture goes over once, whatever happens to its mask, and an answer too at any threshold.
"""

from __future__ import annotations

import itertools
import json
import struct
from collections.abc import Sequence
from typing import Final

import streamlit as st

from components.viewer.parts import deliver

__all__ = ["Delivery", "shorten_header", "split_packet"]

_KINDS: Final = ("picture", "answer")
# What the browser needs of a header to decode what belongs to it.
_FIELDS: Final = ("id", "answer", "name", "image", "mask", "confidence", "subject")

_Parts = dict[str, tuple[str, bytes]]


class Delivery:
    """The parts of one viewer in one run of the script.

    Args:
        key: of the viewer.
        supplied: where pictures and answers come by `supply`, so that packets are headers alone,
            the subjects of those that come next.

    Attributes:
        shown: subject of the packet shown last, and its picture's size_wh; ("", None) for none.
    """

    def __init__(self, key: str, *, supplied: Sequence[str] | None = None) -> None:
        self._key = key
        self._supplied = supplied
        # Always as many, so that nothing on the page moves when there are more or fewer.
        kinds = (*_KINDS, "header") if supplied is None else ()
        self._places = {kind: st.empty() for kind in kinds}
        self._sent: dict[str, str] = {}
        self._turns = itertools.count()
        self.shown: tuple[str, tuple[int, int] | None] = ("", None)

    def show(self, packet: bytes) -> None:
        """Send a packet to be shown now."""
        turn = next(self._turns)
        parts = split_packet(packet, self._key)
        self.shown = _name(parts)
        if self._supplied is not None:
            # One element, and no empty place for it: the fewer there are, the sooner it is shown.
            name, header = parts["header"]
            if "picture" in parts:
                header = json.dumps(json.loads(header) | {"next": list(self._supplied)}).encode()
            deliver(name, header, key=f"{self._key}_header_{turn}")
            return
        for kind, place in self._places.items():
            name, data = parts.get(kind, ("", b""))
            if not name or (kind in _KINDS and self._sent.get(kind) == name):
                continue
            # A key is for one element of a run: a second one needs another.
            suffix = f"_{turn}" if kind in self._sent else ""
            self._sent[kind] = name
            with place:
                deliver(name, data, key=f"{self._key}_{kind}{suffix}")


def _name(parts: _Parts) -> tuple[str, tuple[int, int] | None]:
    try:
        header = json.loads(parts["header"][1])
        size_wh = header["image"]["w"], header["image"]["h"]
    except (ValueError, KeyError, TypeError):
        # The browser says so in the picture's place.
        return "", None
    return header.get("subject", ""), size_wh


def shorten_header(header: bytes) -> dict[str, object]:
    """What the browser needs to decode ahead."""
    fields = json.loads(header)
    return {name: fields.get(name) for name in _FIELDS}


def split_packet(packet: bytes, key: str) -> _Parts:
    """Name and bytes of picture, answer and header; all of it as header where it is no packet."""
    try:
        (length,) = struct.unpack_from("<I", packet)
        header = packet[4 : 4 + length]
        fields = json.loads(header)
        start, size = 4 + length, fields["image"]["bytes"]
        parts = {"picture": (f"picture:{fields['id']}", packet[start : start + size])}
        if fields.get("mask"):
            parts["answer"] = f"answer:{fields['answer']}", packet[start + size :]
        return parts | {"header": (f"header:{key}", header)}
    except (struct.error, ValueError, KeyError, TypeError):
        return {"header": (f"header:{key}", packet)}
