"""Pictures and answers of a viewer, each brought by a part of the page of its own.

A viewer that shows one large picture after another would have its script hand Streamlit the bytes
of all it holds at every run, which packs and hashes them only to find that the browser has them.
So each slot is filled by a fragment that runs when the browser finds that it wants something else
there; what shows the picture runs without the bytes.

Slots are asked one after the other, while nothing else runs, and asked again after a few seconds
while one holds something else than it is to hold. With each comes all that is told of its picture,
so that the browser can show it the moment its turn comes, whether or not the desk can be reached.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Mapping, Sequence
from typing import Any, Final

from streamlit.components.v2 import component

from components.viewer.delivery import split_packet
from components.viewer.parts import deliver, read

__all__ = ["SLOTS", "announce_wants", "supply"]

SLOTS: Final = 12
"""The picture on screen, ten that come next for whoever is quick, and the one before."""

_mount = component(
    "mask_desk_supply", html="<i></i>", js=read("parts.js", "leaving.js", "sender.js", "supply.js")
)


def announce_wants(key: str, wants: Sequence[tuple[int, str]]) -> None:
    """Tell the browser what slots are to hold; a slot that holds something else is run.

    Args:
        key: of the viewer.
        wants: slots, the most urgent first, each with a name as given to `supply` or the first word
            of one.
    """
    deliver(f"wants:{key}", json.dumps(list(wants)).encode(), key=f"{key}_wants")


def supply(key: str, slot: int, name: str, packet: bytes, card: Mapping[str, Any]) -> None:
    """Fill a slot; called in a fragment of its own, which the browser runs when it wants another.

    Args:
        key: of the viewer, one that is supplied.
        slot: 0 to SLOTS - 1.
        name: what the slot holds now; "" for nothing.
        packet: whose picture and answer it holds; b"" for none.
        card: what is told of the picture; empty for none.
    """
    parts = split_packet(packet, key) if packet else {}
    bodies = [parts.get(kind, ("", b"")) for kind in ("picture", "answer")]
    head = json.dumps(
        {
            "key": key,
            "slot": slot,
            "holds": name,
            "card": dict(card) or None,
            "parts": [[part_name, len(data)] for part_name, data in bodies],
        }
    ).encode()
    # One element: the fewer there are, the sooner a run is over.
    data = struct.pack("<I", len(head)) + head + b"".join(data for _, data in bodies)
    _mount(key=f"{key}_supply_{slot}", data=data, on_want_change=lambda: None)
