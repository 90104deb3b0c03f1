"""Packets on their way to a viewer: picture, answer and header, each a part of its own.

A part has its place on the page, and with it its key. Streamlit sends no element again that is as
it was: a picture goes over once, whatever happens to its mask, and an answer too at any threshold.
"""

from __future__ import annotations

import itertools
import json
import struct
from typing import Final

import streamlit as st

from components.viewer.parts import deliver

__all__ = ["Delivery", "split_packet"]

_KINDS: Final = ("picture", "answer")

_Parts = dict[str, tuple[str, bytes]]


class Delivery:
    """The parts of one viewer in one run of the script.

    Args:
        key: of the viewer.
    """

    def __init__(self, key: str) -> None:
        self._key = key
        # Always as many, so that nothing on the page moves when there are more or fewer.
        self._places = {kind: st.empty() for kind in (*_KINDS, "header")}
        self._sent: dict[str, str] = {}
        self._turns = itertools.count()

    def show(self, packet: bytes) -> None:
        """Send a packet to be shown now."""
        turn = next(self._turns)
        parts = split_packet(packet, self._key)
        for kind, place in self._places.items():
            name, data = parts.get(kind, ("", b""))
            if not name or (kind in _KINDS and self._sent.get(kind) == name):
                continue
            # A key is for one element of a run: a second one needs another.
            suffix = f"_{turn}" if kind in self._sent else ""
            self._sent[kind] = name
            with place:
                deliver(name, data, key=f"{self._key}_{kind}{suffix}")


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
