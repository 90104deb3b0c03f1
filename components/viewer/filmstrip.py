"""A row of thumbnails, one of them chosen."""

from __future__ import annotations

import base64
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import streamlit as st

from components.viewer.parts import read, read_event

_strip = st.components.v2.component(
    "mask_desk_filmstrip",
    html='<div class="strip" role="listbox"></div>',
    css=read("filmstrip.css"),
    js=read("leaving.js", "filmstrip.js"),
)


@dataclass(frozen=True, slots=True)
class Tile:
    """One picture of the row.

    Attributes:
        id: what `on_pick` is told.
        title: text beneath it.
        thumbnail: JPEG.
    """

    id: str
    title: str
    thumbnail: bytes = field(repr=False)


def filmstrip(
    tiles: Sequence[Tile], *, chosen: str, label: str, key: str, on_pick: Callable[[str], None]
) -> None:
    """Show the row; a click or the arrow keys and Enter choose.

    Args:
        tiles: the pictures, in order.
        chosen: the id of the one shown as chosen.
        label: what the row is called for a screen reader.
        key: of the component's state.
        on_pick: called with the id of a tile that was clicked, before the next run.
    """

    def pick() -> None:
        picked = read_event(key, "picked")
        if isinstance(picked, str) and any(tile.id == picked for tile in tiles):
            on_pick(picked)

    # A tuple: of a list Streamlit asks whether it is a table, for which it imports pandas.
    items = tuple(
        {
            "id": tile.id,
            "title": tile.title,
            "picture": f"data:image/jpeg;base64,{base64.b64encode(tile.thumbnail).decode()}",
        }
        for tile in tiles
    )
    _strip(
        data={"items": items, "chosen": chosen, "label": label},
        key=key,
        on_picked_change=pick,
    )
