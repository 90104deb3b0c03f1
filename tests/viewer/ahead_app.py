"""A row of pictures whose bytes come by slots: one is on screen, two come next, one was before.

A file "<name>.held" makes a slot wait before it is filled with that picture, "<name>.lost" leaves
it empty; "<case>.runs" lists what slots were run for.
"""

import json
import os
import struct
import time
from pathlib import Path

import streamlit as st

from components.viewer import viewer
from components.viewer.supply import SLOTS, announce_wants, supply

st.set_page_config(layout="wide")
folder = Path(os.environ["MASK_DESK_TEST_PACKETS"])
names = st.query_params["packets"].split(",")
session = st.session_state
session.setdefault("at", 0)
session.setdefault("before", "")
session.setdefault("slots", [""] * SLOTS)


def load(name: str) -> tuple[bytes, dict[str, object]]:
    """A packet, and its header with the name as subject."""
    packet = (folder / f"{name}.bin").read_bytes()
    (length,) = struct.unpack_from("<I", packet)
    header = json.dumps(json.loads(packet[4 : 4 + length]) | {"subject": name}).encode()
    return struct.pack("<I", len(header)) + header + packet[4 + length :], json.loads(header)


def cut_off(packet: bytes) -> bytes:
    """A packet's header alone."""
    return packet[: 4 + struct.unpack_from("<I", packet)[0]]


@st.fragment
def review() -> None:
    """Everything that a decision runs again."""

    def move(step: int) -> None:
        session["before"] = names[session["at"]]
        session["at"] += step

    def empty() -> None:
        session["is_emptied"] = True

    back, on, far, none = st.columns(4)
    back.button("Picture before", on_click=move, args=(-1,))
    on.button("Next picture", on_click=move, args=(1,))
    far.button("Three further", on_click=move, args=(3,))
    none.button("Empty slots", on_click=empty)
    at = session["at"]
    packet, _ = load(names[at])
    following = names[at + 1 : at + 3]
    viewer(cut_off(packet), key="viewer", supplied=following)
    wanted = [names[at]] if session.get("is_emptied") else [names[at], *following]
    if session["before"] and not session.get("is_emptied"):
        wanted = list(dict.fromkeys([*wanted, session["before"]]))[:SLOTS]
    slots = [name if name in wanted else "" for name in session["slots"]]
    for name in wanted:
        if name not in slots:
            slots[slots.index("")] = name
    # What lies in the others stays there, but where they are to be emptied.
    if not session.get("is_emptied"):
        slots = [name or held for name, held in zip(slots, session["slots"], strict=True)]
    session["slots"] = slots
    announce_wants("viewer", slots)
    st.text(f"Shown: {at}")


@st.fragment
def fill(slot: int) -> None:
    """Bring the bytes of what a slot is to hold."""
    name = session["slots"][slot]
    with (folder / f"{names[0]}.runs").open("a") as log:
        log.write(f"{slot} {name}\n")
    if not name or (folder / f"{name}.lost").exists():
        supply("viewer", slot, name, b"")
        return
    while (folder / f"{name}.held").exists():
        time.sleep(0.02)
    packet, header = load(name)
    # Only now it is known which answer it is.
    supply("viewer", slot, f"{name} {header['answer']}", packet)


review()
for each in range(SLOTS):
    fill(each)
