"""Packets on their way to a viewer: each picture and each answer goes over the wire once.

A part lies in one of a few slots. It keeps its slot, and with it key and data, for as long as it is
wanted: first as one that comes next, then as the one on screen. Streamlit sends no such element
again, so that going on to a picture announced before sends its header alone.
"""

from __future__ import annotations

import itertools
import json
import struct
from collections.abc import Mapping, Sequence
from typing import Final

import streamlit as st

from components.viewer.parts import deliver

__all__ = ["MOST_AHEAD", "Delivery", "shorten_header", "split_packet"]

MOST_AHEAD: Final = 2
"""Packets that are sent before they are looked at; more are left out."""

_KINDS: Final = ("picture", "answer")
# What the browser needs of a header to decode what belongs to it.
_FIELDS: Final = ("id", "answer", "name", "image", "mask", "confidence", "subject")

_Parts = dict[str, tuple[str, bytes]]
_Named = Mapping[str, bytes]


class Delivery:
    """The parts of one viewer in one run of the script.

    Args:
        key: of the viewer.
        ahead: packets that are likely to come next, the likeliest first.
        supplied: where pictures and answers come by `supply`, so that packets are headers alone,
            the subjects of those that come next.

    Attributes:
        shown: subject of the packet shown last, and its picture's size_wh; ("", None) for none.
    """

    def __init__(
        self, key: str, ahead: Sequence[bytes], *, supplied: Sequence[str] | None = None
    ) -> None:
        self._key = key
        self._kinds = _KINDS if supplied is None else ()
        self._supplied = supplied
        self._ahead = [split_packet(packet, key) for packet in ahead[:MOST_AHEAD]]
        slots = range(MOST_AHEAD + 1)
        # Always as many, so that nothing on the page moves when there are more or fewer.
        self._places = {(kind, at): st.empty() for kind in self._kinds for at in slots}
        self._header_place, self._ahead_place = st.empty(), st.empty()
        self._names: dict[str, list[str]] = st.session_state.setdefault(
            f"{key}_slots", {kind: [""] * len(slots) for kind in _KINDS}
        )
        self._sent: dict[tuple[str, int], str] = {}
        self._turns = itertools.count()
        self.shown: tuple[str, tuple[int, int] | None] = ("", None)

    def show(self, packet: bytes) -> None:
        """Send a packet to be shown now, and once those that come next."""
        turn = next(self._turns)
        shown = split_packet(packet, self._key)
        self.shown = _name(shown)
        packets = [shown, *self._ahead]
        for kind in self._kinds:
            wanted = dict(parts[kind] for parts in packets if kind in parts)
            for name, data in wanted.items():
                self._send(kind, self._find_slot(kind, name, wanted), name, data, turn)
        with self._header_place:
            # A key is for one element of a run: a second header needs another.
            deliver(*shown["header"], key=f"{self._key}_header_{turn}")
        if turn:
            return
        if self._supplied is not None:
            told: object = {"next": list(self._supplied)}
        else:
            told = [
                shorten_header(parts["header"][1]) for parts in self._ahead if "picture" in parts
            ]
        with self._ahead_place:
            deliver(f"ahead:{self._key}", json.dumps(told).encode(), key=f"{self._key}_ahead")

    def _find_slot(self, kind: str, name: str, wanted: _Named) -> int:
        names = self._names[kind]
        if name in names:
            return names.index(name)
        free = [at for at, held in enumerate(names) if held not in wanted]
        # One that this run has not used yet: what lay there is on its way to the browser.
        at = next((at for at in free if (kind, at) not in self._sent), free[0])
        names[at] = name
        return at

    def _send(self, kind: str, at: int, name: str, data: bytes, turn: int) -> None:
        before = self._sent.get((kind, at))
        if before == name:
            return
        self._sent[kind, at] = name
        key = f"{self._key}_{kind}_{at}" + (f"_{turn}" if before is not None else "")
        with self._places[kind, at]:
            deliver(name, data, key=key)


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
