"""Thumbnails with what was decided about each, one of them chosen."""

from __future__ import annotations

import json
import struct
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from typing import Literal

from streamlit.components.v2 import component

from components.viewer.parts import deliver, read, read_event

__all__ = ["Badge", "SheetTile", "contact_sheet"]

Badge = Literal[
    "",
    "approved",
    "needs_fix",
    "rejected",
    "skipped",
    "disagreed",
    "answered",
    "no_answer",
    "open",
]

_mount = component(
    "mask_desk_contact_sheet",
    html='<div class="sheet" role="listbox"></div>',
    css=read("contact_sheet.css"),
    js=read("parts.js", "leaving.js", "contact_sheet.js"),
)


@dataclass(frozen=True, slots=True)
class SheetTile:
    """One picture of the sheet.

    Attributes:
        id: what `on_pick` is told.
        title: text beneath it.
        thumbnail: JPEG; empty where there is none yet.
        badge: what the picture came to so far.
        mine: what whoever looks at the sheet decided, shown where it differs from `badge`.
        note: a line beneath the title.
        pins: open remarks.
    """

    id: str
    title: str
    thumbnail: bytes = field(repr=False)
    badge: Badge = ""
    mine: Badge = ""
    note: str = ""
    pins: int = 0


def contact_sheet(
    tiles: Sequence[SheetTile],
    *,
    chosen: str,
    key: str,
    on_pick: Callable[[str], None],
    label: str = "Pictures",
) -> None:
    """Show the sheet; arrow keys move between its pictures, a click or Enter chooses one.

    Thumbnails go over the wire again only where other ones are shown, not where verdicts change.

    Args:
        tiles: the pictures, in order.
        chosen: the id of the one shown as chosen; "" for none.
        key: identity of the sheet on the page, as for any Streamlit widget.
        on_pick: called with the id of a tile that was chosen, before the next run.
        label: what the sheet is called for a screen reader.
    """

    def pick() -> None:
        picked = read_event(key, "picked")
        if isinstance(picked, str) and any(tile.id == picked for tile in tiles):
            on_pick(picked)

    lengths = json.dumps([[tile.id, len(tile.thumbnail)] for tile in tiles]).encode()
    pictures = struct.pack("<I", len(lengths)) + lengths + b"".join(t.thumbnail for t in tiles)
    deliver(f"sheet-pictures:{key}", pictures, key=f"{key}_pictures")
    words = [{k: v for k, v in asdict(tile).items() if k != "thumbnail"} for tile in tiles]
    state = {"tiles": words, "chosen": chosen, "label": label}
    deliver(f"sheet:{key}", json.dumps(state).encode(), key=f"{key}_state")
    _mount(key=key, data=key.encode(), on_picked_change=pick)
