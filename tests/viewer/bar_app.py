"""A queue of pictures around the decision bar; what is stored lies in files, one folder a test.

A file "away" there means that nothing can be stored, "refuse" that everything is refused with its
text, "state.json" changes what the bar is told, "slow" makes every run take so many seconds.
"""

import json
import os
import time
from pathlib import Path
from typing import Any

import streamlit as st

from components.viewer.decision_bar import decision_bar

ITEMS = ("a1", "b2", "c3", "d4")
CLASSES = ({"name": "road", "colour": "#d55e00"}, {"name": "<b>tree</b>", "colour": "#009e73"})

st.set_page_config(layout="wide")
folder = Path(os.environ["MASK_DESK_TEST_BAR"]) / st.query_params["case"]
session = st.session_state
session.setdefault("at", 0)
session.setdefault("heard", [])
session.setdefault("saved", [])
session.setdefault("refused", {})
session.setdefault("busy", "")


def load() -> dict[str, Any]:
    stored = folder / "stored.json"
    found: dict[str, Any] = json.loads(stored.read_text()) if stored.exists() else {}
    return found


def take(event: dict[str, Any]) -> None:
    session["heard"].append(event)
    with (folder / "heard.jsonl").open("a") as log:
        log.write(json.dumps(event) + "\n")
    if event["kind"] in ("back", "forward"):
        session["at"] += 1 if event["kind"] == "forward" else -1
        return
    if (folder / "away").exists():
        session["busy"] = "The database is away."
        return
    session["busy"] = ""
    if (folder / "refuse").exists():
        session["refused"][event["id"]] = (folder / "refuse").read_text()
        return
    stored = load()
    if event["kind"] == "undo" and event["id"] not in stored:
        last = list(stored)[-1]
        session["at"] = ITEMS.index(stored.pop(last)["subject"])
        (folder / "stored.json").write_text(json.dumps(stored))
    else:
        (folder / "stored.json").write_text(json.dumps(stored | {event["id"]: event}))
        if ITEMS[session["at"] % 4] == event["subject"]:
            session["at"] += 1
    session["saved"].append(event["id"])


if (folder / "slow").exists():
    time.sleep(float((folder / "slow").read_text()))
item = ITEMS[session["at"] % len(ITEMS)]
mine = {event["subject"]: event.get("move", "") for event in load().values()}
changes = folder / "state.json"
st.text_input("Name")
st.slider("Confidence", 0, 100, 50)
st.html("<div tabindex='0' role='listbox' aria-label='Strip'>strip</div>")
st.html("<div style='height: 1500px'></div>")
st.text(f"On screen: {item}")
decision_bar(
    {
        "subject": item,
        "answer": f"answer-{item}",
        "may": True,
        "mine": mine.get(item, ""),
        "classes": CLASSES,
        "can_undo": bool(mine),
        "can_back": session["at"] > 0,
        "can_forward": True,
        "saved": session["saved"],
        "refused": session["refused"],
        "owner": "harbour·ann",
        "busy": session["busy"],
    }
    | (json.loads(changes.read_text()) if changes.exists() else {}),
    key="bar",
    on_event=take,
)
st.text("The foot of the page")
