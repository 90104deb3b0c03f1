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

from components.viewer import supplied_viewer
from components.viewer.parts import deliver
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
    _, header = load(names[at])
    following = names[at + 1 : at + 3]
    # What a decision bar does in the browser: it hands the viewer a header, and what comes next.
    supplied_viewer(key="viewer", on_confidence=lambda *_: None)
    deliver("header:viewer", json.dumps(header).encode(), key="viewer_header")
    deliver("next:viewer", json.dumps(following).encode(), key="viewer_next")
    wanted = [names[at]] if session.get("is_emptied") else [names[at], *following]
    if session["before"] and not session.get("is_emptied"):
        wanted = list(dict.fromkeys([*wanted, session["before"]]))[:SLOTS]
    slots = [name if name in wanted else "" for name in session["slots"]]
    for name in wanted:
        if name not in slots:
            slots[slots.index("")] = name
    wants = [(slots.index(name), name) for name in wanted]
    if session.get("is_emptied"):
        # An empty one is wished for by a name that nothing has.
        wants += [(slot, "nothing") for slot, name in enumerate(slots) if not name]
    else:
        # What lies in the others stays there.
        slots = [name or held for name, held in zip(slots, session["slots"], strict=True)]
    session["slots"] = slots
    announce_wants("viewer", wants)
    st.text(f"Shown: {at}")


@st.fragment
def fill(slot: int) -> None:
    """Bring the bytes of what a slot is to hold."""
    name = session["slots"][slot]
    with (folder / f"{names[0]}.runs").open("a") as log:
        log.write(f"{slot} {name}\n")
    if not name or (folder / f"{name}.lost").exists():
        supply("viewer", slot, name or "nothing", b"", {})
        return
    while (folder / f"{name}.held").exists():
        time.sleep(0.02)
    packet, header = load(name)
    # Only now it is known which answer it is.
    supply("viewer", slot, f"{name} {header['answer']}", packet, {"header": header})


review()
for each in range(SLOTS):
    fill(each)
