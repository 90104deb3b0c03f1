"""A queue of pictures around the decision bar; what is stored lies in files, one folder a test.

A file "away" there means that nothing can be stored, "refuse" that everything is refused with its
text, "state.json" changes what the bar is told, "held" keeps every run from going on, "late" keeps
the outbox off the page. What it sends is listed in "heard.jsonl", moves in "moves.jsonl".
"""

import json
import os
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import streamlit as st

from components.viewer.decision_bar import decision_bar
from components.viewer.events import check_events
from components.viewer.outbox import outbox
from components.viewer.watchdog import keep_watch

ITEMS = ("a1", "b2", "c3", "d4")
CLASSES = ({"name": "road", "colour": "#d55e00"}, {"name": "<b>tree</b>", "colour": "#009e73"})

st.set_page_config(layout="wide")
folder = Path(os.environ["MASK_DESK_TEST_BAR"]) / st.query_params["case"]
session = st.session_state
session.setdefault("at", 0)
session.setdefault("seq", 0)
reply = session.setdefault("reply", {"saved": [], "refused": {}, "told": [], "away": ""})


def load() -> dict[str, Any]:
    stored = folder / "stored.json"
    found: dict[str, Any] = json.loads(stored.read_text()) if stored.exists() else {}
    return found


def note(name: str, event: Mapping[str, Any]) -> None:
    with (folder / name).open("a") as log:
        log.write(json.dumps(event) + "\n")


def take(sent: Mapping[str, Any]) -> None:
    events, _ = check_events(sent["events"])
    reply["away"] = ""
    for event in events:
        note("heard.jsonl", event)
        if (folder / "away").exists():
            reply["away"] = "The database is away."
            return
        if (folder / "refuse").exists():
            reply["refused"][event["id"]] = (folder / "refuse").read_text()
            continue
        stored = load()
        if event["kind"] == "undo":
            stored.pop(event["undoes"], None)
        else:
            stored[event["id"]] = event
        (folder / "stored.json").write_text(json.dumps(stored))
        reply["saved"].append(event["id"])


def move(told: Mapping[str, Any]) -> None:
    note("moves.jsonl", told)
    session["seq"] = told["seq"]
    if told["kind"] == "back":
        session["at"] -= 1
    elif told["subject"]:
        session["at"] = ITEMS.index(told["subject"])
    else:
        session["at"] += 1


keep_watch()
while (folder / "held").exists():
    time.sleep(0.02)
at = session["at"] % len(ITEMS)
item = ITEMS[at]
stored = load()
mine = {event["subject"]: event["move"] for event in stored.values()}
newest = list(stored.values())[-1] if stored else None
changes = folder / "state.json"
st.text_input("Name")
st.slider("Confidence", 0, 100, 50)
st.html("<div tabindex='0' role='listbox' aria-label='Strip'>strip</div>")
st.html("<div style='height: 1500px'></div>")
st.text(f"On screen: {item}")
state = {
    "seq": session["seq"],
    "project": "harbour",
    "card": {
        "subject": item,
        "name": f"{item}.jpg",
        "group": "",
        "header": None,
        "answer": f"answer-{item}@50",
        "cut": False,
        "mine": mine.get(item, ""),
        "classes": CLASSES,
        "pills": [],
    },
    "next": [*ITEMS[at + 1 :], *ITEMS[:at]],
    "progress": None,
    "may": True,
    "undoable": newest and {name: newest[name] for name in ("id", "subject", "move")},
    "can_back": session["at"] > 0,
    "can_forward": True,
    "busy": "",
}
decision_bar(
    state | (json.loads(changes.read_text()) if changes.exists() else {}),
    key="bar",
    viewer="viewer",
    on_move=move,
)
if not (folder / "late").exists():
    outbox({"owner": "ann", "token": "", **reply}, key="outbox", on_events=take)
st.text("The foot of the page")
