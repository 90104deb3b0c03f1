"""Pictures and answers of a viewer, each brought by a part of the page of its own.

A viewer that shows one large picture after another would have its script hand Streamlit the bytes
of all it holds at every run, which packs and hashes them only to find that the browser has them.
So each slot is filled by a fragment that runs when the browser finds that it wants something else
there; what shows the picture runs without the bytes.

A slot asks again every few seconds while it holds something else than it is to hold. What it holds
is decoded ahead where the viewer's `supplied` names its subject, and let go of when the slot is
filled with something else. A viewer whose picture is not there yet waits for it; of one that it
still has decoded, the bytes need not come again.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Final

from streamlit.components.v2 import component

from components.viewer.delivery import shorten_header, split_packet
from components.viewer.parts import deliver, read

__all__ = ["SLOTS", "announce_wants", "supply"]

SLOTS: Final = 4
"""The picture on screen, two that come next, and the one before for going back."""

_mount = component(
    "mask_desk_supply", html="<i></i>", js=read("parts.js", "leaving.js", "supply.js")
)


def announce_wants(key: str, wants: Sequence[str]) -> None:
    """Tell the browser what each slot is to hold; a slot that holds something else is run.

    Args:
        key: of the viewer.
        wants: names as given to `supply`, by slot, or the first words of such names.
    """
    deliver(f"wants:{key}", json.dumps(list(wants)).encode(), key=f"{key}_wants")


def supply(key: str, slot: int, name: str, packet: bytes) -> None:
    """Fill a slot; called in a fragment of its own, which the browser runs when it wants another.

    Args:
        key: of the viewer, which is to be shown with `is_supplied`.
        slot: 0 to SLOTS - 1.
        name: what the slot holds now; "" for nothing.
        packet: whose picture and answer it holds; b"" for none.
    """
    parts = split_packet(packet, key) if packet else {}
    for kind in ("picture", "answer"):
        # Always as many, so that nothing on the page moves.
        part_name, data = parts.get(kind, ("", b""))
        deliver(part_name, data, key=f"{key}_{kind}_{slot}")
    # Decoded before it is looked at, where it is said to come next.
    header = shorten_header(parts["header"][1]) if "picture" in parts else None
    deliver(f"ahead:{key}:{slot}", json.dumps(header).encode(), key=f"{key}_ahead_{slot}")
    held = json.dumps({"key": key, "slot": slot, "holds": name}).encode()
    _mount(key=f"{key}_supply_{slot}", data=held, on_want_change=lambda: None)
