"""The page with remarks in a test's hands, and the pictures it shows."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Locator, expect

from tests.viewer.desk_page import DeskPage
from tests.viewer.kept import read_outbox
from tests.viewer.packets import build_packet
from tests.viewer.scene import CLASSES, draw_harbour

RGB, IDS, SURE = draw_harbour(480, 320)
SIZE_WH = (480, 320)
FIRST = build_packet(RGB, IDS, confidence=SURE, classes=CLASSES, name="first.png")
SECOND = build_packet(255 - RGB, IDS[::-1].copy(), classes=CLASSES, name="second.png")

OPEN: dict[str, Any] = {
    "id": "a" * 32,
    "subject": "first",
    "number": 1,
    "x": 165.0,
    "y": 200.0,
    "text": "The <b>sail</b>\nends too early",
    "author": "<i>ann</i>",
    "when": "12 Nov, 10:02",
    "class_name": "boat",
    "sureness": 71.25,
    "is_open": True,
    "replies": [
        {"id": "b" * 32, "author": "bob", "when": "today", "act": "reply", "text": "<u>Seen</u>"}
    ],
}
RESOLVED: dict[str, Any] = OPEN | {
    "id": "c" * 32,
    "number": 2,
    "x": 400.0,
    "y": 60.0,
    "text": "What is this?",
    "class_name": "",
    "sureness": None,
    "is_open": False,
    "replies": [{"id": "d" * 32, "author": "bob", "when": "today", "act": "resolve", "text": ""}],
}


@dataclass
class PinPage(DeskPage):
    """One page of `pin_app.py`; `folder` is where it stores."""

    def open_case(self, **query: str) -> None:
        """Load the page afresh."""
        words = "&".join(f"{name}={value}" for name, value in query.items())
        self.page.goto(f"{self.address}/?case={self.folder.name}&{words}")
        self.wait_for(FIRST)

    def put(self, name: str, text: str = "") -> None:
        (self.folder / name).write_text(text)

    def drop(self, name: str) -> None:
        (self.folder / name).unlink()

    @property
    def heard(self) -> list[dict[str, Any]]:
        """All that Python was told, in order."""
        found = self.folder / "heard.jsonl"
        lines = found.read_text().splitlines() if found.exists() else []
        return [json.loads(line) for line in lines]

    @property
    def stored(self) -> list[dict[str, Any]]:
        """The pins that are stored."""
        found = self.folder / "pins.json"
        return list(json.loads(found.read_text())) if found.exists() else []

    @property
    def unsaved(self) -> list[dict[str, Any]]:
        """What the browser keeps."""
        return read_outbox(self.page)

    @property
    def toggle(self) -> Locator:
        return self.page.get_by_role("button", name="Pin a remark")

    @property
    def composer(self) -> Locator:
        return self.page.get_by_role("dialog", name="Remark on this place")

    def marker(self, number: int | str, pane: str = ".pane.mask") -> Locator:
        return self.page.locator(f"{pane} .pin").filter(has_text=str(number))

    def remark(self, number: int) -> Locator:
        """The line of a remark in the list."""
        return self.page.locator(".remark").nth(number - 1)

    def middle_of(self, marker: Locator) -> tuple[float, float]:
        box: Any = marker.bounding_box()
        return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2

    def pin_at(self, x: float, y: float, text: str) -> None:
        """Set a remark by mouse, and wait until nothing is unsaved."""
        self.toggle.click()
        self.page.mouse.click(*self.where(x, y))
        self.composer.get_by_label("Remark").fill(text)
        self.composer.get_by_role("button", name="Save").click()

    def expect_saved(self) -> None:
        """Wait until everything is stored, and shown as stored."""
        expect(self.page.get_by_text("saving…")).to_have_count(0)
        while self.unsaved:
            self.page.wait_for_timeout(20)
