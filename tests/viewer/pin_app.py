"""A picture with remarks that are kept in files, one folder a test.

A file "away" there means that nothing can be stored, "refuse" that everything is refused with its
text; "header.json" changes the packet's header; ?mute= takes no remarks; with ?bar= there is a
decision bar, whose decisions are never stored.
"""

import json
import os
import struct
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import streamlit as st

from components.viewer import viewer
from components.viewer.decision_bar import decision_bar
from components.viewer.events import check_events
from components.viewer.outbox import outbox

st.set_page_config(layout="wide")
folder = Path(os.environ["MASK_DESK_TEST_PINS"]) / st.query_params["case"]
session = st.session_state
session.setdefault("seq", 0)
reply = session.setdefault("reply", {"saved": [], "refused": {}, "told": [], "away": ""})


def load() -> list[dict[str, Any]]:
    stored = folder / "pins.json"
    found: list[dict[str, Any]] = json.loads(stored.read_text()) if stored.exists() else []
    return found


def take_all(sent: Mapping[str, Any]) -> None:
    events, _ = check_events(sent["events"])
    for event in events:
        if event["kind"] not in ("decide", "undo"):
            take(event)


def take(event: dict[str, Any]) -> None:
    with (folder / "heard.jsonl").open("a") as log:
        log.write(json.dumps(event) + "\n")
    if (folder / "away").exists():
        return
    if (folder / "refuse").exists():
        reply["refused"][event["id"]] = (folder / "refuse").read_text()
        return
    pins = load()
    if event["kind"] == "pin":
        own = {"number": len(pins) + 1, "author": "ann", "when": "now", "is_open": True}
        pins.append(event | own | {"replies": []})
    else:
        (pin,) = [each for each in pins if each["id"] == event["pin"]]
        act = {"act": event["kind"], "text": event.get("text", ""), "author": "ann", "when": "now"}
        pin["replies"].append(act | {"id": event["id"]})
        pin["is_open"] = event["kind"] != "resolve" and (
            pin["is_open"] or event["kind"] == "reopen"
        )
    (folder / "pins.json").write_text(json.dumps(pins))
    reply["saved"].append(event["id"])


def follow(move: Mapping[str, Any]) -> None:
    session["seq"] = move["seq"]


name = "second" if st.toggle("Other picture") else "first"
packet = (folder / f"{name}.bin").read_bytes()
(length,) = struct.unpack_from("<I", packet)
header = json.loads(packet[4 : 4 + length])
header |= {
    "pins": [pin for pin in load() if pin["subject"] == name],
    "may_pin": True,
    "subject": name,
}
changes = folder / "header.json"
header |= json.loads(changes.read_text()) if changes.exists() else {}
text = json.dumps(header).encode()
viewer(
    struct.pack("<I", len(text)) + text + packet[4 + length :],
    key="viewer",
    takes_remarks="mute" not in st.query_params,
)
st.button("Run again")
if "bar" in st.query_params:
    card = {
        "subject": name,
        "name": f"{name}.png",
        "group": "",
        "header": header,
        "answer": f"{name}@50",
        "cut": False,
        "mine": "",
        "classes": [],
        "pills": [],
    }
    decision_bar(
        {
            "seq": session["seq"],
            "project": "harbour",
            "card": card,
            "next": [],
            "progress": None,
            "may": True,
            "undoable": None,
            "can_back": False,
            "can_forward": True,
            "busy": "",
        },
        key="bar",
        viewer="viewer",
        on_move=follow,
    )
outbox({"owner": "ann", "token": "", **reply}, key="outbox", on_events=take_all)
